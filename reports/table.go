package reports

import (
	"cmp"

	"authconform/harness/verdict"
)

// row is one operation and outcome with how often each verdict fell there.
type row struct {
	operation, request, outcome string
	counts                      map[verdict.Verdict]int
}

// table groups the verdicts by operation and outcome, both in the order in
// which the clauses first name them.
func table(r *Report) []row {
	type key struct{ operation, outcome string }
	var operations []string
	rows := map[string][]*row{}
	at := map[key]*row{}
	for _, e := range r.Verdicts {
		k := key{e.Operation, e.Outcome}
		if at[k] == nil {
			if rows[e.Operation] == nil {
				operations = append(operations, e.Operation)
			}
			at[k] = &row{operation: cmp.Or(e.Operation, "-"), request: request(e), outcome: cmp.Or(e.Outcome, "-"),
				counts: map[verdict.Verdict]int{}}
			rows[e.Operation] = append(rows[e.Operation], at[k])
		}
		at[k].counts[e.Verdict]++
	}
	var all []row
	for _, op := range operations {
		for _, x := range rows[op] {
			all = append(all, *x)
		}
	}
	return all
}

func request(e Entry) string {
	if e.Method == "" {
		return e.Path
	}
	return e.Method + " " + e.Path
}

// filteredOut says that the row was not part of the run at all.
func (x row) filteredOut() bool {
	return len(x.counts) == 1 && x.counts[verdict.FILTERED] > 0
}
