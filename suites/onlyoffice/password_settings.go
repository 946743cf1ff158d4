package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func passwordSettingsRead(p *client.Client) {
	op := p.PasswordSettings
	It("GET /settings/security/password shows a user the demands on passwords",
		clause.Must("onlyoffice.password-settings.session", op, contract.OK),
		func(ctx SpecContext) { p.DoExpect(ctx, p.SessionOf(ctx, client.User), op, client.NoBody, contract.OK) })
	It("GET /settings/security/password accepts a link that changes a password and rejects one with a forged key",
		clause.Must("onlyoffice.password-settings.link", op, contract.Unauthenticated), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			good := p.PasswordLink(ctx, session)
			for _, forged := range append(tampered(good), good.WithKey("x"), good.WithKey("")) {
				p.Refuses(ctx, conform.Refusal{
					Operation: op, By: p.Bearer(who, good), ChangedBy: p.Bearer(who, forged),
					Control: client.Always(client.NoBody), Outcome: contract.Unauthenticated,
				})
			}
		})
	It("GET /settings/security/password accepts the link of a log-in's first step",
		clause.Must("onlyoffice.password-settings.first-step", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#1.6-mail; onlyoffice#1.6-change-password; onlyoffice#1.6-email; "+
				"onlyoffice#1.6-password-settings")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.DoExpect(ctx, p.Bearer(e.Who, p.StepLink(p.LogIn(ctx, e.Who))), op, client.NoBody, contract.OK)
		})
}

// demanded is a password that just meets the demands of an administrator.
type demanded struct {
	everything bool // an upper-case letter, a digit and a special character too
	password   func(nonce string) string
}

// lettersOf turns hexadecimal digits into lower-case letters.
func lettersOf(nonce string) string {
	return strings.Map(func(c rune) rune {
		if c <= '9' {
			return c - '0' + 'k'
		}
		return c
	}, nonce)
}

func passwordSettingsUpdated(p *client.Client) {
	op, demands := p.UpdatePasswordSettings, p.PasswordDemands()
	It("PUT /settings/security/password stores and returns the demands that an administrator makes",
		clause.Must("onlyoffice.password-settings.update", op, contract.OK, clause.Disrupts()), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.Admin)
			demands.Keep(ctx, who)
			for _, made := range []conform.Object{client.Demands(12, true), client.Demands(11, false)} {
				call := p.DoExpect(ctx, session, op, client.JSON(made), contract.OK)
				p.Check("the answer shows the demands made", demands.In(call), Equal(made))
				p.Check("the demands made can be read", demands.Now(ctx, session), Equal(made))
			}
		})
	It("PUT /people/{userid}/password rejects a password that misses one of the demands of an administrator",
		clause.Must("onlyoffice.password-settings.govern", p.ChangePassword, contract.Invalid, clause.Disrupts()), func(ctx SpecContext) {
			c := p.NewPassword(ctx) // before the demands, so that they are gone when it gets its own password back
			who, session := p.SignedIn(ctx, client.Admin)
			demands.Keep(ctx, who)
			p.DoRequire(ctx, "demand everything", session, op, client.JSON(client.Demands(12, true)), contract.OK)
			p.Refuses(ctx, c.Refusal(ctx, contract.Invalid,
				set("eleven characters", "password", "Aa1!"+p.Nonce()[:7]),
				set("no upper-case letter", "password", "aa1!"+p.Nonce()),
				set("no digit", "password", "Aa!bcdefghijk"),
				set("no special character", "password", "Aa1b"+p.Nonce())))
		})
	conform.Table(func(ctx SpecContext, given demanded) {
		c := p.NewPassword(ctx)
		c.Next = p.Secret("password", given.password(p.Nonce()))
		who, session := p.SignedIn(ctx, client.Admin)
		demands.Keep(ctx, who)
		made := client.JSON(client.Demands(len(c.Next), given.everything))
		p.DoRequire(ctx, "make the demands", session, op, made, contract.OK)
		c.Make(ctx)
		p.Expect(p.LogInWith(ctx, c.Who.Login, c.Next), p.Login, contract.OK)
	}, []conform.Row[demanded]{
		{Text: "PUT /people/{userid}/password accepts a password that is as long as an administrator demands and has one character of each kind",
			Clause: clause.Should("onlyoffice.password-settings.just-enough", p.ChangePassword, contract.OK, clause.Disrupts()),
			Given:  demanded{true, func(nonce string) string { return "A1$" + lettersOf(nonce)[:9] }}},
		{Text: "PUT /people/{userid}/password accepts lower-case letters alone where an administrator demands nothing but a length",
			Clause: clause.Should("onlyoffice.password-settings.length-only", p.ChangePassword, contract.OK, clause.Disrupts()),
			Given:  demanded{false, func(nonce string) string { return lettersOf(nonce)[:12] }}},
	})
	It("PUT /settings/security/password rejects a minimum length of -1, 0 or 10000 and changes nothing",
		clause.Must("onlyoffice.password-settings.range", op, contract.Invalid, clause.Disrupts()), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.Admin)
			former := demands.Keep(ctx, who)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: session, Control: client.Always(client.JSON(former)), Outcome: contract.Invalid,
				Changes: []conform.Change{
					set("minLength 0", "minLength", 0), set("minLength -1", "minLength", -1), set("minLength 10000", "minLength", 10000),
				},
				State: demands.State(ctx, session),
			})
		})
	longer := set("a minimum length of nine", "minLength", 9)
	It("PUT /settings/security/password rejects a user",
		clause.Must("onlyoffice.password-settings.update-user", op, contract.Forbidden),
		func(ctx SpecContext) { refusesRole(ctx, p, client.User, op, demands.SameReady, demands.State, longer) })
	It("PUT /settings/security/password rejects a room administrator",
		clause.Must("onlyoffice.password-settings.update-room-admin", op, contract.Forbidden), Serial,
		func(ctx SpecContext) {
			refusesRole(ctx, p, client.RoomAdmin, op, demands.SameReady, demands.State, longer)
		})
}
