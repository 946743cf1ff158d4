package barong

import (
	"net/netip"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

const (
	linkUnknown  = contract.Outcome("token-unknown")
	addressTaken = contract.Outcome("address-taken")
	addressV6    = contract.Outcome("address-v6")
	linkMember   = "whitelink_token"
)

func (p *api) whitelistSubjects() []family.Subject {
	return []family.Subject{{
		Operation: p.CreateWhitelist, Expected: linkUnknown,
		Ready: p.asVisitor(func() conform.Request { return p.whitelinkRequest(p.Nonce()) }),
	}}
}

func (p *api) whitelinkRequest(token string) conform.Request {
	return conform.Request{JSON: conform.Object{linkMember: p.Secret("whitelink-token", token)}}
}

func (p *api) whitelinkToken() string {
	GinkgoHelper()
	p.Links.Mu.Lock()
	defer p.Links.Mu.Unlock()
	tokens := strings.Split(p.Known(client.WhitelinkTokens), ",")
	if p.Links.Used == len(tokens) {
		p.Untestable("settings.%s has too few tokens: the specs need five", client.WhitelinkTokens)
	}
	p.Links.Used++
	return strings.TrimSpace(tokens[p.Links.Used-1])
}

// whitelists is about POST identity/users/access (barong#2.1).
func whitelists(p *api) {
	op := p.CreateWhitelist
	Describe("POST identity/users/access", func() {
		It("POST /identity/users/access rejects an unknown token",
			clause.Must("barong.whitelist.token-unknown", op, linkUnknown), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Visitor(), op, p.whitelinkRequest(p.Nonce())), op, linkUnknown)
			})
		It("POST /identity/users/access allows the client's address", Serial,
			clause.Graded("barong.whitelist.ok", op, contract.OK, clause.Needs(client.Whitelink, client.ClientAddress)), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Visitor(), op, p.whitelinkRequest(p.whitelinkToken())), op, contract.OK)
			})
		It("POST /identity/users/access lets further addresses in with the same token", Serial,
			clause.Note("barong.whitelist.token-again", op, contract.OK, clause.Needs(client.Whitelink, client.ClientAddress),
				clause.From(contract.Observed, "barong#2.1-createWhitelist-token-not-spent")), func(ctx SpecContext) {
				token := p.whitelinkToken()
				p.Require("let an address in", p.Do(ctx, p.Visitor(), op, p.whitelinkRequest(token)), op, contract.OK)
				p.Expect(p.Do(ctx, p.Visitor(), op, p.whitelinkRequest(token)), op, contract.OK)
			})
		It("POST /identity/users/access rejects an address that is already allowed", Serial,
			clause.Must("barong.whitelist.address-taken", op, addressTaken, clause.Needs(client.Whitelink, client.ClientAddress)),
			func(ctx SpecContext) {
				by := p.Visitor()
				p.Require("let an address in", p.Do(ctx, by, op, p.whitelinkRequest(p.whitelinkToken())), op, contract.OK)
				p.Expect(p.Do(ctx, by, op, p.whitelinkRequest(p.whitelinkToken())), op, addressTaken)
			})
		It("POST /identity/users/access rejects an IPv6 address", Serial,
			clause.Must("barong.whitelist.address-v6", op, addressV6, clause.Needs(client.Whitelink, client.ClientAddress)), func(ctx SpecContext) {
				documentation := netip.MustParseAddr("2001:db8::1") // RFC 3849
				p.Expect(p.Do(ctx, p.VisitorAt(documentation.String()), op, p.whitelinkRequest(p.whitelinkToken())), op, addressV6)
			})
	})
}
