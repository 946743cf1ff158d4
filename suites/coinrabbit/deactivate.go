package coinrabbit

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

func deactivations(p *api) {
	Describe("Deactivate 2fa", func() {
		switchesOff(p)
		p.refuses(p.deactivating(), codeCases(p, saysDisarm)...)
		p.refuses(p.deactivating(), tokenCases(p, typeActivation)...)
		p.refuses(p.deactivating(), replayCases(p)...)
		onceOff(p)
	})
}

func switchesOff(p *api) {
	op := p.deactivate
	It("switches the factor off for a code and a verified TFA_DEACTIVATION",
		clause.Must("coinrabbit.deactivate.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			p.Expect(p.off(ctx, a, p.Code(ctx, a.codes)), op, contract.OK)
		})
	It("has the factor off afterwards: it can be set up anew",
		clause.Must("coinrabbit.deactivate.takes-effect", op, contract.OK),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			p.Expect(p.off(ctx, a, p.Code(ctx, a.codes)), op, contract.OK)
			created := p.Do(ctx, p.creator(a), p.createSecret, creation)
			p.Holds("a secret is created again", p.Is(created, p.createSecret, contract.OK), "none is: the factor seems to be on still")
			p.keep(a, created)
			again := p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes)))
			p.Holds("it is switched on again", p.Is(again, p.activate, contract.OK), "it is not: the factor seems to be on still")
		})
	It("takes the right code after a wrong one",
		clause.Should("coinrabbit.deactivate.wrong-then-right", op, contract.OK, clause.From(contract.Standard, "facts/auth-checks.md T16")),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			a.who.Failed()
			p.Holds("a wrong code is not confirmed", !p.Is(p.off(ctx, a, a.codes.Wrong(farAway)), op, contract.OK), "it is")
			p.Expect(p.off(ctx, a, p.Code(ctx, a.codes)), op, contract.OK)
		})
	It("carries out one of several deactivations at the same time",
		clause.Should("coinrabbit.deactivate.parallel", op, contract.Unavailable, clause.From(contract.Standard, "OWASP ASVS 5.0 2.3.4; facts/auth-checks.md T15, F19")),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			request := p.deactivation(ctx, a, p.Code(ctx, a.codes))
			p.Check("deactivations that were confirmed", p.confirmed(ctx, 4, a.me, op, request), Equal(1))
			a.on = false
		})
	It("shows in a refusal neither what was sent nor how the program is built",
		clause.Should("coinrabbit.deactivate.refusal-shows-nothing", op, contract.SecondFactorWrong, clause.From(contract.Standard, "OWASP ASVS 5.0 16.5.1; facts/auth-checks.md P04")),
		func(ctx SpecContext) {
			t := p.deactivating().ready(ctx)
			wrongCode := t.codes.Wrong(farAway)
			t.request = t.request.With("code_2fa", wrongCode)
			call := p.send(ctx, t, op)
			p.Expect(call, op, contract.SecondFactorWrong)
			p.Holds("it does not repeat the code", !shows(call, wrongCode), "it does")
			p.showsNoInternals(call)
		})
}

// replayCases are codes that were good once (RFC 6238 section 5.2).
func replayCases(p *api) []wrong {
	return []wrong{
		{slug: "replayed-code", text: "the code that switched the factor on", outcome: contract.SecondFactorReplayed, rests: standardCode + "T10, T12",
			change: func(ctx context.Context, t *trial) {
				// Enrolled anew, so that the code used is known.
				p.Require("switch the factor off", p.switchOff(ctx, t.account, t.request), p.deactivate, contract.OK)
				p.create(ctx, t.account)
				used := p.Code(ctx, t.codes)
				p.Require("switch the factor on", p.switchOn(ctx, t.account, p.activation(ctx, t.account, used)), p.activate, contract.OK)
				t.code = p.Code(ctx, t.codes)
				t.request = p.deactivation(ctx, t.account, used)
			}},
		{slug: "code-of-dead-secret", text: "a code of the secret before this one", outcome: contract.SecondFactorWrong, rests: "OWASP ASVS 5.0 6.5.6; facts/auth-checks.md T23",
			change: func(ctx context.Context, t *trial) {
				dead := t.codes
				p.Require("switch the factor off", p.switchOff(ctx, t.account, t.request), p.deactivate, contract.OK)
				p.enrolsAgain(ctx, t.account)
				t.code = p.Code(ctx, t.codes)
				next, err := dead.At(dead.Step(p.Now()) + 1)
				if err != nil {
					p.Untestable("the secret before has no unused code left in this time step")
				}
				t.request = p.deactivation(ctx, t.account, next)
			}},
	}
}

// onceOff is about an account whose factor is off.
func onceOff(p *api) {
	off := p.activating()
	off.operation, off.slug, off.does = p.deactivate, "deactivate", "does nothing"
	p.refuses(off, wrong{slug: "while-off", text: "a factor that is off", outcome: contract.Unavailable, rests: "RFC 9110 15.5.1; facts/auth-checks.md T24",
		change: func(ctx context.Context, t *trial) { t.request = p.deactivation(ctx, t.account, t.code) }})
}

// confirmed sends a request several times at once and counts the successes.
func (p *api) confirmed(ctx context.Context, times int, by *conform.Actor, op *contract.Operation, r conform.Request) int {
	GinkgoHelper()
	p.Callable(op)
	calls, errs := make([]*httpclient.Call, times), make([]error, times)
	done := make(chan struct{})
	for i := range times {
		go func() {
			calls[i], errs[i] = p.Try(ctx, by, op, r)
			done <- struct{}{}
		}()
	}
	for range times {
		<-done
	}
	n := 0
	for i, call := range calls {
		if errs[i] != nil {
			p.Error("one of %d calls at the same time got no response: %v", times, errs[i])
		}
		if p.Is(call, op, contract.OK) {
			n++
		}
	}
	return n
}

// internals are marks of a program's inside (facts/auth-checks.md P04).
var internals = []string{"\n    at ", "Traceback (most", ".js:", ".ts:", ".go:", "SELECT ", "node_modules", "Exception in"}

func (p *api) showsNoInternals(call *httpclient.Call) {
	GinkgoHelper()
	text := strings.ReplaceAll(string(call.Body), `\n`, "\n")
	for _, mark := range internals {
		p.Holds("the refusal shows no place in the program", !strings.Contains(text, mark), "it shows one")
	}
}

// randomBase32 is a secret that a client could make up.
func randomBase32(bytes int) string {
	raw := make([]byte, bytes)
	_, _ = rand.Read(raw)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// jsonNumber is a code as a number, which loses leading zeros.
func jsonNumber(code string) json.Number {
	n, _ := strconv.Atoi(code)
	return json.Number(strconv.Itoa(n))
}
