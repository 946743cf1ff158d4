package barong

import (
	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/probe"
)

// stated is a clause as strong as its weakest source allows.
func stated(id string, op *contract.Operation, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	return probe.Level(op, outcome)("barong."+id, op, outcome, options...)
}

// clauseOf is the clause of one family for one operation, as strong as the weakest
// source of its answers allows.
func clauseOf(p *api, s probe.Subject, family string, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	if len(s.Features) > 0 {
		options = append(options, clause.Needs(s.Features...))
	}
	if s.Disrupts {
		options = append(options, clause.Disrupts())
	}
	return probe.Level(s.Operation, outcome)("barong."+probe.Slug(s.Operation.ID)+"."+family, s.Operation, outcome, options...)
}
