package family

import (
	"cmp"
	"context"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// Subject is one operation, with what it takes to call it correctly.
type Subject struct {
	Operation *contract.Operation
	// Ready brings about a state in which the operation succeeds and returns who
	// calls it and how. Each spec calls it once, so each gets its own identity.
	Ready func(context.Context) (*conform.Actor, func() conform.Request)
	// Done, when not nil, gives the account of who calls back, for specs that take several
	// one after another.
	Done func(context.Context, *conform.Actor)
	// Expected is what the correct request leads to; OK unless set.
	Expected contract.Outcome
	// SingleUse says that a successful call cannot be repeated by the same actor:
	// the control then runs once, after the refusal.
	SingleUse bool
	// Disrupts says that a successful call disturbs others on the deployment.
	Disrupts bool
	// Features names what the operation needs of the target.
	Features []string
	// Lenient says that JSON which is no object counts as an object without
	// members: then only a text that is no JSON is malformed.
	Lenient bool
	// OwnType are members whose wrong type leads to an outcome of its own, as where
	// the list of allowed values refuses it as well.
	OwnType map[string]contract.Outcome
	// Reads are media types of bodies that it takes beyond the documented ones.
	Reads []string
	// Bodiless, when not nil, tells of a target that takes the members elsewhere than in a
	// body, as its file says: what is promised of bodies does not apply there.
	Bodiless func() (why string)
}

// needsBody ends the spec where the target reads no body of the operation.
func (p Subject) needsBody(s *conform.Context) {
	ginkgo.GinkgoHelper()
	if p.Bodiless == nil {
		return
	}
	if why := p.Bodiless(); why != "" {
		s.Inapplicable("%s", why)
	}
}

// Clause is the clause of one family for the subject's operation.
func (p Subject) Clause(s *conform.Context, family string, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	if p.Disrupts {
		options = append(options, clause.Disrupts())
	}
	if len(p.Features) > 0 {
		options = append(options, clause.Needs(p.Features...))
	}
	id := s.Exchange() + "." + clause.Slug(p.Operation.ID) + "." + family
	c := clause.Graded(id, p.Operation, outcome, options...)
	c.Location = types.NewCodeLocation(1) // the family's line, not this one
	return c
}

// Should is the clause of a family that rests on a standard: the baseline says what a
// breach of it weighs.
func (p Subject) Should(s *conform.Context, family string, outcome contract.Outcome, authority string) clause.Clause {
	c := p.Clause(s, family, outcome, clause.From(contract.Standard, authority))
	c.Level, c.Location = clause.SHOULD, types.NewCodeLocation(1)
	return c
}

// rejects is the sentence that the operation rejects something.
func (p Subject) rejects(what string) string { return p.Operation.Name() + " rejects " + what }

// promised says whether the contract has an answer to probe for.
func (p Subject) promised(outcome contract.Outcome) bool {
	return len(p.Operation.Answers(outcome)) > 0
}

func (p Subject) expected() contract.Outcome { return cmp.Or(p.Expected, contract.OK) }

// refusal fills in what all probes of a subject share.
func (p Subject) refusal(by *conform.Actor, control func() conform.Request, outcome contract.Outcome) conform.Refusal {
	return conform.Refusal{
		Operation: p.Operation, By: by, Control: control, Expected: p.Expected,
		Outcome: outcome, OnlyAfter: p.SingleUse,
	}
}
