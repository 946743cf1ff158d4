package barong

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

// tokenBearer is an operation that takes a mailed token.
type tokenBearer struct {
	area      string
	operation *contract.Operation
	request   *contract.Operation // has such a token mailed
	// fresh has a token mailed, and returns what makes a request of it.
	fresh func(context.Context) (token string, request func(token string) conform.Request)
	// other has a token of the other kind mailed.
	other    func(context.Context) string
	features []string
}

// forgedToken is a way to make tokens that are refused out of a good one.
type forgedToken struct {
	outcome contract.Outcome
	what    string
	needs   []string
	forge   func(ctx context.Context, p *api, b tokenBearer, token string) []string
}

var forgedTokens = []forgedToken{
	{"token-malformed", "text that is not a JWT", nil, func(_ context.Context, p *api, _ tokenBearer, token string) []string {
		head, rest, _ := strings.Cut(token, ".")
		return []string{"nonsense" + p.Nonce(), head + "." + p.Nonce(), token + "." + head, rest}
	}},
	{"token-undecodable", "a token whose header is not JSON", nil, func(_ context.Context, p *api, _ tokenBearer, token string) []string {
		_, rest, _ := strings.Cut(token, ".")
		return []string{encode([]byte("{"+p.Nonce())) + "." + rest}
	}},
	{"token-forged", "a token with an altered signature or altered claims", nil,
		func(_ context.Context, _ *api, _ tokenBearer, token string) []string {
			return []string{otherSignature(token), otherClaims(token)}
		}},
	{"token-algorithm", "a token with alg none, and one signed with HMAC under an empty secret", nil,
		func(_ context.Context, p *api, _ tokenBearer, token string) []string {
			return []string{unsigned(token) + encode([]byte("none")), p.emptyHMAC(token)}
		}},
	{"token-unsigned", "a token with alg none and no signature", nil, func(_ context.Context, _ *api, _ tokenBearer, token string) []string {
		return []string{unsigned(token)}
	}},
	{"token-wrong-kind", "a token that was mailed for another purpose", nil,
		func(ctx context.Context, _ *api, b tokenBearer, _ string) []string {
			return []string{b.other(ctx)}
		}},
	{"token-is-session", "the bearer token of a session", []string{client.Direct},
		func(ctx context.Context, p *api, _ tokenBearer, _ string) []string {
			return []string{p.SessionToken(ctx, p.Member(ctx))}
		}},
	{"token-without-id", "a token without a jti", []string{client.KnownKey},
		func(_ context.Context, p *api, _ tokenBearer, token string) []string {
			return []string{p.resigned(token, func(claims map[string]any) { delete(claims, "jti") })}
		}},
	{"token-from-future", "a token that was issued in the future", []string{client.KnownKey},
		func(_ context.Context, p *api, _ tokenBearer, token string) []string {
			return []string{p.resigned(token, func(claims map[string]any) { claims["iat"] = p.Now().Add(24 * time.Hour).Unix() })}
		}},
	{"token-foreign-issuer", "a token of another issuer", []string{client.KnownKey},
		func(_ context.Context, p *api, _ tokenBearer, token string) []string {
			return []string{p.resigned(token, func(claims map[string]any) { claims["iss"] = otherParty })}
		}},
	{"token-foreign-audience", "a token for another audience", []string{client.KnownKey},
		func(_ context.Context, p *api, _ tokenBearer, token string) []string {
			return []string{p.resigned(token, func(claims map[string]any) { claims["aud"] = []string{otherParty} })}
		}},
}

// otherParty neither issues Barong's tokens nor takes them.
const otherParty = "other"

// mailedTokens states for an operation which tokens it does not take (barong#6.4;
// RFC 8725 3.1, 3.8 and 3.9).
func mailedTokens(p *api, b tokenBearer) {
	for _, f := range forgedTokens {
		It(b.operation.Name()+" rejects "+f.what, clause.Graded("barong."+b.area+"."+string(f.outcome), b.operation, f.outcome,
			clause.Needs(append(f.needs, b.features...)...)), func(ctx SpecContext) { p.refusesToken(ctx, b, f) })
	}
	It(b.operation.Name()+" rejects a token that is older than an hour", Serial,
		clause.Should("barong."+b.area+".token-expired", b.operation, "token-expired", clause.Needs(b.features...)),
		func(ctx SpecContext) {
			token, request := b.fresh(ctx)
			p.Expect(p.Do(ctx, p.Visitor(), b.operation, request(p.expired(ctx, token))), b.operation, "token-expired")
			fresh, again := b.fresh(ctx)
			p.Require("use a fresh token", p.Do(ctx, p.Visitor(), b.operation, again(fresh)), b.operation, contract.OK)
		})
	It(b.operation.Name()+" rejects a token without an issuer",
		clause.Should("barong."+b.area+".token-without-issuer", b.operation, "token-foreign-issuer",
			clause.Needs(append([]string{client.KnownKey}, b.features...)...), clause.From(contract.Standard, "RFC 8725 3.8")),
		func(ctx SpecContext) {
			token, request := b.fresh(ctx)
			without := p.resigned(token, func(claims map[string]any) { delete(claims, "iss") })
			p.ExpectShut("nobody issued it", p.Do(ctx, p.Visitor(), b.operation, request(without)), b.operation, "token-foreign-issuer")
			p.Require("use the token as it was mailed", p.Do(ctx, p.Visitor(), b.operation, request(token)), b.operation, contract.OK)
		})
	It(b.request.Name()+" mails a token that is good for an hour",
		clause.Graded("barong."+b.area+".token-lifetime", b.request, contract.OK, clause.Needs(b.features...),
			clause.From(contract.Tested, "barong#2.1-confirmEmail-parameters")), func(ctx SpecContext) {
			token, _ := b.fresh(ctx)
			claims := client.Claims(token)
			seconds := value.Number(claims, "exp") - value.Number(claims, "iat")
			p.Check("the token's lifetime", time.Duration(seconds)*time.Second, Equal(mailedLifetime))
		})
}

func (p *api) refusesToken(ctx context.Context, b tokenBearer, f forgedToken) {
	GinkgoHelper()
	token, request := b.fresh(ctx)
	pair := conform.Refusal{
		Operation: b.operation, By: p.Visitor(), Outcome: f.outcome, OnlyAfter: true,
		Control: func() conform.Request { return request(token) },
	}
	for i, forgery := range f.forge(ctx, p, b, token) {
		pair.Changes = append(pair.Changes, conform.Change{Name: string(rune('a' + i)), Of: func(conform.Request) conform.Request {
			return request(p.Secret("forged-token", forgery))
		}})
	}
	p.Refuses(ctx, pair)
}

// mailedLifetime is how long a mailed token is good (barong#2.1-confirmEmail-parameters).
const mailedLifetime = time.Hour

// expired makes a mailed token one of the past: with the key that signs tokens by
// minting it, and otherwise by waiting.
func (p *api) expired(ctx context.Context, token string) string {
	GinkgoHelper()
	if !p.Target().Features[client.KnownKey] {
		p.Wait(ctx, mailedLifetime+time.Minute, "mailed tokens live for an hour")
		return token
	}
	return p.resigned(token, func(claims map[string]any) {
		issued := p.Now().Add(-mailedLifetime - time.Minute)
		claims["iat"], claims["exp"] = issued.Unix(), issued.Add(mailedLifetime).Unix()
	})
}

func encode(text []byte) string { return base64.RawURLEncoding.EncodeToString(text) }

// otherSignature changes one bit of a token's signature.
func otherSignature(token string) string {
	parts := strings.Split(token, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) == 0 {
		return token + "x"
	}
	signature[0] ^= 1
	return parts[0] + "." + parts[1] + "." + encode(signature)
}

// otherClaims keeps a token's signature and adds a claim.
func otherClaims(token string) string {
	parts := strings.Split(token, ".")
	return parts[0] + "." + changedClaims(token, func(claims map[string]any) { claims["role"] = "superadmin" }) + "." + parts[2]
}

func changedClaims(token string, change func(map[string]any)) string {
	members, _ := client.Claims(token).(map[string]any)
	change(members)
	text, _ := json.Marshal(members)
	return encode(text)
}

// unsigned claims that a token needs no signature, and has none (RFC 8725 3.1).
func unsigned(token string) string {
	return encode([]byte(`{"alg":"none"}`)) + "." + strings.Split(token, ".")[1] + "."
}

// emptyHMAC signs a token's claims as anybody could (RFC 8725 3.1).
func (p *api) emptyHMAC(token string) string {
	GinkgoHelper()
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + strings.Split(token, ".")[1]
	signature, err := jwt.SigningMethodHS256.Sign(text, []byte{})
	if err != nil {
		p.Error("cannot sign with an empty secret: %v", err)
	}
	return text + "." + encode(signature)
}

// resigned signs a token's claims anew, changed, with the key of setting jwt-key.
func (p *api) resigned(token string, change func(map[string]any)) string {
	GinkgoHelper()
	members, _ := client.Claims(token).(map[string]any)
	change(members)
	for _, name := range []string{"iat", "exp"} { // as integers: JSON read them as floating point numbers
		if n, isFloat := members[name].(float64); isFloat {
			members[name] = int64(n)
		}
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(members)).SignedString(p.RsaKey(client.JwtKey))
	if err != nil {
		p.Untestable("settings.%s does not sign with RS256: it must be an RSA key", client.JwtKey)
	}
	return p.Secret("forged-token", signed)
}

// labelOf is the value of one of a user's labels; "" where it has none.
func labelOf(user any, key string) string {
	for _, label := range value.List(user, "labels") {
		if value.Text(label, "key") == key {
			return value.Text(label, "value")
		}
	}
	return ""
}
