package coinrabbit

import (
	"context"
	"encoding/json"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// userToken is about x-user-token as a JWT (RFC 8725; checks#J01 to
// J10). Creating a secret is the request that requires nothing else.
func userToken(p *client.Client) {
	s := creating(p)
	s.counts = false
	s.clause = func(d deviation) clause.Clause {
		return clause.Should("coinrabbit.user-token."+d.slug, p.CreateSecret, d.outcome, d.grade, clause.Needs(jwtFeature))
	}
	rejectsEffect(p, s, forgedTokens(p)...)
	after := s.after
	s.after = func(ctx context.Context, t *trial) {
		p.LogIn(ctx, t.Account)
		after(ctx, t)
	}
	rejectsEffect(p, s, expiredToken(p))
	issuedTokens(p)
}

// forgedTokens are made from a live token of the user.
func forgedTokens(p *client.Client) []deviation {
	const (
		none      = "RFC 8725 3.1, 3.2; checks#J01"
		signature = "RFC 8725 3.3; checks#J02"
		foreign   = "OWASP ASVS 5.0.0 9.1.1; "
	)
	var deviations []deviation
	add := func(slug, what, rests string, forge func(context.Context, family.JWT) string) {
		deviations = append(deviations, deviation{
			slug: slug, text: "with an x-user-token " + what, outcome: contract.Unauthenticated, rests: rests,
			apply: func(ctx context.Context, t *trial) {
				token, ok := family.ParseJWT(t.Token)
				if !ok {
					p.Untestable("x-user-token is not a JWT, although the target file declares the feature jwt")
				}
				forgery := p.Secret("forged-token", forge(ctx, token))
				t.carry(p, func(*trial) (string, string) { return p.Known(client.PartnerKey), forgery })
			}})
	}
	sources := map[string]string{
		"alg-none": none, "alg-none-odd": none, "stripped": signature, "tampered-signature": signature,
		"other-key": foreign + "checks#J02", "key-in-token": "RFC 8725 3.10; checks#J08",
		"empty-key": signature, "subject-key": foreign + "checks#J02", "guessable-key": foreign + "checks#J02",
		"rsa-key-in-token": "RFC 8725 3.10; checks#J08",
	}
	for _, f := range family.Forgeries() {
		if rests, stated := sources[f.Slug]; stated {
			add(f.Slug, f.What, rests, func(_ context.Context, t family.JWT) string { return f.Make(t) })
		}
	}
	add("tampered-claims", "with another user's claims under the old signature", foreign+"checks#J03",
		func(ctx context.Context, t family.JWT) string {
			other, _ := family.ParseJWT(p.SignedIn(ctx).Token)
			return t.WithPayloadOf(other)
		})
	add("partner-key", "signed with the partner's API key", "RFC 8725 3.1; checks#J04",
		func(_ context.Context, t family.JWT) string {
			return t.SignedHMAC(nil, []byte(p.Known(client.PartnerKey)))
		})
	return deviations
}

func expiredToken(p *client.Client) deviation {
	return deviation{
		slug: "expired", text: "with an expired x-user-token", outcome: contract.Unauthenticated, disrupts: true,
		rests: "OWASP ASVS 5.0.0 9.2.1; checks#J05",
		apply: func(ctx context.Context, t *trial) {
			expires, ok := expiry(t.Token)
			if !ok {
				p.Untestable("the user token says no expiry")
			}
			p.Wait(ctx, expires.Sub(p.Now())+time.Minute, "the user token has to expire")
		},
	}
}

func issuedTokens(p *client.Client) {
	op := p.PartnerLogin
	It("The log-in by the partner issues a user token that says when it expires",
		clause.Should("coinrabbit.user-token.expiry", op, contract.OK, clause.Needs(jwtFeature),
			standard("OWASP ASVS 5.0.0 9.2.1; checks#J05; checks#J11")),
		func(ctx SpecContext) {
			call := p.Do(ctx, p.Partner(), op, p.PartnerLoginRequest(p.Lease(client.User)))
			p.Expect(call, op, contract.OK)
			expires, ok := expiry(client.Given(call, "token"))
			p.Holds("the token says when it expires", ok, "it does not")
			p.Holds("it expires after now", expires.After(p.Now()), "it expired before it was given")
		})
	It("The log-in by the partner issues another user token at each log-in",
		clause.Should("coinrabbit.user-token.fresh", op, contract.OK, standard("OWASP ASVS 5.0.0 7.2.2; checks#S12")),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			p.Wait(ctx, time.Second, "a token may say the second it was given in")
			call := p.Do(ctx, p.Partner(), op, p.PartnerLoginRequest(a.Who))
			p.Expect(call, op, contract.OK)
			p.Check("the second token", client.Given(call, "token") != a.Token, BeTrue())
		})
}

// expiry is the claim exp of a JWT.
func expiry(token string) (time.Time, bool) {
	jwt, ok := family.ParseJWT(token)
	exp, isNumber := jwt.Claims()["exp"].(json.Number)
	seconds, err := exp.Float64()
	return time.Unix(int64(seconds), 0), ok && isNumber && err == nil
}

// jwtPresent asks the log-in of a partner whether its token is a JWT.
func jwtPresent(ctx context.Context, s *conform.Context) bool {
	_, ok := family.ParseJWT(client.New(s).SignedIn(ctx).Token)
	return ok
}
