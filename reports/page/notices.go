package page

import (
	"fmt"
	"time"

	"authconform/harness/journal"
	"authconform/reports"
)

// notice is what a reader has to know beside the clauses.
type notice struct {
	Kind, Class, Text string
}

// notices lists what the run noticed, why it is not whole, what the release is known to
// break, and which deviations end soon.
func notices(head Head, runs []Run) []notice {
	var out []notice
	said := map[string]bool{}
	found := func(where string, list []journal.Finding) {
		for _, f := range list {
			class := "warn"
			if f.Kind == journal.Disclosure {
				class = "bad"
			}
			out = append(out, notice{f.Kind, class, reports.Visible(where + f.Text)})
			said[f.Text] = true // it is also why the run is not whole
		}
	}
	lost := func(where, why string) {
		if why != "" && !said[why] {
			said[why] = true
			out = append(out, notice{"not whole", "bad", reports.Visible(where + why)})
		}
	}
	found("", head.Findings)
	lost("", head.Lost)
	for _, r := range all(runs) {
		where := ""
		if len(runs) > 1 {
			where = r.Exchange + ": "
		}
		found(where, r.Findings)
		lost(where, r.Lost)
		for _, k := range r.Known {
			text := fmt.Sprintf("the release is known to break %s of the security baseline: %s (%s)", k.Sentence, k.Text, k.Source)
			out = append(out, notice{"known", "warn", reports.Visible(where + text)})
		}
		for _, d := range r.Ending {
			last := d.Expires.Add(-time.Nanosecond).Format(time.DateOnly)
			text := fmt.Sprintf("the deviation of %s ends on %s and is red then (owner %s): %s", d.Clause, last, d.Owner, d.Reason)
			out = append(out, notice{"ends soon", "warn", reports.Visible(where + text)})
		}
	}
	return out
}
