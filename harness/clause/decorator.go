package clause

import (
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/contract"
)

// Clause decorates a Ginkgo It: the It's text is the promise, the Clause says
// which operation and outcome it is about, how much it weighs, and where it
// comes from. A spec without one fails when the tree is built.
type Clause struct {
	ID        string
	Level     Level
	Operation *contract.Operation
	Outcome   contract.Outcome

	// Source and Provenance replace those of the contract's answer, for a
	// promise that rests on a standard rather than on the exchange's documents.
	Source     string
	Provenance contract.Provenance

	// Only restricts the clause to these profiles. Empty means every profile in
	// which the contract has an answer for the operation and outcome.
	Only []string

	// Disrupts marks a spec that locks accounts, fills a limit or changes a
	// setting of the whole deployment. It runs last, serially, and only where
	// the target file allows it.
	Disrupts bool
	// Own marks a spec that disrupts nothing but accounts that it has leased. It runs
	// serially only where the target's clock is moved, and else beside others.
	Own bool

	// Location is where the clause stands in the source: the line that calls Must,
	// Should, Note or Graded.
	Location types.CodeLocation

	// Features names what the target must declare to have, all of it; undeclared
	// means NOT_APPLICABLE.
	Features []string
}

// Option refines a clause.
type Option func(*Clause)

// Must states a promise that a conforming deployment has to keep. Only what was
// documented, asserted by a vendor's test or observed can be a MUST.
func Must(id string, op *contract.Operation, outcome contract.Outcome, options ...Option) Clause {
	return newClause(MUST, id, op, outcome, options)
}

// Should states a promise whose breach is a warning: standards, guidance,
// and what was only inferred.
func Should(id string, op *contract.Operation, outcome contract.Outcome, options ...Option) Clause {
	return newClause(SHOULD, id, op, outcome, options)
}

// Note states something worth recording that is neither right nor wrong.
func Note(id string, op *contract.Operation, outcome contract.Outcome, options ...Option) Clause {
	return newClause(INFO, id, op, outcome, options)
}

// Graded states a promise as strong as its sources allow: a MUST where each of
// them can carry one (see contract.Provenance.SupportsMust), a SHOULD otherwise.
func Graded(id string, op *contract.Operation, outcome contract.Outcome, options ...Option) Clause {
	level := MUST
	for _, answer := range op.Answers(outcome) {
		if !answer.Provenance.SupportsMust() {
			level = SHOULD
		}
	}
	return newClause(level, id, op, outcome, options)
}

// From names the authority of a promise that the contract's answer does not
// rest on.
func From(provenance contract.Provenance, source string) Option {
	return func(c *Clause) { c.Provenance, c.Source = provenance, source }
}

// Only restricts a clause to the named profiles.
func Only(profiles ...string) Option {
	return func(c *Clause) { c.Only = profiles }
}

// Disrupts marks a clause whose spec disturbs others on the same deployment.
func Disrupts() Option {
	return func(c *Clause) { c.Disrupts = true }
}

// Fills marks a clause whose spec fills a limit, or locks an account, of its own.
func Fills() Option {
	return func(c *Clause) { c.Disrupts, c.Own = true, true }
}

// Needs names features without which the clause does not apply.
func Needs(features ...string) Option {
	return func(c *Clause) { c.Features = append(c.Features, features...) }
}

func newClause(level Level, id string, op *contract.Operation, outcome contract.Outcome, options []Option) Clause {
	c := Clause{ID: id, Level: level, Operation: op, Outcome: outcome, Location: types.NewCodeLocation(2)}
	for _, option := range options {
		option(&c)
	}
	return c
}
