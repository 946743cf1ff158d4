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
	"authconform/harness/otp"
	"authconform/suites/onlyoffice/client"
)

func tfaSetupShown(p *client.Client) {
	op := p.TFASetup
	It("GET /settings/tfaapp/setup returns the shared secret with which a user enrols an authenticator app",
		clause.Must("onlyoffice.tfa-setup.shown", op, contract.OK), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			kit := p.Codes(p.SetupKey(p.DoExpect(ctx, n.Bearer, op, client.NoBody, contract.OK)))
			p.Expect(p.Activate(ctx, n, p.Code(ctx, kit)), p.ValidateCode, client.Activated)
		})
	It("GET /settings/tfaapp/setup returns the shared secret that the first step of the log-in gave",
		clause.Must("onlyoffice.tfa-setup.same-secret", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#2.1")), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			call := p.DoExpect(ctx, n.Bearer, op, client.NoBody, contract.OK)
			p.Holds("manualEntryKey is tfaKey", p.SetupKey(call) == n.Key, "they differ")
		})
	It("GET /settings/tfaapp/setup names the account by the user's e-mail address",
		clause.Should("onlyoffice.tfa-setup.account", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#2.1")), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			account := client.Text(p.ReadSetup(ctx, n), "account")
			p.Check("the account is the user's address", strings.ToLower(account), Equal(strings.ToLower(n.Who.Login)))
		})
	It("GET /settings/tfaapp/setup returns a square PNG image of the size of a QR code or larger",
		clause.Must("onlyoffice.tfa-setup.qr-code", op, contract.OK), func(ctx SpecContext) {
			call := p.DoExpect(ctx, p.StartEnrolment(ctx).Bearer, op, client.NoBody, contract.OK)
			_, encoded, _ := strings.Cut(client.Text(call, "qrCodeSetupImageUrl"), ",")
			raw, err := base64.StdEncoding.DecodeString(encoded)
			p.Holds("the image is Base64", err == nil, "it is not")
			picture, err := png.Decode(bytes.NewReader(raw))
			p.Holds("the image is a PNG", err == nil, "it does not decode")
			width, height := picture.Bounds().Dx(), picture.Bounds().Dy()
			p.Check("it has the width of a QR code at least (ISO/IEC 18004: 21 modules)", width, BeNumerically(">=", 21))
			p.Check("it is square", height, Equal(width))
		})
	It("GET /settings/tfaapp/setup returns a shared secret of at least 128 bits",
		clause.Should("onlyoffice.tfa-setup.secret-length", op, contract.OK, clause.Only(client.Documented),
			clause.From(contract.Standard, "RFC 4226 section 4, R6; checks#T02")), func(ctx SpecContext) {
			secret, err := otp.ParseSecret(p.SetupKey(p.ReadSetup(ctx, p.StartEnrolment(ctx))))
			p.Holds("the secret is Base32", err == nil, "it is not")
			p.Check("bits of the secret", secret.Len()*8, BeNumerically(">=", 128))
		})
	It("GET /settings/tfaapp/setup returns to each user a shared secret that begins differently",
		clause.Should("onlyoffice.tfa-setup.secret-unique", op, contract.OK,
			clause.From(contract.Standard, "RFC 6238 section 3, R5; checks#T03")), func(ctx SpecContext) {
			one := p.SetupKey(p.ReadSetup(ctx, p.StartEnrolment(ctx)))
			two := p.SetupKey(p.ReadSetup(ctx, p.StartEnrolment(ctx)))
			p.Holds("the secrets of two users differ", one != two, "they are the same")
			alike := strings.HasPrefix(two, one[:min(4, len(one))])
			p.Holds("the secrets of two users do not begin alike", !alike, "the first 20 bits are the same")
		})
	It("GET /settings/tfaapp/setup forbids caches to store the shared secret",
		clause.Should("onlyoffice.tfa-setup.no-store", op, contract.OK, clause.Only(client.Documented),
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 14.3.2; checks#S17")), func(ctx SpecContext) {
			call := p.ReadSetup(ctx, p.StartEnrolment(ctx))
			p.Check("Cache-Control", call.Header.Get("Cache-Control"), ContainSubstring("no-store"))
		})
	It("GET /settings/tfaapp/setup does not return the shared secret once the app is enrolled",
		clause.Must("onlyoffice.tfa-setup.enrolled", op, contract.Unavailable), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			p.ReadSetup(ctx, n)
			p.FinishEnrolment(ctx, n)
			call := p.DoExpect(ctx, n.Bearer, op, client.NoBody, contract.Unavailable)
			p.Holds("the refusal does not hold the secret", !strings.Contains(string(call.Body), n.Key), "it does")
		})
	It("GET /settings/tfaapp/setup is unavailable while the second factor is off",
		clause.Must("onlyoffice.tfa-setup.off", op, contract.Unavailable, clause.Disrupts()), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			p.ReadSetup(ctx, n)
			keeper, former := p.KeepTFA(ctx)
			p.SwitchTFA(ctx, keeper, former.With(client.TFANone))
			p.DoExpect(ctx, n.Bearer, op, client.NoBody, contract.Unavailable)
		})
}

// tfaSetupNeedsLink varies the link, which is all that says whose app is set up.
func tfaSetupNeedsLink(p *client.Client) {
	op, unauthenticated := p.TFASetup, contract.Unauthenticated
	It("GET /settings/tfaapp/setup answers a request without a link with WWW-Authenticate",
		clause.Should("onlyoffice.tfa-setup.challenge", op, client.Challenged), challenges(p, op, contract.OK, p.SetupReady))
	for _, row := range []conform.Row[func(context.Context, *client.Enrolment) []*conform.Actor]{
		{Text: "GET /settings/tfaapp/setup rejects a link that confirms a log-in",
			Clause: clause.Should("onlyoffice.tfa-setup.other-link", op, contract.Forbidden, oneOwner),
			Given: func(ctx context.Context, _ *client.Enrolment) []*conform.Actor {
				e := p.Enrol(ctx)
				return p.Bearers(e.Who, p.StepLink(p.LogIn(ctx, e.Who)))
			}},
		{Text: "GET /settings/tfaapp/setup rejects a session in place of a link",
			Clause: clause.Should("onlyoffice.tfa-setup.session", op, contract.Forbidden),
			Given: func(ctx context.Context, _ *client.Enrolment) []*conform.Actor {
				return []*conform.Actor{p.SessionOf(ctx, client.User)}
			}},
		{Text: "GET /settings/tfaapp/setup rejects a link without a key",
			Clause: clause.Must("onlyoffice.tfa-setup.key-missing", op, unauthenticated),
			Given: func(_ context.Context, n *client.Enrolment) []*conform.Actor {
				return p.Bearers(n.Who, n.Link.WithKey(""))
			}},
		{Text: "GET /settings/tfaapp/setup rejects a link whose key was tampered with",
			Clause: clause.Must("onlyoffice.tfa-setup.key-wrong", op, unauthenticated),
			Given: func(_ context.Context, n *client.Enrolment) []*conform.Actor {
				return p.Bearers(n.Who, tampered(n.Link)...)
			}},
		{Text: "GET /settings/tfaapp/setup rejects a link with the key of another user",
			Clause: clause.Must("onlyoffice.tfa-setup.key-foreign", op, unauthenticated),
			Given: func(ctx context.Context, n *client.Enrolment) []*conform.Actor {
				return p.Bearers(n.Who, n.Link.WithKey(p.StartEnrolment(ctx).Link.Key))
			}},
		{Text: "GET /settings/tfaapp/setup rejects a request without a link",
			Clause: clause.Must("onlyoffice.tfa-setup.no-link", op, unauthenticated),
			Given:  func(context.Context, *client.Enrolment) []*conform.Actor { return []*conform.Actor{p.Anonymous()} }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			for _, sender := range row.Given(ctx, n) {
				p.Refuses(ctx, conform.Refusal{
					Operation: op, By: n.Bearer, Control: client.Always(client.NoBody), ChangedBy: sender, Outcome: row.Clause.Outcome,
				})
			}
		})
	}
}
