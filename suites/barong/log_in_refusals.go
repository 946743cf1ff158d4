package barong

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Outcomes of the log-in alone.
const (
	bannedUser  = contract.Outcome("banned")
	deletedUser = contract.Outcome("deleted")
	lockedUser  = contract.Outcome("locked")
	emailObject = contract.Outcome("email-object")
)

func logInRefuses(p *api) {
	refuses := func(id, text string, outcome contract.Outcome, changes func(a *account) []conform.Change) {
		It(text, clause.Graded("barong.sessions."+id, p.createSession, outcome), func(ctx SpecContext) {
			a := p.memberAccount(ctx)
			refused := p.Refuses(ctx, conform.Refusal{
				Operation: p.createSession, By: p.visitorAt(a.address), Outcome: outcome, Changes: changes(a),
				Control: func() conform.Request { return p.paced(ctx, a, p.credentials(a, "")) },
			})
			p.openedNothing(ctx, a, refused...)
		})
	}
	password := func(name, value string) conform.Change {
		return conform.Change{Name: name, Of: func(r conform.Request) conform.Request { return r.With("password", p.Secret("password", value)) }}
	}
	bad := contract.BadCredentials
	refuses("wrong-password", "refuses a wrong password, and one that differs in its last character", bad, func(a *account) []conform.Change {
		return []conform.Change{password("another password", newPassword()), password("last character changed", otherDigit(a.Password))}
	})
	refuses("password-exact", "refuses the password in the other case, and with a character more", bad, func(a *account) []conform.Change {
		return []conform.Change{password("swapped case", swapCase(a.Password)), password("a character more", a.Password+"x")}
	})
	refuses("password-beginning", "refuses the beginning of the password", bad, func(a *account) []conform.Change {
		return []conform.Change{password("a character less", a.Password[:len(a.Password)-1]), password("eight characters", a.Password[:max(0, min(8, len(a.Password)-1))])}
	})
	refuses("password-blank", "refuses an empty password", bad, func(*account) []conform.Change {
		return []conform.Change{conform.Set("password", ""), conform.Set("password", nil)}
	})
	refuses("unknown-email", "refuses an e-mail address that nobody has", bad, func(*account) []conform.Change {
		return []conform.Change{conform.Set("email", p.nobody())}
	})
	refuses("email-blank", "refuses an empty e-mail address", bad, func(*account) []conform.Change {
		return []conform.Change{conform.Set("email", ""), conform.Set("email", nil)}
	})
	It("refuses the password of another user", clause.Graded("barong.sessions.foreign-password", p.createSession, bad), func(ctx SpecContext) {
		a, other := p.memberAccount(ctx), p.memberAccount(ctx)
		p.Require("log in as the other", p.tryLogIn(ctx, other, p.credentials(other, "")), p.createSession, contract.OK)
		call := p.tryLogIn(ctx, a, p.credentials(a, "").With("password", other.Password))
		p.Expect(call, p.createSession, bad)
		p.openedNothing(ctx, a, call)
		p.Require("log in with the own one", p.tryLogIn(ctx, a, p.credentials(a, "")), p.createSession, contract.OK)
	})
	It("breaks on an object in place of the e-mail address", clause.Note("barong.sessions.email-object", p.createSession, emailObject), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		p.Expect(p.tryLogIn(ctx, a, p.credentials(a, "").With("email", map[string]any{"a": 1})), p.createSession, emailObject)
		p.Require("log in", p.tryLogIn(ctx, a, p.credentials(a, "")), p.createSession, contract.OK)
	})
}

// openedNothing checks of refused log-ins that whatever cookie they set opens
// nothing: a session before the last step would make that step decoration.
func (p *api) openedNothing(ctx context.Context, a *account, calls ...*httpclient.Call) {
	GinkgoHelper()
	for _, call := range calls {
		cookie := p.Secret("session", setCookie(call, sessionCookie))
		p.Holds("the answer shows nobody", !strings.Contains(string(call.Body), "csrf_token"), "it has a csrf_token")
		if cookie != "" {
			p.opensNothing(ctx, &session{Actor: p.with(a, cookie, ""), account: a})
		}
	}
}

// logInStates: the state is looked at before the password, so a wrong one gets the
// same answer (facts/barong-observed.md 19).
func logInStates(p *api) {
	refuses := func(id, text string, outcome contract.Outcome, who func(context.Context) *account) {
		It(text, Serial, clause.Graded("barong.sessions."+id, p.createSession, outcome), func(ctx SpecContext) {
			twin, a := p.memberAccount(ctx), who(ctx)
			p.Require("log in as a member", p.tryLogIn(ctx, twin, p.credentials(twin, "")), p.createSession, contract.OK)
			right := p.tryLogIn(ctx, a, p.credentials(a, ""))
			p.Expect(right, p.createSession, outcome)
			wrong := p.tryLogIn(ctx, a, p.credentials(a, "").With("password", p.Secret("password", newPassword())))
			p.Expect(wrong, p.createSession, outcome)
			p.openedNothing(ctx, a, right, wrong)
		})
	}
	from := func(role string) func(context.Context) *account {
		return func(context.Context) *account { GinkgoHelper(); return p.leased(role) }
	}
	refuses("banned", "lets no banned user in", bannedUser, from(banned))
	refuses("locked", "lets no locked user in", lockedUser, from(locked))
	refuses("deleted", "lets no deleted user in", deletedUser, func(ctx context.Context) *account {
		GinkgoHelper()
		if !p.signsUpHere() {
			return p.leased(deleted)
		}
		me := p.member(ctx)
		p.deletes(ctx, me)
		return me.account
	})
}

// deletes has a user without a second factor delete the own account.
func (p *api) deletes(ctx context.Context, me *session) {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.deleteCurrentUser, conform.Request{JSON: conform.Object{"password": me.account.Password}})
	p.Require("delete "+me.account.Name, call, p.deleteCurrentUser, contract.OK)
	me.account.Retire("it deleted itself")
}

// logInOracle compares refusals with each other: what differs between them tells
// which accounts there are (ASVS 5.0 6.3.8; facts/auth-checks.md E01-E03, F15).
func logInOracle(p *api) {
	wrong := func(ctx context.Context, a *account, email string) *httpclient.Call {
		GinkgoHelper()
		call := p.tryLogIn(ctx, a, p.credentials(a, "").With("email", email).With("password", p.Secret("password", newPassword())))
		p.Expect(call, p.createSession, contract.BadCredentials)
		return call
	}
	It("answers an unknown e-mail address like a wrong password", clause.Graded("barong.sessions.no-account-oracle", p.createSession, contract.BadCredentials), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		p.Require("log in", p.tryLogIn(ctx, a, p.credentials(a, "")), p.createSession, contract.OK)
		first, second := wrong(ctx, a, a.Login), wrong(ctx, a, a.Login)
		p.sameAnswers(first, second, wrong(ctx, a, p.nobody()))
	})
	It("does not show before the password is right that a user has a second factor", clause.Graded("barong.sessions.no-second-factor-oracle", p.createSession, contract.BadCredentials), func(ctx SpecContext) {
		plain, second := p.memberAccount(ctx), p.enrolledAccount(ctx)
		p.turns(ctx, second, 4)
		a, b := wrong(ctx, plain, plain.Login), wrong(ctx, plain, plain.Login)
		p.sameAnswers(a, b, wrong(ctx, second, second.Login))
		p.Require("log in with both factors", p.tryLogIn(ctx, second, p.credentials(second, p.Code(ctx, second.codes))), p.createSession, contract.OK)
	})
}

// sameAnswers checks that a third answer is like two that were given for the same
// reason: what differs between those two, such as a date, may differ.
func (p *api) sameAnswers(first, second, other *httpclient.Call) {
	GinkgoHelper()
	p.Check("both have the same status", other.Status, Equal(first.Status))
	p.Holds("both have the same body", string(other.Body) == string(first.Body), "the bodies differ")
	p.Check("both have the same header fields", fieldNames(other), ConsistOf(fieldNames(first)))
	for _, name := range fieldNames(first) {
		if stable := first.Header.Get(name); stable == second.Header.Get(name) && name != "Date" {
			p.Check("both have the same "+name, other.Header.Get(name), Equal(stable))
		}
	}
}
