package client

import (
	"context"
	"slices"

	"authconform/harness/conform"
	"authconform/harness/inbox"
	"authconform/harness/target"
)

// Letter asks for the reset of an active account's password, which changes nothing yet, or
// where the file names no such account signs one up, as every run does. A real captcha's
// answer is good for one request, which the preflight has spent.
func Letter(_ context.Context, s *conform.Context) *conform.Letter {
	p := New(s)
	if p.Target().Features[Captcha] {
		return nil
	}
	l := &conform.Letter{By: p.Visitor(), Wanted: "a JWT with the sub that its kind has, in a link or in the text"}
	kind := Reset
	active := func(i target.Identity) bool { return slices.Contains(i.Roles, RoleActive) && i.Login != "" }
	at := slices.IndexFunc(p.Target().Identities, active)
	switch {
	case at >= 0:
		who := p.Target().Identities[at]
		l.Operation, l.Request, l.Who, l.To = p.RequestPasswordReset, p.ForAddress(who.Login), who.Name, who.Login
	case p.SignsUpHere():
		a := p.NewAccount()
		kind = Confirmation
		l.Operation, l.Request, l.Who, l.To = p.CreateUser, p.SignUpRequest(a), a.Name, a.Login
	default:
		return nil
	}
	l.Reads = func(m inbox.Message) string { return TokenIn(m, kind) }
	return l
}
