package conform

import (
	"cmp"
	"context"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Change is the one deviation of a request from a correct one.
type Change struct {
	Name string // stands in a failure, so it holds no secret
	Of   func(Request) Request
}

// Set changes the value of one member of the body.
func Set(member string, value any) Change {
	return Change{member, func(r Request) Request { return r.With(member, value) }}
}

// Drop leaves one member of the body out.
func Drop(member string) Change {
	return Change{"without " + member, func(r Request) Request { return r.Without(member) }}
}

// Refusal is a pair: a control that succeeds, and the same request with exactly
// one thing changed, which must lead to exactly the stated outcome.
type Refusal struct {
	Operation *contract.Operation
	By        *Actor           // sends the control, and the changed request unless ChangedBy does
	Control   func() Request   // builds the correct request anew for each use
	Expected  contract.Outcome // the control's outcome; OK unless set
	Outcome   contract.Outcome // each changed request's outcome

	// Changes are tried one at a time. An empty list is an ERROR, unless the sender
	// is the one thing that changes: then ChangedBy is set.
	Changes   []Change
	ChangedBy *Actor

	// OnlyAfter is for controls that spend something, such as a one-use code:
	// the control then runs once, after the refusals.
	OnlyAfter bool
	// State reads what a wrongly accepted request would have changed. It is read
	// before and after the refusals.
	State func() any
}

// Refuses runs a refusal pair and returns the refused calls. A control that
// does not succeed makes the clause UNTESTABLE, never PASS: the request might
// be refused for another reason.
func (s *Context) Refuses(ctx context.Context, r Refusal) []*httpclient.Call {
	ginkgo.GinkgoHelper()
	expected := cmp.Or(r.Expected, contract.OK)
	if !r.OnlyAfter {
		s.Require("get the control accepted", s.Do(ctx, r.By, r.Operation, r.Control()), r.Operation, expected)
	}
	var before any
	if r.State != nil {
		before = r.State()
	}
	refused := s.refuse(ctx, r)
	if r.State != nil {
		s.Check("a refused request changes nothing", r.State(), gomega.Equal(before))
	}
	after := s.Do(ctx, r.By, r.Operation, r.Control())
	if r.OnlyAfter {
		s.Require("get the control accepted after the refusal", after, r.Operation, expected)
	} else {
		s.stillAnswers("the control still works after a refusal", after, r.Operation, expected)
	}
	return refused
}

func (s *Context) refuse(ctx context.Context, r Refusal) []*httpclient.Call {
	ginkgo.GinkgoHelper()
	sender, changes := r.By, r.Changes
	if r.ChangedBy != nil {
		sender = r.ChangedBy
	}
	switch {
	case len(changes) > 0:
	case r.ChangedBy == nil:
		s.Error("the refusal of %s has neither Changes nor ChangedBy: nothing would differ from its control", r.Operation.ID)
	default:
		changes = []Change{{Of: func(request Request) Request { return request }}}
	}
	var refused []*httpclient.Call
	for _, change := range changes {
		call := s.Do(ctx, sender, r.Operation, change.Of(r.Control()))
		s.expect(change.Name, call, r.Operation, r.Outcome)
		refused = append(refused, call)
	}
	return refused
}
