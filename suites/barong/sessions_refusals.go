package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// Outcomes of the log-in alone.
const (
	bannedUser  = contract.Outcome("banned")
	deletedUser = contract.Outcome("deleted")
	lockedUser  = contract.Outcome("locked")
	emailObject = contract.Outcome("email-object")
)

func logInRefuses(p *api) {
	const bad = contract.BadCredentials
	conform.Table(func(ctx SpecContext, changes func(a *client.Account) []conform.Change) {
		a := p.MemberAccount(ctx)
		refused := p.Refuses(ctx, conform.Refusal{
			Operation: p.CreateSession, By: p.VisitorAt(a.Address), Outcome: bad, Changes: changes(a),
			Control: func() conform.Request { return p.Paced(ctx, a, p.Credentials(a, "")) },
		})
		p.ExpectNoSession(ctx, a, refused...)
	}, []conform.Row[func(a *client.Account) []conform.Change]{
		{Text: "POST /identity/sessions rejects a wrong password, and one that differs in its last character only",
			Clause: clause.Graded("barong.sessions.wrong-password", p.CreateSession, bad),
			Given: func(a *client.Account) []conform.Change {
				return []conform.Change{
					p.password("another password", client.NewPassword()), p.password("last character changed", otherDigit(a.Password)),
				}
			}},
		{Text: "POST /identity/sessions rejects the password in swapped case, and with one character appended",
			Clause: clause.Graded("barong.sessions.password-exact", p.CreateSession, bad),
			Given: func(a *client.Account) []conform.Change {
				return []conform.Change{p.password("swapped case", swapCase(a.Password)), p.password("a character more", a.Password+"x")}
			}},
		{Text: "POST /identity/sessions rejects the password with blanks around it",
			Clause: clause.Graded("barong.sessions.password-in-blanks", p.CreateSession, bad),
			Given: func(a *client.Account) []conform.Change {
				return []conform.Change{
					p.password("a blank before", " "+a.Password), p.password("a blank after", a.Password+" "),
					p.password("a line end after", a.Password+"\n"),
				}
			}},
		{Text: "POST /identity/sessions rejects a prefix of the password",
			Clause: clause.Graded("barong.sessions.password-beginning", p.CreateSession, bad),
			Given: func(a *client.Account) []conform.Change {
				return []conform.Change{
					p.password("a character less", a.Password[:len(a.Password)-1]),
					p.password("eight characters", a.Password[:max(0, min(8, len(a.Password)-1))]),
				}
			}},
		{Text: "POST /identity/sessions rejects an empty and a null password",
			Clause: clause.Graded("barong.sessions.password-blank", p.CreateSession, bad),
			Given: func(*client.Account) []conform.Change {
				return []conform.Change{conform.Set("password", ""), conform.Set("password", nil)}
			}},
		{Text: "POST /identity/sessions rejects an e-mail address that no account has",
			Clause: clause.Graded("barong.sessions.unknown-email", p.CreateSession, bad),
			Given:  func(*client.Account) []conform.Change { return []conform.Change{conform.Set("email", p.Nobody())} }},
		{Text: "POST /identity/sessions rejects an empty and a null e-mail address",
			Clause: clause.Graded("barong.sessions.email-blank", p.CreateSession, bad),
			Given: func(*client.Account) []conform.Change {
				return []conform.Change{conform.Set("email", ""), conform.Set("email", nil)}
			}},
	})
	It("POST /identity/sessions opens no session for a password that is nearly right: in part, spelt otherwise or with more in it",
		clause.Graded("barong.sessions.password-near-miss", p.CreateSession, bad), func(ctx SpecContext) {
			family.Spread(client.InWindow-2, p.Actives(), func() ([]family.Near, func([]family.Near)) {
				a := p.MemberAccount(ctx)
				logIn := func(r conform.Request) *httpclient.Call { return p.TryLogIn(ctx, a, r) }
				return family.NearPasswords(a.Password), func(share []family.Near) {
					p.Require("log in by the right password", logIn(p.Credentials(a, "")), p.CreateSession, contract.OK)
					for _, near := range share {
						wrong := p.Credentials(a, "").With("password", p.Secret("near-password", near.Value))
						p.ExpectShut(near.Name, logIn(wrong), p.CreateSession, bad)
					}
					p.Require("log in by the right password afterwards", logIn(p.Credentials(a, "")), p.CreateSession, contract.OK)
				}
			})
		})
	It("POST /identity/sessions rejects the password of another user",
		clause.Graded("barong.sessions.foreign-password", p.CreateSession, bad), func(ctx SpecContext) {
			a, other := p.MemberAccount(ctx), p.MemberAccount(ctx)
			p.Require("log in as the other", p.TryLogIn(ctx, other, p.Credentials(other, "")), p.CreateSession, contract.OK)
			call := p.TryLogIn(ctx, a, p.Credentials(a, "").With("password", other.Password))
			p.Expect(call, p.CreateSession, bad)
			p.ExpectNoSession(ctx, a, call)
			p.Require("log in with the own one", p.TryLogIn(ctx, a, p.Credentials(a, "")), p.CreateSession, contract.OK)
		})
	It("POST /identity/sessions answers an object in place of the e-mail address with a server error",
		clause.Note("barong.sessions.email-object", p.CreateSession, emailObject), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			p.Expect(p.TryLogIn(ctx, a, p.Credentials(a, "").With("email", map[string]any{"a": 1})), p.CreateSession, emailObject)
			p.Require("log in", p.TryLogIn(ctx, a, p.Credentials(a, "")), p.CreateSession, contract.OK)
		})
}

// logInStates: the state is looked at before the password, so a wrong one gets the
// same answer (barong#10.2-19).
func logInStates(p *api) {
	type state struct {
		outcome contract.Outcome
		who     func(context.Context) *client.Account
	}
	from := func(role string) func(context.Context) *client.Account {
		return func(context.Context) *client.Account { GinkgoHelper(); return p.Leased(role) }
	}
	conform.Table(func(ctx SpecContext, of state) {
		twin, a := p.MemberAccount(ctx), of.who(ctx)
		p.Require("log in as a member", p.TryLogIn(ctx, twin, p.Credentials(twin, "")), p.CreateSession, contract.OK)
		right := p.TryLogIn(ctx, a, p.Credentials(a, ""))
		p.Expect(right, p.CreateSession, of.outcome)
		wrong := p.TryLogIn(ctx, a, p.Credentials(a, "").With("password", p.Secret("password", client.NewPassword())))
		p.Expect(wrong, p.CreateSession, of.outcome)
		p.ExpectNoSession(ctx, a, right, wrong)
	}, []conform.Row[state]{
		{Text: "POST /identity/sessions rejects a banned user, whether the password is right or wrong",
			Clause: clause.Graded("barong.sessions.banned", p.CreateSession, bannedUser), Given: state{bannedUser, from(client.RoleBanned)}},
		{Text: "POST /identity/sessions rejects a locked user, whether the password is right or wrong",
			Clause: clause.Graded("barong.sessions.locked", p.CreateSession, lockedUser), Given: state{lockedUser, from(client.RoleLocked)}},
		{Text: "POST /identity/sessions rejects a deleted user, whether the password is right or wrong",
			Clause: clause.Graded("barong.sessions.deleted", p.CreateSession, deletedUser), Given: state{deletedUser, p.deletedAccount}},
	}, Serial)
}

// deletedAccount is an account that was deleted: by its own user where sign-up makes users.
func (p *api) deletedAccount(ctx context.Context) *client.Account {
	GinkgoHelper()
	if !p.SignsUpHere() {
		return p.Leased(client.RoleDeleted)
	}
	me := p.Member(ctx)
	p.Deletes(ctx, me)
	return me.Account
}

// logInOracle compares refusals with each other: what differs between them tells
// which accounts there are (ASVS 5.0 6.3.8; checks#E01; checks#E02; checks#E03; checks#F15).
func logInOracle(p *api) {
	wrong := func(ctx context.Context, a *client.Account, email string) *httpclient.Call {
		GinkgoHelper()
		call := p.TryLogIn(ctx, a, p.Credentials(a, "").With("email", email).With("password", p.Secret("password", client.NewPassword())))
		p.Expect(call, p.CreateSession, contract.BadCredentials)
		return call
	}
	It("POST /identity/sessions answers an unknown e-mail address exactly like a wrong password",
		clause.Graded("barong.sessions.no-account-oracle", p.CreateSession, contract.BadCredentials), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			p.Require("log in", p.TryLogIn(ctx, a, p.Credentials(a, "")), p.CreateSession, contract.OK)
			first, second := wrong(ctx, a, a.Login), wrong(ctx, a, a.Login)
			stranger, nobody := p.NewAccount(), p.Nobody() // at another address: some count attempts by that
			for range 3 {                                  // some targets tell it after a few attempts
				p.sameAnswers(first, second, wrong(ctx, stranger, nobody))
			}
		})
	It("POST /identity/sessions does not reveal to a wrong password that a user has a second factor",
		clause.Graded("barong.sessions.no-second-factor-oracle", p.CreateSession, contract.BadCredentials), func(ctx SpecContext) {
			plain, second := p.MemberAccount(ctx), p.EnrolledAccount(ctx)
			p.Turns(ctx, second, 4)
			a, b := wrong(ctx, plain, plain.Login), wrong(ctx, plain, plain.Login)
			p.sameAnswers(a, b, wrong(ctx, second, second.Login))
			p.Require("log in with both factors",
				p.TryLogIn(ctx, second, p.Credentials(second, p.Code(ctx, second.Codes))), p.CreateSession, contract.OK)
		})
}

// password replaces the password of a log-in.
func (p *api) password(name, value string) conform.Change {
	return conform.Change{Name: name, Of: func(r conform.Request) conform.Request { return r.With("password", p.Secret("password", value)) }}
}

// sameAnswers checks that a third answer is like two that were given for the same
// reason: what differs between those two, such as a date, may differ.
func (p *api) sameAnswers(first, second, other *httpclient.Call) {
	GinkgoHelper()
	p.Check("both have the same status", other.Status, Equal(first.Status))
	p.Holds("both have the same body", string(other.Body) == string(first.Body), "the bodies differ")
	p.Check("both have the same header fields", other.Fields(), Equal(first.Fields()))
	for name := range first.Header {
		if stable := first.Header.Get(name); stable == second.Header.Get(name) && name != "Date" {
			p.Check("both have the same "+name, other.Header.Get(name), Equal(stable))
		}
	}
}
