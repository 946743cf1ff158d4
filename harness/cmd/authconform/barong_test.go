package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// barongDeployments are the ways in which a Barong is not fresh, or is reached
// otherwise: the suite judges each without a red clause. What does not touch each other
// goes into one run, for each costs half a minute of a processor.
var barongDeployments = map[string]struct {
	profile string
	set     map[string]string
	env     []string
}{
	"identities from the file": {"2.6", map[string]string{"sign-up": "closed"}, nil},
	"limiter and pool":         {"3.1", map[string]string{"sign-up": "closed"}, nil},
	"captcha":                  {"2.6", map[string]string{"captcha": "recaptcha"}, nil},
	"captcha of three members": {"3.1", map[string]string{"captcha": "geetest"}, nil},
	"no way round the gateway, phones that are verified, storage without titles, documents that expire": {"2.6", map[string]string{
		"prefix": "/api/v2", "phones": "twilio_sms", "storage-titles": "", "documents-expire": "yes", "kyc": "local", "auth0": "off"}, nil},
	"prefix of the gateway, no user yet, no address believed": {"2.6", map[string]string{
		"prefix": "/api/v2/barong", "first-user": "absent", "client-address": "off"}, nil},
	"direct":                   {"2.6", nil, []string{"AUTHCONFORM_BARONG_SETTINGS_MODE=direct"}},
	"direct, with the limiter": {"3.1", nil, []string{"AUTHCONFORM_BARONG_SETTINGS_MODE=direct"}},
	"direct, as documented, from the file": {"documented", map[string]string{"sign-up": "closed"},
		[]string{"AUTHCONFORM_BARONG_SETTINGS_MODE=direct"}},
}

func TestBarongDeployments(t *testing.T) {
	for name, d := range barongDeployments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, _ := servedOf(t, "barong", runner.ServeOptions{Profile: d.profile, Set: d.set})
			out := t.TempDir() + "/out"
			if got := run(t, d.env, "run", "barong", "--target", file, "--out", out); got.code != verdict.ExitConformant {
				t.Fatalf("exit %d\n%s", got.code, got)
			}
			for _, v := range report(t, out).Verdicts {
				if v.Verdict != verdict.PASS && v.Verdict != verdict.NOT_APPLICABLE {
					t.Errorf("%s is %s: %s", v.ID, v.Verdict, v.Reason)
				}
			}
		})
	}
}

// TestBarongBehindAnUnsolvedCaptcha leaves the solved captcha out of the target
// file: what it keeps from being judged says so, and nothing passes for it.
func TestBarongBehindAnUnsolvedCaptcha(t *testing.T) {
	file, _ := servedOf(t, "barong", runner.ServeOptions{Profile: "2.6", Set: map[string]string{"captcha": "recaptcha"}})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edit(t, file, regexp.MustCompile("captcha:\n    response: .*\n").FindString(string(text)), "")
	out := t.TempDir() + "/out"
	if got := run(t, nil, "run", "barong", "--target", file, "--out", out); got.code != verdict.ExitIncomplete {
		t.Fatalf("exit %d, want %d\n%s", got.code, verdict.ExitIncomplete, got)
	}
	captcha := 0
	for _, v := range report(t, out).Verdicts {
		if slices.Contains([]verdict.Verdict{verdict.PASS, verdict.NOT_APPLICABLE}, v.Verdict) {
			continue
		}
		if v.Verdict != verdict.UNTESTABLE || !strings.Contains(v.Reason,
			"it needs a solved captcha, and the target file gives no captcha.response") {
			t.Errorf("%s is %s: %s", v.ID, v.Verdict, v.Reason)
		}
		captcha++
	}
	if captcha == 0 {
		t.Error("no clause needs a solved captcha")
	}
}
