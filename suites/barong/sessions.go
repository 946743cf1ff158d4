package barong

import (
	"context"
	"net/netip"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// Outcomes of a session that is not used as it should be.
const (
	sessionMismatch = contract.Outcome("session-mismatch")
	userNotActive   = contract.Outcome("user-not-active")
	invalidSession  = contract.Outcome("invalid-session")
)

// gate is an operation at which a session is checked: one behind the gateway, and
// the AuthZ endpoint that the gateway asks.
type gate struct {
	*contract.Operation
	name     string
	dead     contract.Outcome // of a session that there is not
	features []string
}

func (p *api) gates() []gate {
	return []gate{
		{p.getCurrentUser, "sessions", deadSession, nil},
		{p.authorizeRead, "authz", invalidSession, []string{direct}},
	}
}

// at is a clause about a gate.
func (g gate) at(id string, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	return clause.Graded("barong."+g.name+"."+id, g.Operation, outcome, append(options, clause.Needs(g.features...))...)
}

// slowly is at for what a deployment without a test clock cannot be asked to show.
func (g gate) slowly(id string, outcome contract.Outcome) clause.Clause {
	return clause.Should("barong."+g.name+"."+id, g.Operation, outcome, clause.Needs(g.features...))
}

// standard is a clause about a gate that rests on no word of the vendor.
func (g gate) standard(id string, outcome contract.Outcome, features ...string) clause.Clause {
	return clause.Should("barong."+g.name+"."+id, g.Operation, outcome, clause.Needs(append(features, g.features...)...),
		clause.From(contract.Standard, "OWASP ASVS 5.0 4.1.3; facts/auth-checks.md R12"))
}

func sessions(p *api) {
	for _, g := range p.gates() {
		Describe("a session at "+g.Method+" "+g.Path, func() {
			sessionAgent(p, g)
			sessionAddress(p, g)
			sessionTime(p, g)
			sessionUser(p, g)
		})
	}
	Describe("a session's CSRF token", func() { sessionCSRF(p) })
	Describe("a session ends", func() { sessionsKilled(p) })
}

// enters sends a gate's request with something about the client changed.
func (p *api) enters(ctx context.Context, g gate, s *session, r conform.Request, outcome contract.Outcome) {
	GinkgoHelper()
	p.Expect(p.Do(ctx, s.Actor, g.Operation, r), g.Operation, outcome)
}

// destroyed: a client that is not the session's own ends the session, and then its
// own client finds none.
func (p *api) destroyed(ctx context.Context, g gate, s *session, foreign conform.Request) {
	GinkgoHelper()
	p.Require("use the session", p.Do(ctx, s.Actor, g.Operation, conform.Request{}), g.Operation, contract.OK)
	p.enters(ctx, g, s, foreign, sessionMismatch)
	p.enters(ctx, g, s, conform.Request{}, g.dead)
}

func sessionAgent(p *api, g gate) {
	changes := func(id, text string, change func(string) string) {
		It("refuses and ends a session whose client "+text, g.at(id, sessionMismatch), func(ctx SpecContext) {
			me := p.member(ctx)
			agent := p.Do(ctx, me.Actor, g.Operation, conform.Request{}).RequestHeader.Get("User-Agent")
			p.destroyed(ctx, g, me, conform.Request{}.WithHeader("User-Agent", change(agent)))
		})
	}
	changes("user-agent", "has one character more in its User-Agent", func(agent string) string { return agent + "1" })
	changes("user-agent-case", "writes its User-Agent in the other case", swapCase)
}

func sessionAddress(p *api, g gate) {
	believed := func(address string) conform.Request {
		return conform.Request{}.WithHeader(p.Setting(addressHeader), address)
	}
	It("refuses and ends a session that is used from another network", g.at("other-network", sessionMismatch, clause.Needs(clientAddress)), func(ctx SpecContext) {
		me := p.member(ctx)
		p.destroyed(ctx, g, me, believed(otherNetwork(me.account.address)))
	})
	It("lets a session be used from another address of its network", g.at("same-network", contract.OK, clause.Needs(clientAddress)), func(ctx SpecContext) {
		me := p.member(ctx)
		for _, address := range sameNetwork(me.account.address) {
			p.enters(ctx, g, me, believed(address), contract.OK)
		}
	})
	It("lets no client name the address that counts", g.standard("claimed-address", sessionMismatch, clientAddress), func(ctx SpecContext) {
		for _, name := range p.claimHeaders() {
			me := p.member(ctx)
			p.destroyed(ctx, g, me, believed(otherNetwork(me.account.address)).WithHeader(name, claimed(name, me.account.address)))
		}
	})
	It("does not take a claim of the client for its address", g.standard("claimed-other-address", contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		for _, name := range p.claimHeaders() {
			p.enters(ctx, g, me, conform.Request{}.WithHeader(name, claimed(name, "192.0.2.1")), contract.OK)
		}
	})
	It("tells networks of IPv6 apart by 96 bits", clause.Should("barong."+g.name+".other-network-v6", g.Operation, sessionMismatch, clause.Needs(append(g.features, clientAddress)...)), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		a.address = "2001:db8:0:1::" + p.Nonce()[:4]
		me := p.logIn(ctx, a)
		p.enters(ctx, g, me, believed("2001:db8:0:1::ffff:1"), contract.OK)
		p.destroyed(ctx, g, me, believed("2001:db8:0:1:0:1::1"))
	})
}

// claimHeaders are header fields in which a client may name any address: those that this
// deployment does not believe.
func (p *api) claimHeaders() []string {
	var names []string
	for _, name := range []string{"X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"} {
		if !strings.EqualFold(name, p.Setting(addressHeader)) {
			names = append(names, name)
		}
	}
	return names
}

func claimed(header, address string) string {
	if header == "Forwarded" {
		return "for=" + address
	}
	return address
}

// otherNetwork changes the last of the 16 bits that the network has.
func otherNetwork(address string) string {
	b := netip.MustParseAddr(address).As4()
	b[1] ^= 1
	return netip.AddrFrom4(b).String()
}

// sameNetwork changes the first and the last of the bits that the network has not.
func sameNetwork(address string) []string {
	a, b := netip.MustParseAddr(address).As4(), netip.MustParseAddr(address).As4()
	a[2] ^= 0x80
	b[3] ^= 1
	return []string{netip.AddrFrom4(a).String(), netip.AddrFrom4(b).String()}
}

// sessionLifetime is how long a session lives without being used, as the
// deployment says.
func (p *api) sessionLifetime(ctx context.Context) time.Duration {
	GinkgoHelper()
	call := p.configs(ctx)
	p.Require("read the configuration", call, p.getIdentityConfigs, contract.OK)
	return time.Duration(value.Number(value.Of(call), "session_expire_time")) * time.Second
}

func sessionTime(p *api, g gate) {
	It("refuses and ends a session that was not used for its time", Serial, g.slowly("expires", sessionMismatch), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Require("use the session", p.Do(ctx, me.Actor, g.Operation, conform.Request{}), g.Operation, contract.OK)
		p.Wait(ctx, p.sessionLifetime(ctx)+time.Minute, "the session has to expire")
		p.enters(ctx, g, me, conform.Request{}, sessionMismatch)
		p.enters(ctx, g, me, conform.Request{}, g.dead)
	})
	It("keeps a session for as long as it is used", Serial, g.slowly("slides", contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		for range 3 {
			p.Wait(ctx, p.sessionLifetime(ctx)*2/3, "the session has to grow older than its time")
			p.enters(ctx, g, me, conform.Request{}, contract.OK)
		}
	})
	It("does not prolong a session for what is open to everybody", Serial, g.slowly("not-prolonged-by-public-paths", sessionMismatch), func(ctx SpecContext) {
		me := p.member(ctx)
		lifetime := p.sessionLifetime(ctx)
		p.Wait(ctx, lifetime*2/3, "the session has to grow old")
		p.Require("read the time", p.Do(ctx, me.Actor, p.getIdentityTime, conform.Request{}), p.getIdentityTime, contract.OK)
		p.Wait(ctx, lifetime/2, "the session has to expire")
		p.enters(ctx, g, me, conform.Request{}, sessionMismatch)
	})
}

func sessionUser(p *api, g gate) {
	It("refuses the session of a user who was deleted", g.at("deleted-user", userNotActive), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Require("use the session", p.Do(ctx, me.Actor, g.Operation, conform.Request{}), g.Operation, contract.OK)
		p.deletes(ctx, me)
		p.enters(ctx, g, me, conform.Request{}, userNotActive)
	})
}

func sessionCSRF(p *api) {
	It("is not needed to read", clause.Graded("barong.sessions.read-without-csrf", p.getCurrentUser, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		call := p.Do(ctx, p.with(me.account, me.cookie, ""), p.getCurrentUser, conform.Request{})
		p.Expect(call, p.getCurrentUser, contract.OK)
		p.Check("the user is the session's", value.Text(value.Of(call), "uid"), Equal(value.Text(me.user, "uid")))
	})
	It("is good for its own session alone", clause.Graded("barong.sessions.csrf-foreign", p.disableOTP, csrfMismatch), func(ctx SpecContext) {
		me, stranger := p.member(ctx), p.member(ctx)
		other := p.logIn(ctx, me.account)
		for _, token := range []string{other.csrf, stranger.csrf} {
			p.Refuses(ctx, conform.Refusal{
				Operation: p.disableOTP, By: me.Actor, Expected: notEnabled, Outcome: csrfMismatch,
				ChangedBy: p.with(me.account, me.cookie, token), Control: always(codeBody("000000")),
			})
		}
	})
	It("is not taken from anywhere but its header field", clause.Graded("barong.sessions.csrf-elsewhere", p.disableOTP, csrfMissing), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: p.disableOTP, By: me.Actor, Expected: notEnabled, Outcome: csrfMissing,
			ChangedBy: p.with(me.account, me.cookie, ""), Control: always(codeBody("000000")),
			Changes: []conform.Change{conform.Set("csrf_token", me.csrf), {Name: "X-XSRF-Token", Of: func(r conform.Request) conform.Request {
				return r.WithHeader("X-XSRF-Token", me.csrf)
			}}},
		})
	})
}
