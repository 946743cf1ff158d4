package client

import (
	"context"
	"slices"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// Drift tries the second step of the last account with an app.
func Drift(ctx context.Context, s *conform.Context) *conform.Drift {
	c := New(s)
	who := c.last(TOTP)
	if who == nil || !c.Has(c.Login) || !c.Has(c.SecondStep) {
		return nil
	}
	p := &Pending{Who: who, Codes: c.Codes(who.TOTPSecret)}
	return s.TryDrift(who, who.TOTPSecret, func(code func() string) bool { return c.takes(ctx, p, code) })
}

// takes tells whether the second step takes a code, and ends the session that it then opens.
func (c *Client) takes(ctx context.Context, p *Pending, code func() string) bool {
	first, err := c.Try(ctx, c.Caller(p.Who), c.Login, c.LoginRequest(p.Who))
	if err != nil || !c.Is(first, c.Login, contract.SecondFactorRequired) {
		return false
	}
	c.ReadFirstStep(p, first)
	call, err := c.Try(ctx, p.By, c.SecondStep, WithCode(code()))
	if err != nil || !c.Is(call, c.SecondStep, contract.OK) {
		return false
	}
	c.endOf(ctx, p.Who, call)
	return true
}

// last is the last identity of a role that has an app, which no spec has yet; nil where
// there is none.
func (c *Client) last(role string) *identity.Identity {
	for _, id := range slices.Backward(c.Target().Identities) {
		if slices.Contains(id.Roles, role) && id.TOTPSecret != "" && id.ID != "" {
			return c.Fresh(id)
		}
	}
	return nil
}
