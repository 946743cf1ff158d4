// Package oscal writes the results of a run as OSCAL assessment results, for the tools
// of auditors: an observation for each clause, and a finding for each requirement of a
// standard that clauses bear on.
package oscal

import (
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"authconform/harness/clause"
	"authconform/harness/standard"
	"authconform/harness/verdict"
	"authconform/reports"
)

// Version of OSCAL that is written.
const Version = "1.1.3"

// namespace is that of our own properties.
const namespace = "urn:authconform"

// Run is a report, and what its clauses bear on.
type Run struct {
	Report     *reports.Report
	References *standard.References
}

// Write writes the results on the named standards, or on all where none is named. The
// same run gives the same document.
func Write(w io.Writer, runs []Run, standards ...string) error {
	if len(runs) == 0 {
		return errors.New("oscal: there is no run to write of")
	}
	first := runs[0].Report
	plan := uuid(first.RunID, "plan")
	doc := document{assessmentResults{
		UUID: uuid(first.RunID, "assessment-results"),
		Metadata: metadata{
			Title:    line("Results of " + first.Tool.Name + " on the authentication of an exchange, run " + first.RunID),
			Modified: first.Finished.UTC(),
			Version:  line(first.RunID), OSCAL: Version, Remarks: standard.Scope,
		},
		Plan: reference{Href: "#" + plan, Remarks: "There was no plan in OSCAL; the clause list of the run takes its place."},
		Back: backMatter{[]resource{{
			UUID: plan, Title: "Clause list and contract, " + reports.Promises(first),
			Description: "What was tried and expected: `authconform list EXCHANGE` and `authconform contract EXCHANGE` print it, and a bundle " +
				"of `authconform certify` holds it.",
		}}},
	}}
	for _, r := range runs {
		chosen, err := choose(r.References.Standards(), standards)
		if err != nil {
			return err
		}
		if r.Report.Finished.After(doc.Results.Metadata.Modified) {
			doc.Results.Metadata.Modified = r.Report.Finished.UTC()
		}
		doc.Results.Results = append(doc.Results.Results, resultOf(r, chosen))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

func choose(all []*standard.Standard, ids []string) ([]*standard.Standard, error) {
	if len(ids) == 0 {
		return all, nil
	}
	var chosen []*standard.Standard
	for _, id := range ids {
		at := slices.IndexFunc(all, func(s *standard.Standard) bool { return s.ID == id })
		if at < 0 {
			var known []string
			for _, s := range all {
				known = append(known, s.ID)
			}
			return nil, fmt.Errorf("unknown standard %q; there is: %s", id, strings.Join(known, ", "))
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

func resultOf(r Run, standards []*standard.Standard) result {
	rep := r.Report
	id := func(parts ...string) string { return uuid(rep.RunID, append([]string{rep.Exchange}, parts...)...) }
	out := result{
		UUID: id("result"), Title: line(fmt.Sprintf("%s, profile %s, at %s", rep.Exchange, rep.Profile, rep.Target)),
		Description: text(fmt.Sprintf("Exit code %d: %s", rep.ExitCode, rep.Meaning)), Start: rep.Started.UTC(), End: rep.Finished.UTC(),
		Props: props("exchange", rep.Exchange, "profile", rep.Profile, "exit-code", fmt.Sprint(rep.ExitCode), "promises",
			reports.Promises(rep)),
		Remarks: standard.Scope,
	}
	out.Props = append(out.Props, props("baseline", rep.Baseline.String())...)
	for _, f := range rep.Findings {
		out.Remarks += "\n\nNoticed beside the clauses: " + text(f.String())
	}
	tool := component{UUID: id("tool"), Type: "software", Title: rep.Tool.Name, Description: line(rep.Tool.Name + " " + rep.Tool.Version)}
	examined := component{UUID: id("target"), Type: "service", Title: line(rep.Target),
		Description: "The deployment whose authentication API was examined from outside."}
	tool.Status.State, examined.Status.State = "operational", "operational"
	out.Local = local{[]component{examined}, assets{[]component{tool}, []platform{{id("platform"), rep.Tool.Name, []used{{tool.UUID}}}}}}

	entries, clauses := map[string]reports.Entry{}, []clause.Info{}
	for _, e := range rep.Verdicts {
		entries[e.ID] = e
		clauses = append(clauses, clause.Info{ID: e.ID, Source: e.Source, Baseline: e.Baseline})
	}
	observed := map[string]bool{}
	var gaps []string
	for _, s := range standards {
		chosen := selection{Description: s.Title}
		for _, row := range r.References.Rows(s, clauses) {
			f, asked := findingOf(s, row, entries, id)
			if !asked {
				gaps = append(gaps, fmt.Sprintf("%s: %s", s.Cited(row.Requirement), why(row)))
				continue
			}
			chosen.Include = append(chosen.Include, control{f.Target.ID})
			out.Findings = append(out.Findings, f)
			for _, c := range row.Clauses {
				if !observed[c] {
					observed[c] = true
					out.Observations = append(out.Observations, observationOf(rep, entries[c], id, tool.UUID, examined.UUID))
				}
			}
		}
		if len(chosen.Include) > 0 {
			out.Controls.Selections = append(out.Controls.Selections, chosen)
		}
	}
	if len(out.Controls.Selections) == 0 { // the model wants one
		out.Controls.Selections = []selection{{Description: "Nothing was assessed."}}
	}
	if len(gaps) > 0 {
		out.Controls.Remarks = "Not assessed:\n\n* " + strings.Join(gaps, "\n* ")
	}
	return out
}

func why(row standard.Row) string {
	if row.Gap != "" {
		return row.Gap
	}
	return "Its clauses do not apply to this deployment, or were not asked for."
}

// findingOf says how a requirement was found; asked is false where no clause that bears
// on it applies.
func findingOf(s *standard.Standard, row standard.Row, entries map[string]reports.Entry, id func(...string) string) (f finding,
	asked bool) {
	counts := map[verdict.Verdict]int{}
	broken, open, kept := 0, 0, 0
	for _, c := range row.Clauses {
		e := entries[c]
		counts[e.Verdict]++
		f.Observations = append(f.Observations, related{id("clause", c)})
		switch {
		case e.Verdict == verdict.NOT_APPLICABLE || e.Verdict == verdict.FILTERED:
		case e.Verdict == verdict.PASS || e.Verdict == verdict.STALE || e.Level == clause.INFO && e.Verdict == verdict.WARN:
			kept++
		case e.Verdict == verdict.FAIL || e.Verdict == verdict.WARN || e.Verdict == verdict.KNOWN:
			broken++
		default:
			open++
		}
	}
	cited := s.Cited(row.Requirement)
	f.UUID, f.Title = id("finding", cited), line(cited+": "+row.Name)
	f.Target = target{Type: "objective-id", ID: token(s.ID + "_" + row.ID), Title: line(row.Name), Status: status{"satisfied", "pass"}}
	switch {
	case broken > 0:
		f.Target.Status = status{"not-satisfied", "fail"}
	case open > 0:
		f.Target.Status = status{"not-satisfied", "other"} // nobody knows
	}
	var told []string
	for _, v := range verdict.All() {
		if counts[v] > 0 {
			told = append(told, fmt.Sprintf("%s %d", v, counts[v]))
		}
	}
	f.Description = fmt.Sprintf("Clauses that bear on it: %s. %s", strings.Join(told, ", "), standard.Scope)
	return f, broken+open+kept > 0
}

func observationOf(rep *reports.Report, e reports.Entry, id func(...string) string, tool, examined string) observation {
	o := observation{
		UUID: id("clause", e.ID), Title: line(e.ID), Description: text(e.Text), Methods: []string{"TEST"}, Types: []string{"control-objective"},
		Props: props("verdict", string(e.Verdict), "level", string(e.Level), "operation", e.Operation, "outcome", e.Outcome, "source",
			e.Source),
		Origins: []origin{{[]actor{{"tool", tool}}}}, Subjects: []subject{{examined, "component"}}, Collected: rep.Finished.UTC(),
		Evidence: []evidence{{reports.PageFile + "#" + e.ID,
			"The clause with its source, its failure and its calls, redacted, in the folder of the run."}},
	}
	switch {
	case e.Reason != "":
		o.Remarks = text(e.Reason)
	case len(e.Failures) > 0:
		o.Remarks = text(e.Failures[0].Title)
	}
	return o
}

// props pairs names and values; one without a value is left out, as the model wants it.
func props(pairs ...string) (out []prop) {
	for i := 0; i < len(pairs); i += 2 {
		if value := line(pairs[i+1]); value != "" {
			out = append(out, prop{pairs[i], namespace, value})
		}
	}
	return out
}

// line is a text on one line, without what could not be seen.
func line(s string) string { return strings.Join(strings.Fields(reports.Visible(s)), " ") }

// text is a text of several lines, cut where nobody would read on.
func text(s string) string {
	const most = 4_000
	runes := []rune(strings.TrimSpace(reports.Visible(s)))
	if len(runes) > most {
		runes = append(runes[:most], '…')
	}
	return string(runes)
}

// token is a name as OSCAL has them: letters, digits, dots, hyphens and underscores.
func token(s string) string {
	spelt := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_", r) {
			return r
		}
		return '_'
	}, s)
	return strings.Trim(strings.ReplaceAll(spelt, "__", "_"), "_")
}

// uuid is the name-based UUID (RFC 9562 5.5) of a part of a run.
func uuid(run string, parts ...string) string {
	sum := sha1.Sum([]byte(strings.Join(append([]string{"authconform", run}, parts...), "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
