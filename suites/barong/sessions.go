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
	"authconform/suites/barong/client"
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
		{p.GetCurrentUser, "sessions", client.DeadSession, nil},
		{p.AuthorizeRead, "authz", invalidSession, []string{client.Direct}},
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
		clause.From(contract.Standard, "OWASP ASVS 5.0.0 4.1.3; checks#R12"))
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
	Describe("a session ends", func() { sessionsKilled(p); sessionsStayShut(p) })
}

// enters sends a gate's request with something about the client changed.
func (p *api) enters(ctx context.Context, g gate, s *client.Session, r conform.Request, outcome contract.Outcome) {
	GinkgoHelper()
	p.Expect(p.Do(ctx, s.Actor, g.Operation, r), g.Operation, outcome)
}

// destroyed: a client that is not the session's own ends the session, and then its
// own client finds none.
func (p *api) destroyed(ctx context.Context, g gate, s *client.Session, foreign conform.Request) {
	GinkgoHelper()
	p.Require("use the session", p.Do(ctx, s.Actor, g.Operation, conform.Request{}), g.Operation, contract.OK)
	p.enters(ctx, g, s, foreign, sessionMismatch)
	p.enters(ctx, g, s, conform.Request{}, g.dead)
}

func sessionAgent(p *api, g gate) {
	conform.Table(func(ctx SpecContext, change func(string) string) {
		me := p.Member(ctx)
		agent := p.Do(ctx, me.Actor, g.Operation, conform.Request{}).RequestHeader.Get("User-Agent")
		p.destroyed(ctx, g, me, conform.Request{}.WithHeader("User-Agent", change(agent)))
	}, []conform.Row[func(string) string]{
		{Text: g.Name() + " rejects and ends a session whose client has one character more in its User-Agent",
			Clause: g.at("user-agent", sessionMismatch), Given: func(agent string) string { return agent + "1" }},
		{Text: g.Name() + " rejects and ends a session whose client sends no User-Agent",
			Clause: g.at("user-agent-absent", sessionMismatch), Given: func(string) string { return "" }},
		{Text: g.Name() + " rejects and ends a session whose client writes its User-Agent in the other case",
			Clause: g.at("user-agent-case", sessionMismatch), Given: swapCase},
	})
}

func sessionAddress(p *api, g gate) {
	believed := func(address string) conform.Request {
		return conform.Request{}.WithHeader(p.Setting(client.AddressHeader), address)
	}
	It(g.Name()+" rejects and ends a session that is used from another network",
		g.at("other-network", sessionMismatch, clause.Needs(client.ClientAddress)), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.destroyed(ctx, g, me, believed(otherNetwork(me.Account.Address)))
		})
	It(g.Name()+" accepts a session from another address of its network",
		g.at("same-network", contract.OK, clause.Needs(client.ClientAddress)), func(ctx SpecContext) {
			me := p.Member(ctx)
			for _, address := range sameNetwork(me.Account.Address) {
				p.enters(ctx, g, me, believed(address), contract.OK)
			}
		})
	It(g.Name()+" binds a session to the client address, whatever address other headers claim",
		g.standard("claimed-address", sessionMismatch, client.ClientAddress), func(ctx SpecContext) {
			for _, name := range p.claimHeaders() {
				me := p.Member(ctx)
				p.destroyed(ctx, g, me, believed(otherNetwork(me.Account.Address)).WithHeader(name, claimed(name, me.Account.Address)))
			}
		})
	It(g.Name()+" accepts a session from its own address, whatever address other headers claim",
		g.standard("claimed-other-address", contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			for _, name := range p.claimHeaders() {
				p.enters(ctx, g, me, conform.Request{}.WithHeader(name, claimed(name, "192.0.2.1")), contract.OK)
			}
		})
	It(g.Name()+" tells IPv6 networks apart by their first 96 bits",
		clause.Should("barong."+g.name+".other-network-v6", g.Operation, sessionMismatch,
			clause.Needs(append(g.features, client.ClientAddress)...)), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			a.Address = "2001:db8:0:1::" + p.Nonce()[:4]
			me := p.LogIn(ctx, a)
			p.enters(ctx, g, me, believed("2001:db8:0:1::ffff:1"), contract.OK)
			p.destroyed(ctx, g, me, believed("2001:db8:0:1:0:1::1"))
		})
}

// claimHeaders are header fields in which a client may name any address: those that this
// deployment does not believe.
func (p *api) claimHeaders() []string {
	var names []string
	for _, name := range []string{"X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"} {
		if !strings.EqualFold(name, p.Setting(client.AddressHeader)) {
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

func sessionTime(p *api, g gate) {
	It(g.Name()+" rejects and ends a session that was idle for its lifetime", Serial, g.slowly("expires", sessionMismatch),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Require("use the session", p.Do(ctx, me.Actor, g.Operation, conform.Request{}), g.Operation, contract.OK)
			p.Wait(ctx, p.SessionLifetime(ctx)+time.Minute, "the session has to expire")
			p.enters(ctx, g, me, conform.Request{}, sessionMismatch)
			p.enters(ctx, g, me, conform.Request{}, g.dead)
		})
	It(g.Name()+" keeps a session alive for as long as it is used", Serial, g.slowly("slides", contract.OK), func(ctx SpecContext) {
		me := p.Member(ctx)
		for range 3 {
			p.Wait(ctx, p.SessionLifetime(ctx)*2/3, "the session has to grow older than its time")
			p.enters(ctx, g, me, conform.Request{}, contract.OK)
		}
	})
	It(g.Name()+" does not prolong a session by requests to public paths", Serial, g.slowly("not-prolonged-by-public-paths", sessionMismatch),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			lifetime := p.SessionLifetime(ctx)
			p.Wait(ctx, lifetime*2/3, "the session has to grow old")
			p.Require("read the time", p.Do(ctx, me.Actor, p.GetIdentityTime, conform.Request{}), p.GetIdentityTime, contract.OK)
			p.Wait(ctx, lifetime/2, "the session has to expire")
			p.enters(ctx, g, me, conform.Request{}, sessionMismatch)
		})
}

func sessionUser(p *api, g gate) {
	It(g.Name()+" rejects the session of a deleted user", g.at("deleted-user", userNotActive), func(ctx SpecContext) {
		me := p.Member(ctx)
		p.Require("use the session", p.Do(ctx, me.Actor, g.Operation, conform.Request{}), g.Operation, contract.OK)
		p.Deletes(ctx, me)
		p.enters(ctx, g, me, conform.Request{}, userNotActive)
	})
}

func sessionCSRF(p *api) {
	It("GET /resource/users/me requires no CSRF token",
		clause.Graded("barong.sessions.read-without-csrf", p.GetCurrentUser, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			call := p.Do(ctx, p.With(me.Account, me.Cookie, ""), p.GetCurrentUser, conform.Request{})
			p.Expect(call, p.GetCurrentUser, contract.OK)
			p.Check("the user is the session's", value.Text(value.Of(call), "uid"), Equal(value.Text(me.User, "uid")))
		})
	It("POST /resource/otp/disable rejects the CSRF token of another session",
		clause.Graded("barong.sessions.csrf-foreign", p.DisableOTP, client.CsrfMismatch), func(ctx SpecContext) {
			me, stranger := p.Member(ctx), p.Member(ctx)
			other := p.LogIn(ctx, me.Account)
			for _, token := range []string{other.Csrf, stranger.Csrf} {
				p.Refuses(ctx, conform.Refusal{
					Operation: p.DisableOTP, By: me.Actor, Expected: client.NotEnabled, Outcome: client.CsrfMismatch,
					ChangedBy: p.With(me.Account, me.Cookie, token), Control: always(client.CodeBody("000000")),
				})
			}
		})
	It("POST /resource/otp/disable reads the CSRF token from no other header and not from the body",
		clause.Graded("barong.sessions.csrf-elsewhere", p.DisableOTP, client.CsrfMissing), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.DisableOTP, By: me.Actor, Expected: client.NotEnabled, Outcome: client.CsrfMissing,
				ChangedBy: p.With(me.Account, me.Cookie, ""), Control: always(client.CodeBody("000000")),
				Changes: []conform.Change{conform.Set("csrf_token", me.Csrf), {Name: "X-XSRF-Token", Of: func(r conform.Request) conform.Request {
					return r.WithHeader("X-XSRF-Token", me.Csrf)
				}}},
			})
		})
}
