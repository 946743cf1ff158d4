package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/onlyoffice/client"
)

func connections(p *client.Client) {
	op := p.Connections
	It("GET /security/activeconnections lists every session of the user and none of another",
		clause.Must("onlyoffice.connections.list", op, contract.OK), func(ctx SpecContext) {
			who, first := p.SignedIn(ctx, client.User)
			second := p.SignIn(ctx, who)
			_, stranger := p.SignedIn(ctx, client.User)
			call := p.DoExpect(ctx, first, op, client.NoBody, contract.OK)
			for _, item := range value.List(value.Of(call), "response", "items") {
				p.Check("each is the user's own", strings.ToLower(value.Text(item, "userId")), Equal(strings.ToLower(p.ID(ctx, first))))
			}
			p.Check("both sessions are in the list", events(call), ContainElements(p.Event(ctx, first), p.Event(ctx, second)))
			p.Check("that of another user is not", events(call), Not(ContainElement(p.Event(ctx, stranger))))
		})
	It("GET /security/activeconnections names the caller's session as one of the list, another for each session",
		clause.Must("onlyoffice.connections.own", op, contract.OK), func(ctx SpecContext) {
			who, first := p.SignedIn(ctx, client.User)
			second := p.SignIn(ctx, who)
			for _, session := range []*conform.Actor{first, second} {
				call := p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
				p.Check("loginEvent is one of the list", events(call), ContainElement(value.Number(value.Of(call), "response", "loginEvent")))
			}
			p.Check("two sessions are two log-in events", p.Event(ctx, second), Not(Equal(p.Event(ctx, first))))
		})
	It("GET /security/activeconnections names the caller's session when its token is in the Authorization header",
		clause.Must("onlyoffice.connections.own-by-header", op, contract.OK, clause.Only(client.Documented)), func(ctx SpecContext) {
			who := p.Lease(client.User)
			token := p.NewToken(ctx, who)
			call := p.DoExpect(ctx, p.Actor(who.Name, who, client.Bearer(token)), op, client.NoBody, contract.OK)
			byCookie := p.Event(ctx, p.Actor(who.Name, who, client.Cookie(token)))
			p.Check("loginEvent is that of the session", value.Number(value.Of(call), "response", "loginEvent"), Equal(byCookie))
		})
	It("GET /security/activeconnections does not list a session that has ended",
		clause.Must("onlyoffice.connections.ended", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			gone := p.SignIn(ctx, who)
			event := p.Event(ctx, gone)
			p.SignOut(ctx, gone)
			call := p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			p.Check("the list leaves it out", events(call), Not(ContainElement(event)))
		})
}

// events are the log-in events of the sessions that an answer lists.
func events(call *httpclient.Call) []int {
	var all []int
	for _, item := range value.List(value.Of(call), "response", "items") {
		all = append(all, value.Number(item, "id"))
	}
	return all
}
