package client

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// Drift tries the log-in by code with the code of the step before, and where that is refused
// with the current one, which has to be accepted for the refusal to say anything.
func Drift(ctx context.Context, s *conform.Context) *conform.Drift {
	p := New(s)
	who := p.first(TOTP)
	if who == nil || who.TOTPSecret == "" || !p.Has(p.LoginByCode) {
		return nil
	}
	codes := p.Codes(who.TOTPSecret)
	takes := func(step int64) bool {
		code, err := codes.At(step)
		if err != nil {
			return false
		}
		call, err := p.Try(ctx, p.Anonymous(), p.LoginByCode, ByCode(who, code))
		taken := err == nil && p.Is(call, p.LoginByCode, contract.OK)
		if !taken {
			who.Failed()
		}
		return taken
	}
	d := &conform.Drift{Takes: takes(codes.Step(p.Now()) - 1)}
	told := d.Takes || takes(codes.Step(p.Now()))
	who.Use(who.TOTPSecret, codes.Used())
	d.Tried = map[string]identity.State{who.Name: who.State()}
	if !told {
		return nil
	}
	return d
}
