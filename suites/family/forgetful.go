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

// Interlude is what happens between two uses of one code, and must not make the target
// forget the first.
type Interlude[A any] struct {
	Slug, Text string
	// Needs are the operations without which it cannot happen on a deployment.
	Needs []*contract.Operation
	// Do does it; used is the answer to the first use.
	Do func(ctx context.Context, account A, used *httpclient.Call)
}

// Forgetful states, for each operation that takes a code, that a used code does not count
// again after a wrong one, and after each interlude.
func Forgetful[A any](s *conform.Context, spenders []Spender[A], ready func(context.Context) (A, *otp.Kit),
	interludes []Interlude[A], options ...clause.Option) {
	for _, one := range spenders {
		wrong := Interlude[A]{Slug: "wrong-code", Text: "a wrong one"}
		for _, between := range append([]Interlude[A]{wrong}, interludes...) {
			c := Subject{Operation: one.Operation}.Should(s, clause.Slug(strings.ReplaceAll(one.Name, " ", "-"))+"-replay-after-"+between.Slug,
				one.Refused, "RFC 6238 section 5.2; OWASP ASVS 5.0.0 6.5.1; checks#T10")
			for _, option := range options {
				option(&c)
			}
			It("The "+one.Name+" rejects a one-time code that it accepted before, after "+between.Text, c, func(ctx SpecContext) {
				s.Only(between.Needs...)
				account, codes := ready(ctx)
				code := s.Code(ctx, codes)
				used := one.Send(ctx, account, code)
				s.Require("use a code once at the "+one.Name, used, one.Operation, one.Accepted)
				if between.Do == nil {
					one.Send(ctx, account, codes.Wrong(farAway))
				} else {
					between.Do(ctx, account, used)
				}
				s.ExpectShut("the code that was used", one.Send(ctx, account, code), one.Operation, one.Refused)
				if fresh := s.CodeAtOnce(ctx, codes); fresh != "" { // the control, where it costs no wait
					s.Require("use a code that is new at the "+one.Name, one.Send(ctx, account, fresh), one.Operation, one.Accepted)
				}
			})
		}
	}
}

// farAway is how many steps from now a code is right in no window.
const farAway = 40
