package alphapoint

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
)

// unpublished is the authority for the log-in by password: both pages promise it
// in words, neither publishes a member for the password.
var unpublished = clause.From(contract.Inferred, `documents/001 "either username/password or API key method"; facts/kiiex.md 0c, 1.1: no Password is published`)

// enumeration is the authority for refusals that must not tell accounts apart.
var enumeration = clause.From(contract.Standard, "OWASP ASVS 5.0 6.3.8; facts/auth-checks.md E01-E03; facts/kiiex.md 1.1 generic message")

func (v *Venue) passwords() {
	Describe("AuthenticateUser by password", func() {
		It("opens a session for a user name and its password",
			v.promise("password.right", v.login, contract.OK, unpublished),
			func(ctx SpecContext) {
				who := v.lease(user)
				call := v.Do(ctx, v.caller(who), v.login, password(who))
				v.Expect(call, v.login, contract.OK)
				v.works(ctx, v.session(who, call))
			})
		v.passwordRefused()
		v.loginTellsNothing()
		v.lockTellsNothing()
	})
}

func (v *Venue) passwordRefused() {
	refuses := func(text, slug string, changes func(who *identity.Identity) []conform.Change) {
		It(text, v.promise("password."+slug, v.login, contract.BadCredentials, unpublished), func(ctx SpecContext) {
			who := v.lease(user)
			for _, call := range v.Refuses(ctx, conform.Refusal{
				Operation: v.login, By: v.caller(who), Control: always(password(who)),
				Changes: changes(who), Outcome: contract.BadCredentials,
			}) {
				v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
			}
		})
	}
	refuses("refuses a wrong password", "wrong", func(*identity.Identity) []conform.Change {
		return []conform.Change{conform.Set("Password", "wrong-Password-1")}
	})
	refuses("refuses an unknown user name", "unknown-user", func(*identity.Identity) []conform.Change {
		return []conform.Change{conform.Set("UserName", v.nobody())}
	})
	refuses("refuses the password in another case, cut short or made longer", "exact", func(who *identity.Identity) []conform.Change {
		return []conform.Change{
			renamed("swapped case", conform.Set("Password", swapCase(who.Password))),
			renamed("last character cut", conform.Set("Password", who.Password[:len(who.Password)-1])),
			renamed("one character more", conform.Set("Password", who.Password+"x")),
		}
	})
	refuses("refuses the password of another user", "foreign", func(*identity.Identity) []conform.Change {
		return []conform.Change{conform.Set("Password", v.lease(user).Password)}
	})
}

// lockTellsNothing: who does not have the credentials is not told that an account
// is locked.
func (v *Venue) lockTellsNothing() {
	It("answers a wrong password of a locked account as it answers any",
		v.promise("login.no-lock-hint", v.login, contract.BadCredentials, enumeration), Serial,
		func(ctx SpecContext) {
			who, other := v.lease(locked), v.lease(user)
			wrong := v.wrongPassword(ctx, other, other.Login)
			another := v.wrongPassword(ctx, who, who.Login)
			v.Expect(another, v.login, contract.BadCredentials)
			v.Holds("both bodies are the same", string(wrong.Body) == string(another.Body), "they differ")
		})
}

// loginTellsNothing compares refusals with each other: what differs between an
// unknown user and a wrong password tells an attacker which accounts exist.
func (v *Venue) loginTellsNothing() {
	alike := func(text, slug string, other func(context.Context) *httpclient.Call) {
		It(text, v.promise("login."+slug, v.login, contract.BadCredentials, enumeration), func(ctx SpecContext) {
			who := v.lease(user)
			wrong := v.wrongPassword(ctx, who, who.Login)
			another := other(ctx)
			v.Expect(wrong, v.login, contract.BadCredentials)
			v.Expect(another, v.login, contract.BadCredentials)
			v.Holds("both bodies are the same", string(wrong.Body) == string(another.Body), "they differ")
			v.Check("both carry the same header fields", headerNames(another), Equal(headerNames(wrong)))
			v.Check("both are as long", another.Header.Get("Content-Length"), Equal(wrong.Header.Get("Content-Length")))
		})
	}
	alike("answers an unknown user and a wrong password alike", "same-refusal", func(ctx context.Context) *httpclient.Call {
		return v.wrongPassword(ctx, v.lease(user), v.nobody())
	})
	alike("does not show before the password is right that a user has a second factor", "no-second-factor-hint", func(ctx context.Context) *httpclient.Call {
		who := v.lease(totp)
		return v.wrongPassword(ctx, who, who.Login)
	})
}

func (v *Venue) wrongPassword(ctx context.Context, by *identity.Identity, login string) *httpclient.Call {
	GinkgoHelper()
	return v.Do(ctx, v.caller(by), v.login, conform.Request{JSON: conform.Object{"UserName": login, "Password": "wrong-Password-1"}})
}
