package reports

import (
	"fmt"
	"os"
	"time"

	"go.yaml.in/yaml/v3"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// ReadDeviations reads the deviations of a target file that was read and checked
// before: the one that a run keeps beside its reports.
func ReadDeviations(path string) ([]verdict.Deviation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	var file struct {
		Deviations []struct {
			Clause, Reason, Link, Owner, Expires string
		} `yaml:"deviations"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reports: %s: %w", path, err)
	}
	var all []verdict.Deviation
	for _, d := range file.Deviations {
		day, err := time.Parse(time.DateOnly, d.Expires)
		if err != nil {
			return nil, fmt.Errorf("reports: %s: the deviation of %s expires on no date", path, d.Clause)
		}
		all = append(all, verdict.Deviation{Clause: d.Clause, Reason: d.Reason, Link: d.Link, Owner: d.Owner, Expires: day.AddDate(0, 0, 1)})
	}
	return all, nil
}

// assign finds the deviation of each clause that one lists: the one that names it,
// or else the first glob over it. A glob that lists a failed clause is no word on
// those that pass.
func assign(run Run) map[string]*verdict.Deviation {
	all := map[string]*verdict.Deviation{}
	failing := map[*verdict.Deviation]bool{}
	for _, c := range run.Clauses {
		for i := range run.Deviations {
			d := &run.Deviations[i]
			if d.Clause == c.ID || all[c.ID] == nil && d.Lists(c.ID) {
				all[c.ID] = d
			}
		}
		if r := run.Results[c.ID]; all[c.ID] != nil && failed(r) {
			failing[all[c.ID]] = true
		}
	}
	for id, d := range all {
		if d.IsGlob() && failing[d] && !failed(run.Results[id]) {
			delete(all, id)
		}
	}
	return all
}

func failed(r journal.Result) bool { return r.State == verdict.Failed || len(r.Failures) > 0 }
