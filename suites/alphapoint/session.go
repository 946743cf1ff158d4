package alphapoint

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// idle is "one hour after last detected activity".
const idle = time.Hour

func (v specs) session() {
	op := v.Devices.Name()
	It(op+" rejects the gateway's credential alone after log-out",
		clause.Graded(v.ID("session.gateway-alone"), v.Devices, contract.Unauthenticated),
		func(ctx SpecContext) {
			who, session := v.SignedIn(ctx)
			v.RequireAlive(ctx, session)
			v.SignOut(ctx, session)
			v.ExpectNoSession(ctx, v.Caller(who))
		})
	It(op+" rejects a made-up session token beside the gateway's valid credential",
		clause.Graded(v.ID("session.made-up"), v.Devices, contract.Unauthenticated),
		func(ctx SpecContext) {
			who, session := v.SignedIn(ctx)
			v.RequireAlive(ctx, session)
			v.SignOut(ctx, session)
			for _, token := range []string{"null", "0", v.MadeUpUUID()} {
				v.ExpectNoSession(ctx, v.CallerWith(who, v.Setting(client.SessionHeader), token))
			}
		})
	It(op+" accepts the session of the user whose devices are listed", clause.Graded(v.ID("session.opens"), v.Devices, contract.OK),
		func(ctx SpecContext) {
			_, session := v.SignedIn(ctx)
			v.ExpectAlive(ctx, session)
		})
	It(op+" rejects a session with the gateway's credential of another user",
		clause.Graded(v.ID("session.foreign-gateway"), v.Devices, contract.Unauthenticated, clause.Only(client.Documented)),
		func(ctx SpecContext) {
			v.RequireGateway()
			who, session := v.SignedIn(ctx)
			other := v.Account(client.User)
			v.RequireAlive(ctx, session)
			header := v.Gateway(other)
			if token := session.Header[v.Setting(client.SessionHeader)]; token != nil {
				header[v.Setting(client.SessionHeader)] = token
			}
			v.ExpectNoSession(ctx, v.Actor(other.Name, who, header))
		})
	v.sessionTokens()
	v.sessionLifetime()
}

// withTokens adds to the authority of a promise about session tokens that it holds
// only where they are promised: the Trading API documents none.
func (v specs) withTokens(authority clause.Option) clause.Option {
	return func(c *clause.Clause) {
		authority(c)
		if v.Basic != nil {
			c.Only = []string{client.Platform}
		}
	}
}

func (v specs) sessionTokens() {
	op := v.Login.Name()
	It(op+" issues a new session token at each log-in",
		clause.Should(v.ID("session.fresh"), v.Login, contract.OK,
			v.withTokens(clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.2.2; checks#S12"))),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			first := v.LogIn(ctx, who)
			second := v.ExpectLogIn(ctx, who, contract.OK)
			v.Check("two log-ins give two tokens", client.Token(second), Not(Equal(client.Token(first))))
		})
	It(op+" does not adopt a session token that the client sent along",
		clause.Should(v.ID("session.fixation"), v.Login, contract.OK,
			v.withTokens(clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.2.4; checks#S02"))),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			planted := v.Secret("planted-token", v.MadeUpUUID())
			by := v.CallerWith(who, v.Setting(client.SessionHeader), planted)
			call := v.ExpectAnswer(ctx, by, v.Login, v.LoginRequest(who), contract.OK)
			v.Check("the token is not the planted one", client.Token(call), Not(Equal(planted)))
		})
}

func (v specs) sessionLifetime() {
	op := v.Devices.Name()
	It(op+" rejects a session an hour after its last call",
		clause.Should(v.ID("session.idle"), v.Devices, contract.Unauthenticated, clause.Disrupts(),
			clause.From(contract.Inferred, "alphapoint#5-lifetime")),
		func(ctx SpecContext) {
			_, session := v.SignedIn(ctx)
			v.RequireAlive(ctx, session)
			v.Wait(ctx, idle+time.Minute, "the session has to end")
			v.ExpectNoSession(ctx, session)
		})
	It(op+" accepts a session for two hours that is used every 40 minutes",
		clause.Should(v.ID("session.prolonged"), v.Devices, contract.OK, clause.Disrupts(),
			clause.From(contract.Inferred, "alphapoint#5-lifetime")),
		func(ctx SpecContext) {
			_, session := v.SignedIn(ctx)
			for range 3 {
				v.Wait(ctx, idle*2/3, "the session has to grow older than an hour")
				v.ExpectAlive(ctx, session)
			}
		})
}
