package onlyoffice

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func passwordMailSent(p *client.Client) {
	op := p.SendPassword
	It("POST /people/password mails a link that changes the password",
		clause.Must("onlyoffice.password-mail.link", op, contract.OK), func(ctx SpecContext) {
			who := p.Lease(client.User)
			c := p.PasswordWithoutLink(who, p.Opener(who))
			p.ForgetMail(ctx, who.Login)
			p.DoExpect(ctx, p.Anonymous(), op, p.PasswordMail(who.Login), contract.OK)
			c.Link = p.PromisedLink(ctx, who.Login, client.PasswordChange)
			c.Make(ctx)
			call := p.LogInWith(ctx, who.Login, c.Next)
			p.Require("sign in with the new password", call, p.Login, contract.OK)
			p.ExpectAlive(ctx, p.Session(who, call))
		})
	It("POST /people/password mails a user who is signed in a link of their own",
		clause.Must("onlyoffice.password-mail.self", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			p.ForgetMail(ctx, who.Login)
			p.DoExpect(ctx, session, op, p.PasswordMail(who.Login), contract.OK)
			mailed := p.PromisedLink(ctx, who.Login, client.PasswordChange)
			p.Check("the link is the user's own", strings.ToLower(mailed.UID), Equal(strings.ToLower(p.ID(ctx, session))))
		})
	It("POST /people/password answers an address without an account like one with an account",
		clause.Must("onlyoffice.password-mail.same-answer", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#1.6-mail; onlyoffice#1.6-change-password; onlyoffice#1.6-email; "+
				"onlyoffice#1.6-password-settings; checks#E05")), func(ctx SpecContext) {
			who, nobody := p.Lease(client.User), p.Nobody()
			known := p.DoRequire(ctx, "ask for a mail to an account", p.Anonymous(), op, p.PasswordMail(who.Login), contract.OK)
			unknown := p.DoExpect(ctx, p.Anonymous(), op, p.PasswordMail(nobody), contract.OK)
			same := strings.ReplaceAll(string(known.Body), who.Login, "") == strings.ReplaceAll(string(unknown.Body), nobody, "")
			p.Holds("both bodies are the same but for the address asked for", same, "they differ")
			p.Check("both carry the same header fields", unknown.Fields(), Equal(known.Fields()))
		})
	It("POST /people/password answers the address of a disabled account like one with no account, and mails nothing to it",
		clause.Should("onlyoffice.password-mail.disabled-not-told", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; checks#E05")), Serial, func(ctx SpecContext) {
			who, other, nobody := p.Lease(client.Disabled), p.Lease(client.User), p.Nobody()
			p.ForgetMail(ctx, other.Login)
			arrived := p.Arrivals(ctx, who.Login)
			disabled := p.Do(ctx, p.Anonymous(), op, p.PasswordMail(who.Login))
			unknown := p.DoExpect(ctx, p.Anonymous(), op, p.PasswordMail(nobody), contract.OK)
			p.Check("both have the same status", disabled.Status, Equal(unknown.Status))
			same := strings.ReplaceAll(string(disabled.Body), who.Login, "") == strings.ReplaceAll(string(unknown.Body), nobody, "")
			p.Holds("both bodies are the same but for the address asked for", same, "they differ")
			p.DoRequire(ctx, "ask for a mail to an account", p.Anonymous(), op, p.PasswordMail(other.Login), contract.OK)
			p.MailedLink(ctx, other.Login, client.PasswordChange) // after which another would have arrived
			p.Check("mails to the disabled account", arrived(), Equal(0))
		})
	It("POST /people/password mails a user's link at the request of an administrator",
		clause.Must("onlyoffice.password-mail.by-administrator", op, contract.OK), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.Admin)
			who := p.Lease(client.User)
			p.ForgetMail(ctx, who.Login)
			p.DoExpect(ctx, session, op, p.PasswordMail(who.Login), contract.OK)
			p.Expect(p.CheckLink(ctx, p.PromisedLink(ctx, who.Login, client.PasswordChange)), p.CheckConfirm, contract.OK)
		})
	It("POST /people/password mails an administrator's link at the request of the owner",
		clause.Should("onlyoffice.password-mail.by-owner", op, contract.OK), Serial, func(ctx SpecContext) {
			_, boss := p.SignedIn(ctx, client.Owner)
			who := p.Lease(client.Admin)
			p.ForgetMail(ctx, who.Login)
			p.DoExpect(ctx, boss, op, p.PasswordMail(who.Login), contract.OK)
			p.Expect(p.CheckLink(ctx, p.PromisedLink(ctx, who.Login, client.PasswordChange)), p.CheckConfirm, contract.OK)
		})
	It("POST /people/password asks no captcha answer of a caller with a session",
		clause.Should("onlyoffice.password-mail.session-without-captcha", op, contract.OK, clause.Needs("captcha"),
			clause.From(contract.Documented, "onlyoffice#1.6-mail-captcha")), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			p.DoExpect(ctx, session, op, p.PasswordMail(who.Login).Without("recaptchaResponse"), contract.OK)
		})
	refusesChanges(p, func(context.Context) conform.Refusal {
		control := client.Always(p.PasswordMail(p.Lease(client.User).Login))
		return conform.Refusal{Operation: op, By: p.Anonymous(), Control: control}
	}, []conform.Row[[]conform.Change]{
		{Text: "POST /people/password rejects a missing, empty or wrong captcha answer from a caller without a session",
			Clause: clause.Must("onlyoffice.password-mail.captcha", op, contract.CaptchaRefused, clause.Needs("captcha")), Given: []conform.Change{
				conform.Drop("recaptchaResponse"), set("an empty captcha answer", "recaptchaResponse", ""),
				set("a wrong captcha answer", "recaptchaResponse", "wrong-captcha-answer"),
			}},
		{Text: "POST /people/password rejects an empty or malformed e-mail address",
			Clause: clause.Must("onlyoffice.password-mail.no-address", op, contract.Invalid),
			Given:  []conform.Change{conform.Set("email", "not an address"), set("an empty address", "email", "")}},
		{Text: "POST /people/password rejects an e-mail address of 256 characters",
			Clause: clause.Should("onlyoffice.password-mail.long-address", op, contract.Invalid,
				clause.From(contract.Observed, "onlyoffice#1.6-mail-body")),
			Given: []conform.Change{set("256 characters", "email", strings.Repeat("a", 244)+"@example.com")}},
	})
}

// passwordMailSilent looks into inboxes after refusals.
func passwordMailSilent(p *client.Client) {
	op := p.SendPassword
	It("POST /people/password mails nothing to an address without an account, and nothing when it rejects a captcha answer or a user who "+
		"asks for somebody else's mail",
		clause.Should("onlyoffice.password-mail.silent", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; OWASP ASVS 5.0.0 8.2.2; checks#E05")), func(ctx SpecContext) {
			victim, other, nobody := p.Lease(client.User), p.Lease(client.User), p.Nobody()
			session := p.SignIn(ctx, other)
			p.ForgetMail(ctx, other.Login)
			arrived, unknown := p.Arrivals(ctx, victim.Login), p.Arrivals(ctx, nobody)
			if p.Target().Captcha.Response != "" {
				wrong := p.PasswordMail(victim.Login).With("recaptchaResponse", "wrong-captcha-answer")
				p.Expect(p.Do(ctx, p.Anonymous(), op, wrong), op, contract.CaptchaRefused)
			}
			p.Expect(p.Do(ctx, session, op, p.PasswordMail(victim.Login)), op, contract.Forbidden)
			p.DoRequire(ctx, "ask for a mail to an unknown address", p.Anonymous(), op, p.PasswordMail(nobody), contract.OK)
			p.DoRequire(ctx, "ask for a mail to an account", session, op, p.PasswordMail(other.Login), contract.OK)
			p.MailedLink(ctx, other.Login, client.PasswordChange) // after which others would have arrived
			p.Check("mails to the user whose mail was refused", arrived(), Equal(0))
			p.Check("mails to the unknown address", unknown(), Equal(0))
		})
}

// passwordMailOfOthers lets one sender ask for somebody else's mail; asking for
// their own, or as an administrator for that of a user, is what they may do.
func passwordMailOfOthers(p *client.Client) {
	op := p.SendPassword
	refuses := func(ctx context.Context, sender, target string) {
		GinkgoHelper()
		who, session := p.SignedIn(ctx, sender)
		victim := p.Lease(target)
		allowed := who.Login
		if sender == client.Admin {
			allowed = p.Lease(client.User).Login
		}
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: session, Control: client.Always(p.PasswordMail(allowed)), Outcome: contract.Forbidden,
			Changes: []conform.Change{set("the address of somebody else", "email", victim.Login)},
		})
	}
	It("POST /people/password rejects the e-mail address of another user from a user",
		clause.Must("onlyoffice.password-mail.foreign", op, contract.Forbidden),
		func(ctx SpecContext) { refuses(ctx, client.User, client.User) })
	It("POST /people/password rejects the e-mail address of the owner from an administrator",
		clause.Must("onlyoffice.password-mail.owner", op, contract.Forbidden), Serial,
		func(ctx SpecContext) { refuses(ctx, client.Admin, client.Owner) })
	It("POST /people/password rejects the e-mail address of another administrator from an administrator",
		clause.Must("onlyoffice.password-mail.administrator", op, contract.Forbidden),
		func(ctx SpecContext) { refuses(ctx, client.Admin, client.Admin) })
}
