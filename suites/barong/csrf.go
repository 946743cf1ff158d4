package barong

import (
	"strings"

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
			csrfPair(p, s, "csrf-missing", "rejects a request without the session's CSRF token", client.CsrfMissing,
				func(string) string { return "" })
			csrfPair(p, s, "csrf-wrong", "rejects a request with a wrong CSRF token", client.CsrfMismatch, otherDigit)
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
				if token := change(by.Header.Get(p.CsrfHeader())); token != "" {
					changed.Header.Set(p.CsrfHeader(), p.Secret("csrf-token", token))
				} else {
					changed.Header.Del(p.CsrfHeader())
				}
				return r
			},
		})
	})
}

// nearlyRight states what a careless comparison of CSRF tokens lets pass.
func nearlyRight(p *api) {
	op := p.CreateLabel
	It("POST /resource/labels rejects CSRF tokens that are nearly the session's: in part, made longer, backwards or in another case",
		clause.Graded("barong.csrf.near-miss", op, client.CsrfMismatch), func(ctx SpecContext) {
			me := p.Member(ctx)
			var changes []conform.Change
			for _, near := range family.NearProofs(me.Csrf) {
				changes = append(changes, conform.Change{Name: near.Name, Of: func(r conform.Request) conform.Request {
					return r.WithHeader(p.CsrfHeader(), p.Secret("csrf-token", near.Value))
				}})
			}
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: me.Actor, Outcome: client.CsrfMismatch, Control: func() conform.Request { return p.NewLabel(me) }, Changes: changes,
			})
		})
	conform.Table(func(ctx SpecContext, spoil func(string) string) {
		me := p.Member(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: me.Actor, Outcome: client.CsrfMismatch, Control: func() conform.Request { return p.NewLabel(me) },
			Changes: []conform.Change{{Of: func(r conform.Request) conform.Request {
				return r.WithHeader(p.CsrfHeader(), p.Secret("csrf-token", spoil(me.Csrf)))
			}}},
		})
	}, []conform.Row[func(string) string]{
		{Text: "POST /resource/labels rejects the beginning of the session's CSRF token",
			Clause: clause.Graded("barong.csrf.beginning", op, client.CsrfMismatch),
			Given:  func(token string) string { return token[:len(token)/2] }},
		{Text: "POST /resource/labels rejects the session's CSRF token with more behind it",
			Clause: clause.Graded("barong.csrf.longer", op, client.CsrfMismatch),
			Given:  func(token string) string { return token + "0" }},
		{Text: "POST /resource/labels rejects the session's CSRF token in capital letters",
			Clause: clause.Graded("barong.csrf.capitals", op, client.CsrfMismatch), Given: capitals},
	})
}

// capitals writes a token in capital letters; one without a letter gets one.
func capitals(token string) string {
	if upper := strings.ToUpper(token); upper != token {
		return upper
	}
	return token[:len(token)-1] + "A"
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
