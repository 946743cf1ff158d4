package coinrabbit

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// userTokens is about x-user-token as a JWT (RFC 8725; facts/auth-checks.md J01
// to J10). Creating a secret is the call that wants nothing else.
func userTokens(p *api) {
	Describe("x-user-token as a JWT", func() {
		forgedTokens(p)
		tokenLife(p)
	})
}

func forgedTokens(p *api) {
	forged := func(slug, text, rests string, forge func(ctx context.Context, parts []string) string) {
		s := p.creating()
		for _, answer := range []bool{false, true} {
			id, sentence := "coinrabbit.user-token."+slug, "creates no secret for "+text
			options := []clause.Option{clause.Needs(jwtFeature), clause.From(contract.Standard, rests)}
			if answer {
				id, sentence, options = id+"-answer", "answers "+text+" with a refusal", options[:1]
			}
			It(sentence, clause.Should(id, s.operation, contract.Unauthenticated, options...), func(ctx SpecContext) {
				t := s.ready(ctx)
				if !isJWT(t.token) {
					p.Untestable("x-user-token is not a JWT, although the target file declares the feature jwt")
				}
				forgery := p.Secret("forged-token", forge(ctx, strings.Split(t.token, ".")))
				t.by = p.Actor(t.who.Name+" forged", t.who, headers(p.Known(partnerKey), forgery))
				call := p.Do(ctx, t.by, s.operation, t.request)
				p.Holds("the answer claims no success", !claims(call), "it claims one")
				if answer {
					p.Expect(call, s.operation, contract.Unauthenticated)
				}
				s.holds(ctx, t)
			})
		}
	}
	const none = "RFC 8725 3.1, 3.2; facts/auth-checks.md J01"
	for _, alg := range []string{"none", "nOnE"} {
		slug := map[string]string{"none": "alg-none", "nOnE": "alg-none-odd"}[alg]
		forged(slug, "a token with alg "+alg+" and no signature", none, func(_ context.Context, parts []string) string {
			return encoded(map[string]any{"alg": alg, "typ": "JWT"}) + "." + parts[1] + "."
		})
	}
	forged("stripped", "a token without its signature", "RFC 8725 3.3; facts/auth-checks.md J02", func(_ context.Context, parts []string) string {
		return parts[0] + "." + parts[1] + "."
	})
	forged("tampered-signature", "a token with another signature", "RFC 8725 3.3; facts/auth-checks.md J02", func(_ context.Context, parts []string) string {
		return parts[0] + "." + parts[1] + "." + flipped(parts[2])
	})
	forged("tampered-claims", "a token with another user's claims", "OWASP ASVS 5.0 9.1.1; facts/auth-checks.md J03", func(ctx context.Context, parts []string) string {
		other := strings.Split(p.signedIn(ctx).token, ".")
		return parts[0] + "." + other[1] + "." + parts[2]
	})
	forged("other-key", "a token signed with another key", "OWASP ASVS 5.0 9.1.1; facts/auth-checks.md J02", func(_ context.Context, parts []string) string {
		return signed(map[string]any{"alg": "HS256", "typ": "JWT"}, parts[1], randomKey())
	})
	forged("partner-key", "a token signed with the partner's key", "RFC 8725 3.1; facts/auth-checks.md J04", func(_ context.Context, parts []string) string {
		return signed(map[string]any{"alg": "HS256", "typ": "JWT"}, parts[1], []byte(p.Known(partnerKey)))
	})
	forged("key-in-token", "a token that brings its own key along", "RFC 8725 3.10; facts/auth-checks.md J08", func(_ context.Context, parts []string) string {
		key := randomKey()
		jwk := map[string]any{"kty": "oct", "k": base64.RawURLEncoding.EncodeToString(key)}
		return signed(map[string]any{"alg": "HS256", "typ": "JWT", "jwk": jwk}, parts[1], key)
	})
}

func tokenLife(p *api) {
	It("gives user tokens an expiry",
		clause.Should("coinrabbit.user-token.expiry", p.partnerLogin, contract.OK, clause.Needs(jwtFeature), clause.From(contract.Standard, "OWASP ASVS 5.0 9.2.1; facts/auth-checks.md J05, J11")),
		func(ctx SpecContext) {
			call := p.Do(ctx, p.partner(), p.partnerLogin, p.partnerRequest())
			p.Expect(call, p.partnerLogin, contract.OK)
			expires, ok := expiry(value.Text(value.Of(call), "response", "token"))
			p.Holds("the token says when it expires", ok, "it does not")
			p.Holds("it expires after now", expires.After(p.Now()), "it expired before it was given")
		})
	for _, answer := range []bool{false, true} {
		id, sentence := "coinrabbit.user-token.expired", "creates no secret for an expired token"
		options := []clause.Option{clause.Needs(jwtFeature), clause.Disrupts(), clause.From(contract.Standard, "OWASP ASVS 5.0 9.2.1; facts/auth-checks.md J05")}
		if answer {
			id, sentence, options = id+"-answer", "answers an expired token with a refusal", options[:2]
		}
		It(sentence, clause.Should(id, p.createSecret, contract.Unauthenticated, options...), func(ctx SpecContext) {
			a := p.created(ctx)
			expires, ok := expiry(a.token)
			if !ok {
				p.Untestable("the user token says no expiry")
			}
			p.Wait(ctx, expires.Sub(p.Now())+time.Minute, "the user token has to expire")
			call := p.Do(ctx, p.creator(a), p.createSecret, creation)
			p.Holds("the answer claims no success", !claims(call), "it claims one")
			if answer {
				p.Expect(call, p.createSecret, contract.Unauthenticated)
			}
			again := p.Do(ctx, p.partner(), p.partnerLogin, requestFor(a))
			p.Require("log in again", again, p.partnerLogin, contract.OK)
			p.session(a, again)
			p.create(ctx, a)
		})
	}
	It("gives another token at each log-in",
		clause.Should("coinrabbit.user-token.fresh", p.partnerLogin, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 7.2.2; facts/auth-checks.md S12")),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			p.Wait(ctx, time.Second, "a token may say the second it was given in")
			call := p.Do(ctx, p.partner(), p.partnerLogin, requestFor(a))
			p.Expect(call, p.partnerLogin, contract.OK)
			p.Check("the second token", value.Text(value.Of(call), "response", "token") != a.token, BeTrue())
		})
}

// expiry is the claim exp of a JWT.
func expiry(token string) (time.Time, bool) {
	if !isJWT(token) {
		return time.Time{}, false
	}
	seconds, ok := claimsIn(strings.Split(token, ".")[1])["exp"].(float64)
	return time.Unix(int64(seconds), 0), ok
}

func encoded(header map[string]any) string {
	text, _ := json.Marshal(header) // texts and maps of texts only
	return base64.RawURLEncoding.EncodeToString(text)
}

// signed makes a JWT of a header and an encoded payload (RFC 7515 section 5.1).
func signed(header map[string]any, payload string, key []byte) string {
	input := encoded(header) + "." + payload
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func randomKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return key
}

// flipped changes the first character: the last may hold bits that are not read.
func flipped(part string) string {
	if strings.HasPrefix(part, "A") {
		return "B" + part[1:]
	}
	return "A" + part[min(1, len(part)):]
}
