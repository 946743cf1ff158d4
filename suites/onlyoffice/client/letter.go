package client

import (
	"context"
	"slices"

	"github.com/onsi/ginkgo/v2"

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

// Arrivals counts the messages that have come to an address since it was called. Earlier specs
// may have left some, more than an inbox lists at once.
func (p *Client) Arrivals(ctx context.Context, to string) func() int {
	ginkgo.GinkgoHelper()
	before := map[string]bool{}
	for _, m := range p.Messages(ctx, to) {
		before[m.ID] = true
	}
	return func() int {
		ginkgo.GinkgoHelper()
		return len(slices.DeleteFunc(p.Messages(ctx, to), func(m inbox.Message) bool { return before[m.ID] }))
	}
}
