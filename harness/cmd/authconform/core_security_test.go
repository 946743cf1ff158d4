package main

import (
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// TestCoreSecurityEndsRed: where a server lets in whom it must keep out, a run of the
// clauses concerned ends with exit code 1 and names the sentence of the baseline that is
// broken, of whatever level the clauses are.
func TestCoreSecurityEndsRed(t *testing.T) {
	for _, c := range []struct{ exchange, fault, clause, sentence string }{
		{"kiiexap", "any-code-accepted", "kiiexap.code.wrong", "code-wrong"},
		{"barong", "otp-any-code-accepted", "barong.sessions.second-factor-wrong", "code-wrong"},
		{"kiiex", "any-signature-accepted", "kiiex.signature.wrong-secret", "signature-wrong"},
		{"coinrabbit", "user-token-signature-ignored", "coinrabbit.user-token.tampered-signature", "token-forged"},
		{"onlyoffice", "disabled-account-let-in", "onlyoffice.login.disabled", "closed-account"},
		{"kiiexap", "token-alive-after-logout", "kiiexap.logout.ends", "log-out-ends"},
		{"onlyoffice", "token-alive-after-logout", "onlyoffice.logout.header-session", "log-out-ends"},
	} {
		t.Run(c.exchange+" "+c.fault, func(t *testing.T) {
			t.Parallel()
			file, _ := servedOf(t, c.exchange, runner.ServeOptions{Faults: []string{c.fault}})
			got := run(t, nil, "run", c.exchange, "--target", file, "--focus", c.clause, "--out", filepath.Join(t.TempDir(), "out"))
			if got.code != verdict.ExitNotConformant {
				t.Errorf("want exit code 1\n%s", got)
			}
			_, broken, _ := strings.Cut(strings.Join(strings.Fields(got.stdout), " "), "BROKEN: ")
			if !strings.Contains(broken, c.sentence) {
				t.Errorf("the broken sentence %s is not named\n%s", c.sentence, got)
			}
		})
	}
}
