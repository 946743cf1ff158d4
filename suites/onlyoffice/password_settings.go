package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// passwordDemands are the members of the password settings that can be set.
var passwordDemands = []string{"minLength", "upperCase", "digits", "specSymbols"}

func passwordSettings(p *portal) {
	Describe("the demands on passwords", func() {
		passwordSettingsRead(p)
		passwordSettingsUpdated(p)
		passwordSettingsRefused(p)
	})
}

func passwordSettingsRead(p *portal) {
	It("shows a user what a password must look like",
		clause.Must("onlyoffice.password-settings.session", p.passwordSettings, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			p.Expect(p.Do(ctx, me, p.passwordSettings, conform.Request{}), p.passwordSettings, contract.OK)
		})
	It("shows the bearer of a link what a password must look like, and nobody without a key",
		clause.Must("onlyoffice.password-settings.link", p.passwordSettings, contract.Unauthenticated),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			good := p.passwordLink(ctx, me)
			for _, forged := range append(good.tampered(), good.keyed("x"), good.keyed("")) {
				p.Refuses(ctx, conform.Refusal{
					Operation: p.passwordSettings, By: p.holder(who, good), ChangedBy: p.holder(who, forged),
					Control: always(conform.Request{}), Outcome: contract.Unauthenticated,
				})
			}
		})
	It("shows the bearer of the link of a first step what a password must look like",
		clause.Must("onlyoffice.password-settings.first-step", p.passwordSettings, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 1.6")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			step := p.stepLink(p.passwordOnly(ctx, e))
			p.Expect(p.Do(ctx, p.holder(e.who, step), p.passwordSettings, conform.Request{}), p.passwordSettings, contract.OK)
		})
}

func passwordSettingsUpdated(p *portal) {
	It("shows the demands afterwards that an administrator made",
		clause.Must("onlyoffice.password-settings.update", p.updatePasswordSettings, contract.OK, clause.Disrupts()),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, admin)
			p.keeps(ctx, who, p.passwordSettings, p.updatePasswordSettings, passwordDemands...)
			for _, made := range []conform.Object{demands(12, true), demands(11, false)} {
				call := p.Do(ctx, me, p.updatePasswordSettings, conform.Request{JSON: made})
				p.Expect(call, p.updatePasswordSettings, contract.OK)
				p.Check("the answer shows the demands made", members(call, passwordDemands...), Equal(made))
				p.Check("the demands made can be read", p.settingsNow(ctx, me, p.passwordSettings, passwordDemands...), Equal(made))
			}
		})
	It("holds new passwords to the demands that an administrator made",
		clause.Must("onlyoffice.password-settings.govern", p.changePassword, contract.Invalid, clause.Disrupts()),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx) // before the demands are made, so that they are gone when it gets its own password back
			who, me := p.signedIn(ctx, admin)
			p.keeps(ctx, who, p.passwordSettings, p.updatePasswordSettings, passwordDemands...)
			p.Require("demand everything", p.Do(ctx, me, p.updatePasswordSettings, conform.Request{JSON: demands(12, true)}), p.updatePasswordSettings, contract.OK)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.changePassword, By: p.holder(c.who, c.link), Control: always(c.to(c.next)),
				Changes: []conform.Change{
					renamed("eleven characters", conform.Set("password", "Aa1!"+p.Nonce()[:7])),
					renamed("no upper-case letter", conform.Set("password", "aa1!"+p.Nonce())),
					renamed("no digit", conform.Set("password", "Aa!bcdefghijk")),
					renamed("no special character", conform.Set("password", "Aa1b"+p.Nonce())),
				},
				Outcome: contract.Invalid, OnlyAfter: true, State: c.unchanged(ctx),
			})
		})
}

func passwordSettingsRefused(p *portal) {
	It("refuses a length out of its range and changes nothing",
		clause.Must("onlyoffice.password-settings.range", p.updatePasswordSettings, contract.Invalid, clause.Disrupts()),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, admin)
			former := p.keeps(ctx, who, p.passwordSettings, p.updatePasswordSettings, passwordDemands...)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.updatePasswordSettings, By: me, Control: always(conform.Request{JSON: former}), Outcome: contract.Invalid,
				Changes: []conform.Change{
					renamed("minLength 0", conform.Set("minLength", 0)), renamed("minLength -1", conform.Set("minLength", -1)),
					renamed("minLength 10000", conform.Set("minLength", 10000)),
				},
				State: func() any { return p.settingsNow(ctx, me, p.passwordSettings, passwordDemands...) },
			})
		})
	forbids := func(role string, args ...any) {
		args = append(args, clause.Must("onlyoffice.password-settings.update-"+role, p.updatePasswordSettings, contract.Forbidden), func(ctx SpecContext) {
			_, by := p.signedIn(ctx, admin)
			_, other := p.signedIn(ctx, role)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.updatePasswordSettings, By: by, ChangedBy: other, Outcome: contract.Forbidden,
				Control: always(p.samePasswordSettings(ctx, by)),
			})
		})
		It("refuses a "+role+" who wants to make demands", args...)
	}
	forbids(user)
	forbids(roomAdmin, Serial)
}

// samePasswordSettings sets the demands on passwords to what they are.
func (p *portal) samePasswordSettings(ctx context.Context, me *conform.Actor) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: p.settingsNow(ctx, me, p.passwordSettings, passwordDemands...)}
}

// demands are password settings, with all kinds of characters or none demanded.
func demands(length int, all bool) conform.Object {
	return conform.Object{"minLength": length, "upperCase": all, "digits": all, "specSymbols": all}
}
