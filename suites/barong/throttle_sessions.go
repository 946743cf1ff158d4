package barong

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

const numberInvalid = contract.Outcome("number-invalid")

// passwordChangeLimits: release 3.1 counts them by the session's cookie.
func passwordChangeLimits(p *api) {
	kit := family.LimitTest{S: p.Context}
	limited := contract.Throttled
	It("PUT /resource/users/password accepts five attempts a minute in a session and rejects the sixth",
		clause.Graded("barong.throttle.password-change", p.ChangePassword, limited, clause.Disrupts()), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.FreshWindow(ctx)
			l := p.changeLimit(me)
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
			p.ExpectAlive(ctx, p.LogIn(ctx, me.Account)) // the password is the same still
			p.ExpectAlive(ctx, me)
		})
	It("PUT /resource/users/password accepts changes again in the next minute",
		clause.Graded("barong.throttle.password-change-ends", p.ChangePassword, limited, clause.Disrupts()), func(ctx SpecContext) {
			me := p.Changeable(ctx)
			p.FreshWindow(ctx)
			l := p.changeLimit(me)
			kit.Reach(ctx, l)
			kit.Ends(ctx, l, l.Block)
		})
	It("PUT /resource/users/password counts the attempts of each session separately",
		clause.Graded("barong.throttle.password-change-other-session", p.ChangePassword, limited, clause.Disrupts()), func(ctx SpecContext) {
			me := p.Member(ctx)
			other := p.LogIn(ctx, me.Account)
			p.FreshWindow(ctx)
			kit.Reach(ctx, p.changeLimit(me))
			attempt := p.changeLimit(other).Wrong(0)
			p.Expect(p.Do(ctx, attempt.By, p.ChangePassword, attempt.Request), p.ChangePassword, contract.BadCredentials)
		})
}

// changeLimit is the limit of one session's password changes.
func (p *api) changeLimit(me *client.Session) family.Limit {
	next := p.Next(me.Account)
	change := func(old string) family.Attempt {
		return family.Attempt{By: me.Actor, Request: p.PasswordChange(old, next)}
	}
	wrong := p.Secret("password", client.NewPassword())
	return family.Limit{
		Operation: p.ChangePassword, Attempts: client.InWindow, Block: client.Window, Setting: limitOfRelease,
		Wrong: func(int) family.Attempt { return change(wrong) }, Right: func() family.Attempt { return change(me.Account.Password) },
		Refused: contract.BadCredentials, Limited: contract.Throttled,
	}
}

// phoneLimits: release 3.1 counts the three requests about phones together.
func phoneLimits(p *api) {
	requests := []struct {
		id string
		op *contract.Operation
	}{{"create-phone", p.CreatePhone}, {"send-phone-code", p.SendPhoneCode}, {"verify-phone", p.VerifyPhone}}
	// invalid is refused for its number, and counted for all that.
	invalid := conform.Request{JSON: conform.Object{"phone_number": "12", "verification_code": "12345"}}
	for i, r := range requests {
		It(r.op.Name()+" shares a limit of five requests a minute in a session with the other phone requests",
			clause.Graded("barong.throttle."+r.id, r.op, contract.Throttled, clause.Disrupts()), func(ctx SpecContext) {
				me, other := p.Member(ctx), p.Member(ctx)
				p.FreshWindow(ctx)
				for n := range client.InWindow {
					op := requests[(i+n)%len(requests)].op
					p.Expect(p.Do(ctx, me.Actor, op, invalid), op, numberInvalid)
				}
				p.Expect(p.Do(ctx, me.Actor, r.op, invalid), r.op, contract.Throttled)
				p.Expect(p.Do(ctx, other.Actor, r.op, invalid), r.op, numberInvalid)
				p.Wait(ctx, client.Window, "the limit has to end")
				p.Expect(p.Do(ctx, me.Actor, r.op, invalid), r.op, numberInvalid)
			})
	}
}
