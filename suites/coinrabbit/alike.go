package coinrabbit

import (
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// wrongPerAccount is how many wrong codes one account may send before a limit could be
// what rejects them.
const wrongPerAccount = 4

// resembling states that neither a code nor a verification token counts that is nearly
// the right one.
func resembling(p *client.Client, s subject) {
	nearly(p, s, deviation{
		slug: "alike-code", outcome: contract.SecondFactorWrong, rests: "RFC 6238 section 4.2; checks#T06",
		text: "with a TOTP code that resembles the right one in most of its digits, or is made of its secret in another way",
	}, named("code_2fa"), func(t *trial) []family.Near {
		var all []family.Near
		for _, v := range t.Codes.Alike(t.code) {
			all = append(all, family.Near{Name: v.Name, Value: v.Value.(string)})
		}
		return all
	})
	nearly(p, s, deviation{
		slug: "alike-verification", outcome: verificationRefused, rests: "OWASP ASVS 5.0.0 7.2.1; checks#B08",
		text: "with a verification token that is nearly right: cut, made longer, with a part changed, in another case",
	}, named("verification_token"), func(t *trial) []family.Near {
		token, _ := t.right.JSON.(conform.Object)["verification_token"].(string)
		near := family.NearProofs(token)
		for _, n := range near {
			p.Secret("near-verification", n.Value) // whoever reads one could guess the right one
		}
		return near
	})
}

// malformed states that no text counts as a code that stands for one or is made of the
// right one, in the rows of the catalogue of checks (checks#I).
func malformed(p *client.Client, s subject, slug, what string, rows ...string) {
	nearly(p, s, deviation{
		slug: slug, outcome: contract.SecondFactorWrong, rests: "checks#" + strings.Join(rows, "; checks#"), text: "with " + what,
	}, named("code_2fa"), func(t *trial) []family.Near {
		var all []family.Near
		for _, v := range otp.Hostile(t.code) {
			if text, is := v.Value.(string); is && slices.Contains(rows, v.Check) && !t.Codes.Right(text, farAway) {
				all = append(all, family.Near{Name: v.Name, Value: text})
			}
		}
		return all
	})
}

// named is a member whose name no setting changes.
func named(member string) func() string { return func() string { return member } }

// nearly states that a request does nothing for any of the values of one member.
func nearly(p *client.Client, s subject, d deviation, member func() string, values func(*trial) []family.Near) {
	GinkgoHelper()
	It(s.operation.Name()+" "+s.effect+" for a request "+d.text, s.clause(d), func(ctx SpecContext) {
		family.Spread(wrongPerAccount, p.AtMost(client.User), func() ([]family.Near, func([]family.Near)) {
			t := s.ready(ctx)
			t.right = t.request
			return values(t), func(share []family.Near) {
				GinkgoHelper()
				for _, near := range share {
					t.request = t.right.With(member(), near.Value)
					p.ExpectNoSuccess(send(ctx, p, s, t))
				}
				s.after(ctx, t)
			}
		})
	})
}

// resemblingSent is the same of codes that were sent.
func resemblingSent(p *client.Client) {
	s := verifying(p)
	s.counts = true
	nearly(p, s, deviation{
		slug: "alike", outcome: codeWrong, rests: "checks#T29", text: "with a code that resembles the right one in most of its digits",
	}, func() string { return p.Setting(client.CodeMember) }, func(t *trial) []family.Near {
		var all []family.Near
		for _, code := range otp.Near(t.code) {
			all = append(all, family.Near{Name: "a code of which digits are changed", Value: code})
		}
		return all
	})
}
