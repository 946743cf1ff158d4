package client

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// Drift tries the activation of the last user of the target file. Whoever leases the user
// next switches the factor off.
func Drift(ctx context.Context, s *conform.Context) *conform.Drift {
	p := New(s)
	all := p.Target().Identities
	if len(all) == 0 || p.Setting(DeactivatePath) == "" || p.Setting(PartnerKey) == "" || p.Setting(SendPath) == "" {
		return nil
	}
	a := &Account{Who: p.Fresh(all[len(all)-1])}
	p.LogIn(ctx, a)
	p.Create(ctx, a)
	return s.TryDrift(a.Who, a.Secret, func(code func() string) bool {
		r := p.SwitchRequest(ctx, a, p.Activate, "") // a mail may take longer than a code lives
		if p.Is(p.Switch(ctx, a, p.Activate, r.With("code_2fa", code())), p.Activate, contract.OK) {
			a.Who.Keep(identity.FactorLeftOn, a.Secret)
		}
		return a.On
	})
}
