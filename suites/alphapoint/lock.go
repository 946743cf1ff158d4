package alphapoint

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
)

// lockout is what the platform's documents say: "logging in too many times in rapid
// succession" locks a user, and an administrator has to unlock. They name neither
// the number, which is a setting, nor a call of KIIEX's that unlocks: UnLockUser is
// not in its list. So an account of role lockable is used up, and all specs about a
// locked account share it.
var lockout = clause.From(contract.Inferred, "alphapoint#4-lock")

func (v specs) lock() {
	Describe("lock", Ordered, ContinueOnFailure, v.lockEpisode)
	v.notYetLocked()
	v.lockedEitherWay()
}

func (v specs) lockEpisode() {
	op, disrupts := v.Login.Name(), clause.Fills()
	conform.Table(func(ctx SpecContext, run func(context.Context, *identity.Identity)) {
		v.RequireLocks(client.Lockable)
		run(ctx, v.LockedBy(func(who *identity.Identity) {
			v.wrongLogins(ctx, who, v.LockAfter())
			if limit := v.Target().Limits.Password; limit != nil {
				v.Wait(ctx, max(limit.Block, limit.Window)+time.Second, "the limit of attempts has to end, so that the lock shows")
			}
		}))
	}, []conform.Row[func(context.Context, *identity.Identity)]{
		{Text: op + " locks an account after the declared number of wrong log-ins and opens no session for its valid signature",
			Clause: clause.Should(v.ID("lock.told"), v.Login, client.AccountLocked, lockout, disrupts),
			Given: func(ctx context.Context, who *identity.Identity) {
				v.expectLocked(ctx, who, v.LoginRequest(who))
				v.ExpectNoSession(ctx, v.Caller(who))
			}},
		{Text: op + " rejects the valid password of an account that wrong signatures have locked",
			Clause: clause.Should(v.ID("lock.password"), v.Login, client.AccountLocked, lockout, disrupts),
			Given:  func(ctx context.Context, who *identity.Identity) { v.expectLocked(ctx, who, v.PasswordLogin(who)) }},
		{Text: op + " rejects the valid signature of a locked account a second time",
			Clause: clause.Should(v.ID("lock.again"), v.Login, client.AccountLocked, lockout, disrupts),
			Given: func(ctx context.Context, who *identity.Identity) {
				v.expectLocked(ctx, who, v.LoginRequest(who))
				v.expectLocked(ctx, who, v.LoginRequest(who))
			}},
		{Text: op + " accepts another user while an account is locked",
			Clause: clause.Should(v.ID("lock.others"), v.Login, contract.OK, lockout, disrupts),
			Given: func(ctx context.Context, who *identity.Identity) {
				other := v.Account(client.User)
				v.Require("find the account locked", v.LogIn(ctx, who), v.Login, client.AccountLocked)
				v.ExpectLogIn(ctx, other, contract.OK)
			}},
		{Text: op + " keeps an account locked for more than an hour",
			Clause: clause.Should(v.ID("lock.lasts"), v.Login, client.AccountLocked, lockout, disrupts),
			Given: func(ctx context.Context, who *identity.Identity) {
				v.Wait(ctx, time.Hour+time.Minute, "a lock that ends by itself would have ended")
				v.expectLocked(ctx, who, v.LoginRequest(who))
			}},
	})
}

// lockedEitherWay is about an account that is locked by wrong log-ins of both kinds.
func (v specs) lockedEitherWay() {
	op := v.Login.Name()
	It(op+" locks an account after wrong passwords and wrong signatures together, whoever else logs in between them",
		clause.Should(v.ID("lock.either-way"), v.Login, client.AccountLocked, lockout, clause.Fills()),
		func(ctx SpecContext) {
			v.RequireLocks(client.Lockable)
			who, other := v.Account(client.Lockable), v.Account(client.User)
			ways := []conform.Request{v.PasswordLogin(who).With("Password", client.WrongPassword), v.WrongLogin(who)}
			for i := range v.LockAfter() {
				if i == len(ways) { // early: the other user need not wait with this one for limits to end
					v.SignIn(ctx, other)
					v.Done(ctx, other)
				}
				v.wrongLogin(ctx, who, i, ways[i%2])
			}
			if limit := v.Target().Limits.Password; limit != nil {
				v.Wait(ctx, max(limit.Block, limit.Window)+time.Second, "the limit of attempts has to end, so that the lock shows")
			}
			who.Retire("it is locked now")
			v.expectLocked(ctx, who, v.LoginRequest(who))
		})
}

// notYetLocked takes as long as locking does, on an account of its own: beside that.
func (v specs) notYetLocked() {
	op := v.Login.Name()
	It(op+" accepts a valid signature after one wrong log-in fewer than the declared number",
		clause.Should(v.ID("lock.not-before"), v.Login, contract.OK, lockout, clause.Fills()),
		func(ctx SpecContext) {
			v.RequireLocks(client.Lockable)
			who := v.Account(client.Lockable)
			v.wrongLogins(ctx, who, v.LockAfter()-1)
			v.ExpectLogIn(ctx, who, contract.OK)
		})
}

// expectLocked checks that valid credentials are told of the lock and grant no
// access.
func (v specs) expectLocked(ctx context.Context, who *identity.Identity, valid conform.Request) {
	GinkgoHelper()
	v.ExpectRefusal(ctx, v.Caller(who), v.Login, valid, client.AccountLocked)
}

// wrongLogins sends wrong log-ins, each of which must be answered as one, no faster
// than the declared limit of attempts lets them through.
func (v specs) wrongLogins(ctx context.Context, who *identity.Identity, n int) {
	GinkgoHelper()
	for i := range n {
		v.wrongLogin(ctx, who, i, v.WrongLogin(who))
	}
}

// wrongLogin is the i-th of them, from 0.
func (v specs) wrongLogin(ctx context.Context, who *identity.Identity, i int, wrong conform.Request) {
	GinkgoHelper()
	v.ExpectAnswer(ctx, v.Caller(who), v.Login, wrong, contract.BadCredentials)
	if limit := v.Target().Limits.Password; limit != nil && limit.Attempts > 0 && (i+1)%limit.Attempts == 0 {
		v.Wait(ctx, max(limit.Block, limit.Window)+time.Second, "the limit of attempts has to end")
	}
}
