package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites"
)

// without rewrites a target file with some lines taken out of its settings; keep
// says which stay.
func without(t *testing.T, file string, keep func(setting string) bool) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	inside := false
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(line, "settings:"):
			inside = true
		case inside && strings.HasPrefix(line, " "):
			if keep(name) {
				break
			}
			continue
		default:
			inside = false
		}
		out = append(out, line)
	}
	reduced := strings.TrimSuffix(file, ".yaml") + "-reduced.yaml"
	body := strings.Replace(strings.Join(out, ""), "settings:\nfeatures:", "features:", 1)
	if err := os.WriteFile(reduced, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return reduced
}

// What init prints loads for every exchange as soon as its variables are set, and
// explains every setting, feature and role.
func TestInitPrintsAFileThatLoads(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			got := run(t, nil, "init", st.Exchange)
			if got.code != 0 {
				t.Fatal(got)
			}
			prose := strings.Join(strings.Fields(strings.ReplaceAll(got.stdout, "#", " ")), " ")
			explained := func(what, text string) {
				if !strings.Contains(prose, strings.Join(strings.Fields(strings.ReplaceAll(text, "#", " ")), " ")) {
					t.Errorf("%s is not explained: %s", what, text)
				}
			}
			for name, setting := range st.Settings {
				explained("setting "+name, setting.Text)
				explained("question of "+name, setting.Ask)
			}
			for name, feature := range st.Features {
				explained("feature "+name, feature.Text)
			}
			for role, text := range st.Roles {
				explained("role "+role, text)
			}
			file := filepath.Join(t.TempDir(), "t.yaml")
			text := strings.Replace(got.stdout, "https://staging.example.com ", "http://127.0.0.1:1 ", 1)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var env []string
			for _, found := range regexp.MustCompile(`(?m)^[^#\n]*\$\{([A-Z0-9_]+)\}`).FindAllStringSubmatch(text, -1) {
				env = append(env, found[1]+"=a-value-of-some-length-1")
			}
			if got := run(t, env, "doctor", "--target", file); got.code != verdict.ExitUsage ||
				!strings.Contains(got.stderr, "nothing answers at http://127.0.0.1:1") {
				t.Errorf("the file does not load\n%s", got)
			}
		})
	}
}

// The committed example loads, and its author has let nothing out that has no
// default.
func TestExampleOfCoinRabbit(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "fixtures", "coinrabbit", "target.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	edit(t, file, "url: https://partner-api.staging.example.com", "url: http://127.0.0.1:1")
	got := run(t, []string{"COINRABBIT_PARTNER_KEY=a-key-of-some-length-1"}, "doctor", "--target", file)
	if got.code != verdict.ExitUsage || !strings.Contains(got.stderr, "nothing answers at http://127.0.0.1:1") {
		t.Errorf("the example does not load\n%s", got)
	}
	st, err := findSuite("coinrabbit")
	if err != nil {
		t.Fatal(err)
	}
	for name := range st.Settings {
		if !strings.Contains(string(text), "\n  "+name+": ") {
			t.Errorf("the example does not show the setting %s", name)
		}
	}
}

// The committed examples of the other exchanges load as soon as their secrets are
// there.
func TestExamplesLoad(t *testing.T) {
	for _, exchange := range []string{"barong", "kiiex", "kiiexap"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "fixtures", exchange, "target.example.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		file := filepath.Join(dir, "t.yaml")
		secrets := ""
		for _, found := range regexp.MustCompile(`secrets\.env#([A-Z0-9_]+)`).FindAllStringSubmatch(string(text), -1) {
			secrets += found[1] + "=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"
		}
		body := regexp.MustCompile(`url: https://(api|proxy|exchange)\.staging\.example\.com`).ReplaceAllString(string(text),
			"url: http://127.0.0.1:1")
		for name, content := range map[string]string{file: body, filepath.Join(dir, "secrets.env"): secrets} {
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got := run(t, []string{"ALICE_PASSWORD=a-password-of-hers"}, "doctor", "--target", file)
		if got.code != verdict.ExitUsage || !strings.Contains(got.stderr, "nothing answers at http://127.0.0.1:1") {
			t.Errorf("the example of %s does not load\n%s", exchange, got)
		}
	}
}

func TestDoctorOnAReadyTarget(t *testing.T) {
	for _, st := range suites.All() {
		file, _ := servedOf(t, st.Exchange, runner.ServeOptions{})
		got := run(t, nil, "doctor", "--target", file)
		if got.code != 0 || !strings.Contains(got.stdout, "READY: authconform run "+st.Exchange) {
			t.Errorf("%s: want exit 0\n%s", st.Exchange, got)
		}
		if mails := st.Letter != nil; regexp.MustCompile(`(?m)^MAIL to .* stands (in a|as bare) `).MatchString(got.stdout) != mails {
			t.Errorf("%s mails: %t\n%s", st.Exchange, mails, got)
		}
	}
}

// A file can be checked before its deployment exists.
func TestDoctorOffline(t *testing.T) {
	file, server := servedOf(t, "coinrabbit", runner.ServeOptions{})
	server.Close()
	got := run(t, nil, "doctor", "--target", file, "--offline")
	if got.code != 0 || !strings.Contains(got.stdout, "the target was asked nothing") {
		t.Errorf("want exit 0\n%s", got)
	}
}

func TestDoctorRefusesWhatCannotBeUsed(t *testing.T) {
	file, server := servedOf(t, "coinrabbit", runner.ServeOptions{})
	server.Close()
	for name, args := range map[string][]string{"no answer": {"--target", file}, "no file": {"--target", "absent.yaml"}, "no target": nil} {
		if got := run(t, nil, append([]string{"doctor"}, args...)...); got.code != verdict.ExitUsage || got.stderr == "" {
			t.Errorf("%s: want exit 2 and a reason\n%s", name, got)
		}
	}
}

// With every gap of the documents left open a run ends incomplete and says what
// is missing; doctor tells beforehand exactly what becomes of which clause.
func TestGapsLeftOpen(t *testing.T) {
	st, err := findSuite("coinrabbit")
	if err != nil {
		t.Fatal(err)
	}
	for name, keep := range map[string]func(string) bool{
		"nothing set":       func(string) bool { return false },
		"key and path set":  func(name string) bool { return name == "partner-key" || name == "partner-login-path" },
		"all but the blank": func(name string) bool { return name != "deactivate-path" },
		"all but the log-in": func(name string) bool {
			return name != "login-path" && name != "message-type-login"
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole, _ := servedOf(t, st.Exchange, runner.ServeOptions{})
			file := without(t, whole, keep)
			out := filepath.Join(t.TempDir(), "out")
			got := run(t, nil, "run", st.Exchange, "--target", file, "--out", out)
			if got.code != verdict.ExitIncomplete {
				t.Fatalf("want exit 3\n%.2000s", got)
			}
			var open []string
			for id, v := range verdicts(report(t, out)) {
				switch v {
				case verdict.UNTESTABLE:
					open = append(open, id)
				case verdict.PASS, verdict.WARN: // the INFO on the path of the partners' log-in
				default:
					t.Errorf("%s is %s", id, v)
				}
			}
			doctor := run(t, nil, "doctor", "--target", file)
			if doctor.code != verdict.ExitIncomplete {
				t.Errorf("doctor: want exit 3\n%s", doctor)
			}
			for setting, about := range st.Settings {
				if about.Default != "" || about.Ask == "" || keep(setting) { // it needs none, or a deployment may do without
					continue
				}
				for who, text := range map[string]string{"run": got.stdout, "doctor": doctor.stdout} {
					if !strings.Contains(text, "\n  "+setting+": "+about.Text+"\n    ask the vendor: "+about.Ask) {
						t.Errorf("%s does not say what to ask for %s", who, setting)
					}
				}
			}
			var foretold []string
			for line := range strings.Lines(doctor.stdout) {
				if strings.HasPrefix(line, "  coinrabbit.") {
					foretold = append(foretold, strings.Split(strings.TrimSpace(line), ", ")...)
				}
			}
			slices.Sort(open)
			slices.Sort(foretold)
			if !slices.Equal(open, foretold) {
				t.Errorf("doctor names %d clauses, the run leaves %d open", len(foretold), len(open))
			}
		})
	}
}

// Each thing a target file can lack is found by the clauses that need it.
func TestDoctorNamesWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"feature": {"features:\n    jwt: true\n", "", "jwt: x-user-token is a JWT"},
		"limit": {"second-factor:\n        attempts: 5\n        window: 60s\n        block: 60s\n    ", "",
			"ask the vendor how many wrong codes"},
		"consent": {"disruptive: true", "disruptive: false", "allow.disruptive"},
	} {
		t.Run(name, func(t *testing.T) {
			file, _ := servedOf(t, "coinrabbit", runner.ServeOptions{})
			edit(t, file, c.old, c.new)
			got := run(t, nil, "doctor", "--target", file)
			if !strings.Contains(got.stdout, c.want) || name != "feature" && got.code != verdict.ExitIncomplete {
				t.Errorf("want %q\n%s", c.want, got)
			}
		})
	}
}

// TestDoctorPlans: in real time doctor says how long the accounts of each role keep a run
// waiting; with a test clock none does.
func TestDoctorPlans(t *testing.T) {
	t.Parallel()
	for realTime, want := range map[bool]int{true: 1, false: 0} {
		file, _ := servedOf(t, "kiiexap", runner.ServeOptions{Accounts: 3, RealTime: realTime})
		r := run(t, nil, "doctor", "--offline", "--target", file)
		if n := len(regexp.MustCompile(`(?m)^  totp: 3 in the file, .* about \d+ min; \d+ min with one more$`).FindAllString(r.stdout,
			-1)); n != want {
			t.Errorf("real time %t: %d lines say how long accounts rest, want %d: %s", realTime, n, want, r)
		}
	}
}
