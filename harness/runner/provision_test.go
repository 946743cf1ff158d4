package runner

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"authconform/harness/secret"
	"authconform/harness/target"
)

// shell makes a provisioner of a shell script.
func shell(t *testing.T, script string) *provisioner {
	t.Helper()
	file := filepath.Join(t.TempDir(), "provision.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	vault := secret.New()
	return &provisioner{
		exchange: "ex", command: []string{"sh", file}, patience: 5 * time.Second, vault: vault,
		log: &accountLog{file: filepath.Join(t.TempDir(), provisionLog), vault: vault},
	}
}

// TestProvision: an account is made with the role asked for, its secrets are known to
// the redactor, it is removed with what was printed, and the log tells of both.
func TestProvision(t *testing.T) {
	p := shell(t, `case $1 in
create) echo '{"login": "ann@'$2'.test", "password": "s3cret-of-ann", "roles": ["other"]}' ;;
remove) cat >"$0.removed" ;;
esac`)
	who, err := p.Provide("user")
	if err != nil || who.Login != "ann@ex.test" || who.Name != "made-user-1" || who.Roles[1] != "user" {
		t.Fatalf("made %v, error %v", who, err)
	}
	if text := p.vault.Redact("s3cret-of-ann"); strings.Contains(text, "s3cret") {
		t.Errorf("the redactor leaves %q", text)
	}
	p.remove()
	removed, err := os.ReadFile(p.command[1] + ".removed")
	if err != nil || !strings.Contains(string(removed), `"password":"s3cret-of-ann"`) {
		t.Errorf("removed with %s, error %v", removed, err)
	}
	log, err := os.ReadFile(p.log.file)
	if text := string(log); err != nil || strings.Contains(text, "s3cret") || strings.Count(text, "account=made-user-1 done") != 2 {
		t.Errorf("log %s, error %v", log, err)
	}
}

// TestProvisionFails: whatever else the command does makes no account, and the error
// repeats nothing that it printed.
func TestProvisionFails(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"it fails":         {"echo s3cret >&2; exit 3", "exit status 3"},
		"it prints a list": {"echo '[\"s3cret\"]'", "no JSON object"},
		"it misspells":     {`echo '{"login": "ann", "pasword": "s3cret"}'`, "no JSON object"},
		"it names nobody":  {`echo '{"password": "s3cret"}'`, "no JSON object"},
		"it hangs":         {"sleep 60", "took longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			p := shell(t, tc.script)
			if name == "it hangs" {
				p.patience = 100 * time.Millisecond
			}
			_, err := p.Provide("user")
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

// TestAsking: a target that makes whoever is named gets a new name for each account, and
// no name of an earlier run.
func TestAsking(t *testing.T) {
	log := &accountLog{file: filepath.Join(t.TempDir(), provisionLog), vault: secret.New()}
	named := func(run string) *asking {
		return &asking{run: run, log: log, make: func(_ *target.Target, role, n string) (target.Identity, bool) {
			return target.Identity{Login: n + "@ex.test"}, role == "user"
		}}
	}
	seen := map[string]bool{}
	for _, run := range []string{"a1", "b2"} {
		a := named(run)
		for range 3 {
			who, err := a.Provide("user")
			if err != nil || seen[who.Login] || !slices.Equal(who.Roles, []string{"user"}) {
				t.Errorf("made %v after %v, error %v", who, seen, err)
			}
			seen[who.Login] = true
		}
		if _, err := a.Provide("admin"); err == nil {
			t.Error("an account was made of a role that there is no way to make")
		}
	}
	text, err := os.ReadFile(log.file)
	if err != nil || strings.Count(string(text), "create role=user") != 6 {
		t.Errorf("log %s, error %v", text, err)
	}
}
