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
	"authconform/suites/family"
)

// loginLimits are the members of the log-in settings that can be set. All times
// are seconds, as the server counts; the documents call blockTime minutes.
var loginLimits = []string{"attemptCount", "blockTime", "checkPeriod"}

func loginSettings(p *portal) {
	Describe("the log-in settings", func() {
		loginSettingsRead(p)
		loginSettingsUpdated(p)
		loginSettingsRefused(p)
		loginSettingsGovern(p)
	})
}

func loginSettingsRead(p *portal) {
	It("shows an administrator the limits on failed log-ins",
		clause.Must("onlyoffice.login-settings.read", p.loginSettings, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, admin)
			p.Expect(p.Do(ctx, me, p.loginSettings, conform.Request{}), p.loginSettings, contract.OK)
		})
	forbids := func(op *contract.Operation, id, role string, ready func(context.Context) (*conform.Actor, func() conform.Request), args ...any) {
		option := func(*clause.Clause) {}
		if op == p.resetLoginSettings {
			option = clause.Disrupts() // the control resets them
		}
		args = append(args, clause.Must("onlyoffice.login-settings."+id+"-"+role, op, contract.Forbidden, option), func(ctx SpecContext) {
			by, control := ready(ctx)
			_, other := p.signedIn(ctx, role)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: by, ChangedBy: other, Control: control, Outcome: contract.Forbidden,
				State: func() any { return p.settingsNow(ctx, by, p.loginSettings, loginLimits...) },
			})
		})
		It("refuses a "+role+" who wants to "+id+" them", args...)
	}
	same := func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		_, me := p.signedIn(ctx, admin)
		return me, always(p.sameLoginSettings(ctx, me))
	}
	forbids(p.loginSettings, "read", user, p.as(admin, conform.Request{}))
	forbids(p.loginSettings, "read", roomAdmin, p.as(admin, conform.Request{}), Serial)
	forbids(p.updateLoginSettings, "update", user, same)
	forbids(p.updateLoginSettings, "update", roomAdmin, same, Serial)
	forbids(p.resetLoginSettings, "reset", user, p.resetReady)
	forbids(p.resetLoginSettings, "reset", roomAdmin, p.resetReady)
}

func loginSettingsUpdated(p *portal) {
	It("shows the settings afterwards that an administrator made",
		clause.Must("onlyoffice.login-settings.update", p.updateLoginSettings, contract.OK, clause.Disrupts()),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, admin)
			p.keeps(ctx, who, p.loginSettings, p.updateLoginSettings, loginLimits...)
			for _, made := range []conform.Object{limits(7, 61, 59), limits(1, 1, 1), limits(9999, 9999, 9999)} {
				call := p.Do(ctx, me, p.updateLoginSettings, conform.Request{JSON: made})
				p.Expect(call, p.updateLoginSettings, contract.OK)
				p.Check("the answer shows the settings made", members(call, loginLimits...), Equal(made))
				p.Check("the answer calls them no default", value.Flag(value.Of(call), "response", "isDefault"), BeFalse())
				p.Check("the settings made can be read", p.settingsNow(ctx, me, p.loginSettings, loginLimits...), Equal(made))
			}
		})
	It("goes back to the defaults on a reset",
		clause.Must("onlyoffice.login-settings.reset", p.resetLoginSettings, contract.OK, clause.Disrupts(), clause.From(contract.Tested, "facts/onlyoffice.md 1.3 TESTS")),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, admin)
			p.keeps(ctx, who, p.loginSettings, p.updateLoginSettings, loginLimits...)
			p.Require("change the settings", p.Do(ctx, me, p.updateLoginSettings, conform.Request{JSON: limits(7, 61, 59)}), p.updateLoginSettings, contract.OK)
			call := p.Do(ctx, me, p.resetLoginSettings, conform.Request{})
			p.Expect(call, p.resetLoginSettings, contract.OK)
			p.Check("the answer shows the defaults", members(call, loginLimits...), Equal(limits(5, 60, 60)))
			p.Check("the defaults can be read", p.settingsNow(ctx, me, p.loginSettings, loginLimits...), Equal(limits(5, 60, 60)))
		})
}

// limits are log-in settings.
func limits(attempts, block, period int) conform.Object {
	return conform.Object{"attemptCount": attempts, "blockTime": block, "checkPeriod": period}
}

func loginSettingsRefused(p *portal) {
	refuses := func(text string, c clause.Clause, change func(member string) []conform.Change) {
		It(text, c, func(ctx SpecContext) {
			who, me := p.signedIn(ctx, admin)
			former := p.keeps(ctx, who, p.loginSettings, p.updateLoginSettings, loginLimits...)
			pair := conform.Refusal{
				Operation: p.updateLoginSettings, By: me, Control: always(conform.Request{JSON: former}), Outcome: c.Outcome,
				State: func() any { return p.settingsNow(ctx, me, p.loginSettings, loginLimits...) },
			}
			for _, member := range loginLimits {
				pair.Changes = append(pair.Changes, change(member)...)
			}
			p.Refuses(ctx, pair)
		})
	}
	refuses("refuses a setting out of its range of 1 to 9999, or left out, and changes nothing",
		clause.Must("onlyoffice.login-settings.range", p.updateLoginSettings, contract.Invalid, clause.Disrupts()),
		func(member string) []conform.Change {
			return []conform.Change{
				renamed(member+" 0", conform.Set(member, 0)), renamed(member+" 10000", conform.Set(member, 10000)),
				renamed(member+" -1", conform.Set(member, -1)), conform.Drop(member),
			}
		})
	refuses("refuses a setting that is no whole number, and changes nothing",
		clause.Should("onlyoffice.login-settings.no-number", p.updateLoginSettings, contract.InvalidType, clause.Disrupts()),
		func(member string) []conform.Change {
			return []conform.Change{
				renamed(member+" 2.5", conform.Set(member, 2.5)), renamed(member+" in words", conform.Set(member, "five")),
				renamed(member+" as a boolean", conform.Set(member, true)),
			}
		})
}

// loginSettingsGovern proves that the settings are more than stored.
func loginSettingsGovern(p *portal) {
	governs := func(text, id string, made conform.Object, run func(context.Context, family.LimitTest, family.Limit)) {
		It(text,
			clause.Must("onlyoffice.login-settings."+id, p.updateLoginSettings, contract.OK, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 3.1, 6.B9")),
			func(ctx SpecContext) {
				boss, me := p.signedIn(ctx, admin)
				who := p.Lease(user)
				p.keeps(ctx, boss, p.loginSettings, p.updateLoginSettings, loginLimits...)
				p.Expect(p.Do(ctx, me, p.updateLoginSettings, conform.Request{JSON: made}), p.updateLoginSettings, contract.OK)
				l := p.passwordLimitOf(ctx, who)
				DeferCleanup(func(ctx SpecContext) {
					p.Wait(ctx, l.Block+time.Second, "the block has to end before others use the identity")
				})
				run(ctx, family.LimitTest{S: p.Context}, l)
			})
	}
	governs("limits the third attempt when two are allowed", "attempt-count", limits(2, 30, 60),
		func(ctx context.Context, kit family.LimitTest, l family.Limit) {
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
		})
	governs("allows the eighth attempt when eight are allowed", "attempt-count-higher", limits(8, 30, 60),
		func(ctx context.Context, kit family.LimitTest, l family.Limit) { kit.Reach(ctx, l) })
	governs("ends the block after the seconds it is set to, and not before", "block-time", limits(2, 30, 60),
		func(ctx context.Context, kit family.LimitTest, l family.Limit) {
			kit.Reach(ctx, l)
			p.Wait(ctx, 20*time.Second, "the block has to last")
			kit.HoldsBackTheRight(ctx, l)
			kit.Ends(ctx, l, 11*time.Second)
		})
	governs("forgets attempts older than the seconds it is set to", "check-period", limits(2, 30, 10),
		func(ctx context.Context, kit family.LimitTest, l family.Limit) {
			for i := range l.Attempts {
				attempt := l.Wrong(i)
				p.Expect(p.Do(ctx, attempt.By, l.Operation, attempt.Request), l.Operation, l.Refused)
			}
			p.Wait(ctx, 11*time.Second, "the attempts have to get old")
			kit.Reach(ctx, l)
		})
}

// sameLoginSettings sets the log-in settings to what they are.
func (p *portal) sameLoginSettings(ctx context.Context, me *conform.Actor) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: p.settingsNow(ctx, me, p.loginSettings, loginLimits...)}
}

// resetReady resets the log-in settings; they are brought back when the spec ends.
func (p *portal) resetReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	who, me := p.signedIn(ctx, admin)
	p.keeps(ctx, who, p.loginSettings, p.updateLoginSettings, loginLimits...)
	return me, always(conform.Request{})
}

// keeps reads settings, and brings them back when the spec ends: in a session
// opened beforehand, for the settings may keep anybody from signing in, or in a
// new one where the settings ended that.
func (p *portal) keeps(ctx context.Context, who *identity.Identity, read, update *contract.Operation, names ...string) conform.Object {
	GinkgoHelper()
	spare := p.signIn(ctx, who)
	former := p.settingsNow(ctx, spare, read, names...)
	DeferCleanup(func(ctx SpecContext) {
		back := conform.Request{JSON: former}
		call, err := p.Try(ctx, spare, update, back)
		if err == nil && p.Is(call, update, contract.OK) {
			return
		}
		p.Require("bring the settings back", p.Do(ctx, p.signIn(ctx, who), update, back), update, contract.OK)
	})
	return former
}

// settingsNow reads members of settings.
func (p *portal) settingsNow(ctx context.Context, me *conform.Actor, read *contract.Operation, names ...string) conform.Object {
	GinkgoHelper()
	call := p.Do(ctx, me, read, conform.Request{})
	p.Require("read the settings", call, read, contract.OK)
	return members(call, names...)
}

// members picks members of a response, with numbers that are whole as such.
func members(call *httpclient.Call, names ...string) conform.Object {
	picked := conform.Object{}
	for _, name := range names {
		value := value.At(value.Of(call), "response", name)
		if n, ok := value.(float64); ok && n == float64(int(n)) {
			value = int(n)
		}
		picked[name] = value
	}
	return picked
}
