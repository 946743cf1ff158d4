package client

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// Drift tries the log-in by code.
func Drift(ctx context.Context, s *conform.Context) *conform.Drift {
	p := New(s)
	who := p.first(TOTP)
	if who == nil || who.TOTPSecret == "" || !p.Has(p.LoginByCode) {
		return nil
	}
	return s.TryDrift(who, who.TOTPSecret, func(code func() string) bool {
		call, err := p.Try(ctx, p.Anonymous(), p.LoginByCode, ByCode(who, code()))
		return err == nil && p.Is(call, p.LoginByCode, contract.OK)
	})
}
