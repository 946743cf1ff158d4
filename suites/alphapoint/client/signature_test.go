package client

import (
	"os/exec"
	"strings"
	"testing"
)

// vectors are those of alphapoint#2; KIIEX publishes no secret for the
// signature on its page.
var vectors = []struct{ secret, nonce, userID, apiKey, want string }{
	{"test_secret_key", "1234567890", "001", "test_api_key", "6da3735d764bb64c26da9c2d202333a9c7c6ae55198bdbc4a9f696b4a58e5975"},
	{"example-secret", "2247733562", "96", "28c68ac3fcfafc3d4e8d653fe57e5baf",
		"e674d528a8d7653360133a4781a854178a1209bf2c89ce548b847da1c7a1548b"},
}

func TestSign(t *testing.T) {
	signer, ok := NewSigner(platformSignature)
	if !ok {
		t.Fatalf("the default of the setting cannot be read: %s", platformSignature)
	}
	for _, v := range vectors {
		if got := signer.Sign(v.secret, v.nonce, v.userID, v.apiKey); got != v.want {
			t.Errorf("nonce %s: %s, want %s", v.nonce, got, v.want)
		}
		if got := signer.Sign(v.secret, v.userID, v.nonce, v.apiKey); got == v.want {
			t.Errorf("nonce %s: the order of what is signed does not matter", v.nonce)
		}
	}
}

// OpenSSL is the independent word on the same vectors, where it is installed.
func TestSignAgreesWithOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("openssl is not installed; the vectors stand alone")
		return
	}
	for _, v := range vectors {
		cmd := exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-hmac", v.secret)
		cmd.Stdin = strings.NewReader(v.nonce + v.userID + v.apiKey)
		out, err := cmd.Output()
		if err != nil || !strings.Contains(string(out), v.want) {
			t.Errorf("openssl dgst says %s, %v; want %s", out, err, v.want)
		}
	}
}
