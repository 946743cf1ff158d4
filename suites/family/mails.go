package family

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// Mailer is an operation that mails a proof to an account whose address the request
// names.
type Mailer struct {
	*contract.Operation
	Member string // of the body, which names the address
	// Ready gives the sender, the right request for an account, the account's address and
	// one of nobody's whose mails reach the inbox too.
	Ready func(context.Context) (by *conform.Actor, request func() conform.Request, address, nobodys string)
}

// attackersHost is where no link may lead.
const attackersHost = "attacker.invalid"

// Mails states of operations that mail a proof that it goes to the account's own address
// alone, and that its link leads where the deployment says and not where a client does.
func Mails(s *conform.Context, mailers []Mailer) {
	for _, m := range mailers {
		p := Subject{Operation: m.Operation}
		It(m.Name()+" mails a link to its own host, whatever host the client claims in header fields",
			p.Should(s, "mail-host", contract.OK, "OWASP ASVS 5.0.0 6.4.3; checks#J09"), func(ctx SpecContext) {
				by, request, address, _ := m.Ready(ctx)
				claims := map[string]string{
					"X-Forwarded-Host": attackersHost, "X-Forwarded-Server": attackersHost, "X-Host": attackersHost, "X-Original-Host": attackersHost,
					"Forwarded": "host=" + attackersHost + ";proto=https",
				}
				claimed := request()
				for name, value := range claims {
					claimed = claimed.WithHeader(name, value)
				}
				s.ForgetMail(ctx, address)
				s.Require("have a mail sent", s.Do(ctx, by, m.Operation, claimed), m.Operation, contract.OK)
				mail := s.Mail(ctx, address, nil)
				s.Check("the mail names the host that the client claimed", strings.Contains(mail.Text+mail.HTML, attackersHost), BeFalse())
			})
		It(m.Name()+" mails nothing to an address that only resembles an account's, or that stands beside it",
			p.Should(s, "mail-address", contract.OK, "OWASP ASVS 5.0.0 6.4.3; checks#E01"), func(ctx SpecContext) {
				by, request, address, nobodys := m.Ready(ctx)
				s.ForgetMail(ctx, address)
				alike := lookAlike(address)
				for _, value := range []any{[]any{address, nobodys}, alike, address + "," + nobodys} {
					_, _ = s.Try(ctx, by, m.Operation, request().With(m.Member, value)) // however it is refused
				}
				s.ForgetMail(ctx, address)
				s.Expect(s.Do(ctx, by, m.Operation, request()), m.Operation, contract.OK)
				s.Mail(ctx, address, nil) // after which the others would have arrived
				for _, other := range []string{alike, nobodys} {
					sent := 0
					for _, mail := range s.Messages(ctx, other) {
						if slices.Contains(mail.To, other) { // inboxes fold letters
							sent++
						}
					}
					s.Check("mails to an address that is not the account's", sent, Equal(0))
				}
			})
	}
}

// lookAlike is an address that case folding or compatibility normalisation makes equal to
// another (Unicode Standard Annex 15): with a Kelvin sign, a long s, a dotless i, or a
// letter of full width.
func lookAlike(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	for _, pair := range [][2]string{{"k", "\u212a"}, {"s", "\u017f"}, {"i", "\u0131"}} {
		if at := strings.LastIndex(local, pair[0]); at >= 0 {
			return local[:at] + pair[1] + local[at+1:] + "@" + domain
		}
	}
	first := rune(address[0])
	if first > ' ' && first < 0x7f {
		return string(first-0x20+0xff00) + address[1:]
	}
	return "\uff41" + address
}
