package conform

import (
	"context"

	"authconform/harness/identity"
)

// Drift is whether a target takes the code that an authenticator app showed before its
// current one, which RFC 6238 section 5.2 lets it do and does not ask of it.
type Drift struct {
	Takes bool
	// Tried is what finding out did to accounts, by their name.
	Tried map[string]identity.State
}

// Drift finds out, before any spec, whether a target takes codes of the step before. nil is
// where the target file says so, or where it could not be found out.
func (s *Context) Drift(ctx context.Context) *Drift {
	if s.suite.Drift == nil || s.env.Target.Settings[Tolerance] != "" {
		return nil
	}
	var d *Drift
	s.outside(func() { d = s.suite.Drift(ctx, s) })
	return d
}
