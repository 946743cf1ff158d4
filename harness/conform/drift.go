package conform

import (
	"context"

	"authconform/harness/identity"
)

// Drift is whether a target takes the code that an authenticator app showed before its
// current one, which RFC 6238 section 5.2 lets it do and does not ask of it.
type Drift struct {
	Takes bool
	Told  bool // whether it could be found out
	// Tried is what finding out did to accounts, by their name.
	Tried map[string]identity.State
}

// TryDrift presents the code of the step before, and where that is refused the current one,
// which has to be accepted for the refusal to say anything. takes tells whether the target
// accepts a code of who's secret; it asks for the code when all else is ready.
func (s *Context) TryDrift(who *identity.Identity, secret string, takes func(code func() string) bool) *Drift {
	codes, d := s.Codes(secret), &Drift{}
	try := func(before int64) bool {
		taken := takes(func() string {
			code, _ := codes.At(codes.Step(s.Now()) - before) // a used one is not given again: the target refuses ""
			return code
		})
		if !taken {
			who.Failed()
		}
		return taken
	}
	d.Takes = try(1)
	d.Told = d.Takes || try(0)
	who.Use(secret, codes.Used())
	d.Tried = map[string]identity.State{who.Name: who.State()}
	return d
}

// Drift finds out, before any spec, whether a target takes codes of the step before. nil is
// where the target file says so, or where nothing could be tried.
func (s *Context) Drift(ctx context.Context) *Drift {
	if s.suite.Drift == nil || s.env.Target.Settings[Tolerance] != "" {
		return nil
	}
	var d *Drift
	s.outside(func() { d = s.suite.Drift(ctx, s) })
	return d
}
