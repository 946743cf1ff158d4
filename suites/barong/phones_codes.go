package barong

import (
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

// phoneCodesOwn states that a code is good for its number, cannot be guessed from another's
// and is told to nobody but the phone.
func phoneCodesOwn(p *api) {
	texted := clause.Needs(client.RealPhones)
	sent := clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.6.2; checks#T28")
	It("POST /resource/phones/verify rejects the code that another number was sent",
		clause.Should("barong.phones.foreign-code", p.VerifyPhone, codeWrong, texted, sent), func(ctx SpecContext) {
			me, other := p.PhoneOwner(ctx), p.PhoneOwner(ctx)
			me.Add(ctx)
			other.Add(ctx)
			mine, theirs := me.Code(ctx), other.Code(ctx)
			p.Holds("two numbers are sent two codes", mine != theirs, "they are sent the same")
			p.Expect(me.Check(ctx, theirs), p.VerifyPhone, codeWrong)
			p.Require("verify the phone with its own code", me.Check(ctx, mine), p.VerifyPhone, contract.OK)
		})
	It("POST /resource/phones sends codes that do not follow one another and are not in its answer",
		clause.Should("barong.phones.code-hidden", p.CreatePhone, contract.OK, texted,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.5.3; OWASP ASVS 5.0.0 14.2.6; checks#F18")), func(ctx SpecContext) {
			numbers := make([]int, 3)
			for i := range numbers {
				me := p.PhoneOwner(ctx)
				p.ForgetMail(ctx, p.TextAddress(me.Number))
				call := p.Do(ctx, me.By(), p.CreatePhone, client.NumberBody(me.Number))
				p.Require("add a phone", call, p.CreatePhone, contract.OK)
				code := me.Code(ctx)
				p.Holds("the answer does not hold the code", !holdsText(call.Body, call.Header, code), "it does")
				numbers[i], _ = strconv.Atoi(code)
			}
			steps := []int{numbers[1] - numbers[0], numbers[2] - numbers[1]}
			p.Check("steps from one code to the next", steps, Not(HaveEach(BeNumerically("~", 0, 100))))
		})
}

// holdsText tells whether an answer holds a text that no number in it is by chance: as a
// whole value.
func holdsText(body []byte, header map[string][]string, text string) bool {
	if strings.Contains(string(body), text) {
		return true
	}
	for _, values := range header {
		for _, v := range values {
			if strings.TrimSpace(v) == text || strings.HasSuffix(v, "="+text) {
				return true
			}
		}
	}
	return false
}
