package barong

import (
	"net/netip"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
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
		Operation: p.createWhitelist, Expected: linkUnknown,
		Ready: p.asVisitor(func() conform.Request { return p.whitelinkRequest(p.Nonce()) }),
	}}
}

func (p *api) whitelinkRequest(token string) conform.Request {
	return conform.Request{JSON: conform.Object{linkMember: p.Secret("whitelink-token", token)}}
}

// links hands out the whitelink tokens of the target file, each once. The specs
// that use them are Serial, so that one process has them all.
type links struct {
	mu   sync.Mutex
	used int
}

func (p *api) whitelinkToken() string {
	GinkgoHelper()
	p.links.mu.Lock()
	defer p.links.mu.Unlock()
	tokens := strings.Split(p.Known(whitelinkTokens), ",")
	if p.links.used == len(tokens) {
		p.Untestable("settings.%s has too few tokens: the specs need five", whitelinkTokens)
	}
	p.links.used++
	return strings.TrimSpace(tokens[p.links.used-1])
}

// whitelists is about POST identity/users/access (facts/barong.md 2.1).
func whitelists(p *api) {
	op := p.createWhitelist
	Describe("POST identity/users/access", func() {
		It("refuses a token that was not handed out",
			clause.Must("barong.whitelist.token-unknown", op, linkUnknown), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.visitor(), op, p.whitelinkRequest(p.Nonce())), op, linkUnknown)
			})
		It("lets the address of the client in", Serial,
			clause.Graded("barong.whitelist.ok", op, contract.OK, clause.Needs(whitelink, clientAddress)), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.visitor(), op, p.whitelinkRequest(p.whitelinkToken())), op, contract.OK)
			})
		It("takes a token once", Serial,
			clause.Must("barong.whitelist.token-once", op, linkUnknown, clause.Needs(whitelink, clientAddress)), func(ctx SpecContext) {
				token := p.whitelinkToken()
				p.Require("let an address in", p.Do(ctx, p.visitor(), op, p.whitelinkRequest(token)), op, contract.OK)
				p.Expect(p.Do(ctx, p.visitor(), op, p.whitelinkRequest(token)), op, linkUnknown)
			})
		It("refuses to let the same address in twice", Serial,
			clause.Must("barong.whitelist.address-taken", op, addressTaken, clause.Needs(whitelink, clientAddress)), func(ctx SpecContext) {
				by := p.visitor()
				p.Require("let an address in", p.Do(ctx, by, op, p.whitelinkRequest(p.whitelinkToken())), op, contract.OK)
				p.Expect(p.Do(ctx, by, op, p.whitelinkRequest(p.whitelinkToken())), op, addressTaken)
			})
		It("refuses an IPv6 address", Serial,
			clause.Must("barong.whitelist.address-v6", op, addressV6, clause.Needs(whitelink, clientAddress)), func(ctx SpecContext) {
				documentation := netip.MustParseAddr("2001:db8::1") // RFC 3849
				p.Expect(p.Do(ctx, p.visitorAt(documentation.String()), op, p.whitelinkRequest(p.whitelinkToken())), op, addressV6)
			})
	})
}
