package barong

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

// signedWith tells whether a token carries the signature of a key.
func signedWith(token string, key *rsa.PublicKey) bool {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	return err == nil && jwt.SigningMethodRS256.Verify(token[:at], signature, key) == nil
}

// authzPublic: what is open to everybody passes, and needs no token.
func authzPublic(p *api) {
	needs := clause.Needs(client.Direct)
	It("The AuthZ endpoint lets a log-in pass and issues no token for it",
		clause.Graded("barong.authz.public", p.AuthorizePublic, contract.OK, needs), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Visitor(), p.AuthorizePublic, asked), p.AuthorizePublic, contract.OK)
		})
	It("The AuthZ endpoint issues no token to a session on a public path",
		clause.Graded("barong.authz.public-session", p.AuthorizePublic, contract.OK, needs), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Member(ctx).Actor, p.AuthorizePublic, asked), p.AuthorizePublic, contract.OK)
		})
	It("The AuthZ endpoint lets every public operation pass",
		clause.Graded("barong.authz.public-each", p.AuthorizePublic, contract.OK, needs), func(ctx SpecContext) {
			way := client.NewRoads(p.Target())
			for _, op := range p.Operations() {
				if op.Protected || op.Area == client.AreaAuthz {
					continue
				}
				r := conform.Request{Method: op.Method, Template: way.AuthzPath(op)}
				if op.Body != nil {
					r.JSON = conform.Object{}
				}
				p.Expect(p.Do(ctx, p.Visitor(), p.AuthorizePublic, r), p.AuthorizePublic, contract.OK)
			}
		})
}

// authzClosed: what is not for members.
func authzClosed(p *api) {
	type closed struct {
		operation *contract.Operation
		outcome   contract.Outcome
		by        func(me *client.Session) *conform.Actor
		paths     []string
	}
	needs := clause.Needs(client.Direct)
	way := func() client.Roads { return client.NewRoads(p.Target()) }
	member := func(me *client.Session) *conform.Actor { return me.Actor }
	nobody := func(*client.Session) *conform.Actor { return p.Visitor() }
	conform.Table(func(ctx SpecContext, given closed) {
		me := p.Member(ctx)
		p.passes(ctx, me)
		for _, path := range append([]string{""}, given.paths...) {
			r := conform.Request{}
			if path != "" {
				r.Template = way().Asked("/api/v2/barong/" + path)
			}
			call := p.Do(ctx, given.by(me), given.operation, r)
			p.Expect(call, given.operation, given.outcome)
			p.ExpectNoToken(call)
		}
		p.passes(ctx, me)
	}, []conform.Row[closed]{
		{Text: "The AuthZ endpoint rejects a member on administrators' paths and on unknown modules",
			Clause: clause.Graded("barong.authz.admin-path", p.AuthorizeAdmin, contract.Forbidden, needs),
			Given: closed{p.AuthorizeAdmin, contract.Forbidden, member, []string{
				"admin/metrics", "admin/users/list", "af-unknown/users",
			}}},
		{Text: "The AuthZ endpoint rejects a client without a session on administrators' paths",
			Clause: clause.Graded("barong.authz.admin-nobody", p.AuthorizeAdmin, contract.Unauthenticated, needs),
			Given:  closed{p.AuthorizeAdmin, contract.Unauthenticated, nobody, nil}},
		{Text: "The AuthZ endpoint rejects a member on management paths",
			Clause: clause.Graded("barong.authz.management", p.AuthorizeManagement, contract.Forbidden, needs),
			Given:  closed{p.AuthorizeManagement, contract.Forbidden, member, []string{"management/users/get", "management/timestamp"}}},
		{Text: "The AuthZ endpoint rejects a client without a session on management paths",
			Clause: clause.Graded("barong.authz.management-nobody", p.AuthorizeManagement, contract.Forbidden, needs),
			Given:  closed{p.AuthorizeManagement, contract.Forbidden, nobody, nil}},
	})
}

// passes shows that a session is good for what is a member's.
func (p *api) passes(ctx context.Context, me *client.Session) {
	GinkgoHelper()
	p.Require("be let to the own user", p.Do(ctx, me.Actor, p.AuthorizeRead, conform.Request{}), p.AuthorizeRead, contract.OK)
}

// authzPreflight: release 3.1 lets OPTIONS pass, for browsers send it without any
// credential (Fetch standard section 3.2).
func authzPreflight(p *api) {
	options := conform.Request{Method: http.MethodOptions}
	It("The AuthZ endpoint answers OPTIONS without a session as the release does",
		clause.Graded("barong.authz.preflight", p.AuthorizeRead, preflight, clause.Needs(client.Direct)), func(ctx SpecContext) {
			call := p.Do(ctx, p.Visitor(), p.AuthorizeRead, options)
			p.Expect(call, p.AuthorizeRead, preflight)
			p.ExpectNoToken(call)
		})
	It("The AuthZ endpoint lets a browser's preflight request pass",
		clause.Note("barong.authz.preflight-gateway", p.AuthorizeRead, preflight, clause.Only(client.Release31)), func(ctx SpecContext) {
			r := options.WithHeader("Origin", "https://wallet.example").WithHeader("Access-Control-Request-Method", http.MethodPost)
			r.Template = client.NewRoads(p.Target()).GatewayPath(p.CreateLabel)
			p.Expect(p.Do(ctx, p.Visitor(), p.AuthorizeRead, r), p.AuthorizeRead, preflight)
		})
}
