package client

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// Drift tries the activation of the last user of the target file: with the code of the step
// before, and where that is refused with the current one, which has to be accepted for the
// refusal to say anything. Whoever leases the user next switches the factor off.
func Drift(ctx context.Context, s *conform.Context) *conform.Drift {
	p := New(s)
	all := p.Target().Identities
	if len(all) == 0 || p.Setting(DeactivatePath) == "" || p.Setting(PartnerKey) == "" || p.Setting(SendPath) == "" {
		return nil
	}
	a := &Account{Who: p.Fresh(all[len(all)-1])}
	p.LogIn(ctx, a)
	p.Create(ctx, a)
	takes := func(before int64) bool {
		r := p.SwitchRequest(ctx, a, p.Activate, "") // a mail may take longer than a code lives
		code, err := a.Codes.At(a.Codes.Step(p.Now()) - before)
		if err != nil {
			return false
		}
		if !p.Is(p.Switch(ctx, a, p.Activate, r.With("code_2fa", code)), p.Activate, contract.OK) {
			a.Who.Failed()
		}
		return a.On
	}
	d := &conform.Drift{Takes: takes(1)}
	if !d.Takes && !takes(0) {
		return nil
	}
	a.Who.Use(a.Secret, a.Codes.Used())
	a.Who.Keep(identity.FactorLeftOn, a.Secret)
	d.Tried = map[string]identity.State{a.Who.Name: a.Who.State()}
	return d
}
