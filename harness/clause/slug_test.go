package clause_test

import (
	"testing"

	"authconform/harness/clause"
)

func TestSlug(t *testing.T) {
	for id, want := range map[string]string{
		"getTfaSettings": "get-tfa-settings", "verifyOTP": "verify-otp", "generateQRCode": "generate-qr-code",
		"AuthenticateUser": "authenticate-user", "createSessionByAuth0": "create-session-by-auth0", "Authenticate2fa": "authenticate2fa",
	} {
		if got := clause.Slug(id); got != want {
			t.Errorf("Slug(%q) is %q, want %q", id, got, want)
		}
	}
}
