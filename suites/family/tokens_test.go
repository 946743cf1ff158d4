package family

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

func sample(t *testing.T, secret []byte, uid string) JWT {
	t.Helper()
	token, ok := ParseJWT(SignJWT(jwt.SigningMethodHS256, nil, map[string]any{"uid": uid, "exp": int64(4102444800)}, secret))
	if !ok {
		t.Fatal("a signed token does not parse")
	}
	return token
}

// Each forgery has to be one that a correct verifier rejects, while it accepts
// the token that it was made of.
func TestForgeriesAreRejected(t *testing.T) {
	secret := RandomSecret()
	right, other := sample(t, secret, "A"), sample(t, RandomSecret(), "B")
	verifies := func(token string) bool {
		_, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return secret, nil }, jwt.WithValidMethods([]string{"HS256"}))
		return err == nil
	}
	if !verifies(right.String()) {
		t.Fatal("the right token is rejected")
	}
	forgeries := map[string]string{
		"altered": right.Altered("uid", "B"), "claim left out": right.Altered("exp", nil),
		"payload of another": right.WithPayloadOf(other), "signature of another": right.WithSignatureOf(other),
	}
	for _, f := range Forgeries() {
		forgeries[f.Slug] = f.Make(right)
	}
	for name, forgery := range forgeries {
		if forgery == right.String() || verifies(forgery) {
			t.Errorf("%s is accepted", name)
		}
	}
	if right.SignedHMAC(nil, secret) == "" || !verifies(right.SignedHMAC(nil, secret)) {
		t.Error("the same claims under the right secret are rejected")
	}
}

func TestClaimsKeepTheirNumbers(t *testing.T) {
	token := sample(t, RandomSecret(), "A")
	again, _ := ParseJWT(token.SignedHMAC(nil, RandomSecret()))
	if again.Payload != token.Payload {
		t.Errorf("the payload changes from %s to %s", token.Payload, again.Payload)
	}
	if _, there := token.ClaimsWith("uid", nil)["uid"]; there || token.Claims()["uid"] != "A" {
		t.Error("a claim is not left out, or the token changes")
	}
}

func TestParseJWTTakesTokensOnly(t *testing.T) {
	for _, text := range []string{"", "a.b", "..", "a.b.c", Encode([]byte("[]")) + ".b.c", strings.Repeat("e30.", 4)} {
		if _, ok := ParseJWT(text); ok {
			t.Errorf("%q parses", text)
		}
	}
}

func TestPublicJWKShowsNoSecret(t *testing.T) {
	for name := range PublicJWK(forgersRSA()) {
		if name != "kty" && name != "n" && name != "e" {
			t.Errorf("it has %s", name)
		}
	}
}
