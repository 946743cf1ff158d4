package barong

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

const signUpPath = "POST identity/users"

func (p *api) signUpSubjects() []family.Subject {
	return []family.Subject{{Operation: p.CreateUser, Ready: p.asVisitor(p.NewSignUp), Features: []string{client.SignUp}}}
}

// signUps is about POST identity/users (barong#2.1).
func signUps(p *api) {
	Describe(signUpPath, func() {
		signUpOpens(p)
		signUpRefuses(p)
		signUpRaces(p)
	})
}

func signUpOpens(p *api) {
	It("POST /identity/users creates a pending user and opens a session",
		clause.Must("barong.sign-up.opens-session", p.CreateUser, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			me := p.expectSignUp(ctx, nil)
			p.Check("the user is the one that signed up", value.Text(me.User, "email"), Equal(me.Account.Login))
			p.Check("the user is pending", value.Text(me.User, "state"), Equal("pending"))
			p.Check("the user has level 0", value.Number(me.User, "level"), Equal(0))
			p.Check("the user has no second factor", value.Flag(me.User, "otp"), BeFalse())
			call := p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{})
			p.Require("use the session", call, p.GetCurrentUser, contract.OK)
			p.Check("the session is that user's", value.Text(value.Of(call), "uid"), Equal(value.Text(me.User, "uid")))
		})
	It("POST /identity/users mails a token that confirms the address",
		clause.Graded("barong.sign-up.mail", p.CreateUser, contract.OK, clause.Needs(client.SignUp),
			clause.From(contract.Documented, "barong#document-002-confirmEmail")), func(ctx SpecContext) {
			me := p.expectSignUp(ctx, nil)
			token := p.PromisedToken(ctx, me.Account.Login, client.Confirmation)
			p.Expect(p.Do(ctx, p.Visitor(), p.ConfirmEmail, confirmWith(token)), p.ConfirmEmail, contract.OK)
		})
	It("POST /identity/users ignores members that it does not document, such as a role",
		clause.Graded("barong.sign-up.undeclared-members", p.CreateUser, contract.OK, clause.Needs(client.SignUp),
			clause.From(contract.Observed, "barong#2.1-createUser-undeclared")), func(ctx SpecContext) {
			me := p.expectSignUp(ctx, conform.Object{"role": "superadmin", "state": "active", "level": 3, "otp": true, "uid": p.UnknownUID(),
				"labels": []conform.Object{{"key": "email", "value": "verified", "scope": "private"}}})
			for _, user := range []any{me.User, p.UserOf(ctx, me)} {
				p.Check("its role, state and level", []any{value.At(user, "role"), value.At(user, "state"), value.Number(user, "level")},
					Equal([]any{"member", "pending", 0}))
				p.Check("its uid is not the one sent", value.Text(user, "uid"), Not(Equal(p.UnknownUID())))
			}
		})
	It("POST /identity/users does not adopt a session id that the client made up",
		clause.Must("barong.sign-up.made-up-session", p.CreateUser, contract.OK, clause.Needs(client.SignUp),
			clause.From(contract.Observed, "barong#10.2-12")), func(ctx SpecContext) {
			a := p.NewAccount()
			madeUp := p.Secret("session", hexOf(p.Nonce(), 32))
			call := p.Do(ctx, p.With(a, madeUp, ""), p.CreateUser, p.SignUpRequest(a))
			p.Expect(call, p.CreateUser, contract.OK)
			p.Check("the session has an id of the server's", p.CookieOf(call) != madeUp, BeTrue())
		})
	It("POST /identity/users stores the user name in lower case and the data",
		clause.Must("barong.sign-up.keeps-members", p.CreateUser, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			name, data := "Af"+p.Nonce()[:8], `{"language":"en"}`
			me := p.expectSignUp(ctx, conform.Object{"username": name, "data": data})
			p.Check("username is the one given, in lower case", value.Text(me.User, "username"), Equal(strings.ToLower(name)))
			p.Check("data is the text given", value.Text(me.User, "data"), Equal(data))
		})
	It("POST /identity/users takes a user name of four characters and one of twelve",
		clause.Must("barong.sign-up.username-bounds", p.CreateUser, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			for _, length := range []int{4, 12} {
				name := strings.ToLower(rand.Text()[:length])
				me := p.expectSignUp(ctx, conform.Object{"username": name})
				p.Check("username is the one given", value.Text(me.User, "username"), Equal(name))
			}
		})
	It("POST /identity/users stores the referrer whose uid it is sent",
		clause.Must("barong.sign-up.referral", p.CreateUser, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			uid := value.Text(p.SignedUp(ctx).User, "uid")
			me := p.expectSignUp(ctx, conform.Object{"refid": uid})
			p.Check("referral_uid is the referrer's", value.Text(me.User, "referral_uid"), Equal(uid))
		})
}

// expectSignUp signs up an account with further members; what a session opens must
// be the whole promise. The first user of a deployment is its superadmin: then the
// second is looked at.
func (p *api) expectSignUp(ctx context.Context, members conform.Object) *client.Session {
	GinkgoHelper()
	me := p.expectSignUpOnce(ctx, members)
	if value.Text(me.User, "role") == "superadmin" {
		me = p.expectSignUpOnce(ctx, members)
	}
	p.Check("the user is a member", value.Text(me.User, "role"), Equal("member"))
	return me
}

func (p *api) expectSignUpOnce(ctx context.Context, members conform.Object) *client.Session {
	GinkgoHelper()
	a := p.NewAccount()
	r := p.SignUpRequest(a)
	for name, v := range members {
		r = r.With(name, v)
	}
	call := p.Do(ctx, p.VisitorAt(a.Address), p.CreateUser, r)
	p.Expect(call, p.CreateUser, contract.OK)
	return p.Opened(call, a)
}

// refused is how an operation refuses requests, and what is changed in them.
type refused struct {
	outcome contract.Outcome
	changes []conform.Change
}

func refusedFor(outcome contract.Outcome, changes ...conform.Change) refused {
	return refused{outcome, changes}
}

func signUpRefuses(p *api) {
	op, needs := p.CreateUser, clause.Needs(client.SignUp)
	conform.Table(func(ctx SpecContext, given refused) {
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Visitor(), Control: p.NewSignUp, Outcome: given.outcome, Changes: given.changes,
		})
	}, []conform.Row[refused]{
		{Text: "POST /identity/users rejects an invalid e-mail address",
			Clause: clause.Graded("barong.sign-up.email-invalid", op, "email-invalid", needs),
			Given: refusedFor("email-invalid",
				conform.Set("email", "nonsense"), conform.Set("email", "a b@conform.test"),
				conform.Set("email", "a@b@conform.test"), conform.Set("email", ".a@conform.test"))},
		{Text: "POST /identity/users rejects a malformed referral uid",
			Clause: clause.Graded("barong.sign-up.referral-malformed", op, "referral-malformed", needs),
			Given:  refusedFor("referral-malformed", conform.Set("refid", "nobody"))},
		{Text: "POST /identity/users rejects an unknown referral uid",
			Clause: clause.Graded("barong.sign-up.referral-unknown", op, "referral-unknown", needs),
			Given: refusedFor("referral-unknown", conform.Change{Name: "refid", Of: func(r conform.Request) conform.Request {
				return r.With("refid", p.UnknownUID())
			}})},
		{Text: "POST /identity/users rejects a user name of three characters",
			Clause: clause.Graded("barong.sign-up.username-too-short", op, "username-too-short", needs),
			Given:  refusedFor("username-too-short", conform.Set("username", "abc"))},
		{Text: "POST /identity/users rejects a user name of thirteen characters",
			Clause: clause.Graded("barong.sign-up.username-too-long", op, "username-too-long", needs),
			Given:  refusedFor("username-too-long", conform.Set("username", "abcdefghijklm"))},
		{Text: "POST /identity/users rejects a user name with a dash",
			Clause: clause.Graded("barong.sign-up.username-invalid", op, "username-invalid", needs),
			Given:  refusedFor("username-invalid", conform.Set("username", "ab-cd"))},
		{Text: "POST /identity/users rejects an empty user name",
			Clause: clause.Graded("barong.sign-up.username-empty", op, "username-empty", needs),
			Given:  refusedFor("username-empty", conform.Set("username", ""))},
		{Text: "POST /identity/users rejects a password without the required classes",
			Clause: clause.Graded("barong.sign-up.password-requirements", op, "password-requirements", needs),
			Given:  refusedFor("password-requirements", badPasswords("password", lackingClasses)...)},
		{Text: "POST /identity/users rejects a password from a dictionary",
			Clause: clause.Graded("barong.sign-up.password-weak", op, "password-weak", needs),
			Given:  refusedFor("password-weak", badPasswords("password", known)...)},
		{Text: "POST /identity/users rejects a password of more than 72 bytes",
			Clause: clause.Graded("barong.sign-up.password-too-long", op, "password-too-long", needs),
			Given:  refusedFor("password-too-long", badPasswords("password", []string{tooLong})...)},
		{Text: "POST /identity/users rejects data that is not JSON",
			Clause: clause.Graded("barong.sign-up.data-invalid", op, "data-invalid", needs),
			Given:  refusedFor("data-invalid", conform.Set("data", "{language"))},
		{Text: "POST /identity/users rejects data of more than 1024 characters",
			Clause: clause.Graded("barong.sign-up.data-too-long", op, "data-too-long", needs),
			Given:  refusedFor("data-too-long", conform.Set("data", `{"text":"`+strings.Repeat("x", 1024)+`"}`))},
		{Text: "POST /identity/users rejects two broken members, and names both",
			Clause: clause.Graded("barong.sign-up.several", op, "several", needs),
			Given: refusedFor("several", conform.Change{Name: "email and password", Of: func(r conform.Request) conform.Request {
				return r.With("email", "nonsense").With("password", "Simple")
			}})},
	})

	type taken struct {
		outcome contract.Outcome
		spell   func(string) string
	}
	conform.Table(func(ctx SpecContext, given taken) {
		owner := p.NewAccount()
		p.Require("sign an account up", p.Do(ctx, p.Visitor(), op, p.SignUpRequest(owner)), op, contract.OK)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Visitor(), Control: p.NewSignUp, Outcome: given.outcome,
			Changes: []conform.Change{conform.Set("email", given.spell(owner.Login))},
		})
	}, []conform.Row[taken]{
		{Text: "POST /identity/users rejects an e-mail address that an account has",
			Clause: clause.Must("barong.sign-up.email-taken", op, "email-taken", needs),
			Given:  taken{"email-taken", strings.Clone}},
		{Text: "POST /identity/users rejects an e-mail address that an account has in other case",
			Clause: clause.Note("barong.sign-up.email-taken-other-case", op, "email-taken-other-case", needs),
			Given:  taken{"email-taken-other-case", strings.ToUpper}},
	})

	It("POST /identity/users rejects a user name that an account has",
		clause.Must("barong.sign-up.username-taken", p.CreateUser, "username-taken", clause.Needs(client.SignUp)), func(ctx SpecContext) {
			name := "af" + p.Nonce()[:8]
			p.Require("sign an account up", p.Do(ctx, p.Visitor(), p.CreateUser, p.NewSignUp().With("username", name)), p.CreateUser, contract.OK)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.CreateUser, By: p.Visitor(), Control: p.NewSignUp, Outcome: "username-taken",
				Changes: []conform.Change{conform.Set("username", name), conform.Set("username", strings.ToUpper(name))},
			})
		})
}

// signUpRaces is what parallel sign-ups of one address leave behind.
func signUpRaces(p *api) {
	It("POST /identity/users creates one account for simultaneous sign-ups with one e-mail address",
		clause.Must("barong.sign-up.parallel", p.CreateUser, contract.OK, clause.Needs(client.SignUp),
			clause.From(contract.Observed, "barong#10.2-20")), func(ctx SpecContext) {
			a := p.NewAccount()
			r := p.SignUpRequest(a)
			p.Callable(p.CreateUser)
			const clients = 6
			calls := make([]*httpclient.Call, clients)
			var all sync.WaitGroup
			for i := range clients {
				by := p.Visitor()
				all.Go(func() { calls[i], _ = p.Try(ctx, by, p.CreateUser, r) })
			}
			all.Wait()
			opened := 0
			for _, call := range calls {
				if call != nil && p.Is(call, p.CreateUser, contract.OK) {
					p.Expect(call, p.CreateUser, contract.OK)
					opened++
				}
			}
			p.Check("exactly one sign-up of the address succeeds", opened, Equal(1))
		})
}
