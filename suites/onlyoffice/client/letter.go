package client

import (
	"context"
	"slices"

	"authconform/harness/conform"
	"authconform/harness/inbox"
	"authconform/harness/target"
)

// Letter asks for a link that changes a user's password, and changes nothing by it.
func Letter(_ context.Context, s *conform.Context) *conform.Letter {
	p := New(s)
	at := slices.IndexFunc(p.Target().Identities, func(i target.Identity) bool { return slices.Contains(i.Roles, User) && i.Login != "" })
	if at < 0 {
		return nil
	}
	who := p.Target().Identities[at]
	return &conform.Letter{
		Operation: p.SendPassword, By: p.Anonymous(), Request: p.PasswordMail(who.Login), Who: who.Name, To: who.Login,
		Reads:  func(m inbox.Message) string { return LinkIn(m, PasswordChange).Key },
		Wanted: "a link with type=" + PasswordChange + " and key= in its query",
	}
}
