package barong

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/family"
)

// Passwords whose strength was measured (barong#5.1-measured
// here, so they are no secrets: the redactor would blot out every "password".
var (
	lackingClasses = []string{"password", "Simple"}
	known          = []string{"Passw0rd", "Qwerty123", "Aa345678"}
	strong         = []string{"Conf0rmance!", "eeC2BiCucxWEQ"}
)

// tooLong has all classes, enough entropy, and 76 bytes where bcrypt takes 72.
const tooLong = "Xk7#pQ9vLm2$Rt5!Wz8%Hb3&Nc6*Jd4?Fg1+Ys0=Vu-aKe_oTi.Pq,Mx;Lw:Zr/Gh~Bv|CnDm2Es"

// badPasswords puts each of some passwords in place of a member's.
func badPasswords(member string, passwords []string) []conform.Change {
	var changes []conform.Change
	for i, password := range passwords {
		changes = append(changes, conform.Change{Name: member + " " + string(rune('a'+i)), Of: func(r conform.Request) conform.Request {
			r = r.With(member, password)
			if body, ok := r.JSON.(conform.Object); ok && body["confirm_password"] != nil {
				r = r.With("confirm_password", password)
			}
			return r
		}})
	}
	return changes
}

func (p *api) passwordStrengthSubjects() []family.Subject {
	rate := func() conform.Request {
		return conform.Request{JSON: conform.Object{"password": strong[0]}}
	}
	return []family.Subject{
		{Operation: p.ValidateIdentityPassword, Ready: p.asVisitor(rate)},
		{Operation: p.ValidatePublicPassword, Ready: p.asVisitor(rate)},
	}
}

// passwordStrength is about the two operations that rate a password.
func passwordStrength(p *api) {
	for _, op := range []*contract.Operation{p.ValidateIdentityPassword, p.ValidatePublicPassword} {
		area := areaOf(op)
		rate := func(ctx SpecContext, password string) any {
			GinkgoHelper()
			call := p.Do(ctx, p.Visitor(), op, conform.Request{JSON: conform.Object{"password": password}})
			p.Expect(call, op, contract.OK)
			return value.At(value.Of(call), "entropy")
		}
		Describe("POST "+area+"/password/validate", func() {
			It(op.Name()+" rates strong passwords above the configured limit and weak ones below it",
				clause.Must("barong.password.strength-"+area, op, contract.OK), func(ctx SpecContext) {
					limit := float64(value.Number(value.Of(p.Configs(ctx)), "password_min_entropy"))
					for _, password := range strong {
						p.Check("a strong password reaches the limit", rate(ctx, password), BeNumerically(">=", limit))
					}
					for _, password := range known {
						p.Check("a password that a dictionary knows stays below the limit", rate(ctx, password), BeNumerically("<", limit))
					}
					p.Check("no password has the entropy -2", rate(ctx, ""), BeNumerically("==", -2))
				})
			It(op.Name()+" rates passwords with the measured entropy",
				clause.Should("barong.password.entropy-"+area, op, contract.OK), func(ctx SpecContext) {
					for password, entropy := range map[string]float64{"Tecohvi0": 15.5, "Gol4aid1": 15, "eeC2BiCucxWEQ": 21.2, "Conf0rmance!": 20.75,
						"Passw0rd": 2, "Admin123": 4} {
						p.Check("the entropy is the measured one", rate(ctx, password), BeNumerically("~", entropy, 0.05))
					}
				})
			It(op.Name()+" answers null in place of a password with a server error",
				clause.Note("barong.password.null-"+area, op, "null-password"), func(ctx SpecContext) {
					p.Expect(p.Do(ctx, p.Visitor(), op, conform.Request{JSON: conform.Object{"password": nil}}), op, "null-password")
				})
		})
	}
}
