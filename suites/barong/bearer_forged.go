package barong

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
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

// bearerAltered are forgeries that need no key (RFC 8725 3.1 and 3.2;
// checks#J01; checks#J02; checks#J03; checks#J04; checks#J08).
func bearerAltered(p *api) {
	needs := clause.Needs(client.Direct)
	conform.Table(refusesBearer(p), []conform.Row[forgery]{
		{Text: "GET /resource/users/me rejects bearer tokens that are not JWTs",
			Clause: clause.Graded("barong.bearer.malformed", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(_ context.Context, token string) []presented {
				parts := strings.Split(token, ".")
				return []presented{
					p.forged("made-up", p.Nonce()), {"dots", "Bearer .."}, {"null", "Bearer null"},
					p.forged("two parts", parts[0]+"."+parts[1]),
					p.forged("no signature", parts[0]+"."+parts[1]+"."),
					p.forged("four parts", token+"."+parts[2]),
				}
			}},
		{Text: "GET /resource/users/me rejects a bearer token with an altered signature",
			Clause: clause.Graded("barong.bearer.signature", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(ctx context.Context, token string) []presented {
				parts, other := strings.Split(token, "."), strings.Split(p.SessionToken(ctx, p.Member(ctx)), ".")
				signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
				flipped := append([]byte(nil), signature...)
				flipped[len(flipped)-1] ^= 1
				signed := parts[0] + "." + parts[1] + "."
				return []presented{
					p.forged("one bit flipped", signed+encode(flipped)),
					p.forged("cut short", signed+encode(signature[:len(signature)-1])),
					p.forged("of another token", signed+other[2]),
				}
			}},
		{Text: "GET /resource/users/me rejects a bearer token with altered claims",
			Clause: clause.Graded("barong.bearer.payload", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(ctx context.Context, token string) []presented {
				other := p.Member(ctx)
				parts := strings.Split(token, ".")
				changed := func(name string, v any) presented {
					return p.forged("another "+name, parts[0]+"."+jwtObject(claimsWith(token, name, v))+"."+parts[2])
				}
				return []presented{
					changed("role", "superadmin"), changed("uid", value.Text(other.User, "uid")),
					changed("exp", p.Now().AddDate(1, 0, 0).Unix()),
				}
			}},
		{Text: "GET /resource/users/me rejects a bearer token with alg none",
			Clause: clause.Graded("barong.bearer.algorithm-none", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(_ context.Context, token string) []presented {
				parts := strings.Split(token, ".")
				var made []presented
				for _, name := range []string{"none", "None", "nOnE"} {
					header := jwtObject(map[string]any{"alg": name})
					unsigned := header + "." + parts[1] + "."
					made = append(made, p.forged(name+" without signature", unsigned), p.forged(name+" with signature", unsigned+parts[2]))
				}
				return append(made, p.forged("none in two parts", jwtObject(map[string]any{"alg": "none"})+"."+parts[1]))
			}},
		{Text: "GET /resource/users/me rejects a bearer token signed with HMAC under a guessable secret",
			Clause: clause.Graded("barong.bearer.algorithm-hmac", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(_ context.Context, token string) []presented {
				var made []presented
				for _, secret := range []string{"", "secret", "barong"} {
					claims := claimsWith(token, "role", "superadmin")
					made = append(made, p.forged("HS256 with "+secret, jwtSigned(jwt.SigningMethodHS256, nil, claims, []byte(secret))))
				}
				return made
			}},
		{Text: "GET /resource/users/me rejects a bearer token signed with a foreign key, even one that it embeds",
			Clause: clause.Graded("barong.bearer.foreign-key", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(_ context.Context, token string) []presented {
				key, err := rsa.GenerateKey(rand.Reader, 2048)
				if err != nil {
					p.Error("cannot make a key: %v", err)
				}
				claims := claimsWith(token, "role", "superadmin")
				jwk := map[string]any{"kty": "RSA", "n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes())}
				return []presented{
					p.forged("another key", jwtSigned(jwt.SigningMethodRS256, nil, claims, key)),
					p.forged("its own key", jwtSigned(jwt.SigningMethodRS256, map[string]any{"jwk": jwk}, claims, key)),
				}
			}},
	})
}

// bearerSigned are tokens that carry Barong's own signature and should not count
// all the same.
func bearerSigned(p *api) {
	type signedForgery func(key *rsa.PrivateKey, token string) []presented
	with := func(key *rsa.PrivateKey, token, name string, v any) presented {
		return p.forged(name, jwtSigned(jwt.SigningMethodRS256, nil, claimsWith(token, name, v), key))
	}
	needs, refuses := clause.Needs(client.Direct, client.KnownKey), refusesBearer(p)
	conform.Table(func(ctx SpecContext, forge signedForgery) {
		refuses(ctx, func(_ context.Context, token string) []presented { return forge(p.RsaKey(client.JwtKey), token) })
	}, []conform.Row[signedForgery]{
		{Text: "GET /resource/users/me rejects a signed bearer token that has expired",
			Clause: clause.Graded("barong.bearer.signed-expired", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(key *rsa.PrivateKey, token string) []presented {
				return []presented{with(key, token, "exp", p.Now().Add(-time.Minute).Unix())}
			}},
		{Text: "GET /resource/users/me rejects a signed bearer token that was issued in the future",
			Clause: clause.Graded("barong.bearer.signed-early", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(key *rsa.PrivateKey, token string) []presented {
				tomorrow := p.Now().AddDate(0, 0, 1).Unix()
				return []presented{with(key, token, "iat", tomorrow), with(key, token, "nbf", tomorrow)}
			}},
		{Text: "GET /resource/users/me rejects a signed bearer token without a jti",
			Clause: clause.Graded("barong.bearer.signed-without-id", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(key *rsa.PrivateKey, token string) []presented {
				return []presented{with(key, token, "jti", nil), with(key, token, "jti", "")}
			}},
		{Text: "GET /resource/users/me rejects a signed bearer token with another subject",
			Clause: clause.Graded("barong.bearer.signed-subject", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(key *rsa.PrivateKey, token string) []presented {
				return []presented{
					with(key, token, "sub", nil), with(key, token, "sub", client.Confirmation),
					with(key, token, "sub", client.Reset), with(key, token, "sub", "Session"),
				}
			}},
		{Text: "GET /resource/users/me rejects a bearer token signed with HMAC under the public key",
			Clause: clause.Graded("barong.bearer.public-key-as-secret", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(key *rsa.PrivateKey, token string) []presented {
				der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
				if err != nil {
					p.Error("cannot write the public key: %v", err)
				}
				public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
				return []presented{
					p.forged("PEM", jwtSigned(jwt.SigningMethodHS256, nil, claimsWith(token, "role", "superadmin"), public)),
					p.forged("DER", jwtSigned(jwt.SigningMethodHS256, nil, claimsWith(token, "role", "superadmin"), der)),
				}
			}},
	})
	conform.Table(func(ctx SpecContext, claims func(token string) map[string]any) {
		made := jwtSigned(jwt.SigningMethodRS256, nil, claims(p.SessionToken(ctx, p.Member(ctx))), p.RsaKey(client.JwtKey))
		p.Expect(p.Do(ctx, p.Visitor(), p.GetCurrentUser, p.Bearing(p.forged("", made).authorization)), p.GetCurrentUser, contract.OK)
	}, []conform.Row[func(token string) map[string]any]{
		{Text: "GET /resource/users/me accepts a signed bearer token of another issuer",
			Clause: clause.Note("barong.bearer.other-issuer", p.GetCurrentUser, contract.OK, needs),
			Given: func(token string) map[string]any {
				made := claimsWith(token, "iss", "somebody")
				made["aud"] = []string{"somebody"}
				return made
			}},
		{Text: "GET /resource/users/me accepts a signed bearer token without exp",
			Clause: clause.Note("barong.bearer.no-end", p.GetCurrentUser, contract.OK, needs),
			Given:  func(token string) map[string]any { return claimsWith(token, "exp", nil) }},
	})
	It("GET /resource/users/me finds no user for a signed bearer token with a service account's uid",
		clause.Should("barong.bearer.no-user", p.GetCurrentUser, contract.NotFound, needs), func(ctx SpecContext) {
			key, token := p.RsaKey(client.JwtKey), p.SessionToken(ctx, p.Member(ctx))
			p.Refuses(ctx, conform.Refusal{
				Operation: p.GetCurrentUser, By: p.Visitor(), Outcome: contract.NotFound, Control: always(p.Bearing("Bearer " + token)),
				Changes: []conform.Change{{Name: "service account", Of: func(conform.Request) conform.Request {
					return p.Bearing(with(key, token, "uid", "SI"+strings.ToUpper(p.Nonce()[:10])).authorization)
				}}},
			})
		})
}

// claimsWith copies a token's claims with one of them changed; nil leaves it out.
func claimsWith(token, name string, v any) map[string]any {
	members, _ := client.Claims(token).(map[string]any)
	members = maps.Clone(members)
	if members == nil {
		members = map[string]any{}
	}
	for name, old := range members {
		if n, isFloat := old.(float64); isFloat {
			members[name] = int64(n)
		}
	}
	if members[name] = v; v == nil {
		delete(members, name)
	}
	return members
}

func jwtObject(members map[string]any) string {
	text, _ := json.Marshal(members)
	return encode(text)
}

// jwtSigned makes a token. The keys fit their methods, so that it cannot fail.
func jwtSigned(method jwt.SigningMethod, header, members map[string]any, key any) string {
	token := jwt.NewWithClaims(method, jwt.MapClaims(members))
	maps.Copy(token.Header, header)
	text, err := token.SignedString(key)
	if err != nil {
		return ""
	}
	return text
}
