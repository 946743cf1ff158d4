package kit

import (
	"crypto/rand"
	"fmt"
	"math/big"
)

// Identity is a seeded account with the secrets a client needs to use it.
type Identity struct {
	Name       string   // unique within the reference, e.g. "user-003"
	Roles      []string // what the account is, or what is special about it
	Login      string   // e-mail or user name
	Password   string
	ID         string
	Phone      string // digits; empty when the account has none
	TOTPSecret string // Base32; empty when no authenticator app is enrolled
	APIKey     string // empty where the exchange has none
	APISecret  string // what requests of the API key are signed with
	Token      string // bearer token issued outside of the exchange's own calls
}

// String names the identity and nothing else, so that printing one by accident
// (%v, %+v) shows no secret.
func (i Identity) String() string { return "identity " + i.Name }

// GoString is String, for %#v.
func (i Identity) GoString() string { return i.String() }

// Alphabets for RandomString.
const (
	Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	URLSafe      = Alphanumeric + "-_"
	Decimal      = "0123456789"
)

// RandomString draws n characters of an alphabet, each equally likely, from the
// system's secure source.
func RandomString(n int, alphabet string) string {
	size := big.NewInt(int64(len(alphabet)))
	text := make([]byte, n)
	for i := range text {
		// crypto/rand never returns an error since Go 1.24.
		at, _ := rand.Int(rand.Reader, size)
		text[i] = alphabet[at.Int64()]
	}
	return string(text)
}

// RandomUUID is a version 4 UUID (RFC 9562 section 5.4).
func RandomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
