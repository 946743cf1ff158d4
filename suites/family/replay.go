package family

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
)

// Spender is an operation that takes a one-time code of an account A.
type Spender[A any] struct {
	Name      string // in ids and sentences
	Operation *contract.Operation
	Accepted  contract.Outcome // of a right code
	Refused   contract.Outcome // of one that was used
	// Send sends a code in an otherwise right request, after whatever steps that takes.
	Send func(ctx context.Context, account A, code string) *httpclient.Call
}

// Replays states, for each operation that takes a code and each that took it before,
// that a used code does not count again: after another one was used, and in the next
// time step.
func Replays[A any](s *conform.Context, spenders []Spender[A], ready func(context.Context) (A, *otp.Kit), options ...clause.Option) {
	for _, first := range spenders {
		for _, again := range spenders {
			p := Subject{Operation: again.Operation}
			c := p.Should(s, clause.Slug(strings.ReplaceAll(again.Name, " ", "-"))+"-replay-of-"+strings.ReplaceAll(first.Name, " ", "-"),
				again.Refused, "RFC 6238 section 5.2; OWASP ASVS 5.0.0 6.5.1; checks#T10; checks#T12")
			for _, option := range options {
				option(&c)
			}
			// it waits
			It("The "+again.Name+" rejects one-time codes that the "+first.Name+" accepted, the last and the one before it, in the next time "+
				"step too", c, Serial,
				func(ctx SpecContext) {
					s.Only(first.Operation, again.Operation)
					account, codes := ready(ctx)
					var used []string
					for range 2 {
						code := s.Code(ctx, codes)
						s.Require("use a code once at the "+first.Name, first.Send(ctx, account, code), first.Operation, first.Accepted)
						used = append(used, code)
					}
					replay := func(when string, code string) {
						s.ExpectShut(when, again.Send(ctx, account, code), again.Operation, again.Refused)
					}
					replay("the code before the last", used[0])
					replay("the last code", used[1])
					if !codes.Right(used[1], 0) {
						return // it is of an earlier step already
					}
					s.Wait(ctx, codes.Params().Period, "the last code has to become one of the step before")
					replay("the last code in the next time step", used[1])
				})
		}
	}
}
