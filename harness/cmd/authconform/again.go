package main

import (
	"fmt"
	"slices"

	"authconform/harness/verdict"
	"authconform/reports"
)

// settled are the verdicts after which nothing calls for another run of a clause.
var settled = []verdict.Verdict{verdict.PASS, verdict.KNOWN, verdict.NOT_APPLICABLE, verdict.FILTERED}

// notPassed lists the clauses of an earlier run of one exchange that are to be run
// again.
func notPassed(dir string, exchanges, focus []string) ([]string, error) {
	if len(focus) > 0 {
		return nil, fmt.Errorf("--failed-from chooses the clauses, and so does --focus: give one of them")
	}
	if len(exchanges) != 1 {
		return nil, fmt.Errorf("--failed-from %s: name the one exchange to run again, "+
			"as in `authconform run onlyoffice --failed-from %s`", dir, dir)
	}
	earlier, err := reports.Read(dir)
	if err != nil {
		return nil, fmt.Errorf("--failed-from: %w", err)
	}
	i := slices.IndexFunc(earlier, func(r *reports.Report) bool { return r.Exchange == exchanges[0] })
	if i < 0 {
		return nil, fmt.Errorf("--failed-from %s: that run has no clause of %s", dir, exchanges[0])
	}
	var ids []string
	for _, v := range earlier[i].Verdicts {
		if !slices.Contains(settled, v.Verdict) {
			ids = append(ids, v.ID)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("--failed-from %s: nothing is to be run again, all that run judged of %s passed", dir, exchanges[0])
	}
	return ids, nil
}
