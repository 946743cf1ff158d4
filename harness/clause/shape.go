package clause

import "slices"

// A clause about behaviour is judged by behaviour: the status, the state behind it and
// what was issued. The rest of an answer, which is its shape and its headers, is judged
// once for each operation and outcome, by a clause that has no spec of its own: it looks
// at every answer that the specs about this outcome came to.

// ShapeID is the id of the clause about the shape of an operation's answer of one
// outcome.
func ShapeID(exchange, operation, outcome string) string {
	return exchange + ".shape." + Slug(operation) + "." + outcome
}

// ShapeOf is the id of the clause that judges the shape of the answers that this clause
// comes to.
func (i Info) ShapeOf() string { return ShapeID(i.Exchange, i.Operation, i.Outcome) }

// IsShape tells whether the clause is one about the shape of answers: it has no spec.
func (i Info) IsShape() bool { return i.ID == i.ShapeOf() }

// shapes states the clauses about shapes: one for each operation and outcome that has a
// clause, where more is promised than a status. It weighs no more than the heaviest
// clause about the same outcome.
func (r *Registry) shapes() []Entry {
	var ids []string
	all := map[string]*Entry{}
	for _, id := range r.order {
		e := r.entries[id]
		shape := all[e.Info.ShapeOf()]
		if shape == nil {
			shape = &Entry{Clause: Graded(e.Info.ShapeOf(), e.Operation, e.Outcome)}
			if shape.Level == MUST {
				shape.Level = SHOULD
			}
			shape.Location = e.Location
			all[shape.ID] = shape
			ids = append(ids, shape.ID)
		}
		if e.Level == MUST && Graded("", e.Operation, e.Outcome).Level == MUST {
			shape.Level = MUST
		}
		for _, profile := range e.Info.Profiles {
			if a, ok := e.Operation.Answer(e.Outcome, profile); ok && a.HasShape() && !slices.Contains(shape.Only, profile) {
				shape.Only = append(shape.Only, profile)
			}
		}
		shape.Selected = shape.Selected || e.Selected
	}
	var entries []Entry
	for _, id := range ids {
		e := all[id]
		if len(e.Only) == 0 {
			continue
		}
		info, err := r.describe(e.Clause, e.Operation.Name()+" has the promised body, media type and headers in its answer of "+
			"outcome "+string(e.Outcome))
		if err != nil {
			panic(err) // its profiles are those of clauses that were described
		}
		info.Baseline = nil
		e.Info, e.Selected = info, e.Selected && !(r.Skips != nil && r.Skips(info))
		entries = append(entries, *e)
	}
	return entries
}

// Shapes finds for each clause about shapes, by its id, the clauses whose specs come to
// the answers that it judges, in order.
func Shapes(all []Info) map[string][]string {
	specs, shapes := map[string][]string{}, map[string][]string{}
	for _, info := range all {
		if !info.IsShape() {
			specs[info.ShapeOf()] = append(specs[info.ShapeOf()], info.ID)
		}
	}
	for _, info := range all {
		if info.IsShape() {
			shapes[info.ID] = specs[info.ID]
		}
	}
	return shapes
}
