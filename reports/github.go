package reports

import (
	"fmt"
	"io"
	"strings"

	"authconform/harness/verdict"
)

// mostAnnotations is how many GitHub shows of one step and kind.
const mostAnnotations = 10

// GitHub prints workflow commands that GitHub Actions shows as annotations: one for
// each cause, at most ten over all runs, those that make a run red before the others
// and the largest first.
func GitHub(w io.Writer, runs ...*Report) error {
	var errors, warnings []string
	for _, r := range runs {
		for _, c := range r.Causes {
			e := r.entry(c.Example)
			text := fmt.Sprintf("%s of %s: %s. Such as %s: %s", countsLine(c.Counts), r.Exchange, c.Title, e.ID, headline(e))
			if c.Root != "" {
				text += " (" + c.Waits() + ")"
			}
			if e.judged().Weight(r.Strict) == verdict.Neutral {
				warnings = append(warnings, annotation("warning", r.Exchange, text))
			} else {
				errors = append(errors, annotation("error", r.Exchange, text))
			}
		}
	}
	all := append(errors, warnings...)
	for _, line := range all[:min(len(all), mostAnnotations)] {
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// annotation escapes as GitHub's toolkit does, so that no text ends a command or
// begins another.
func annotation(kind, title, text string) string {
	text = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(visible(text))
	title = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(visible("authconform " + title))
	return fmt.Sprintf("::%s title=%s::%s\n", kind, title, text)
}
