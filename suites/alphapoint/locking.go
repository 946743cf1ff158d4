package alphapoint

import (
	"context"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/family"
)

// lockout is what the platform's documents say: "logging in too many times in rapid
// succession" locks a user, and an administrator has to unlock. They name neither
// the number, which is a setting, nor a call of KIIEX's that unlocks: UnLockUser is
// not in its list. So each spec uses an identity of role lockable up.
var lockout = clause.From(contract.Inferred, "facts/kiiex.md 4 lock")

func (v *Venue) locking() {
	Describe("too many wrong log-ins in a row", func() {
		locks := func(text, slug string, run func(context.Context, *identity.Identity), options ...clause.Option) {
			It(text, v.promise("lock."+slug, v.login, accountLocked, append(options, clause.Disrupts())...), func(ctx SpecContext) {
				who := v.lockable()
				v.wrongLogins(ctx, who, v.lockAfter())
				run(ctx, who)
			})
		}
		locks("lock the account: the right credentials are told so, and opened nothing", "told", func(ctx context.Context, who *identity.Identity) {
			v.lockedOut(ctx, who, v.signed(who))
			v.closed(ctx, v.caller(who))
		}, lockout)
		locks("lock the account for the password too", "password", func(ctx context.Context, who *identity.Identity) {
			v.lockedOut(ctx, who, password(who))
		}, lockout)
		locks("lock the account for the right credentials a second time", "again", func(ctx context.Context, who *identity.Identity) {
			v.lockedOut(ctx, who, v.signed(who))
			v.lockedOut(ctx, who, v.signed(who))
		}, lockout)
		locks("lock the account until an administrator unlocks it: an hour later still", "lasts", func(ctx context.Context, who *identity.Identity) {
			v.lockedOut(ctx, who, v.signed(who))
			v.Wait(ctx, time.Hour+time.Minute, "a lock that ends by itself would have ended")
			v.lockedOut(ctx, who, v.signed(who))
		}, lockout)
		It("leave an account open as long as they are one less than declared",
			v.promise("lock.not-before", v.login, contract.OK, clause.Disrupts(), lockout),
			func(ctx SpecContext) {
				who := v.lockable()
				v.wrongLogins(ctx, who, v.lockAfter()-1)
				v.Expect(v.Do(ctx, v.caller(who), v.login, v.signed(who)), v.login, contract.OK)
			})
		It("leave other accounts open",
			v.promise("lock.others", v.login, contract.OK, clause.Disrupts(), lockout),
			func(ctx SpecContext) {
				who, other := v.lockable(), v.lease(user)
				v.wrongLogins(ctx, who, v.lockAfter())
				call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
				v.Require("find the account locked", call, v.login, accountLocked)
				v.Expect(v.Do(ctx, v.caller(other), v.login, v.signed(other)), v.login, contract.OK)
			})
	})
	It("does not let signed headers of a locked account open a call",
		v.promise("signed-headers.locked", v.devices, contract.Unauthenticated, clause.Needs("signed-headers")), Serial,
		func(ctx SpecContext) {
			who, twin := v.lease(locked), v.lease(user)
			v.Require("make a call with signed headers", v.Do(ctx, v.signedActor(twin), v.devices, v.ownDevices(twin)), v.devices, contract.OK)
			v.closed(ctx, v.signedActor(who))
		})
}

// lockedOut checks that right credentials are told of the lock and let nobody in.
func (v *Venue) lockedOut(ctx context.Context, who *identity.Identity, right conform.Request) {
	GinkgoHelper()
	call := v.Do(ctx, v.caller(who), v.login, right)
	v.Expect(call, v.login, accountLocked)
	v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
}

// lockable leases an identity that is not used again.
func (v *Venue) lockable() *identity.Identity {
	GinkgoHelper()
	who := v.lease(lockable)
	DeferCleanup(func() { who.Retire("it may be locked now") })
	return who
}

func (v *Venue) lockAfter() int {
	GinkgoHelper()
	n, err := strconv.Atoi(v.Known(lockSetting))
	if err != nil || n < 2 {
		v.Error("settings.%s is %q: write a whole number from 2", lockSetting, v.Setting(lockSetting))
	}
	return n
}

// wrongLogins sends wrong log-ins, each of which must be answered as one, no faster
// than the declared limit of attempts lets them through.
func (v *Venue) wrongLogins(ctx context.Context, who *identity.Identity, n int) {
	GinkgoHelper()
	limit := v.Target().Limits.Password
	for i := range n {
		v.Expect(v.Do(ctx, v.caller(who), v.login, v.wrongly(who)), v.login, contract.BadCredentials)
		if limit != nil && limit.Attempts > 0 && (i+1)%limit.Attempts == 0 {
			v.Wait(ctx, max(limit.Block, limit.Window)+time.Second, "the limit of attempts has to end")
		}
	}
}

// wrongly is a log-in that is right but for its signature.
func (v *Venue) wrongly(who *identity.Identity) conform.Request {
	GinkgoHelper()
	return v.signed(who).With("Signature", Sign("made-up", v.nonce(), who.ID, who.APIKey))
}

// wrongInARow is how many wrong log-ins a spec that wants no lock may send to one
// identity between two right ones.
func (v *Venue) wrongInARow() int {
	if n, err := strconv.Atoi(v.Setting(lockSetting)); err == nil && n > 1 {
		return min(perIdentity, n-1)
	}
	return perIdentity
}

// clear ends a run of wrong log-ins with a right one, so that those of several
// specs do not add up to a lock.
func (v *Venue) clear(ctx context.Context, l family.Limit) {
	right := l.Right()
	if _, err := v.Try(ctx, right.By, v.login, right.Request); err != nil {
		AddReportEntry("the identity's wrong log-ins still count: " + err.Error())
	}
}
