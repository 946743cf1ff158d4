package barong

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// csrf states, for each operation that changes something, that a live cookie alone
// does not open it (barong#1.2).
func csrf(p *api, subjects []family.Subject) {
	for _, s := range subjects {
		if len(s.Operation.Answers(client.CsrfMissing)) == 0 {
			continue
		}
		Describe(s.Operation.Method+" "+s.Operation.Path+" with a session's cookie", func() {
			csrfPair(p, s, "csrf-missing", "rejects a request without "+client.CsrfHeader, client.CsrfMissing, func(string) string { return "" })
			csrfPair(p, s, "csrf-wrong", "rejects a request with a wrong "+client.CsrfHeader, client.CsrfMismatch, otherDigit)
		})
	}
}

func csrfPair(p *api, s family.Subject, family, promise string, outcome contract.Outcome, change func(string) string) {
	It(s.Operation.Name()+" "+promise, s.Clause(p.Context, family, outcome), func(ctx SpecContext) {
		by, control := s.Ready(ctx)
		changed := p.Actor(by.Name, by.Who, by.Header.Clone())
		p.Refuses(ctx, conform.Refusal{
			Operation: s.Operation, By: by, ChangedBy: changed, Expected: s.Expected, Outcome: outcome, OnlyAfter: s.SingleUse,
			Control: func() conform.Request {
				r := control()
				changed.Header = by.Header.Clone() // the control may have signed in anew
				if token := change(by.Header.Get(client.CsrfHeader)); token != "" {
					changed.Header.Set(client.CsrfHeader, p.Secret("csrf-token", token))
				} else {
					changed.Header.Del(client.CsrfHeader)
				}
				return r
			},
		})
	})
}

// otherDigit changes the last digit of a token, so that nothing but its value is
// wrong.
func otherDigit(token string) string {
	last := byte('0')
	if token[len(token)-1] == last {
		last = '1'
	}
	return token[:len(token)-1] + string(last)
}

// bearers states, for each operation of a signed-in user, that Barong itself
// refuses a request that no gateway has put a token to.
func bearers(p *api, subjects []family.Subject) {
	for _, s := range subjects {
		if len(s.Operation.Answers(client.TokenRefused)) == 0 {
			continue
		}
		It(s.Operation.Name()+" rejects a request without a gateway token, and with a made-up one",
			s.Clause(p.Context, "token-refused", client.TokenRefused, clause.Needs(client.Direct)), func(ctx SpecContext) {
				by, control := s.Ready(ctx)
				way := client.NewRoads(p.Target())
				p.Refuses(ctx, conform.Refusal{
					Operation: s.Operation, By: by, Control: control, Expected: s.Expected, Outcome: client.TokenRefused, OnlyAfter: s.SingleUse,
					Changes: []conform.Change{
						{Name: "no token", Of: func(r conform.Request) conform.Request { r.Template = way.AppPath(s.Operation); return r }},
						{Name: "made-up token", Of: func(r conform.Request) conform.Request {
							return r.WithHeader("Authorization", "Bearer "+p.Nonce())
						}},
					},
				})
			})
	}
}
