package onlyoffice

import (
	"context"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

func connections(p *portal) {
	Describe("GET /api/2.0/security/activeconnections", func() { connectionsListed(p) })
	Describe("PUT /api/2.0/security/activeconnections/logout/{loginEventId}", func() { connectionEnded(p) })
	Describe("PUT /api/2.0/security/activeconnections/logoutallexceptthis", func() { connectionsButThis(p) })
	Describe("PUT /api/2.0/security/activeconnections/logoutall/{userId}", func() { connectionsOfUser(p) })
	Describe("PUT /api/2.0/security/activeconnections/logoutallchangepassword", func() { connectionsAndPassword(p) })
}

func connectionsListed(p *portal) {
	It("lists every session of the user, and nobody else's",
		clause.Must("onlyoffice.connections.list", p.connections, contract.OK),
		func(ctx SpecContext) {
			who, first := p.signedIn(ctx, user)
			second := p.signIn(ctx, who)
			_, stranger := p.signedIn(ctx, user)
			call := p.Do(ctx, first, p.connections, conform.Request{})
			p.Expect(call, p.connections, contract.OK)
			var events []int
			for _, item := range value.List(value.Of(call), "response", "items") {
				events = append(events, value.Number(item, "id"))
				p.Check("each is the user's own", strings.ToLower(value.Text(item, "userId")), Equal(strings.ToLower(p.id(ctx, first))))
			}
			p.Check("both sessions are in the list", events, ContainElements(p.event(ctx, first), p.event(ctx, second)))
			p.Check("that of another user is not", events, Not(ContainElement(p.event(ctx, stranger))))
		})
	It("says which of them the caller's is",
		clause.Must("onlyoffice.connections.own", p.connections, contract.OK),
		func(ctx SpecContext) {
			who, first := p.signedIn(ctx, user)
			second := p.signIn(ctx, who)
			for _, me := range []*conform.Actor{first, second} {
				call := p.Do(ctx, me, p.connections, conform.Request{})
				p.Expect(call, p.connections, contract.OK)
				p.Check("loginEvent is one of the list", ids(value.List(value.Of(call), "response", "items")), ContainElement(value.Number(value.Of(call), "response", "loginEvent")))
			}
			p.Check("two sessions are two log-in events", p.event(ctx, second), Not(Equal(p.event(ctx, first))))
		})
	It("knows the caller's by the Authorization header too",
		clause.Must("onlyoffice.connections.own-by-header", p.connections, contract.OK, clause.Only(documented)),
		func(ctx SpecContext) {
			who := p.Lease(user)
			opened := token(p.loggedIn(ctx, who.Login, who.Password))
			call := p.Do(ctx, p.Actor(who.Name, who, bearer(opened)), p.connections, conform.Request{})
			p.Expect(call, p.connections, contract.OK)
			p.Check("loginEvent is that of the session", value.Number(value.Of(call), "response", "loginEvent"), Equal(p.event(ctx, p.Actor(who.Name, who, cookie(opened)))))
		})
	It("does not list a session that has ended",
		clause.Must("onlyoffice.connections.ended", p.connections, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			gone := p.signIn(ctx, who)
			event := p.event(ctx, gone)
			p.sessions().End(ctx, gone)
			call := p.Do(ctx, me, p.connections, conform.Request{})
			p.Expect(call, p.connections, contract.OK)
			p.Check("the list leaves it out", ids(value.List(value.Of(call), "response", "items")), Not(ContainElement(event)))
		})
}

func connectionEnded(p *portal) {
	It("ends exactly the session it is given",
		clause.Must("onlyoffice.connection-logout.one", p.logoutConnection, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			gone, third := p.signIn(ctx, who), p.signIn(ctx, who)
			p.Expect(p.Do(ctx, me, p.logoutConnection, connection(p.event(ctx, gone))), p.logoutConnection, contract.OK)
			p.over(ctx, gone)
			p.works(ctx, me)
			p.works(ctx, third)
		})
	It("refuses the session of another user, and that lives on",
		clause.Must("onlyoffice.connection-logout.foreign", p.logoutConnection, contract.Forbidden),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			_, other := p.signedIn(ctx, user)
			foreign := p.event(ctx, other)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.logoutConnection, By: me, Outcome: contract.Forbidden,
				Control: func() conform.Request { return connection(p.event(ctx, p.signIn(ctx, who))) },
				Changes: []conform.Change{{Name: "the session of another", Of: func(conform.Request) conform.Request { return connection(foreign) }}},
			})
			p.works(ctx, other)
		})
	It("ends the session of a user for an administrator",
		clause.Must("onlyoffice.connection-logout.by-administrator", p.logoutConnection, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 1.5")),
		func(ctx SpecContext) {
			_, boss := p.signedIn(ctx, admin)
			who, gone := p.signedIn(ctx, user)
			spared := p.signIn(ctx, who)
			p.Expect(p.Do(ctx, boss, p.logoutConnection, connection(p.event(ctx, gone))), p.logoutConnection, contract.OK)
			p.over(ctx, gone)
			p.works(ctx, spared)
			p.works(ctx, boss)
		})
	It("says false to an id that no session has, or that of one which ended",
		clause.Must("onlyoffice.connection-logout.unknown", p.logoutConnection, contract.NotFound),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			gone := p.event(ctx, p.signIn(ctx, who))
			p.Require("end a session", p.Do(ctx, me, p.logoutConnection, connection(gone)), p.logoutConnection, contract.OK)
			for _, event := range []int{gone, noEvent} {
				p.Expect(p.Do(ctx, me, p.logoutConnection, connection(event)), p.logoutConnection, contract.NotFound)
			}
			p.works(ctx, me)
		})
}

// noEvent is the id of a log-in that no portal has seen: the greatest int32.
const noEvent = 1<<31 - 1

func connectionsButThis(p *portal) {
	It("ends all sessions of the user but the caller's",
		clause.Must("onlyoffice.logout-others.cookie", p.logoutAllExceptThis, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			first, second := p.signIn(ctx, who), p.signIn(ctx, who)
			_, stranger := p.signedIn(ctx, user)
			p.alive(ctx, first)
			p.alive(ctx, second)
			p.Expect(p.Do(ctx, me, p.logoutAllExceptThis, conform.Request{}), p.logoutAllExceptThis, contract.OK)
			p.over(ctx, first)
			p.over(ctx, second)
			p.works(ctx, me)
			p.works(ctx, stranger)
		})
	It("spares the session of the Authorization header too",
		clause.Must("onlyoffice.logout-others.header", p.logoutAllExceptThis, contract.OK, clause.Only(documented)),
		func(ctx SpecContext) {
			who, other := p.signedIn(ctx, user)
			me := p.Actor(who.Name, who, bearer(token(p.loggedIn(ctx, who.Login, who.Password))))
			p.Expect(p.Do(ctx, me, p.logoutAllExceptThis, conform.Request{}), p.logoutAllExceptThis, contract.OK)
			p.over(ctx, other)
			p.works(ctx, me)
		})
	It("ends the caller's session too when it came as the Authorization header",
		clause.Note("onlyoffice.logout-others.header-ends", p.logoutAllExceptThis, contract.OK, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 1.5")),
		func(ctx SpecContext) {
			who := p.Lease(user)
			me := p.Actor(who.Name, who, bearer(token(p.loggedIn(ctx, who.Login, who.Password))))
			p.Expect(p.Do(ctx, me, p.logoutAllExceptThis, conform.Request{}), p.logoutAllExceptThis, contract.OK)
			p.over(ctx, me)
		})
}

func connectionsOfUser(p *portal) {
	It("ends all sessions of the user who asks for it",
		clause.Must("onlyoffice.logout-all.own", p.logoutAllForUser, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			other := p.signIn(ctx, who)
			_, stranger := p.signedIn(ctx, user)
			p.alive(ctx, other)
			p.Expect(p.Do(ctx, me, p.logoutAllForUser, p.ownConnections(ctx, me)), p.logoutAllForUser, contract.OK)
			p.over(ctx, other)
			p.over(ctx, me)
			p.works(ctx, stranger)
		})
	It("ends the sessions of a user for an administrator, and no others",
		clause.Must("onlyoffice.logout-all.by-administrator", p.logoutAllForUser, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 1.5")),
		func(ctx SpecContext) {
			_, boss := p.signedIn(ctx, admin)
			who, first := p.signedIn(ctx, user)
			second := p.signIn(ctx, who)
			_, stranger := p.signedIn(ctx, user)
			p.Expect(p.Do(ctx, boss, p.logoutAllForUser, p.ownConnections(ctx, first)), p.logoutAllForUser, contract.OK)
			p.over(ctx, first)
			p.over(ctx, second)
			p.works(ctx, boss)
			p.works(ctx, stranger)
		})
	refuses := func(role string, args ...any) {
		args = append(args, clause.Must("onlyoffice.logout-all.foreign-"+role, p.logoutAllForUser, contract.Forbidden), func(ctx SpecContext) {
			who, me := p.signedIn(ctx, role)
			_, other := p.signedIn(ctx, user)
			foreign := p.ownConnections(ctx, other)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.logoutAllForUser, By: me, Outcome: contract.Forbidden,
				Control: func() conform.Request {
					me.Header = p.signIn(ctx, who).Header // the control ends the session
					return p.ownConnections(ctx, me)
				},
				Changes: []conform.Change{{Name: "the id of another", Of: func(conform.Request) conform.Request { return foreign }}},
			})
			p.works(ctx, other)
		})
		It("refuses a "+role+" who wants to end the sessions of another user, and they live on", args...)
	}
	refuses(user)
	refuses(roomAdmin, Serial)
}

func connectionsAndPassword(p *portal) {
	It("ends all sessions of the user and gives a link that changes the password",
		clause.Must("onlyoffice.logout-all-password.link", p.logoutAllChangePassword, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			other := p.signIn(ctx, who)
			_, stranger := p.signedIn(ctx, user)
			c := p.newPasswordCase(who, p.opener(who))
			p.alive(ctx, other)
			call := p.Do(ctx, me, p.logoutAllChangePassword, conform.Request{})
			p.Expect(call, p.logoutAllChangePassword, contract.OK)
			p.over(ctx, me)
			p.over(ctx, other)
			p.works(ctx, stranger)
			c.link = parseLink(value.Text(value.Of(call), "response"))
			p.Secret("confirm-key", c.link.key)
			p.Check("the link is one to change a password", c.link.kind, Equal(passwordChange))
			p.Expect(p.Do(ctx, p.holder(who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
			p.Expect(p.tries(ctx, who.Login, c.next), p.login, contract.OK)
		})
	It("changes no password before the link is used",
		clause.Must("onlyoffice.logout-all-password.not-yet", p.login, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			p.passwordLink(ctx, me)
			p.Expect(p.tries(ctx, who.Login, who.Password), p.login, contract.OK)
		})
}

// connection names one session in the path.
func connection(event int) conform.Request {
	return conform.Request{Path: map[string]string{"loginEventId": strconv.Itoa(event)}}
}

// ids are the ids of connections.
func ids(items []any) []int {
	var all []int
	for _, item := range items {
		all = append(all, value.Number(item, "id"))
	}
	return all
}

// event is the log-in event of an actor's session.
func (p *portal) event(ctx context.Context, me *conform.Actor) int {
	GinkgoHelper()
	call := p.Do(ctx, me, p.connections, conform.Request{})
	p.Require("list the connections of "+me.Who.Name, call, p.connections, contract.OK)
	return value.Number(value.Of(call), "response", "loginEvent")
}

// ownConnection names the actor's own session, ownConnections all of its user's.
func (p *portal) ownConnection(ctx context.Context, me *conform.Actor) conform.Request {
	GinkgoHelper()
	return connection(p.event(ctx, me))
}

func (p *portal) ownConnections(ctx context.Context, me *conform.Actor) conform.Request {
	GinkgoHelper()
	return conform.Request{Path: map[string]string{"userId": p.id(ctx, me)}}
}
