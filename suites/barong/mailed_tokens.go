package barong

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	. "github.com/onsi/ginkgo/v2"

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
	kind      string // subject of its tokens
	// fresh has a token mailed, and returns what makes a request of it.
	fresh func(context.Context) (token string, request func(token string) conform.Request)
	// other has a token of the other kind mailed.
	other    func(context.Context) string
	features []string
}

// mailedTokens states for an operation which tokens it does not take (barong#6.4;
// RFC 8725 3.1, 3.8 and 3.9).
func mailedTokens(p *api, b tokenBearer) {
	forged := func(outcome contract.Outcome, promise string, needs []string, forge func(ctx context.Context, token string) []string) {
		options := []clause.Option{clause.Needs(append(needs, b.features...)...)}
		It(b.operation.Name()+" rejects "+promise, clause.Graded("barong."+b.area+"."+string(outcome), b.operation, outcome, options...), func(ctx SpecContext) {
			token, request := b.fresh(ctx)
			pair := conform.Refusal{
				Operation: b.operation, By: p.Visitor(), Outcome: outcome, OnlyAfter: true,
				Control: func() conform.Request { return request(token) },
			}
			for i, forgery := range forge(ctx, token) {
				pair.Changes = append(pair.Changes, conform.Change{Name: string(rune('a' + i)), Of: func(conform.Request) conform.Request {
					return request(p.Secret("forged-token", forgery))
				}})
			}
			p.Refuses(ctx, pair)
		})
	}
	forged("token-malformed", "text that is not a JWT", nil, func(_ context.Context, token string) []string {
		head, rest, _ := strings.Cut(token, ".")
		return []string{"nonsense" + p.Nonce(), head + "." + p.Nonce(), token + "." + head, rest}
	})
	forged("token-undecodable", "a token whose header is not JSON", nil, func(_ context.Context, token string) []string {
		parts := strings.Split(token, ".")
		return []string{encode([]byte("{"+p.Nonce())) + "." + parts[1] + "." + parts[2]}
	})
	forged("token-forged", "a token with an altered signature or altered claims", nil, func(_ context.Context, token string) []string {
		return []string{otherSignature(token), otherClaims(token)}
	})
	forged("token-algorithm", "a token with alg none, and one signed with HMAC under an empty secret", nil, func(_ context.Context, token string) []string {
		return withoutSignature(token)
	})
	forged("token-wrong-kind", "a token that was mailed for another purpose", nil, func(ctx context.Context, _ string) []string {
		return []string{b.other(ctx)}
	})
	forged("token-is-session", "the bearer token of a session", []string{client.Direct}, func(ctx context.Context, _ string) []string {
		return []string{p.SessionToken(ctx, p.Member(ctx))}
	})
	forged("token-without-id", "a token without a jti", []string{client.KnownKey}, func(_ context.Context, token string) []string {
		return []string{p.resigned(token, func(claims map[string]any) { delete(claims, "jti") })}
	})
	forged("token-from-future", "a token that was issued in the future", []string{client.KnownKey}, func(_ context.Context, token string) []string {
		return []string{p.resigned(token, func(claims map[string]any) { claims["iat"] = p.Now().Add(24 * time.Hour).Unix() })}
	})
	expiredTokens(p, b)
}

// expiredTokens lets an hour pass: real deployments are not asked to wait for it.
func expiredTokens(p *api, b tokenBearer) {
	const lifetime = time.Hour
	It(b.operation.Name()+" rejects a token that is older than an hour", Serial,
		clause.Should("barong."+b.area+".token-expired", b.operation, "token-expired", clause.Needs(b.features...)), func(ctx SpecContext) {
			token, request := b.fresh(ctx)
			p.Wait(ctx, lifetime+time.Minute, "mailed tokens live for an hour")
			p.Expect(p.Do(ctx, p.Visitor(), b.operation, request(token)), b.operation, "token-expired")
			fresh, again := b.fresh(ctx)
			p.Require("use a fresh token", p.Do(ctx, p.Visitor(), b.operation, again(fresh)), b.operation, contract.OK)
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

// withoutSignature claims algorithms that need no private key (RFC 8725 3.1).
func withoutSignature(token string) []string {
	payload := strings.Split(token, ".")[1]
	none := encode([]byte(`{"alg":"none"}`)) + "." + payload + "."
	hmac := jwt.New(jwt.SigningMethodHS256)
	text, err := hmac.SigningString()
	if err != nil {
		return []string{none}
	}
	text = strings.Split(text, ".")[0] + "." + payload
	signature, err := jwt.SigningMethodHS256.Sign(text, []byte{})
	if err != nil {
		return []string{none}
	}
	return []string{none, text + "." + encode(signature)}
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
