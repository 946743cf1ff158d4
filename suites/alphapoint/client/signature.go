package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"regexp"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/identity"
)

// platformSignature is how AlphaPoint's requests are signed (alphapoint#2): the
// default of the setting, for KIIEX's own documents do not say how.
const platformSignature = "HMAC-SHA256 of {Nonce}{UserId}{APIKey} in hex"

var (
	signatureForm = regexp.MustCompile(`^HMAC-(SHA256|SHA384|SHA512) of (.+) in (hex|base64)$`)
	hashes        = map[string]func() hash.Hash{"SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New}
)

// Signer makes signatures as the target file says.
type Signer struct {
	hash     func() hash.Hash
	template string
	base64   bool
}

// NewSigner reads the setting; ok is false where it has another form.
func NewSigner(setting string) (s Signer, ok bool) {
	form := signatureForm.FindStringSubmatch(setting)
	if form == nil {
		return s, false
	}
	return Signer{hash: hashes[form[1]], template: form[2], base64: form[3] == "base64"}, true
}

// Signer is that of the target.
func (c *Client) Signer() Signer {
	ginkgo.GinkgoHelper()
	s, ok := NewSigner(c.Setting(SignatureSetting))
	if !ok {
		c.Error("settings.%s is %q: write it like %q, with SHA256, SHA384 or SHA512, and hex or base64",
			SignatureSetting, c.Setting(SignatureSetting), platformSignature)
	}
	return s
}

// Message is what is signed.
func (s Signer) Message(nonce, userID, apiKey string) string {
	return strings.NewReplacer("{Nonce}", nonce, "{UserId}", userID, "{APIKey}", apiKey).Replace(s.template)
}

// Sign is the right signature.
func (s Signer) Sign(secret, nonce, userID, apiKey string) string {
	return s.MAC(secret, s.Message(nonce, userID, apiKey))
}

// MAC is the signature of any message.
func (s Signer) MAC(secret, message string) string { return s.spell(s.sum(secret, message), s.base64) }

// Digest is what the signature of a message would be without any secret.
func (s Signer) Digest(message string) string {
	h := s.hash()
	h.Write([]byte(message))
	return s.spell(h.Sum(nil), s.base64)
}

// Respelt is the right signature in the spelling that the target does not use.
func (s Signer) Respelt(who *identity.Identity, nonce string) string {
	return s.spell(s.sum(who.APISecret, s.Message(nonce, who.ID, who.APIKey)), !s.base64)
}

func (s Signer) sum(secret, message string) []byte {
	h := hmac.New(s.hash, []byte(secret))
	h.Write([]byte(message))
	return h.Sum(nil)
}

func (s Signer) spell(sum []byte, inBase64 bool) string {
	if inBase64 {
		return base64.StdEncoding.EncodeToString(sum)
	}
	return hex.EncodeToString(sum)
}

// LoginRequest is the log-in of an account in the way that the target takes: signed,
// or with a password where it takes no signature.
func (c *Client) LoginRequest(who *identity.Identity) conform.Request {
	ginkgo.GinkgoHelper()
	if c.Setting(LoginSetting) == "password" {
		return c.PasswordLogin(who)
	}
	return c.SignedLogin(who)
}
