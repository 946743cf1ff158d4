package client

import (
	"context"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
)

const (
	// Skew is how many steps a code may be early or late (barong#1.8).
	Skew = 1
	Step = 30 * time.Second
	// InTransit is how far the target's clock and the way to it may move a code
	// from the step it is made for.
	InTransit = 2 * time.Second
)

// Code returns a code that is right and was not sent before: the current one if it
// can, else one of the steps before and after. Three are right at a time, so that
// three actions follow one another without a wait.
func (p *Client) Code(ctx context.Context, kit *otp.Kit) string {
	ginkgo.GinkgoHelper()
	return p.unusedCode(ctx, kit, func(first, now, last int64) []int64 { return []int64{now, first, last} })
}

// LastingCode returns the one of them that stays right longest, at least a step:
// for a request that is put off until others were refused. That of the step before
// may be wrong by then.
func (p *Client) LastingCode(ctx context.Context, kit *otp.Kit) string {
	ginkgo.GinkgoHelper()
	return p.unusedCode(ctx, kit, func(_, now, last int64) []int64 { return []int64{last, now} })
}

func (p *Client) unusedCode(ctx context.Context, kit *otp.Kit, order func(first, now, last int64) []int64) string {
	ginkgo.GinkgoHelper()
	if p.Setting(conform.Tolerance) == "0" {
		return p.Context.Code(ctx, kit)
	}
	const enough = 20 // waits: codes of the steps to come may be spent already
	for range enough {
		now := p.Now()
		for _, s := range order(kit.Step(now.Add(InTransit))-Skew, kit.Step(now), kit.Step(now.Add(-InTransit))+Skew) {
			if code, err := kit.At(s); err == nil {
				return code
			}
		}
		p.WaitForCode(ctx, untilAnotherCode(now))
	}
	p.Error("no unused code after waiting %d times: does the clock move?", enough)
	return ""
}

// untilAnotherCode is how long it takes until the code of one more step is surely
// right: that of the next step is, as soon as this step has surely begun.
func untilAnotherCode(now time.Time) time.Duration {
	if begun := Step - untilNextStep(now); begun < InTransit {
		return InTransit - begun
	}
	return untilNextStep(now) + InTransit
}

// untilNextStep is how much of a time step is left.
func untilNextStep(now time.Time) time.Duration {
	return Step - time.Duration(now.UnixNano()%int64(Step))
}

// MidStep waits, where a time step just began or soon ends, for the next one: what
// is said of a code's step then holds until the code is judged. It returns the
// number of the step.
func (p *Client) MidStep(ctx context.Context, kit *otp.Kit) int64 {
	ginkgo.GinkgoHelper()
	const room = 3 * InTransit
	left := untilNextStep(p.Now())
	switch {
	case left > Step-InTransit:
		p.Wait(ctx, InTransit, "the time step just began")
	case left < room:
		p.Wait(ctx, left+InTransit, "the time step soon ends")
	}
	return kit.Step(p.Now())
}

// CodeOfStep is the code of a time step, which the spec has not used.
func (p *Client) CodeOfStep(kit *otp.Kit, step int64) string {
	ginkgo.GinkgoHelper()
	code, err := kit.At(step)
	if err != nil {
		p.Error("cannot make the code of a time step: %v", err)
	}
	return code
}

// AnyCode is a code of no secret: for accounts that have none.
func (p *Client) AnyCode() string {
	code := make([]byte, 6)
	for i := range code {
		code[i] = '0' + byte(Below(10))
	}
	return p.Secret("code", string(code))
}

// Spent has a right code accepted by POST otp/verify, which changes nothing else,
// and returns it. Clauses on that very operation spend theirs themselves.
func (p *Client) Spent(ctx context.Context, me *Session) string {
	ginkgo.GinkgoHelper()
	code := p.Code(ctx, me.Account.Codes)
	p.Require("spend a code", p.Do(ctx, me.Actor, p.VerifyOTP, CodeBody(code)), p.VerifyOTP, contract.OK)
	return code
}
