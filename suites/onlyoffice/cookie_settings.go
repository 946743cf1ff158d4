package onlyoffice

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func cookieSettingsUpdated(p *client.Client) {
	It("GET /settings/cookiesettings shows an administrator how long sessions live",
		clause.Must("onlyoffice.cookie-settings.read", p.CookieSettings, contract.OK),
		func(ctx SpecContext) {
			p.DoExpect(ctx, p.SessionOf(ctx, client.Admin), p.CookieSettings, client.NoBody, contract.OK)
		})
	reads := p.As(client.Admin, client.NoBody)
	It("GET /settings/cookiesettings rejects a user",
		clause.Must("onlyoffice.cookie-settings.read-user", p.CookieSettings, contract.Forbidden),
		func(ctx SpecContext) { refusesRole(ctx, p, client.User, p.CookieSettings, reads, nil) })
	It("GET /settings/cookiesettings rejects a room administrator",
		clause.Must("onlyoffice.cookie-settings.read-room-admin", p.CookieSettings, contract.Forbidden), Serial,
		func(ctx SpecContext) { refusesRole(ctx, p, client.RoomAdmin, p.CookieSettings, reads, nil) })

	op, lifetime := p.UpdateCookieSettings, p.SessionLifetime()
	conform.Table(func(ctx SpecContext, role string) {
		who, by := p.SignedIn(ctx, client.Admin)
		former := lifetime.Keep(ctx, who)
		_, other := p.SignedIn(ctx, role)
		made := client.JSON(client.Lifetime(former["lifeTime"].(int)+1, false))
		p.DoExpect(ctx, other, op, made, contract.Forbidden)
		p.Check("a refused request changes nothing", lifetime.Now(ctx, by), Equal(former))
		p.DoRequire(ctx, "get the same request accepted from an administrator", by, op, made, contract.OK)
	}, []conform.Row[string]{
		{Text: "PUT /settings/cookiesettings rejects a user and changes nothing",
			Clause: clause.Must("onlyoffice.cookie-settings.update-user", op, contract.Forbidden, clause.Disrupts()), Given: client.User},
		{Text: "PUT /settings/cookiesettings rejects a room administrator and changes nothing",
			Clause: clause.Must("onlyoffice.cookie-settings.update-room-admin", op, contract.Forbidden, clause.Disrupts()), Given: client.RoomAdmin},
	})
	observed := clause.From(contract.Observed, "onlyoffice#1.4-ends-sessions; onlyoffice#1.4-fresh-session")
	It("PUT /settings/cookiesettings stores the settings that an administrator makes",
		clause.Must("onlyoffice.cookie-settings.update", op, contract.OK, clause.Disrupts()), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			for _, made := range []conform.Object{client.Lifetime(77, false), client.Lifetime(99, true), client.Lifetime(1440, false)} {
				p.Expect(lifetime.Update(ctx, who, made), op, contract.OK)
				p.Check("the settings made can be read", lifetime.Now(ctx, p.SignIn(ctx, who)), Equal(made))
			}
		})
	It("PUT /settings/cookiesettings ends every session when a lifetime is switched on",
		clause.Must("onlyoffice.cookie-settings.ends-sessions", op, contract.OK, clause.Disrupts(), observed), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			before := p.SignIn(ctx, who)
			_, other := p.SignedIn(ctx, client.User)
			p.RequireAlive(ctx, before, other)
			p.Expect(lifetime.Update(ctx, who, client.Lifetime(60, true)), op, contract.OK)
			p.ExpectEnded(ctx, before, other)
		})
	It("PUT /settings/cookiesettings keeps every session when a lifetime is switched off or has no end",
		clause.Should("onlyoffice.cookie-settings.keeps-sessions", op, contract.OK, clause.Disrupts(), clause.Only(client.Release37),
			observed), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			session := p.SignIn(ctx, who)
			_, other := p.SignedIn(ctx, client.User)
			for _, made := range []conform.Object{client.Lifetime(60, false), client.Lifetime(0, true)} {
				p.DoExpect(ctx, session, op, client.JSON(made), contract.OK)
				p.ExpectAlive(ctx, session, other)
			}
		})
	It("PUT /settings/cookiesettings stores the nearest lifetime from 0 to 9999 minutes",
		clause.Should("onlyoffice.cookie-settings.range", op, contract.OK, clause.Disrupts(), clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.4-clamp")), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			for _, row := range []struct{ sent, stored int }{{10000, 9999}, {-1, 0}} {
				p.Expect(lifetime.Update(ctx, who, client.Lifetime(row.sent, false)), op, contract.OK)
				p.Check("the settings made can be read", lifetime.Now(ctx, p.SignIn(ctx, who)), Equal(client.Lifetime(row.stored, false)))
			}
		})
	It("PUT /settings/cookiesettings reads a lifetime that is written as text",
		clause.Should("onlyoffice.cookie-settings.text", op, contract.OK, clause.Disrupts(), clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.0-numbers")), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			p.Expect(lifetime.Update(ctx, who, conform.Object{"lifeTime": "77", "enabled": false}), op, contract.OK)
			p.Check("the settings made can be read", lifetime.Now(ctx, p.SignIn(ctx, who)), Equal(client.Lifetime(77, false)))
		})
	It("PUT /settings/cookiesettings replaces the session of the administrator who switches a lifetime on",
		clause.Must("onlyoffice.cookie-settings.fresh-session", op, contract.OK, clause.Disrupts(), observed), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			session := p.SignIn(ctx, who)
			call := p.DoExpect(ctx, session, op, client.JSON(client.Lifetime(1, true)), contract.OK)
			p.ExpectEnded(ctx, session)
			p.ExpectAlive(ctx, p.CookieSession(who, call))
		})
}

func cookieSettingsGovern(p *client.Client) {
	op, lifetime := p.UpdateCookieSettings, p.SessionLifetime()
	It("A session with a lifetime of a minute is alive after 40 seconds and has ended after 65, although it was used",
		clause.Must("onlyoffice.cookie-settings.lifetime", op, contract.OK, clause.Disrupts(),
			clause.From(contract.Observed, "onlyoffice#1.4-put; onlyoffice#5-expiry; checks#S10")), func(ctx SpecContext) {
			p.Expect(lifetime.Update(ctx, lifetime.Keeper(ctx), client.Lifetime(1, true)), op, contract.OK)
			_, session := p.SignedIn(ctx, client.User)
			p.Wait(ctx, 40*time.Second, "the session has to get old")
			p.ExpectAlive(ctx, session)
			p.Wait(ctx, 25*time.Second, "the session has to end")
			p.ExpectEnded(ctx, session)
		})
	It("POST /authentication returns in `expires` when the session will end",
		clause.Must("onlyoffice.cookie-settings.expires", p.Login, contract.OK, clause.Disrupts(),
			clause.From(contract.Observed, "onlyoffice#5-cookie; onlyoffice#5-expires")), func(ctx SpecContext) {
			set := lifetime.Update(ctx, lifetime.Keeper(ctx), client.Lifetime(10, true))
			p.Require("set a lifetime of ten minutes", set, op, contract.OK)
			call := p.LogIn(ctx, p.Lease(client.User))
			p.Expect(call, p.Login, contract.OK)
			expires, err := time.Parse(time.RFC3339, client.Text(call, "expires"))
			p.Check("expires is a time", err, Not(HaveOccurred()))
			p.Check("expires is ten minutes away", expires, BeTemporally("~", p.Now().Add(10*time.Minute), 30*time.Second))
		})
	It("PUT /settings/cookiesettings lets sessions live on without an end when it switches a lifetime of 0 on",
		clause.Should("onlyoffice.cookie-settings.endless", op, contract.OK, clause.Disrupts(),
			clause.From(contract.Observed, "onlyoffice#1.4-clamp; onlyoffice#5-expiry")), func(ctx SpecContext) {
			p.Expect(lifetime.Update(ctx, lifetime.Keeper(ctx), client.Lifetime(0, true)), op, contract.OK)
			who := p.Lease(client.User)
			call := p.LogIn(ctx, who)
			p.Expect(call, p.Login, contract.OK)
			p.ExpectAlive(ctx, p.Session(who, call))
			// The release writes a date without a zone here, which stands for none (onlyoffice#6.B7).
			if expires, err := time.Parse(time.RFC3339, client.Text(call, "expires")); err == nil {
				p.Check("expires is in the future", expires, BeTemporally(">", p.Now()))
			}
		})
	It("PUT /settings/cookiesettings keeps sessions alive beyond a lifetime that is switched off",
		clause.Must("onlyoffice.cookie-settings.off", op, contract.OK, clause.Disrupts(),
			clause.From(contract.Observed, "onlyoffice#1.4-put; onlyoffice#5-expiry")), func(ctx SpecContext) {
			who := lifetime.Keeper(ctx)
			p.Require("set a lifetime of a minute", lifetime.Update(ctx, who, client.Lifetime(1, true)), op, contract.OK)
			p.Expect(lifetime.Update(ctx, who, client.Lifetime(1, false)), op, contract.OK)
			_, session := p.SignedIn(ctx, client.User)
			p.Wait(ctx, 65*time.Second, "the session would have ended")
			p.ExpectAlive(ctx, session)
		})
}
