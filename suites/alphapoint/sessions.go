package alphapoint

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// idle is "one hour after last detected activity".
const idle = time.Hour

func (v *Venue) sessions() {
	Describe("LogOut", func() { v.logOuts() })
	Describe("a session", func() {
		It("is not what the gateway's credential alone opens",
			v.promise("session.gateway-alone", v.devices, contract.Unauthenticated),
			func(ctx SpecContext) {
				who, me := v.signedIn(ctx, user)
				v.alive(ctx, me)
				v.ends(ctx, me)
				v.closed(ctx, v.caller(who))
			})
		It("is not what a made-up token opens, beside a right credential",
			v.promise("session.made-up", v.devices, contract.Unauthenticated),
			func(ctx SpecContext) {
				who, me := v.signedIn(ctx, user)
				v.alive(ctx, me)
				v.ends(ctx, me)
				for _, made := range []string{"null", "0", "9a4c1f0e-6f0f-4a62-8a34-" + v.Nonce()[:12]} {
					v.closed(ctx, v.with(who, v.Setting(sessionSetting), made))
				}
			})
		It("opens a call of its own user",
			v.promise("session.opens", v.devices, contract.OK),
			func(ctx SpecContext) {
				who := v.lease(user)
				v.works(ctx, v.signIn(ctx, who))
			})
		v.sessionTokens()
		v.lifetimes()
	})
}

// tokenOnly restricts a promise about session tokens to where they are promised:
// the Trading API publishes none.
func (v *Venue) tokenOnly(options ...clause.Option) []clause.Option {
	if v.basic != nil {
		options = append(options, clause.Only(platform))
	}
	return options
}

func (v *Venue) sessionTokens() {
	It("has a token of its own at every log-in",
		v.promise("session.fresh", v.login, contract.OK, v.tokenOnly(clause.From(contract.Standard, "OWASP ASVS 5.0 7.2.2; facts/auth-checks.md S12"))...),
		func(ctx SpecContext) {
			who := v.lease(user)
			first := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			second := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Expect(second, v.login, contract.OK)
			v.Check("two log-ins give two tokens", token(second), Not(Equal(token(first))))
		})
	It("does not have the token that the client brought along",
		v.promise("session.fixation", v.login, contract.OK, v.tokenOnly(clause.From(contract.Standard, "OWASP ASVS 5.0 7.2.4; facts/auth-checks.md S02"))...),
		func(ctx SpecContext) {
			who := v.lease(user)
			planted := v.Secret("planted-token", "9a4c1f0e-6f0f-4a62-8a34-"+v.Nonce()[:12])
			call := v.Do(ctx, v.with(who, v.Setting(sessionSetting), planted), v.login, v.signed(who))
			v.Expect(call, v.login, contract.OK)
			v.Check("the token is not the planted one", token(call), Not(Equal(planted)))
		})
	It("cannot be used with the credential of another user",
		v.promise("session.foreign-gateway", v.devices, contract.Unauthenticated, clause.Only(documented)),
		func(ctx SpecContext) {
			v.needsGateway()
			who, me := v.signedIn(ctx, user)
			other := v.lease(user)
			v.alive(ctx, me)
			header := v.gateway(other)
			if carried := me.Header[v.Setting(sessionSetting)]; carried != nil {
				header[v.Setting(sessionSetting)] = carried
			}
			v.closed(ctx, v.Actor(other.Name, who, header))
		})
}

func (v *Venue) lifetimes() {
	It("ends an hour after its last call",
		v.promise("session.idle", v.devices, contract.Unauthenticated, clause.Disrupts(), clause.From(contract.Inferred, "facts/kiiex.md 5 lifetime")),
		func(ctx SpecContext) {
			_, me := v.signedIn(ctx, user)
			v.alive(ctx, me)
			v.Wait(ctx, idle+time.Minute, "the session has to end")
			v.closed(ctx, me)
		})
	It("goes on for as long as it is used",
		v.promise("session.prolonged", v.devices, contract.OK, clause.Disrupts(), clause.From(contract.Inferred, "facts/kiiex.md 5 lifetime: sliding")),
		func(ctx SpecContext) {
			_, me := v.signedIn(ctx, user)
			for range 3 {
				v.Wait(ctx, idle*2/3, "the session has to grow older than an hour")
				v.works(ctx, me)
			}
		})
}

func (v *Venue) logOuts() {
	It("ends the session",
		v.promise("logout.ends", v.logOut, contract.OK),
		func(ctx SpecContext) {
			_, me := v.signedIn(ctx, user)
			v.alive(ctx, me)
			v.Expect(v.Do(ctx, me, v.logOut, nothing), v.logOut, contract.OK)
			v.closed(ctx, me)
		})
	It("ends a session that was opened with a code",
		v.promise("logout.ends-second-factor", v.logOut, contract.OK),
		func(ctx SpecContext) {
			_, me := v.bothSteps(ctx)
			v.alive(ctx, me)
			v.Expect(v.Do(ctx, me, v.logOut, nothing), v.logOut, contract.OK)
			v.closed(ctx, me)
		})
	It("leaves other users alone",
		v.promise("logout.other-users", v.logOut, contract.OK),
		func(ctx SpecContext) {
			_, leaver := v.signedIn(ctx, user)
			_, other := v.signedIn(ctx, user)
			v.Expect(v.Do(ctx, leaver, v.logOut, nothing), v.logOut, contract.OK)
			v.closed(ctx, leaver)
			v.works(ctx, other)
		})
	It("leaves the other sessions of the user alone",
		v.promise("logout.other-sessions", v.logOut, contract.OK, v.tokenOnly(clause.From(contract.Inferred, `facts/kiiex.md 1.9 "the current session"`))...),
		func(ctx SpecContext) {
			who, leaver := v.signedIn(ctx, user)
			stays := v.signIn(ctx, who)
			v.Expect(v.Do(ctx, leaver, v.logOut, nothing), v.logOut, contract.OK)
			v.closed(ctx, leaver)
			v.works(ctx, stays)
		})
	It("lets the user sign in again",
		v.promise("logout.sign-in-again", v.login, contract.OK),
		func(ctx SpecContext) {
			who := v.lease(user)
			first := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Expect(first, v.login, contract.OK)
			v.ends(ctx, v.session(who, first))
			call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Expect(call, v.login, contract.OK)
			v.works(ctx, v.session(who, call))
		})
}

// publicCalls answer whoever asks.
func (v *Venue) publicCalls() {
	It("answers Ping to anybody",
		v.promise("ping.anonymous", v.ping, contract.OK),
		func(ctx SpecContext) {
			v.Expect(v.Do(ctx, v.Anonymous(), v.ping, nothing), v.ping, contract.OK)
		})
	It("answers Ping to a session that has ended",
		v.promise("ping.ended-session", v.ping, contract.OK),
		func(ctx SpecContext) {
			_, me := v.signedIn(ctx, user)
			v.ends(ctx, me)
			v.Expect(v.Do(ctx, me, v.ping, nothing), v.ping, contract.OK)
		})
}

// deviceLists read what belongs to one user.
func (v *Venue) deviceLists() {
	own := func(op *contract.Operation, slug, member string) {
		It("refuses "+op.ID+" of another user",
			v.promise("rights."+slug, op, contract.Forbidden),
			func(ctx SpecContext) {
				who, me := v.signedIn(ctx, user)
				other := v.lease(user)
				v.Refuses(ctx, conform.Refusal{
					Operation: op, By: me, Control: always(conform.Request{JSON: conform.Object{member: v.userID(who)}}),
					Changes: []conform.Change{renamed("another user's id", conform.Set(member, v.userID(other)))}, Outcome: contract.Forbidden,
				})
			})
	}
	own(v.devices, "foreign-devices", "UserId")
	if v.config != nil {
		It("tells a user's configuration to that user",
			v.promise("rights.own-configuration", v.config, contract.OK),
			func(ctx SpecContext) {
				who, me := v.signedIn(ctx, user)
				v.Expect(v.Do(ctx, me, v.config, v.ownConfig(who)), v.config, contract.OK)
			})
		own(v.config, "foreign-configuration", "userId")
	}
}
