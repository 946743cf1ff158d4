package suites_test

import (
	"slices"
	"testing"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/secret"
	"authconform/harness/target"
	"authconform/schemas"
	"authconform/suites"
)

// TestContractsSayWhatIsHandedOut: what an operation may tell follows from what its answers
// print, in whatever case a library writes it and under whatever name a target file gives it;
// no other operation may tell it.
func TestContractsSayWhatIsHandedOut(t *testing.T) {
	renamed := map[string]string{"user-token-member": "jwt_user"}
	for _, tc := range []struct {
		exchange, profile string
		settings          map[string]string
		operation         string
		labels            []string
		hands             bool
	}{
		{"kiiex", "documented", nil, "AuthenticateUser", []string{"SessionToken", "TwoFAToken", "twoFAToken", "cookie-sid"}, true},
		{"kiiex", "alphapoint", nil, "AuthenticateUser", []string{"Pending2FaToken", "pending2FaToken"}, true},
		{"kiiex", "documented", nil, "Authenticate2fa", []string{"session_token", "SessionToken"}, true},
		{"kiiex", "documented", nil, "GetUserDevices", []string{"SessionToken", "cookie-sid", "api-secret"}, false},
		{"kiiexap", "documented", nil, "AuthenticateUser", []string{"twoFAToken", "TwoFAToken"}, true},
		{"kiiexap", "alphapoint", nil, "Authenticate", []string{"SessionToken", "Pending2FaToken"}, true},
		{"kiiexap", "documented", nil, "LogOut", []string{"SessionToken", "twoFAToken", "cookie-sid"}, false},
		{"barong", "2.6", nil, "createSession", []string{"csrf_token", "cookie-_barong_session", "cookie-renamed"}, true},
		{"barong", "2.6", map[string]string{"session-cookie": "sid"}, "createSession", []string{"cookie-sid"}, true},
		{"barong", "2.6", nil, "createKey", []string{"secret"}, true},
		{"barong", "2.6", nil, "listKeys", []string{"secret", "cookie-_barong_session"}, false},
		{"barong", "2.6", nil, "getCurrentUser", []string{"csrf_token", "cookie-_barong_session", "member-password"}, false},
		{"onlyoffice", "documented", nil, "authenticateMe", []string{"token", "tfaKey", "cookie-asc_auth_key"}, true},
		{"onlyoffice", "documented", nil, "authenticateMeFromBodyWithCode", []string{"token", "cookie-asc_auth_key"}, true},
		{"onlyoffice", "3.7", nil, "tfaAppGenerateSetupCode", []string{"manualEntryKey"}, true},
		{"onlyoffice", "documented", nil, "getTfaSettings", []string{"token", "tfaKey", "cookie-asc_auth_key"}, false},
		{"coinrabbit", "documented", nil, "login", []string{"token"}, true},
		{"coinrabbit", "documented", renamed, "partnerLogin", []string{"jwt_user", "jwtUser"}, true},
		{"coinrabbit", "documented", renamed, "createSecret", []string{"jwt_user", "token"}, false},
		{"coinrabbit", "documented", nil, "verifyCode", []string{"verification_token"}, true},
		{"coinrabbit", "documented", nil, "activate", []string{"secret", "token", "verification_token"}, false},
	} {
		s := opened(t, tc.exchange, tc.profile, &target.Target{URL: "http://127.0.0.1:1", Settings: tc.settings})
		s.Operation(tc.operation)
		for _, label := range tc.labels {
			if got := s.HandsOut(tc.operation, label); got != tc.hands {
				t.Errorf("%s, %s: %s hands out %s: %t", tc.exchange, tc.profile, tc.operation, label, got)
			}
		}
	}
}

// opened is the context of a suite, on a target that nobody calls.
func opened(t *testing.T, exchange, profile string, on *target.Target) *conform.Context {
	t.Helper()
	all := suites.All()
	at := slices.IndexFunc(all, func(st conform.Suite) bool { return st.Exchange == exchange })
	c, err := contract.Load(schemas.FS, exchange)
	if err != nil {
		t.Fatal(err)
	}
	vault := secret.New()
	wire, err := httpclient.New(httpclient.Options{BaseURL: on.URL}, vault)
	if err != nil {
		t.Fatal(err)
	}
	s := conform.New(all[at], c, profile, clause.NewRegistry(c, func(clause.Info) bool { return true }))
	s.Open(conform.Environment{Target: on, Wire: wire, Vault: vault})
	return s
}
