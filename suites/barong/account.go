package barong

import (
	"context"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// longestData is how many characters of data an account takes (barong#2.2).
const longestData = 1024

// accountSubjects end no account: a wrong password shows as well that a request got
// through, and leaves the account for others.
func (p *api) accountSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.GetCurrentUser, Ready: p.asMember(conform.Request{})},
		{Operation: p.UpdateCurrentUser, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.dataHolder(ctx).Actor, always(dataOf(`{"a":"b"}`))
		}},
		{Operation: p.DeleteCurrentUser, Expected: contract.BadCredentials,
			Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
				GinkgoHelper()
				me := p.Member(ctx)
				return me.Actor, always(removal(me.Account, "").With("password", p.Secret("password", client.NewPassword())))
			}},
	}
}

// accounts are about resource/users/me (barong#2.2).
func accounts(p *api) {
	Describe("users/me", func() {
		accountRead(p)
		accountData(p)
		accountEnd(p)
		accountEndRefused(p)
		accountEndCodes(p)
	})
}

func accountRead(p *api) {
	op := p.GetCurrentUser
	It("GET /resource/users/me returns the caller's own account", clause.Graded("barong.account.own", op, contract.OK), func(ctx SpecContext) {
		me, other := p.Member(ctx), p.Member(ctx)
		call := p.Do(ctx, me.Actor, op, conform.Request{})
		p.Expect(call, op, contract.OK)
		p.Check("the e-mail address", value.Text(value.Of(call), "email"), Equal(me.Account.Login))
		p.Check("the state", value.Text(value.Of(call), "state"), Equal("active"))
		p.Check("whether the second factor is on", value.Flag(value.Of(call), "otp"), BeFalse())
		p.Check("the uid is the one that logging in showed", value.Text(value.Of(call), "uid"), Equal(value.Text(me.User, "uid")))
		p.Check("the uid of another account is another", value.Text(p.UserOf(ctx, other), "uid"), Not(Equal(value.Text(value.Of(call), "uid"))))
	})
	It("GET /resource/users/me shows that the second factor is on",
		clause.Graded("barong.account.second-factor-shown", op, contract.OK), func(ctx SpecContext) {
			call := p.Do(ctx, p.Enrolled(ctx).Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("whether the second factor is on", value.Flag(value.Of(call), "otp"), BeTrue())
		})
	It("GET /resource/users/me returns the account of a user whose e-mail address is unconfirmed",
		clause.Graded("barong.account.pending", op, contract.OK), Serial, func(ctx SpecContext) {
			call := p.Do(ctx, p.Newcomer(ctx).Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("the state", value.Text(value.Of(call), "state"), Equal("pending"))
		})
}

func dataOf(text string) conform.Request { return conform.Request{JSON: conform.Object{"data": text}} }

// dataHolder is a member whose data a spec may change: a pooled account gets its
// own back, and {} where it had none, which no request can bring back.
func (p *api) dataHolder(ctx context.Context) *client.Session {
	GinkgoHelper()
	me := p.Member(ctx)
	if me.Account.Pooled {
		former := value.Text(me.User, "data")
		if former == "" {
			former = "{}"
		}
		DeferCleanup(func(ctx SpecContext) { _, _ = p.Try(ctx, me.Actor, p.UpdateCurrentUser, dataOf(former)) })
	}
	return me
}

func accountData(p *api) {
	op := p.UpdateCurrentUser
	It("PUT /resource/users/me stores the data that it is sent", clause.Graded("barong.account.data", op, contract.OK), func(ctx SpecContext) {
		me := p.dataHolder(ctx)
		for _, data := range []string{`{"language":"uk"}`, `{"language":"en","a":[1,null]}`} {
			call := p.Do(ctx, me.Actor, op, dataOf(data))
			p.Expect(call, op, contract.OK)
			p.Check("the data that are answered", value.Text(value.Of(call), "data"), Equal(data))
			p.Check("the data that are read", value.Text(p.UserOf(ctx, me), "data"), Equal(data))
		}
	})
	It("PUT /resource/users/me accepts data of the maximum length",
		clause.Graded("barong.account.data-longest", op, contract.OK), func(ctx SpecContext) {
			me, data := p.dataHolder(ctx), jsonOf(longestData)
			p.Expect(p.Do(ctx, me.Actor, op, dataOf(data)), op, contract.OK)
			p.Check("the data that are read", value.Text(p.UserOf(ctx, me), "data"), Equal(data))
		})
	It("PUT /resource/users/me changes neither role nor state nor level of the user who sends them",
		clause.Graded("barong.account.undeclared-members", op, contract.OK,
			clause.From(contract.Observed, "barong#2.2-updateCurrentUser-parameters")),
		func(ctx SpecContext) {
			me := p.dataHolder(ctx)
			r := dataOf(`{"a":"b"}`)
			for member, v := range (conform.Object{"role": "superadmin", "state": "pending", "level": 3, "email": p.Nobody(), "otp": true}) {
				r = r.With(member, v)
			}
			before := p.UserOf(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.OK)
			after := p.UserOf(ctx, me)
			for _, member := range []string{"role", "state", "level", "email", "otp"} {
				p.Check("the user's "+member, value.At(after, member), Equal(value.At(before, member)))
			}
		})
	conform.Table(func(ctx SpecContext, given refused) {
		me := p.dataHolder(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: me.Actor, Control: always(dataOf(`{"a":"b"}`)), Outcome: given.outcome, Changes: given.changes,
			State: func() any { return value.Text(p.UserOf(ctx, me), "data") },
		})
	}, []conform.Row[refused]{
		{Text: "PUT /resource/users/me rejects data that is not JSON",
			Clause: clause.Graded("barong.account.data-invalid", op, "data-invalid"),
			Given:  refusedFor("data-invalid", valuesOf("data", []string{`{"a":`, "plain text", "{'a':'b'}"})...)},
		{Text: "PUT /resource/users/me rejects data of more than 1024 characters",
			Clause: clause.Graded("barong.account.data-too-long", op, "data-too-long"),
			Given:  refusedFor("data-too-long", valuesOf("data", []string{jsonOf(longestData + 1), jsonOf(4 * longestData)})...)},
	})
}

// valuesOf makes a change of each value that a member may not have; values may be
// long, so they are told apart by how they begin.
func valuesOf(member string, values []string) []conform.Change {
	var changes []conform.Change
	for _, v := range values {
		changes = append(changes, conform.Change{Name: member + " " + v[:min(len(v), 20)],
			Of: func(r conform.Request) conform.Request { return r.With(member, v) }})
	}
	return changes
}

// jsonOf is JSON text of n characters.
func jsonOf(n int) string {
	const head, tail = `{"a":"`, `"}`
	return head + strings.Repeat("x", n-len(head)-len(tail)) + tail
}

// leaver is a member whose account a spec may end; leaverWithCodes has the second
// factor on.
func (p *api) leaver(ctx context.Context) *client.Session {
	GinkgoHelper()
	return leaving(p.Member(ctx))
}

func (p *api) leaverWithCodes(ctx context.Context) *client.Session {
	GinkgoHelper()
	return leaving(p.Enrolled(ctx))
}

func leaving(me *client.Session) *client.Session {
	me.Account.Retire("a spec ends it")
	return me
}

// removal is what ends an account; code "" leaves the second factor out.
func removal(a *client.Account, code string) conform.Request {
	body := conform.Object{"password": a.Password}
	if code != "" {
		body["otp_code"] = code
	}
	return conform.Request{JSON: body}
}

func accountEnd(p *api) {
	op := p.DeleteCurrentUser
	It("DELETE /resource/users/me closes the account, so that its password opens no session",
		clause.Graded("barong.account.deleted", op, contract.OK), func(ctx SpecContext) {
			me := p.leaver(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, removal(me.Account, "")), op, contract.OK)
			p.Holds("a log-in with the right password is refused as one of a deleted account",
				p.Exactly(p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, "")), p.CreateSession, "deleted"), "it is not")
		})
	It("GET /resource/users/me rejects every session of a closed account",
		clause.Graded("barong.account.deleted-session", p.GetCurrentUser, userNotActive), func(ctx SpecContext) {
			me := p.leaver(ctx)
			other := p.LogIn(ctx, me.Account)
			p.Require("end the account", p.Do(ctx, me.Actor, op, removal(me.Account, "")), op, contract.OK)
			for _, s := range []*client.Session{me, other} {
				p.Expect(p.Do(ctx, s.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, userNotActive)
			}
		})
	It("DELETE /resource/users/me leaves other accounts alone",
		clause.Graded("barong.account.deleted-only-own", op, contract.OK), func(ctx SpecContext) {
			me, other := p.leaver(ctx), p.Member(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, removal(me.Account, "")), op, contract.OK)
			p.Expect(p.Do(ctx, other.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, contract.OK)
		})
	It("DELETE /resource/users/me accepts the password in the query too",
		clause.Graded("barong.account.deleted-by-query", op, contract.OK), func(ctx SpecContext) {
			me := p.leaver(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, conform.Request{Query: url.Values{"password": {me.Account.Password}}}), op, contract.OK)
			p.Holds("the account is ended", p.Is(p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, userNotActive),
				"its session still opens it")
		})
	It("POST /identity/users rejects the e-mail address of a closed account as taken",
		clause.Graded("barong.account.deleted-email-taken", p.CreateUser, "email-taken", clause.Needs(client.SignUp)), func(ctx SpecContext) {
			me := p.leaver(ctx)
			p.Require("end the account", p.Do(ctx, me.Actor, op, removal(me.Account, "")), op, contract.OK)
			again := conform.Object{"email": me.Account.Login, "password": p.Secret("password", client.NewPassword())}
			p.Expect(p.Do(ctx, p.Visitor(), p.CreateUser, conform.Request{JSON: p.Solved(again)}), p.CreateUser, "email-taken")
		})
}

// stillThere is the state of an account that was not ended.
func (p *api) stillThere(ctx context.Context, me *client.Session) func() any {
	return func() any {
		GinkgoHelper()
		call := p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{})
		if p.Is(call, p.GetCurrentUser, userNotActive) {
			return "not active"
		}
		p.Require("read the account", call, p.GetCurrentUser, contract.OK)
		return value.Text(value.Of(call), "state")
	}
}

func accountEndRefused(p *api) {
	op := p.DeleteCurrentUser
	It("DELETE /resource/users/me rejects a wrong password and keeps the account",
		clause.Graded("barong.account.delete-wrong-password", op, contract.BadCredentials), func(ctx SpecContext) {
			me := p.leaver(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: me.Actor, Control: always(removal(me.Account, "")), Outcome: contract.BadCredentials, OnlyAfter: true,
				State: p.stillThere(ctx, me),
				Changes: []conform.Change{
					{Name: "another password", Of: func(r conform.Request) conform.Request {
						return r.With("password", p.Secret("password", client.NewPassword()))
					}},
					{Name: "the password without its last character", Of: func(r conform.Request) conform.Request {
						return r.With("password", p.Secret("password", me.Account.Password[:len(me.Account.Password)-1]))
					}},
					{Name: "the password and one character more", Of: func(r conform.Request) conform.Request {
						return r.With("password", p.Secret("password", me.Account.Password+"x"))
					}},
				},
			})
		})
	It("DELETE /resource/users/me rejects the password alone of an enrolled user and keeps the account",
		clause.Graded("barong.account.delete-without-code", op, contract.SecondFactorRequired), func(ctx SpecContext) {
			me := p.leaverWithCodes(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, removal(me.Account, "")), op, contract.SecondFactorRequired)
			p.Check("the state of the account", p.stillThere(ctx, me)(), Equal("active"))
			p.Require("end it with a code", p.Do(ctx, me.Actor, op, removal(me.Account, p.Code(ctx, me.Account.Codes))), op, contract.OK)
		})
}

func accountEndCodes(p *api) {
	op := p.DeleteCurrentUser
	It("DELETE /resource/users/me closes the account of an enrolled user for the password and a valid TOTP code",
		clause.Graded("barong.account.deleted-with-code", op, contract.OK), func(ctx SpecContext) {
			me := p.leaverWithCodes(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, removal(me.Account, p.Code(ctx, me.Account.Codes))), op, contract.OK)
			p.Holds("the account is ended", p.Is(p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, userNotActive),
				"its session still opens it")
		})
	It("DELETE /resource/users/me rejects a wrong TOTP code and keeps the account",
		clause.Graded("barong.account.delete-wrong-code", op, contract.SecondFactorWrong), func(ctx SpecContext) {
			me := p.leaverWithCodes(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, removal(me.Account, me.Account.Codes.Wrong(1))), op, contract.SecondFactorWrong)
			p.Check("the state of the account", p.stillThere(ctx, me)(), Equal("active"))
			p.Require("end it with a right code", p.Do(ctx, me.Actor, op, removal(me.Account, p.Code(ctx, me.Account.Codes))), op, contract.OK)
		})
	It("DELETE /resource/users/me rejects a used TOTP code and keeps the account",
		clause.Graded("barong.account.delete-replayed-code", op, contract.SecondFactorReplayed), func(ctx SpecContext) {
			me := p.leaverWithCodes(ctx)
			code := p.Code(ctx, me.Account.Codes)
			p.Require("use a code", p.Do(ctx, me.Actor, p.VerifyOTP, client.CodeBody(code)), p.VerifyOTP, contract.OK)
			p.Expect(p.Do(ctx, me.Actor, op, removal(me.Account, code)), op, contract.SecondFactorReplayed)
			p.Check("the state of the account", p.stillThere(ctx, me)(), Equal("active"))
		})
	It("DELETE /resource/users/me checks the password before the TOTP code",
		clause.Graded("barong.account.delete-password-first", op, contract.BadCredentials), func(ctx SpecContext) {
			me := p.leaverWithCodes(ctx)
			code := p.Code(ctx, me.Account.Codes)
			wrong := removal(me.Account, code).With("password", p.Secret("password", client.NewPassword()))
			p.Expect(p.Do(ctx, me.Actor, op, wrong), op, contract.BadCredentials)
			p.Require("end it with that very code", p.Do(ctx, me.Actor, op, removal(me.Account, code)), op, contract.OK)
		})
}
