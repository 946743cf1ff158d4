package client

import (
	"context"

	"authconform/harness/conform"
)

// Letter has a code sent to a user: for the log-in, or where the target file does not say
// how that is called, for switching the factor on.
func Letter(ctx context.Context, s *conform.Context) *conform.Letter {
	p := New(s)
	if len(p.Target().Identities) == 0 || p.Setting(PartnerKey) == "" || p.Setting(SendPath) == "" {
		return nil
	}
	a := &Account{Who: s.Fresh(p.Target().Identities[0])}
	kind := TypeLogin
	if p.Setting(kind) == "" {
		kind = TypeActivation
		p.LogIn(ctx, a)
	}
	_, box := p.address(a)
	return &conform.Letter{
		Operation: p.SendCode, By: p.sender(a, kind), Request: p.SendRequest(a, kind), Who: a.Who.Name, To: box,
		Reads: codeIn, Wanted: "a number of 4 to 8 digits that stands alone in the text",
	}
}
