package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/door"
	"authconform/harness/verdict"
)

// TestCanarySecretsReachNoOutput plants ten secrets, in the target file and in
// the reference, makes specs fail, panic-free, and looks for them in everything
// a run puts out.
func TestCanarySecretsReachNoOutput(t *testing.T) {
	file, _ := served(t, door.ServeOptions{Faults: []string{"unknown-user-told-by-status", "any-code-accepted", "disabled-account-let-in"}})
	canaries := plant(t, file)
	for _, procs := range []string{"1", "2"} {
		out := filepath.Join(t.TempDir(), "out")
		got := run(t, []string{"CANARY_HEADER=" + canaries["header"]}, "run", "onlyoffice", "--target", file, "--out", out, "--procs", procs)
		if got.code != verdict.ExitNotConformant {
			t.Fatalf("the faults should make the run red\n%s", got)
		}
		outputs := map[string]string{"standard output": got.stdout, "standard error": got.stderr}
		err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			outputs[filepath.Base(path)] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(outputs) < 7 {
			t.Fatalf("want reports, journal and both streams, got %d outputs", len(outputs))
		}
		for name, text := range outputs {
			for what, canary := range canaries {
				if strings.Contains(text, canary) {
					t.Errorf("procs %s: the %s is in %s", procs, what, name)
				}
			}
		}
	}
}

// plant puts a header canary into the target file and picks nine secrets that
// the reference drew and its target file refers to.
func plant(t *testing.T, file string) map[string]string {
	t.Helper()
	canaries := map[string]string{"header": "canary-header-3f9a1c77e2"}
	edit(t, file, "http:\n", "http:\n  headers:\n    X-Canary: ${CANARY_HEADER}\n")
	text, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".secrets.env")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i := 0; len(canaries) < 10 && i < len(lines); i += 1 + len(lines)/12 {
		name, value, ok := strings.Cut(lines[i], "=")
		if ok && len(value) >= 8 {
			canaries[fmt.Sprintf("%s of the secrets file", name)] = value
		}
	}
	if len(canaries) != 10 {
		t.Fatalf("planted %d canaries, want 10", len(canaries))
	}
	return canaries
}
