package otp

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// disguises are the right codes of a moment in the forms in which they can be told without
// being written: whoever has a digest of six digits tries them all in a second.
type disguises struct {
	step  int64
	forms map[string]string // code by form
}

// Told finds a code that is right now, or was or will be in so many steps, in a text that
// holds it in Base64 or as a digest; "" where there is none.
func (k *Kit) Told(text string, window int) string {
	now := k.params.step(k.setup.Clock.Now())
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.disguised.forms == nil || k.disguised.step != now {
		k.disguised = disguises{step: now, forms: map[string]string{}}
		for step := now - int64(window); step <= now+int64(window); step++ {
			code := k.code(step)
			md, sha, sha2 := md5.Sum([]byte(code)), sha1.Sum([]byte(code)), sha256.Sum256([]byte(code))
			for _, form := range []string{
				base64.RawStdEncoding.EncodeToString([]byte(code)), hex.EncodeToString(md[:]), hex.EncodeToString(sha[:]), hex.EncodeToString(sha2[:]),
			} {
				k.disguised.forms[form] = code
			}
		}
	}
	for form, code := range k.disguised.forms {
		if strings.Contains(text, form) {
			return code
		}
	}
	return ""
}
