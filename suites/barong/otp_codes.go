package barong

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/suites/barong/client"
)

// codesOf states which codes are right, when, and how often. It does so with POST
// otp/verify, which has no limit and changes nothing.
func codesOf(p *api) {
	codeTimes(p)
	codeForms(p)
	codeMemory(p)
	codeAcross(p)
	codesStaySpent(p)
}

func codeTimes(p *api) {
	op := p.VerifyOTP
	for _, at := range []struct {
		name           string
		offset, enrols int64
	}{{"previous", -1, 0}, {"current", 0, -1}, {"next", 1, 0}} {
		It("POST /resource/otp/verify accepts the TOTP code of the "+at.name+" time step",
			clause.Graded("barong.otp.step-"+at.name, op, contract.OK,
				clause.From(contract.Observed, "barong#10.2-6; checks#T06; checks#T08; checks#T09")),
			func(ctx SpecContext) {
				p.needsTolerance()
				me := p.Member(ctx)
				codes := p.NewSecret(ctx, me)
				now := p.MidStep(ctx, codes)
				p.SwitchOn(ctx, me, codes, p.CodeOfStep(codes, now+at.enrols))
				p.Expect(p.PutCode(ctx, me, op, p.CodeOfStep(codes, now+at.offset)), op, contract.OK)
			})
	}
	for _, far := range []struct {
		name string
		code func(*otp.Kit, int) string
	}{{"past", (*otp.Kit).Past}, {"future", (*otp.Kit).Future}} {
		It("POST /resource/otp/verify rejects TOTP codes two or more time steps in the "+far.name,
			clause.Graded("barong.otp."+far.name, op, contract.SecondFactorWrong,
				clause.From(contract.Observed, "barong#10.2-6; checks#T08; checks#T09")),
			func(ctx SpecContext) {
				me := p.Enrolled(ctx)
				p.MidStep(ctx, me.Account.Codes)
				for _, steps := range []int{2, 3, 10} {
					p.Expect(p.PutCode(ctx, me, op, far.code(me.Account.Codes, steps)), op, contract.SecondFactorWrong)
				}
				p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
			})
	}
	It("POST /resource/otp/verify rejects the TOTP code of another user",
		clause.Graded("barong.otp.foreign", op, contract.SecondFactorWrong, clause.From(contract.Observed, "barong#1.8; checks#F06")),
		func(ctx SpecContext) {
			me, other := p.Enrolled(ctx), p.Enrolled(ctx)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, other.Account.Codes)), op, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
		})
}

// needsTolerance ends a clause about codes of other steps than the current one
// where the target file says that none is taken.
func (p *api) needsTolerance() {
	GinkgoHelper()
	if p.Setting(conform.Tolerance) == "0" {
		p.Untestable("settings.%s of the target file is 0, and Barong takes the codes of the steps before and after", conform.Tolerance)
	}
}

// codeForms puts the forged values of the catalogue (checks#I): each is made
// from a code that is right at that moment, so that only its form is wrong.
func codeForms(p *api) {
	type forged struct {
		row  string // of the catalogue
		keep func(otp.Variant) bool
	}
	at := func(id, row string) clause.Clause {
		return clause.Graded("barong.otp."+id, p.VerifyOTP, contract.SecondFactorWrong,
			clause.From(contract.Observed, "barong#4-code-timing; checks#"+row))
	}
	texts := func(v otp.Variant) bool { _, is := v.Value.(string); return is }
	inside := func(v otp.Variant) bool {
		return slices.Contains([]string{"inner space", "inner dash", "leading zero-width space"}, v.Name)
	}
	conform.Table(func(ctx SpecContext, f forged) { p.refusesForged(ctx, f.row, f.keep) }, []conform.Row[forged]{
		{Text: "POST /resource/otp/verify rejects placeholder values in place of a TOTP code",
			Clause: at("magic", "I04"), Given: forged{"I04", texts}},
		{Text: "POST /resource/otp/verify rejects a valid TOTP code with something inside it",
			Clause: at("inside", "I10"), Given: forged{"I10", inside}},
		{Text: "POST /resource/otp/verify rejects a valid TOTP code in the digits of other scripts",
			Clause: at("other-digits", "I11"), Given: forged{"I11", texts}},
		{Text: "POST /resource/otp/verify rejects a valid TOTP code that is cut short or made longer",
			Clause: at("length", "I12"), Given: forged{"I12", texts}},
		{Text: "POST /resource/otp/verify rejects a valid TOTP code in the syntax of other numbers",
			Clause: at("number-syntax", "I13"), Given: forged{"I13", texts}},
		{Text: "POST /resource/otp/verify rejects a valid TOTP code joined to guesses",
			Clause: at("joined", "I14"), Given: forged{"I14", texts}},
		{Text: "POST /resource/otp/verify rejects wildcards, quotes and control characters in a TOTP code",
			Clause: at("markers", "I15"), Given: forged{"I15", texts}},
		{Text: "POST /resource/otp/verify rejects true and false in place of a TOTP code",
			Clause: at("booleans", "I09"), Given: forged{"I09", func(otp.Variant) bool { return true }}},
	})

	It("POST /resource/otp/verify rejects a list, even with a valid TOTP code, and an operator object",
		clause.Graded("barong.otp.list", p.VerifyOTP, contract.InvalidType,
			clause.From(contract.Observed, "barong#10.1-wrong-json-type; checks#I07; checks#I08")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			right := p.LastingCode(ctx, me.Account.Codes)
			var changes []conform.Change
			for _, v := range otp.Hostile(right) {
				if (v.Check == "I07" || v.Check == "I08") && !strings.HasPrefix(v.Name, "empty") {
					changes = append(changes, codeOf(v))
				}
			}
			p.refusesCodes(ctx, me, right, contract.InvalidType, changes)
		})
	It("POST /resource/otp/verify rejects codes that resemble the right one in most of their digits, or are made of its secret in another way",
		clause.Graded("barong.otp.alike", p.VerifyOTP, contract.SecondFactorWrong, clause.From(contract.Observed, "barong#1.8; checks#T06")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			right := p.LastingCode(ctx, me.Account.Codes)
			var changes []conform.Change
			for _, v := range me.Account.Codes.Alike(right) {
				changes = append(changes, codeOf(v))
			}
			p.refusesCodes(ctx, me, right, contract.SecondFactorWrong, changes)
		})
	It("POST /resource/otp/verify accepts a TOTP code as a JSON number",
		clause.Note("barong.otp.number", p.VerifyOTP, contract.OK, clause.From(contract.Observed, "barong#10.2-7; checks#I05")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := p.Code(ctx, me.Account.Codes)
			for code[0] == '0' {
				code = p.Code(ctx, me.Account.Codes)
			}
			for _, v := range otp.Hostile(code) {
				if v.Check == "I05" {
					p.Expect(p.Do(ctx, me.Actor, p.VerifyOTP, codeOf(v).Of(conform.Request{})), p.VerifyOTP, contract.OK)
				}
			}
		})
	It("POST /resource/otp/verify accepts a TOTP code with white space around it",
		clause.Note("barong.otp.trimmed", p.VerifyOTP, contract.OK, clause.From(contract.Inferred, "barong#1.8; checks#I10")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, " "+p.Code(ctx, me.Account.Codes)+"\n"), p.VerifyOTP, contract.OK)
		})
}

func codeOf(v otp.Variant) conform.Change {
	return conform.Change{Name: v.Name, Of: func(r conform.Request) conform.Request { return r.With("code", v.Value) }}
}

// refusesForged puts the forged values of a row that are kept and are not right by
// chance.
func (p *api) refusesForged(ctx context.Context, row string, keep func(otp.Variant) bool) {
	GinkgoHelper()
	me := p.Enrolled(ctx)
	if row == "I04" || row == "I09" { // true and "true" are one code
		p.Unremembered(ctx, me.Account, remembered)
	}
	right := p.LastingCode(ctx, me.Account.Codes)
	var changes []conform.Change
	for _, v := range otp.Hostile(right) {
		text, _ := v.Value.(string)
		if v.Check == row && keep(v) && !me.Account.Codes.Right(text, 2*client.Skew) {
			changes = append(changes, codeOf(v))
		}
	}
	p.refusesCodes(ctx, me, right, contract.SecondFactorWrong, changes)
}

func (p *api) refusesCodes(ctx context.Context, me *client.Session, right string, outcome contract.Outcome, changes []conform.Change) {
	GinkgoHelper()
	p.Refuses(ctx, conform.Refusal{
		Operation: p.VerifyOTP, By: me.Actor, Control: always(client.CodeBody(right)), OnlyAfter: true, Changes: changes, Outcome: outcome,
	})
}

// codeMemory states that a code counts once (RFC 6238 section 5.2), and that a
// wrong one is told apart from a repeated one: Vault remembers each for 90 seconds
// from when it first saw it.
func codeMemory(p *api) {
	op := p.VerifyOTP
	wrong, replayed := contract.SecondFactorWrong, contract.SecondFactorReplayed
	It("POST /resource/otp/verify rejects a used TOTP code and accepts the next one", clause.Graded("barong.otp.replayed", op, replayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := p.Code(ctx, me.Account.Codes)
			p.Expect(p.PutCode(ctx, me, op, code), op, contract.OK)
			p.Expect(p.PutCode(ctx, me, op, code), op, replayed)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
		})
	It("POST /resource/otp/verify rejects a repeated wrong TOTP code as a replay", clause.Graded("barong.otp.repeated", op, replayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := me.Account.Codes.Wrong(client.Skew)
			p.Expect(p.PutCode(ctx, me, op, code), op, wrong)
			p.Expect(p.PutCode(ctx, me, op, code), op, replayed)
		})
	It("POST /resource/otp/verify rejects a used TOTP code with white space around it",
		clause.Graded("barong.otp.padded-replay", op, replayed, clause.From(contract.Observed, "barong#9-24; checks#I10")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := p.Code(ctx, me.Account.Codes)
			p.Expect(p.PutCode(ctx, me, op, code), op, contract.OK)
			for _, padded := range []string{" " + code, code + " ", "\t" + code, code + "\n", "  " + code + "\r\n"} {
				p.Expect(p.PutCode(ctx, me, op, p.Secret("code", padded)), op, replayed)
			}
		})
	It("POST /resource/otp/verify accepts only one of several simultaneous uses of a TOTP code",
		clause.Graded("barong.otp.parallel", op, replayed, clause.From(contract.Observed, "barong#10.2-7; checks#T15")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.oneOf(ctx, me, client.CodeBody(p.LastingCode(ctx, me.Account.Codes)))
		})
	It("POST /resource/otp/verify remembers a used TOTP code for as long as it stays valid", Serial,
		clause.Graded("barong.otp.remembers-right", op, replayed, clause.From(contract.Observed, "barong#10.2-6; checks#T11")),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			code := p.CodeOfStep(me.Account.Codes, p.MidStep(ctx, me.Account.Codes)+1)
			p.Expect(p.PutCode(ctx, me, op, code), op, contract.OK)
			for range 2 {
				p.Wait(ctx, client.Step+time.Second, "the code has to be of another step")
				p.Expect(p.PutCode(ctx, me, op, code), op, replayed)
			}
		})
	It("POST /resource/otp/verify remembers a wrong TOTP code for more than 80 seconds", Serial,
		clause.Graded("barong.otp.remembers-wrong", op, replayed, clause.From(contract.Observed, "barong#10.2-6")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := me.Account.Codes.Wrong(2 * stepsRemembered)
			p.Expect(p.PutCode(ctx, me, op, code), op, wrong)
			p.Wait(ctx, remembered-8*time.Second, "a code is remembered for 90 seconds")
			p.Expect(p.PutCode(ctx, me, op, code), op, replayed)
		})
	It("POST /resource/otp/verify forgets a TOTP code 90 seconds after it was first seen", Serial,
		clause.Graded("barong.otp.forgets", op, wrong, clause.From(contract.Observed, "barong#10.2-6")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := me.Account.Codes.Wrong(2 * stepsRemembered)
			p.Expect(p.PutCode(ctx, me, op, code), op, wrong)
			p.Wait(ctx, remembered/2, "the code is presented once more meanwhile")
			p.Expect(p.PutCode(ctx, me, op, code), op, replayed)
			p.Wait(ctx, remembered/2+client.InTransit, "a code is remembered for 90 seconds")
			p.Expect(p.PutCode(ctx, me, op, code), op, wrong)
		})
}

// remembered is how long a code is remembered: the time that one can be right.
const (
	stepsRemembered = 2*client.Skew + 1
	remembered      = stepsRemembered * client.Step
)

// oneOf sends one request with a right code several times at once: one use may
// count.
func (p *api) oneOf(ctx context.Context, me *client.Session, r conform.Request) {
	GinkgoHelper()
	const uses = 10
	calls, errs := make([]*httpclient.Call, uses), make([]error, uses)
	var group sync.WaitGroup
	for i := range uses {
		by := p.With(me.Account, me.Cookie, me.Csrf)
		group.Go(func() { calls[i], errs[i] = p.Try(ctx, by, p.VerifyOTP, r) })
	}
	group.Wait()
	accepted := 0
	for i, call := range calls {
		if errs[i] != nil {
			p.Error("a use of the code got no response: %v", errs[i])
		}
		if p.Is(call, p.VerifyOTP, contract.OK) {
			accepted++
			continue
		}
		p.Expect(call, p.VerifyOTP, contract.SecondFactorReplayed)
	}
	p.Check("uses that are accepted", accepted, Equal(1))
}
