package reports

import "slices"

// listed is the report as report.json has it: what many entries share is written once,
// and calls that no output of the run holds are left out.
func (r *Report) listed() *Report {
	out := *r
	out.Operations, out.Verdicts = map[string]Place{}, slices.Clone(r.Verdicts)
	for i := range out.Verdicts {
		e := &out.Verdicts[i]
		place := Place{e.Method, e.Path}
		if written, known := out.Operations[e.Operation]; !known {
			out.Operations[e.Operation] = place
		} else if written != place {
			continue // it keeps its own
		}
		e.Method, e.Path = "", ""
	}
	if r.kept == nil {
		return &out
	}
	for i := range out.Verdicts {
		e := &out.Verdicts[i]
		e.Calls = slices.DeleteFunc(slices.Clone(e.Calls), func(id string) bool { return !r.kept[callID{e.Process, id}] })
	}
	return &out
}

// unlist gives each entry of a report that was read what many of them share. A report
// of the first version has no operations: its entries have all.
func (r *Report) unlist() {
	for i := range r.Verdicts {
		e := &r.Verdicts[i]
		if place, known := r.Operations[e.Operation]; known && e.Method == "" && e.Path == "" {
			e.Method, e.Path = place.Method, place.Path
		}
	}
	r.Operations = nil
}
