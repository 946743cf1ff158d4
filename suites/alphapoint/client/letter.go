package client

import (
	"context"
	"slices"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
	"authconform/harness/target"
)

// Letter signs a user in, to whom the code for a new device is mailed, and out again.
func Letter(_ context.Context, s *conform.Context) *conform.Letter {
	c := New(s)
	at := slices.IndexFunc(c.Target().Identities, func(i target.Identity) bool { return slices.Contains(i.Roles, User) && i.Login != "" })
	if at < 0 || !c.Has(c.Register) {
		return nil
	}
	who := s.Fresh(c.Target().Identities[at])
	return &conform.Letter{
		Operation: c.Login, By: c.Caller(who), Request: c.LoginRequest(who), Who: who.Name, To: who.Login,
		Reads: deviceCode, Wanted: "a UUID, or a number of 6 to 10 digits that stands alone in the text",
		Leave: func(ctx context.Context, call *httpclient.Call) { c.endOf(ctx, who, call) },
	}
}
