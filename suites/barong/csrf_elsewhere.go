package barong

import (
	"net/url"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

// csrfOfNoOther states that a session takes the token it was given last, from its own header
// field, whatever a request looks like.
func csrfOfNoOther(p *api) {
	op := p.CreateLabel
	source := clause.From(contract.Standard, "checks#F17")
	It("POST /resource/labels rejects the id of the session as its CSRF token, and the token of an earlier log-in on its cookie",
		clause.Should("barong.csrf.renewed", op, client.CsrfMismatch, source), func(ctx SpecContext) {
			first := p.Member(ctx)
			again := p.Paced(ctx, first.Account, p.Credentials(first.Account, ""))
			call := p.Do(ctx, p.With(first.Account, first.Cookie, ""), p.CreateSession, again)
			p.Require("log in again on the cookie", call, p.CreateSession, contract.OK)
			me := p.Opened(call, first.Account)
			changes := []conform.Change{{Name: "the session's id", Of: func(r conform.Request) conform.Request {
				return r.WithHeader(p.CsrfHeader(), me.Cookie)
			}}}
			if first.Csrf != me.Csrf { // some targets renew it at each log-in: Barong does, and says so elsewhere
				changes = append(changes, conform.Change{Name: "the token of the earlier log-in", Of: func(r conform.Request) conform.Request {
					return r.WithHeader(p.CsrfHeader(), first.Csrf)
				}})
			}
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: me.Actor, Outcome: client.CsrfMismatch, Control: func() conform.Request { return p.NewLabel(me) }, Changes: changes,
			})
		})
	It("POST /resource/labels requires the CSRF token of forms, of scripts and of any origin, and reads none from the query",
		clause.Should("barong.csrf.always", op, client.CsrfMissing, source), func(ctx SpecContext) {
			me := p.Member(ctx)
			with := func(name, value string) conform.Change {
				return conform.Change{Name: name, Of: func(r conform.Request) conform.Request { return r.WithHeader(name, value) }}
			}
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: me.Actor, ChangedBy: p.With(me.Account, me.Cookie, ""), Outcome: client.CsrfMissing,
				Control: func() conform.Request { return p.NewLabel(me) },
				Changes: []conform.Change{
					{Name: "in the query", Of: func(r conform.Request) conform.Request {
						r.Query = url.Values{"csrf_token": {me.Csrf}, "authenticity_token": {me.Csrf}, "_csrf": {me.Csrf}}
						return r
					}},
					{Name: "of a form", Of: func(r conform.Request) conform.Request {
						r.JSON, r.Raw = nil, []byte(url.Values{"key": {"af-" + p.Nonce()}, "value": {"conform"}}.Encode())
						r.ContentType = "application/x-www-form-urlencoded"
						return r
					}},
					with("Origin", "https://www.example.invalid"), with("Origin", "null"), with("X-Requested-With", "XMLHttpRequest"),
					with("Referer", "https://www.example.invalid/"), with("Sec-Fetch-Site", "same-origin"),
				},
			})
		})
}
