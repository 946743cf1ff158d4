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
// facts/auth-checks.md J01-J04, J08).
func bearerAltered(p *api) {
	refusesBearer(p, "malformed", "GET /resource/users/me rejects bearer tokens that are not JWTs", nil, func(_ context.Context, token string) []presented {
		parts := strings.Split(token, ".")
		return []presented{
			p.forged("made-up", p.Nonce()), {"dots", "Bearer .."}, {"null", "Bearer null"},
			p.forged("two parts", parts[0]+"."+parts[1]),
			p.forged("no signature", parts[0]+"."+parts[1]+"."),
			p.forged("four parts", token+"."+parts[2]),
		}
	})
	refusesBearer(p, "signature", "GET /resource/users/me rejects a bearer token with an altered signature", nil, func(ctx context.Context, token string) []presented {
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
	})
	refusesBearer(p, "payload", "GET /resource/users/me rejects a bearer token with altered claims", nil, func(ctx context.Context, token string) []presented {
		other := p.Member(ctx)
		parts := strings.Split(token, ".")
		changed := func(name string, v any) presented {
			return p.forged("another "+name, parts[0]+"."+jwtObject(claimsWith(token, name, v))+"."+parts[2])
		}
		return []presented{changed("role", "superadmin"), changed("uid", value.Text(other.User, "uid")), changed("exp", p.Now().AddDate(1, 0, 0).Unix())}
	})
	refusesBearer(p, "algorithm-none", "GET /resource/users/me rejects a bearer token with alg none", nil, func(_ context.Context, token string) []presented {
		parts := strings.Split(token, ".")
		var made []presented
		for _, name := range []string{"none", "None", "nOnE"} {
			header := jwtObject(map[string]any{"alg": name})
			made = append(made, p.forged(name+" without signature", header+"."+parts[1]+"."), p.forged(name+" with signature", header+"."+parts[1]+"."+parts[2]))
		}
		return append(made, p.forged("none in two parts", jwtObject(map[string]any{"alg": "none"})+"."+parts[1]))
	})
	refusesBearer(p, "algorithm-hmac", "GET /resource/users/me rejects a bearer token signed with HMAC under a guessable secret", nil, func(_ context.Context, token string) []presented {
		var made []presented
		for _, secret := range []string{"", "secret", "barong"} {
			made = append(made, p.forged("HS256 with "+secret, jwtSigned(jwt.SigningMethodHS256, nil, claimsWith(token, "role", "superadmin"), []byte(secret))))
		}
		return made
	})
	refusesBearer(p, "foreign-key", "GET /resource/users/me rejects a bearer token signed with a foreign key, even one that it embeds", nil, func(_ context.Context, token string) []presented {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			p.Error("cannot make a key: %v", err)
		}
		jwk := map[string]any{"kty": "RSA", "n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes())}
		return []presented{
			p.forged("another key", jwtSigned(jwt.SigningMethodRS256, nil, claimsWith(token, "role", "superadmin"), key)),
			p.forged("its own key", jwtSigned(jwt.SigningMethodRS256, map[string]any{"jwk": jwk}, claimsWith(token, "role", "superadmin"), key)),
		}
	})
}

// bearerSigned are tokens that carry Barong's own signature and should not count
// all the same.
func bearerSigned(p *api) {
	refuses := func(id, text string, forge func(key *rsa.PrivateKey, token string) []presented) {
		refusesBearer(p, id, text, []string{client.KnownKey}, func(_ context.Context, token string) []presented {
			return forge(p.RsaKey(client.JwtKey), token)
		})
	}
	with := func(key *rsa.PrivateKey, token, name string, v any) presented {
		return p.forged(name, jwtSigned(jwt.SigningMethodRS256, nil, claimsWith(token, name, v), key))
	}
	refuses("signed-expired", "GET /resource/users/me rejects a signed bearer token that has expired", func(key *rsa.PrivateKey, token string) []presented {
		return []presented{with(key, token, "exp", p.Now().Add(-time.Minute).Unix())}
	})
	refuses("signed-early", "GET /resource/users/me rejects a signed bearer token that was issued in the future", func(key *rsa.PrivateKey, token string) []presented {
		tomorrow := p.Now().AddDate(0, 0, 1).Unix()
		return []presented{with(key, token, "iat", tomorrow), with(key, token, "nbf", tomorrow)}
	})
	refuses("signed-without-id", "GET /resource/users/me rejects a signed bearer token without a jti", func(key *rsa.PrivateKey, token string) []presented {
		return []presented{with(key, token, "jti", nil), with(key, token, "jti", "")}
	})
	refuses("signed-subject", "GET /resource/users/me rejects a signed bearer token with another subject", func(key *rsa.PrivateKey, token string) []presented {
		return []presented{with(key, token, "sub", nil), with(key, token, "sub", client.Confirmation), with(key, token, "sub", client.Reset), with(key, token, "sub", "Session")}
	})
	refuses("public-key-as-secret", "GET /resource/users/me rejects a bearer token signed with HMAC under the public key", func(key *rsa.PrivateKey, token string) []presented {
		der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			p.Error("cannot write the public key: %v", err)
		}
		public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		return []presented{
			p.forged("PEM", jwtSigned(jwt.SigningMethodHS256, nil, claimsWith(token, "role", "superadmin"), public)),
			p.forged("DER", jwtSigned(jwt.SigningMethodHS256, nil, claimsWith(token, "role", "superadmin"), der)),
		}
	})
	needs := clause.Needs(client.Direct, client.KnownKey)
	takes := func(id, text string, claims func(token string) map[string]any) {
		It(text, clause.Note("barong.bearer."+id, p.GetCurrentUser, contract.OK, needs), func(ctx SpecContext) {
			made := jwtSigned(jwt.SigningMethodRS256, nil, claims(p.SessionToken(ctx, p.Member(ctx))), p.RsaKey(client.JwtKey))
			p.Expect(p.Do(ctx, p.Visitor(), p.GetCurrentUser, p.Bearing(p.forged("", made).authorization)), p.GetCurrentUser, contract.OK)
		})
	}
	takes("other-issuer", "GET /resource/users/me accepts a signed bearer token of another issuer", func(token string) map[string]any {
		made := claimsWith(token, "iss", "somebody")
		made["aud"] = []string{"somebody"}
		return made
	})
	takes("no-end", "GET /resource/users/me accepts a signed bearer token without exp", func(token string) map[string]any { return claimsWith(token, "exp", nil) })
	It("GET /resource/users/me finds no user for a signed bearer token with a service account's uid", clause.Should("barong.bearer.no-user", p.GetCurrentUser, contract.NotFound, needs), func(ctx SpecContext) {
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
