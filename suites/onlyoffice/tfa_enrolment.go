package onlyoffice

import (
	"bytes"
	"context"
	"encoding/base64"
	"image/png"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// Outcomes of the confirmation of a log-in (T4), and of asking for what it takes.
const (
	activated     = contract.Outcome("activated")
	verified      = contract.Outcome("verified")
	blankCode     = contract.Outcome("blank-code")
	notApplicable = contract.Outcome("not-applicable")
)

func tfaEnrolment(p *portal) {
	Describe("POST /api/2.0/settings/tfaapp/validate", func() { validatesCodes(p) })
	Describe("GET /api/2.0/settings/tfaapp/confirm", func() { tellsConfirmData(p) })
	Describe("GET /api/2.0/settings/tfaapp/setup", func() {
		showsSetup(p)
		refusesSetup(p)
	})
	Describe("enrolling an authenticator app", func() { enrolmentNeedsProof(p) })
}

func tellsConfirmData(p *portal) {
	It("gives an enrolled user the link to confirm a log-in, with its key as a cookie",
		clause.Must("onlyoffice.tfa-confirm.enrolled", p.tfaConfirm, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			call := p.Do(ctx, e.me, p.tfaConfirm, conform.Request{})
			p.Expect(call, p.tfaConfirm, contract.OK)
			data := value.At(value.Of(call), "response")
			l := parseLink(value.Text(data, "url"))
			p.Check("the link is one to confirm a log-in", l.kind, Equal(tfaAuth))
			p.Check("the cookie is the one of that link", value.Text(data, "cookieName"), Equal(confirmCookie+tfaAuth))
			l.key = p.Secret("confirm-key", value.Text(data, "cookieValue"))
			l.uid = e.id
			p.Expect(p.validate(ctx, p.holder(e.who, l), e.takeBackup()), p.validateCode, verified)
		})
	It("has nothing for a user without a second factor",
		clause.Must("onlyoffice.tfa-confirm.not-applicable", p.tfaConfirm, notApplicable),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			p.Expect(p.Do(ctx, me, p.tfaConfirm, conform.Request{}), p.tfaConfirm, notApplicable)
		})
}

func showsSetup(p *portal) {
	It("gives a user who still has to enrol what an authenticator app needs",
		clause.Must("onlyoffice.tfa-setup.shown", p.tfaSetup, contract.OK),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			call := p.Do(ctx, n.by, p.tfaSetup, conform.Request{})
			p.Expect(call, p.tfaSetup, contract.OK)
			kit := p.Codes(setupKey(p, call))
			p.Expect(p.activate(ctx, n, p.Code(ctx, kit)), p.validateCode, activated)
		})
	It("shows the secret that the log-in's first step gave",
		clause.Must("onlyoffice.tfa-setup.same-secret", p.tfaSetup, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			call := p.Do(ctx, n.by, p.tfaSetup, conform.Request{})
			p.Expect(call, p.tfaSetup, contract.OK)
			p.Holds("manualEntryKey is tfaKey", setupKey(p, call) == n.key, "they differ")
		})
	It("names the account by the user's own address",
		clause.Should("onlyoffice.tfa-setup.account", p.tfaSetup, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			account := value.Text(value.Of(p.setup(ctx, n)), "response", "account")
			p.Check("the account is the user's address", strings.ToLower(account), Equal(strings.ToLower(n.who.Login)))
		})
	It("draws the QR code as a PNG image",
		clause.Must("onlyoffice.tfa-setup.qr-code", p.tfaSetup, contract.OK),
		func(ctx SpecContext) {
			call := p.Do(ctx, p.startEnrolment(ctx).by, p.tfaSetup, conform.Request{})
			p.Expect(call, p.tfaSetup, contract.OK)
			_, encoded, _ := strings.Cut(value.Text(value.Of(call), "response", "qrCodeSetupImageUrl"), ",")
			raw, err := base64.StdEncoding.DecodeString(encoded)
			p.Holds("the image is Base64", err == nil, "it is not")
			picture, err := png.Decode(bytes.NewReader(raw))
			p.Holds("the image is a PNG", err == nil, "it does not decode")
			p.Check("it has the width of a QR code at least (ISO/IEC 18004: 21 modules)", picture.Bounds().Dx(), BeNumerically(">=", 21))
			p.Check("it is square", picture.Bounds().Dy(), Equal(picture.Bounds().Dx()))
		})
	secretQuality(p)
}

func secretQuality(p *portal) {
	It("makes the secret at least 128 bits long",
		clause.Should("onlyoffice.tfa-setup.secret-length", p.tfaSetup, contract.OK, clause.Only(documented), clause.From(contract.Standard, "RFC 4226 section 4, R6; facts/auth-checks.md T02")),
		func(ctx SpecContext) {
			secret, err := otp.ParseSecret(setupKey(p, p.setup(ctx, p.startEnrolment(ctx))))
			p.Holds("the secret is Base32", err == nil, "it is not")
			p.Check("bits of the secret", secret.Len()*8, BeNumerically(">=", 128))
		})
	It("gives each user a secret of their own",
		clause.Should("onlyoffice.tfa-setup.secret-unique", p.tfaSetup, contract.OK, clause.From(contract.Standard, "RFC 6238 section 3, R5; facts/auth-checks.md T03")),
		func(ctx SpecContext) {
			one, two := setupKey(p, p.setup(ctx, p.startEnrolment(ctx))), setupKey(p, p.setup(ctx, p.startEnrolment(ctx)))
			p.Holds("the secrets of two users differ", one != two, "they are the same")
			p.Holds("the secrets of two users do not begin alike", !strings.HasPrefix(two, one[:min(4, len(one))]), "the first 20 bits are the same")
		})
	It("lets the secret out of caches",
		clause.Should("onlyoffice.tfa-setup.no-store", p.tfaSetup, contract.OK, clause.Only(documented), clause.From(contract.Standard, "OWASP ASVS 5.0 14.3.2; facts/auth-checks.md S17")),
		func(ctx SpecContext) {
			call := p.setup(ctx, p.startEnrolment(ctx))
			p.Check("Cache-Control", call.Header.Get("Cache-Control"), ContainSubstring("no-store"))
		})
}

func refusesSetup(p *portal) {
	op := p.tfaSetup
	challengesWithoutLink(p, "tfa-setup", op, p.setupReady)
	It("does not show the secret again once the app is enrolled",
		clause.Must("onlyoffice.tfa-setup.enrolled", op, contract.Unavailable),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			p.setup(ctx, n)
			p.finishEnrolment(ctx, n)
			call := p.Do(ctx, n.by, op, conform.Request{})
			p.Expect(call, op, contract.Unavailable)
			p.Holds("the refusal does not hold the secret", !strings.Contains(string(call.Body), n.key), "it does")
		})
	It("is not available while the second factor is off",
		clause.Must("onlyoffice.tfa-setup.off", op, contract.Unavailable, clause.Disrupts()),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			p.setup(ctx, n)
			keeper, former := p.keepTFA(ctx)
			p.switchTFA(ctx, keeper, former.with(tfaNone))
			p.Expect(p.Do(ctx, n.by, op, conform.Request{}), op, contract.Unavailable)
		})
	It("refuses a link to confirm a log-in, which is none to set up an app",
		clause.Should("onlyoffice.tfa-setup.other-link", op, contract.Forbidden, oneOwner),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			e := p.enrol(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.by, Control: always(conform.Request{}), Outcome: contract.Forbidden,
				ChangedBy: p.holder(e.who, p.stepLink(p.passwordOnly(ctx, e))),
			})
		})
	It("refuses a session in place of a link",
		clause.Should("onlyoffice.tfa-setup.session", op, contract.Forbidden),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			_, me := p.signedIn(ctx, user)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.by, Control: always(conform.Request{}), ChangedBy: me, Outcome: contract.Forbidden,
			})
		})
	forged := func(text, slug string, change func(SpecContext, *enrolment) []link) {
		It(text, clause.Must("onlyoffice.tfa-setup."+slug, op, contract.Unauthenticated),
			func(ctx SpecContext) {
				n := p.startEnrolment(ctx)
				for _, l := range change(ctx, n) {
					p.Refuses(ctx, conform.Refusal{
						Operation: op, By: n.by, Control: always(conform.Request{}), ChangedBy: p.holder(n.who, l), Outcome: contract.Unauthenticated,
					})
				}
			})
	}
	forged("refuses a link without a key", "key-missing",
		func(_ SpecContext, n *enrolment) []link { return []link{n.link.keyed("")} })
	forged("refuses a key that was changed", "key-wrong",
		func(_ SpecContext, n *enrolment) []link { return n.link.tampered() })
	forged("refuses the key of another user", "key-foreign",
		func(ctx SpecContext, n *enrolment) []link {
			return []link{n.link.keyed(p.startEnrolment(ctx).link.key)}
		})
	It("refuses a request without any link",
		clause.Must("onlyoffice.tfa-setup.no-link", op, contract.Unauthenticated),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.by, Control: always(conform.Request{}), ChangedBy: p.Anonymous(), Outcome: contract.Unauthenticated,
			})
		})
}

// enrolmentNeedsProof states that nothing but a right code of the new app makes
// it the user's second factor.
func enrolmentNeedsProof(p *portal) {
	proof := clause.From(contract.Observed, "facts/onlyoffice.md 2.1 step 5; facts/auth-checks.md T17, T18")
	byLink := func(text, slug string, outcome contract.Outcome, code func(*enrolment) conform.Request) {
		It(text, clause.Must("onlyoffice.tfa-enrolment."+slug, p.validateCode, outcome, proof),
			func(ctx SpecContext) {
				n := p.startEnrolment(ctx)
				call := p.Do(ctx, n.by, p.validateCode, code(n))
				p.Expect(call, p.validateCode, outcome)
				p.Holds("no session is opened", setCookie(call, sessionCookie) == "", "the session cookie is set")
				p.stillUnenrolled(ctx, n)
			})
	}
	byLink("does not enrol by link with a wrong code", "link-wrong", contract.SecondFactorWrong,
		func(n *enrolment) conform.Request { return codeOf(n.codes.Wrong(window)) })
	byLink("does not enrol by link with an empty code", "link-blank", blankCode,
		func(*enrolment) conform.Request { return codeOf("") })
	byLink("does not enrol by link without a code", "link-absent", contract.Invalid,
		func(*enrolment) conform.Request { return conform.Request{JSON: conform.Object{}} })

	byLogin := func(text, slug string, code func(*enrolment) conform.Request) {
		It(text, clause.Must("onlyoffice.tfa-enrolment."+slug, p.loginByCode, contract.SecondFactorWrong, proof),
			func(ctx SpecContext) {
				n := p.startEnrolment(ctx)
				p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, code(n)), p.loginByCode, contract.SecondFactorWrong)
				p.stillUnenrolled(ctx, n)
			})
	}
	byLogin("does not enrol at the log-in with a wrong code", "login-wrong",
		func(n *enrolment) conform.Request { return byCode(n.who, n.codes.Wrong(window)) })
	byLogin("does not enrol at the log-in with an empty code", "login-blank",
		func(n *enrolment) conform.Request { return byCode(n.who, "") })
	byLogin("does not enrol at the log-in without a code", "login-absent",
		func(n *enrolment) conform.Request { return byCode(n.who, "").Without("code") })

	It("does not enrol with the right code of another user's new app",
		clause.Must("onlyoffice.tfa-enrolment.foreign", p.validateCode, contract.SecondFactorWrong, proof),
		func(ctx SpecContext) {
			n, other := p.startEnrolment(ctx), p.startEnrolment(ctx)
			p.Expect(p.validate(ctx, n.by, p.Code(ctx, other.codes)), p.validateCode, contract.SecondFactorWrong)
			p.stillUnenrolled(ctx, n)
		})
}

// enrolment is an identity between the first step of a log-in and the first code
// of a new app.
type enrolment struct {
	*enrolled
	key  string // the shared secret, as the first step shows it
	link link
	by   *conform.Actor // holds the link and nothing else
}

// startEnrolment takes the first step as an identity without an app. Whatever the
// spec makes of it is taken back when the spec ends.
func (p *portal) startEnrolment(ctx context.Context) *enrolment {
	GinkgoHelper()
	who := p.leaseUnenrolled()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
	p.Require("take the first step as "+who.Name, call, p.login, contract.EnrolmentRequired)
	key := p.Secret("totp-secret", value.Text(value.Of(call), "response", "tfaKey"))
	l := p.linkOf(call, tfaActivation)
	e := &enrolled{who: who, id: l.uid, me: p.Anonymous(), codes: p.Codes(key)}
	DeferCleanup(func(ctx SpecContext) { p.unenrol(ctx, e) })
	return &enrolment{enrolled: e, key: key, link: l, by: p.holder(who, l)}
}

// leaseUnenrolled passes over identities whose app the target file knows: they
// have to stay enrolled.
func (p *portal) leaseUnenrolled() *identity.Identity {
	GinkgoHelper()
	for {
		if who := p.Lease(totp); who.TOTPSecret == "" {
			return who
		}
	}
}

// finishEnrolment enrols at the log-in by code.
func (p *portal) finishEnrolment(ctx context.Context, n *enrolment) {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(n.who, p.Code(ctx, n.codes)))
	p.Require("enrol "+n.who.Name+" with a first code", call, p.loginByCode, contract.OK)
	n.me = p.Actor(n.who.Name, n.who, cookie(token(call)))
	n.backup = p.readBackupCodes(ctx, n.me)
}

// activate enrols by link. The session that this opens becomes the identity's.
func (p *portal) activate(ctx context.Context, n *enrolment, code string) *httpclient.Call {
	GinkgoHelper()
	call := p.validate(ctx, n.by, code)
	if p.Is(call, p.validateCode, activated) {
		n.me = p.Actor(n.who.Name, n.who, cookie(setCookie(call, sessionCookie)))
	}
	return call
}

// stillUnenrolled requires that the identity still has to enrol, with the same
// secret, and that a right code does it.
func (p *portal) stillUnenrolled(ctx context.Context, n *enrolment) {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(n.who)})
	p.Expect(call, p.login, contract.EnrolmentRequired)
	p.Require("enrol with a right code", p.activate(ctx, n, p.Code(ctx, n.codes)), p.validateCode, activated)
}

// validate confirms a log-in with a code.
func (p *portal) validate(ctx context.Context, by *conform.Actor, code string) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, by, p.validateCode, codeOf(code))
}

func codeOf(code string) conform.Request { return conform.Request{JSON: conform.Object{"code": code}} }

// setup reads what the app needs.
func (p *portal) setup(ctx context.Context, n *enrolment) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, n.by, p.tfaSetup, conform.Request{})
	p.Require("read what the app needs", call, p.tfaSetup, contract.OK)
	return call
}

func setupKey(p *portal, call *httpclient.Call) string {
	GinkgoHelper()
	key := p.Secret("totp-secret", value.Text(value.Of(call), "response", "manualEntryKey"))
	if len(key) < 16 { // the least the contract promises
		p.Untestable("what the app needs holds no usable manualEntryKey")
	}
	return key
}
