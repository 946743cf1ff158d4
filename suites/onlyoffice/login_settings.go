package onlyoffice

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

func loginSettingsUpdated(p *client.Client) {
	It("GET /settings/security/loginsettings shows an administrator the limits on failed log-ins",
		clause.Must("onlyoffice.login-settings.read", p.LoginSettings, contract.OK),
		func(ctx SpecContext) {
			p.DoExpect(ctx, p.SessionOf(ctx, client.Admin), p.LoginSettings, client.NoBody, contract.OK)
		})
	limits := p.LoginLimits()
	reads, resets := p.As(client.Admin, client.NoBody), p.ResetReady
	longer := set("a check period of 61 seconds", "checkPeriod", 61)
	It("GET /settings/security/loginsettings rejects a user",
		clause.Must("onlyoffice.login-settings.read-user", p.LoginSettings, contract.Forbidden),
		func(ctx SpecContext) { refusesRole(ctx, p, client.User, p.LoginSettings, reads, limits.State) })
	It("GET /settings/security/loginsettings rejects a room administrator",
		clause.Must("onlyoffice.login-settings.read-room-admin", p.LoginSettings, contract.Forbidden), Serial,
		func(ctx SpecContext) { refusesRole(ctx, p, client.RoomAdmin, p.LoginSettings, reads, limits.State) })
	It("PUT /settings/security/loginsettings rejects a user and changes nothing",
		clause.Must("onlyoffice.login-settings.update-user", p.UpdateLoginSettings, contract.Forbidden),
		func(ctx SpecContext) {
			refusesRole(ctx, p, client.User, p.UpdateLoginSettings, limits.SameReady, limits.State, longer)
		})
	It("PUT /settings/security/loginsettings rejects a room administrator and changes nothing",
		clause.Must("onlyoffice.login-settings.update-room-admin", p.UpdateLoginSettings, contract.Forbidden), Serial,
		func(ctx SpecContext) {
			refusesRole(ctx, p, client.RoomAdmin, p.UpdateLoginSettings, limits.SameReady, limits.State, longer)
		})
	It("DELETE /settings/security/loginsettings rejects a user and changes nothing",
		clause.Must("onlyoffice.login-settings.reset-user", p.ResetLoginSettings, contract.Forbidden, clause.Disrupts()),
		func(ctx SpecContext) { refusesRole(ctx, p, client.User, p.ResetLoginSettings, resets, limits.State) })
	It("DELETE /settings/security/loginsettings rejects a room administrator and changes nothing",
		clause.Must("onlyoffice.login-settings.reset-room-admin", p.ResetLoginSettings, contract.Forbidden, clause.Disrupts()),
		func(ctx SpecContext) {
			refusesRole(ctx, p, client.RoomAdmin, p.ResetLoginSettings, resets, limits.State)
		})
	It("PUT /settings/security/loginsettings stores and returns the settings that an administrator makes",
		clause.Must("onlyoffice.login-settings.update", p.UpdateLoginSettings, contract.OK, clause.Disrupts()), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.Admin)
			limits.Keep(ctx, who)
			for _, made := range []conform.Object{client.Limits(7, 61, 59), client.Limits(1, 1, 1), client.Limits(9999, 9999, 9999)} {
				call := p.DoExpect(ctx, session, p.UpdateLoginSettings, client.JSON(made), contract.OK)
				p.Check("the answer shows the settings made", limits.In(call), Equal(made))
				p.Check("the answer calls them no default", value.Flag(value.Of(call), "response", "isDefault"), BeFalse())
				p.Check("the settings made can be read", limits.Now(ctx, session), Equal(made))
			}
		})
	It("PUT /settings/security/loginsettings reads a number that is written as text",
		clause.Should("onlyoffice.login-settings.text", p.UpdateLoginSettings, contract.OK, clause.Disrupts(), clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.0-numbers")), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.Admin)
			limits.Keep(ctx, who)
			texts := client.JSON(conform.Object{"attemptCount": "7", "blockTime": "61", "checkPeriod": "1234"})
			p.DoExpect(ctx, session, p.UpdateLoginSettings, texts, contract.OK)
			p.Check("the settings made can be read", limits.Now(ctx, session), Equal(client.Limits(7, 61, 1234)))
		})
	It("DELETE /settings/security/loginsettings restores and returns the defaults",
		clause.Must("onlyoffice.login-settings.reset", p.ResetLoginSettings, contract.OK, clause.Disrupts(),
			clause.From(contract.Tested, "onlyoffice#1.3-TESTS-403; onlyoffice#1.3-TESTS-defaults")), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.Admin)
			limits.Keep(ctx, who)
			changed := client.JSON(client.Limits(7, 61, 59))
			p.DoRequire(ctx, "change the settings", session, p.UpdateLoginSettings, changed, contract.OK)
			call := p.DoExpect(ctx, session, p.ResetLoginSettings, client.NoBody, contract.OK)
			p.Check("the answer shows the defaults", limits.In(call), Equal(client.Limits(5, 60, 60)))
			p.Check("the defaults can be read", limits.Now(ctx, session), Equal(client.Limits(5, 60, 60)))
		})
}

func loginSettingsRefused(p *client.Client) {
	op, limits := p.UpdateLoginSettings, p.LoginLimits()
	refuses := func(ctx context.Context, outcome contract.Outcome, change func(member string) []conform.Change) {
		GinkgoHelper()
		who, session := p.SignedIn(ctx, client.Admin)
		former := limits.Keep(ctx, who)
		pair := conform.Refusal{
			Operation: op, By: session, Control: client.Always(client.JSON(former)), Outcome: outcome, State: limits.State(ctx, session),
		}
		for _, member := range []string{"attemptCount", "blockTime", "checkPeriod"} {
			pair.Changes = append(pair.Changes, change(member)...)
		}
		p.Refuses(ctx, pair)
	}
	It("PUT /settings/security/loginsettings rejects a missing setting and one outside 1 to 9999, and changes nothing",
		clause.Must("onlyoffice.login-settings.range", op, contract.Invalid, clause.Disrupts()), func(ctx SpecContext) {
			refuses(ctx, contract.Invalid, func(member string) []conform.Change {
				return []conform.Change{
					set(member+" 0", member, 0), set(member+" 10000", member, 10000), set(member+" -1", member, -1), conform.Drop(member),
				}
			})
		})
	It("PUT /settings/security/loginsettings rejects a setting that is no whole number, and changes nothing",
		clause.Should("onlyoffice.login-settings.no-number", op, contract.InvalidType, clause.Disrupts()), func(ctx SpecContext) {
			refuses(ctx, contract.InvalidType, func(member string) []conform.Change {
				return []conform.Change{
					set(member+" 2.5", member, 2.5), set(member+" in words", member, "five"), set(member+" as a boolean", member, true),
				}
			})
		})
}

// governed are log-in settings, and how they show in the limit on passwords.
type governed struct {
	settings conform.Object
	shows    func(context.Context, family.LimitTest, family.Limit)
}

// loginSettingsGovern proves that the settings are more than stored.
func loginSettingsGovern(p *client.Client) {
	op, disrupts := p.UpdateLoginSettings, clause.Disrupts()
	observed := clause.From(contract.Observed, "onlyoffice#3.1-window; onlyoffice#3.1-block; onlyoffice#6.B9")
	conform.Table(func(ctx SpecContext, given governed) {
		boss, session := p.SignedIn(ctx, client.Admin)
		who := p.Lease(client.User)
		p.LoginLimits().Keep(ctx, boss)
		p.DoExpect(ctx, session, op, client.JSON(given.settings), contract.OK)
		given.shows(ctx, family.LimitTest{S: p.Context}, limitOfOwn(ctx, p, who))
	}, []conform.Row[governed]{
		{Text: "PUT /settings/security/loginsettings with an attemptCount of two limits the third log-in, even with the right password",
			Clause: clause.Must("onlyoffice.login-settings.attempt-count", op, contract.OK, disrupts, observed),
			Given: governed{client.Limits(2, 30, 60), func(ctx context.Context, test family.LimitTest, l family.Limit) {
				test.Reach(ctx, l)
				test.HoldsBackTheRight(ctx, l)
			}}},
		{Text: "PUT /settings/security/loginsettings with an attemptCount of eight allows eight failed log-ins and limits the ninth",
			Clause: clause.Must("onlyoffice.login-settings.attempt-count-higher", op, contract.OK, disrupts, observed),
			Given: governed{client.Limits(8, 30, 60), func(ctx context.Context, test family.LimitTest, l family.Limit) {
				test.Reach(ctx, l)
			}}},
		{Text: "PUT /settings/security/loginsettings with a blockTime of 30 blocks log-ins after 20 seconds and no longer after 31",
			Clause: clause.Must("onlyoffice.login-settings.block-time", op, contract.OK, disrupts, observed),
			Given: governed{client.Limits(2, 30, 60), func(ctx context.Context, test family.LimitTest, l family.Limit) {
				test.Reach(ctx, l)
				p.Wait(ctx, 20*time.Second, "the block has to last")
				test.HoldsBackTheRight(ctx, l)
				test.Ends(ctx, l, 11*time.Second)
			}}},
		{Text: "PUT /settings/security/loginsettings with a checkPeriod of ten counts no failed log-in that is eleven seconds old",
			Clause: clause.Must("onlyoffice.login-settings.check-period", op, contract.OK, disrupts, observed),
			Given: governed{client.Limits(2, 30, 10), func(ctx context.Context, test family.LimitTest, l family.Limit) {
				for i := range l.Attempts {
					attempt := l.Wrong(i)
					p.DoExpect(ctx, attempt.By, l.Operation, attempt.Request, l.Refused)
				}
				p.Wait(ctx, 11*time.Second, "the attempts have to get old")
				test.Reach(ctx, l)
			}}},
	})
}
