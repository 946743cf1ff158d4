package secret

import "strings"

// defaultNames are the members, headers and query parameters that carry secrets in the documents of the exchanges and in
// common practice. Case, "_", "-" and the like do not count: access_token is accessToken.
var defaultNames = []string{
	"password", "passwordHash", "passwd", "pwd", "pass", "password_confirmation", "confirm_password",
	"token", "jwt", "secret", "secret_2fa", "secretKey", "client_secret", "signature", "x-signature",
	"tfaKey", "manualEntryKey", "ManualCode", "cookieValue", "qrCode", "qrCodeSetupImageUrl", "googleQRCode", "barcode",
	"code", "codes", "backup_codes", "recovery_codes", "code_2fa", "otp", "otp_code", "tfaCode", "TFACode", "pin",
	"codeOAuth", "verification_code", "confirmation_code", "serializedProfile",
	"key", "apiKey", "api_key", "x-api-key", "private_key", "asc_auth_key", "asc_confirm_key",
	"recaptchaResponse", "captchaResponse", "g-recaptcha-response", "captcha_response",
	"session", "sessionId", "session_id", "sid", "csrf", "xsrf", "_barong_session", "credentials",
	"authorization", "proxy-authorization", "cookie", "set-cookie",
}

// secretEndings make a name sensitive whatever stands before: verification_token, newPassword, X-CSRF-Token.
var secretEndings = []string{
	"password", "passwordhash", "passwordconfirmation", "token", "secret", "signature", "apikey", "privatekey", "jwt", "otp", "otpcode",
	"tfacode",
}

// AddNames makes further member, header and query names sensitive, for a target that has names of its own. What looks drawn and
// stands in a member of such a name is a credential that the target issues.
func (v *Vault) AddNames(names ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, n := range names {
		if n = normal(n); n != "" && !v.names[n] {
			v.names[n] = true
			v.issuing = append(v.issuing, n)
		}
	}
}

// Sensitive tells whether a member, header or query parameter of this name is hidden.
func (v *Vault) Sensitive(name string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.sensitive(name)
}

func (v *Vault) sensitive(name string) bool {
	if len(name) > 64 {
		return false
	}
	n := normal(name)
	if v.names[n] || strings.HasPrefix(n, "xauth") || strings.HasPrefix(n, "ascconfirmkey") {
		return true
	}
	for _, end := range secretEndings {
		if strings.HasSuffix(n, end) {
			return true
		}
	}
	return false
}

// normal lower-cases a name and drops what is no letter or digit.
func normal(name string) string {
	plain := true
	for i := range len(name) {
		if c := name[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	b := make([]byte, 0, len(name))
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b = append(b, c)
		}
	}
	return string(b)
}

// hidden is the placeholder for a value known by its name only.
func hidden(name string) string { return open + cleanLabel(name) + close }
