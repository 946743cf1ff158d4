package alphapoint

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
)

// hostileCodes puts the forged code values of facts/auth-checks.md, group I, to
// Authenticate2FA. Each is made from a code that is right at that moment, so that
// only its form is wrong.
func (v *Venue) hostileCodes() {
	Describe("a forged code", func() {
		texts := func(text, slug, row string, options ...clause.Option) {
			It(text, v.promise("code."+slug, v.second, contract.SecondFactorWrong, options...), func(ctx SpecContext) {
				v.refusesForged(ctx, contract.SecondFactorWrong, row)
			})
		}
		either := clause.From(contract.Standard, "facts/auth-checks.md I10")
		texts("refuses codes that stand for nothing", "magic", "I04")
		texts("refuses a right code with white space in or around it", "padded", "I10", either)
		texts("refuses a right code in digits of other scripts", "other-digits", "I11")
		texts("refuses a right code that is cut short or made longer", "length", "I12")
		texts("refuses a right code in other number syntax", "number-syntax", "I13")
		texts("refuses a right code joined with guesses", "joined", "I14")
		texts("refuses wildcards, quotes and control characters", "markers", "I15")
		values := func(slug string, rows ...string) {
			It("refuses a code that is a JSON "+slug, v.promise("code.json-"+slug, v.second, contract.InvalidType), func(ctx SpecContext) {
				v.refusesForged(ctx, contract.InvalidType, rows...)
			})
		}
		values("number", "I05", "I06")
		values("array", "I07")
		values("object", "I08")
		values("boolean", "I09")
	})
}

// refusesForged sends the forged values of rows: texts, or for wrong types the
// others.
func (v *Venue) refusesForged(ctx SpecContext, outcome contract.Outcome, rows ...string) {
	GinkgoHelper()
	wantText := outcome == contract.SecondFactorWrong
	names := forgedNames(rows, wantText)
	for batch := range slices.Chunk(names, perIdentity) {
		right := v.sendForged(ctx, outcome, batch)
		// As a number, a code that begins with 0 is a shorter one: that of a code
		// with all its digits has to be refused in any case.
		for slices.Contains(rows, "I05") && right[0] == '0' {
			right = v.sendForged(ctx, outcome, batch)
		}
	}
}

// sendForged puts the named forms of one identity's code, as far as it has them,
// and returns the code.
func (v *Venue) sendForged(ctx SpecContext, outcome contract.Outcome, names []string) string {
	GinkgoHelper()
	p := v.firstStep(ctx)
	right := v.Code(ctx, p.codes)
	var changes []conform.Change
	for _, forged := range otp.Hostile(right) {
		if slices.Contains(names, forged.Name) {
			changes = append(changes, renamed(forged.Name, conform.Set("Code", forged.Value)))
		}
	}
	if len(changes) == 0 {
		return right // the code of the moment has no such form
	}
	v.Refuses(ctx, conform.Refusal{
		Operation: v.second, By: p.by, Control: always(withCode(right)),
		Changes: changes, Outcome: outcome, OnlyAfter: true,
	})
	return right
}

// forgedNames are the names of the rows' values, for any code.
func forgedNames(rows []string, wantText bool) []string {
	var names []string
	for _, sample := range []string{"987654", "087654"} {
		for _, forged := range otp.Hostile(sample) {
			if _, text := forged.Value.(string); slices.Contains(rows, forged.Check) && text == wantText && !slices.Contains(names, forged.Name) {
				names = append(names, forged.Name)
			}
		}
	}
	return names
}
