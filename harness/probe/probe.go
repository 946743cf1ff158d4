// Package probe derives from a contract the refusals that hold for every
// operation alike: no, dead and foreign credentials, malformed bodies, wrong
// types, wrong media types, undocumented methods. Each is a refusal pair.
package probe

import (
	"context"
	"strings"
	"unicode"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/suite"
)

// Subject is one operation, with what it takes to call it correctly.
type Subject struct {
	Operation *contract.Operation
	// Ready brings about a state in which the operation succeeds and returns who
	// calls it and how. Each spec calls it once, so each gets its own identity.
	Ready func(context.Context) (*suite.Actor, func() suite.Request)
	// Leads is what the correct request leads to; OK unless set.
	Leads contract.Outcome
	// Spends says that a successful call cannot be repeated by the same actor:
	// the control then runs once, after the refusal.
	Spends bool
	// Disrupts says that a successful call disturbs others on the deployment.
	Disrupts bool
	// Features names what the operation needs of the target.
	Features []string
	// Lenient says that JSON which is no object counts as an object without
	// members: then only a text that is no JSON is malformed.
	Lenient bool
	// Reads are media types of bodies that it takes beyond the documented ones.
	Reads []string
}

// Level is as strong as the weakest source of the answers allows.
func Level(op *contract.Operation, outcome contract.Outcome) func(string, *contract.Operation, contract.Outcome, ...clause.Option) clause.Clause {
	for _, answer := range op.Answers(outcome) {
		if !answer.Provenance.SupportsMust() {
			return clause.Should
		}
	}
	return clause.Must
}

// state makes the clause of one probe.
func (p Subject) state(s *suite.Context, family string, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	if p.Disrupts {
		options = append(options, clause.Disrupts())
	}
	if len(p.Features) > 0 {
		options = append(options, clause.Needs(p.Features...))
	}
	id := s.Exchange() + "." + Slug(p.Operation.ID) + "." + family
	return Level(p.Operation, outcome)(id, p.Operation, outcome, options...)
}

// promised says whether the contract has an answer to probe for.
func (p Subject) promised(outcome contract.Outcome) bool {
	return len(p.Operation.Answers(outcome)) > 0
}

func (p Subject) leads() contract.Outcome {
	if p.Leads == "" {
		return contract.OK
	}
	return p.Leads
}

// refusal fills in what all probes of a subject share.
func (p Subject) refusal(by *suite.Actor, control func() suite.Request, outcome contract.Outcome) suite.Refusal {
	return suite.Refusal{
		Operation: p.Operation, By: by, Control: control, Leads: p.Leads,
		Outcome: outcome, OnlyAfter: p.Spends,
	}
}

// Slug turns an operationId such as getTfaSettings into get-tfa-settings, and
// verifyOTP into verify-otp.
func Slug(operationID string) string {
	var b strings.Builder
	letters := []rune(operationID)
	for i, r := range letters {
		startsWord := i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if startsWord {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
