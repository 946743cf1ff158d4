package onlyoffice

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// sessionLimits are the members of the cookie settings: how long sessions live,
// in minutes, and whether that is applied.
var sessionLimits = []string{"lifeTime", "enabled"}

func cookieSettings(p *portal) {
	Describe("the lifetime of sessions", func() {
		cookieSettingsRead(p)
		cookieSettingsUpdated(p)
		cookieSettingsGovern(p)
	})
}

func cookieSettingsRead(p *portal) {
	It("shows an administrator how long sessions live",
		clause.Must("onlyoffice.cookie-settings.read", p.cookieSettings, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, admin)
			p.Expect(p.Do(ctx, me, p.cookieSettings, conform.Request{}), p.cookieSettings, contract.OK)
		})
	forbids := func(role string, args ...any) {
		read := append(args, clause.Must("onlyoffice.cookie-settings.read-"+role, p.cookieSettings, contract.Forbidden), func(ctx SpecContext) {
			_, by := p.signedIn(ctx, admin)
			_, other := p.signedIn(ctx, role)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.cookieSettings, By: by, ChangedBy: other, Control: always(conform.Request{}), Outcome: contract.Forbidden,
			})
		})
		It("refuses a "+role+" who wants to read it", read...)
		It("refuses a "+role+" who wants to update it",
			clause.Must("onlyoffice.cookie-settings.update-"+role, p.updateCookieSettings, contract.Forbidden, clause.Disrupts()),
			func(ctx SpecContext) {
				who, by := p.signedIn(ctx, admin)
				former := p.keeps(ctx, who, p.cookieSettings, p.updateCookieSettings, sessionLimits...)
				_, other := p.signedIn(ctx, role)
				made := conform.Object{"lifeTime": former["lifeTime"].(int) + 1, "enabled": false}
				p.Expect(p.Do(ctx, other, p.updateCookieSettings, conform.Request{JSON: made}), p.updateCookieSettings, contract.Forbidden)
				p.Check("a refused request changes nothing", p.settingsNow(ctx, by, p.cookieSettings, sessionLimits...), Equal(former))
				p.Require("get the same request accepted from an administrator", p.Do(ctx, by, p.updateCookieSettings, conform.Request{JSON: made}), p.updateCookieSettings, contract.OK)
			})
	}
	forbids(user)
	forbids(roomAdmin, Serial)
}

func cookieSettingsUpdated(p *portal) {
	It("shows the settings afterwards that an administrator made",
		clause.Must("onlyoffice.cookie-settings.update", p.updateCookieSettings, contract.OK, clause.Disrupts()),
		func(ctx SpecContext) {
			who := p.lifetimeKeeper(ctx)
			for _, made := range []conform.Object{lifetime(77, false), lifetime(99, true), lifetime(1440, false)} {
				p.Expect(p.setLifetime(ctx, who, made), p.updateCookieSettings, contract.OK)
				p.Check("the settings made can be read", p.settingsNow(ctx, p.signIn(ctx, who), p.cookieSettings, sessionLimits...), Equal(made))
			}
		})
	It("ends every session when a lifetime is switched on",
		clause.Must("onlyoffice.cookie-settings.ends-sessions", p.updateCookieSettings, contract.OK, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 1.4")),
		func(ctx SpecContext) {
			who := p.lifetimeKeeper(ctx)
			before := p.signIn(ctx, who)
			_, other := p.signedIn(ctx, user)
			p.alive(ctx, before)
			p.alive(ctx, other)
			p.Expect(p.setLifetime(ctx, who, lifetime(60, true)), p.updateCookieSettings, contract.OK)
			p.over(ctx, before)
			p.over(ctx, other)
		})
	It("gives whoever switches a lifetime on a fresh session",
		clause.Must("onlyoffice.cookie-settings.fresh-session", p.updateCookieSettings, contract.OK, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 1.4")),
		func(ctx SpecContext) {
			who := p.lifetimeKeeper(ctx)
			me := p.signIn(ctx, who)
			call := p.Do(ctx, me, p.updateCookieSettings, conform.Request{JSON: lifetime(60, true)})
			p.Expect(call, p.updateCookieSettings, contract.OK)
			p.over(ctx, me)
			p.works(ctx, p.Actor(who.Name, who, cookie(setCookie(call, sessionCookie))))
		})
}

func cookieSettingsGovern(p *portal) {
	It("ends a session when its lifetime is over, used or not, and not before",
		clause.Must("onlyoffice.cookie-settings.lifetime", p.updateCookieSettings, contract.OK, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 1.4, 5; facts/auth-checks.md S10")),
		func(ctx SpecContext) {
			who := p.lifetimeKeeper(ctx)
			p.Expect(p.setLifetime(ctx, who, lifetime(1, true)), p.updateCookieSettings, contract.OK)
			_, me := p.signedIn(ctx, user)
			p.Wait(ctx, 40*time.Second, "the session has to get old")
			p.works(ctx, me)
			p.Wait(ctx, 25*time.Second, "the session has to end")
			p.over(ctx, me)
		})
	It("says in `expires` when a session will end",
		clause.Must("onlyoffice.cookie-settings.expires", p.login, contract.OK, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 5")),
		func(ctx SpecContext) {
			who := p.lifetimeKeeper(ctx)
			p.Require("set a lifetime of ten minutes", p.setLifetime(ctx, who, lifetime(10, true)), p.updateCookieSettings, contract.OK)
			guest := p.Lease(user)
			call := p.tries(ctx, guest.Login, guest.Password)
			p.Expect(call, p.login, contract.OK)
			expires, err := time.Parse(time.RFC3339, value.Text(value.Of(call), "response", "expires"))
			p.Check("expires is a time", err, Not(HaveOccurred()))
			p.Check("expires is ten minutes away", expires, BeTemporally("~", p.Now().Add(10*time.Minute), 30*time.Second))
		})
	It("no longer ends sessions once the lifetime is switched off",
		clause.Must("onlyoffice.cookie-settings.off", p.updateCookieSettings, contract.OK, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 1.4, 5")),
		func(ctx SpecContext) {
			who := p.lifetimeKeeper(ctx)
			p.Require("set a lifetime of a minute", p.setLifetime(ctx, who, lifetime(1, true)), p.updateCookieSettings, contract.OK)
			p.Expect(p.setLifetime(ctx, who, lifetime(1, false)), p.updateCookieSettings, contract.OK)
			_, me := p.signedIn(ctx, user)
			p.Wait(ctx, 65*time.Second, "the session would have ended")
			p.works(ctx, me)
		})
}

func lifetime(minutes int, enabled bool) conform.Object {
	return conform.Object{"lifeTime": minutes, "enabled": enabled}
}

// lifetimeKeeper is an administrator for whom the lifetime of sessions is brought
// back when the spec ends.
func (p *portal) lifetimeKeeper(ctx context.Context) *identity.Identity {
	GinkgoHelper()
	who := p.Lease(admin)
	p.keeps(ctx, who, p.cookieSettings, p.updateCookieSettings, sessionLimits...)
	return who
}

// setLifetime updates the settings in a session of its own, for that may end by it.
func (p *portal) setLifetime(ctx context.Context, who *identity.Identity, made conform.Object) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.signIn(ctx, who), p.updateCookieSettings, conform.Request{JSON: made})
}

// sameCookieSettings sets the lifetime of sessions to what it is.
func (p *portal) sameCookieSettings(ctx context.Context, me *conform.Actor) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: p.settingsNow(ctx, me, p.cookieSettings, sessionLimits...)}
}
