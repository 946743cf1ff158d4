package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/contract"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/schemas"
)

// TestBaselineTellsOldFromNew: against a server with one fault more than the run
// that is the baseline, only what that fault breaks is red.
func TestBaselineTellsOldFromNew(t *testing.T) {
	const focus = "kiiex.code.*"
	ran := func(args []string, faults ...string) (string, result) {
		file, _ := servedOf(t, "kiiex", runner.ServeOptions{Faults: faults})
		out := filepath.Join(t.TempDir(), "out")
		return out, run(t, nil, append([]string{"run", "kiiex", "--target", file, "--focus", focus, "--out", out}, args...)...)
	}
	old, res := ran(nil, "replayed-code-accepted")
	if res.code != verdict.ExitNotConformant {
		t.Fatal(res)
	}
	if _, res := ran([]string{"--baseline", old}, "replayed-code-accepted"); res.code != verdict.ExitConformant ||
		!strings.Contains(res.stdout, "no new failure") {
		t.Errorf("the same server: %s", res)
	}
	now, res := ran([]string{"--baseline", old}, "replayed-code-accepted", "foreign-code-accepted")
	_, compared, _ := strings.Cut(res.stdout, "New failures")
	if res.code != verdict.ExitNotConformant || !strings.Contains(compared, "kiiex.code.foreign") ||
		strings.Contains(compared, "kiiex.code.replayed") {
		t.Errorf("one fault more: %s", res)
	}
	view := run(t, nil, "diff", old, now, "--format", "html")
	for name, text := range map[string]string{"the page of the run": read(t, filepath.Join(now, "index.html")),
		"diff --format html": view.stdout} {
		_, changes, there := strings.Cut(text, "Changes since the earlier run")
		changes, _, _ = strings.Cut(changes, `<section id="map"`)
		if !there || !strings.Contains(changes, `href="#kiiex.code.foreign"`) || strings.Contains(changes, `href="#kiiex.code.replayed"`) {
			t.Errorf("%s does not show the changes: %s", name, changes)
		}
	}
	if view.code != verdict.ExitNotConformant {
		t.Errorf("the view of a new failure: %s", view)
	}
	if _, res = ran([]string{"--baseline", old}); res.code != verdict.ExitConformant || !strings.Contains(res.stdout, "Mended") {
		t.Errorf("no fault at all: %s", res)
	}
	if _, res = ran([]string{"--baseline", filepath.Join(old, "absent")}); res.code != verdict.ExitUsage ||
		!strings.Contains(res.stderr, "--baseline") {
		t.Errorf("no run to compare with: %s", res)
	}
}

// TestContractVersionIsHeld: a run that asks for an older version of the promises than
// there is sends nothing.
func TestContractVersionIsHeld(t *testing.T) {
	version, err := contract.Version(schemas.FS)
	if err != nil || version < 2 {
		t.Fatalf("version %d, %v", version, err)
	}
	here, before, after := strconv.Itoa(version), strconv.Itoa(version-1), strconv.Itoa(version+1)
	if res := run(t, nil, "contract", "--version"); res.code != 0 || res.stdout != here+"\n" {
		t.Errorf("the version: %s", res)
	}
	out := filepath.Join(t.TempDir(), "out")
	if res := run(t, nil, "run", "kiiex", "--focus", "kiiex.ping.*", "--contract-version", here, "--out",
		out); res.code != verdict.ExitConformant {
		t.Errorf("the version that there is: %s", res)
	}
	if n := report(t, out).Promises; n != version {
		t.Errorf("the report names version %d", n)
	}
	none := filepath.Join(t.TempDir(), "none")
	if res := run(t, nil, "run", "kiiex", "--contract-version", before, "--out", none); res.code != verdict.ExitUsage ||
		!strings.Contains(res.stderr, "has version "+here+" of the promises, which is newer") || res.stdout != "" {
		t.Errorf("an older version: %s", res)
	}
	if _, err := os.Stat(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a run that was refused left a folder (%v)", err)
	}
	if res := run(t, nil, "run", "kiiex", "--contract-version", after); res.code != verdict.ExitUsage ||
		!strings.Contains(res.stderr, "has version "+here) {
		t.Errorf("a version to come: %s", res)
	}
	if err := checkContractVersion(-1); err == nil {
		t.Error("a version below the first is accepted")
	}
}

func TestStandardsAreListedWithTheirGaps(t *testing.T) {
	for id, of := range map[string]string{
		"asvs-5.0.0": "6.5.1", "rfc": "6238 5.2", "nist-sp-800-63b": "5.2.8", "psd2-rts": "4(1)", "pci-dss-4.0.1": "8.3.4",
	} {
		res := run(t, nil, "list", "--standard", id)
		for _, want := range []string{"no certification", "kiiexap", of, "barong.sessions.", "gap: "} {
			if res.code != 0 || !strings.Contains(res.stdout, want) {
				t.Errorf("%s: want %q: %s", id, want, res)
			}
		}
	}
	if res := run(t, nil, "list", "--standard", "asvs-9"); res.code != verdict.ExitUsage ||
		!strings.Contains(res.stderr, "there is: asvs-5.0.0") {
		t.Errorf("an unknown standard: %s", res)
	}
}
