package onlyoffice

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
)

// hostileCodes puts the forged code values of facts/auth-checks.md, group I, to
// the log-in by code. Each is made from a code that is right at that moment, so
// that only its form is wrong.
func hostileCodes(p *portal) {
	Describe("a forged code", func() {
		texts := func(text, id, row string, forge func(otp.Variant) bool) {
			It(text, clause.Must("onlyoffice.code."+id, p.loginByCode, contract.SecondFactorWrong),
				func(ctx SpecContext) { p.refusesForged(ctx, contract.SecondFactorWrong, row, forge) })
		}
		texts("refuses codes that stand for nothing", "magic", "I04", isText)
		texts("refuses a right code with something inside it", "padded-inside", "I10", isInner)
		texts("refuses a right code in digits of other scripts", "other-digits", "I11", isText)
		texts("refuses a right code that is cut short or made longer", "length", "I12", isText)
		texts("refuses a right code in other number syntax", "number-syntax", "I13", isText)
		texts("refuses a right code joined with guesses", "joined", "I14", isText)
		texts("refuses wildcards, quotes and control characters", "markers", "I15", isText)
		It("refuses a right code with white space around it",
			clause.Should("onlyoffice.code.padded-outside", p.loginByCode, contract.SecondFactorWrong, clause.Only(documented), clause.From(contract.Standard, "facts/auth-checks.md I10")),
			func(ctx SpecContext) {
				p.refusesForged(ctx, contract.SecondFactorWrong, "I10", func(v otp.Variant) bool { return !isInner(v) })
			})
		values := func(id string, rows ...string) {
			It("refuses a code that is a JSON "+id,
				clause.Should("onlyoffice.code.json-"+id, p.loginByCode, contract.InvalidType),
				func(ctx SpecContext) {
					for _, row := range rows {
						p.refusesForged(ctx, contract.InvalidType, row, func(v otp.Variant) bool { return !isText(v) })
					}
				})
		}
		values("number", "I05", "I06", "I13")
		values("array", "I07")
		values("object", "I08")
		values("boolean", "I09")
	})
}

// perIdentity is how many wrong codes one identity may send before its limit
// could be what refuses it.
const perIdentity = 4

// refusesForged sends the forged values of a row that forge accepts.
func (p *portal) refusesForged(ctx SpecContext, outcome contract.Outcome, row string, forge func(otp.Variant) bool) {
	GinkgoHelper()
	names := forgedNames(row, forge)
	for batch := range slices.Chunk(names, perIdentity) {
		right := p.sendForged(ctx, outcome, batch)
		// As a number, a code that begins with 0 is a shorter one: that of a code
		// with all its digits has to be refused in any case.
		for row == "I05" && right[0] == '0' {
			right = p.sendForged(ctx, outcome, batch)
		}
	}
}

// sendForged puts the named forms of one identity's code, as far as it has them,
// and returns the code.
func (p *portal) sendForged(ctx SpecContext, outcome contract.Outcome, names []string) string {
	GinkgoHelper()
	e := p.enrol(ctx)
	right := p.Code(ctx, e.codes)
	var changes []conform.Change
	for _, v := range otp.Hostile(right) {
		if slices.Contains(names, v.Name) {
			changes = append(changes, renamed(v.Name, conform.Set("code", v.Value)))
		}
	}
	if len(changes) == 0 {
		return right // the code of the moment has no such form
	}
	p.Refuses(ctx, conform.Refusal{
		Operation: p.loginByCode, By: p.Anonymous(), Control: always(byCode(e.who, right)),
		Changes: changes, Outcome: outcome, OnlyAfter: true,
	})
	return right
}

// forgedNames are the names of a row's values, for any code.
func forgedNames(row string, forge func(otp.Variant) bool) []string {
	var names []string
	for _, sample := range []string{"987654", "087654"} {
		for _, v := range otp.Hostile(sample) {
			if v.Check == row && forge(v) && !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

func isText(v otp.Variant) bool {
	_, text := v.Value.(string)
	return text
}

// isInner tells padding inside a code, or of a kind that no trimming removes,
// from white space around it.
func isInner(v otp.Variant) bool {
	return slices.Contains([]string{"inner space", "inner dash", "leading zero-width space"}, v.Name)
}
