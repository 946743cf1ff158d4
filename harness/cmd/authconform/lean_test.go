package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
)

// TestLeanEvidence: what a run of one exchange leaves by default. Nothing is lost of
// what is not PASS, each outcome has an example, and no journal stays.
func TestLeanEvidence(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{Faults: []string{"any-code-accepted"}})
	dir := t.TempDir()
	lean, all := filepath.Join(dir, "lean"), filepath.Join(dir, "all")
	for out, flags := range map[string][]string{lean: {"--gzip", "--format", "ctrf,github"}, all: {"--evidence", "all"}} {
		got := run(t, nil, append([]string{"run", "onlyoffice", "--target", file, "--focus", "onlyoffice.code.*", "--out", out}, flags...)...)
		if got.code != verdict.ExitNotConformant {
			t.Fatal(got)
		}
		if n := strings.Count(got.stdout, "\n::error "); (out == lean) != (n > 0) || n > 10 {
			t.Errorf("%d annotations with %v", n, flags)
		}
	}
	if names := strings.Join(files(t, lean), " "); names != "calls.har.gz ctrf.json index.html junit.xml report.json summary.md" {
		t.Errorf("a lean run leaves %s", names)
	}
	if names := strings.Join(files(t, all), " "); !strings.Contains(names, "journal-1.ndjson") || !strings.Contains(names, "calls.har ") {
		t.Errorf("with every call a run leaves %s", names)
	}
	packed, err := os.Open(filepath.Join(lean, reports.HARFile+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Log struct {
			Entries []struct {
				Call string `json:"_call"`
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, e := range doc.Log.Entries {
		kept[e.Call] = true
	}
	examples, wanted, broken := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, e := range report(t, all).Verdicts {
		if e.Verdict == verdict.PASS && len(e.Calls) > 0 {
			wanted[e.Operation+e.Outcome] = true
		} else {
			broken[e.ID] = len(e.Calls)
		}
	}
	for _, e := range report(t, lean).Verdicts {
		for _, id := range e.Calls {
			if !kept[id] {
				t.Errorf("call %s of %s, which is %s, is listed and lost", id, e.ID, e.Verdict)
			}
			if e.Verdict == verdict.PASS {
				examples[e.Operation+e.Outcome] = true
			}
		}
		if e.Verdict != verdict.PASS && (len(e.Calls) == 0) != (broken[e.ID] == 0) {
			t.Errorf("%s, which is %s, lists %d calls; with all evidence it has %d", e.ID, e.Verdict, len(e.Calls), broken[e.ID])
		}
	}
	for pair := range wanted {
		if !examples[pair] {
			t.Errorf("%s has no example", pair)
		}
	}
	if every := callsOf(t, all); len(kept) >= len(every) {
		t.Errorf("%d of %d calls are kept", len(kept), len(every))
	}
}

func TestEvidenceIsLeanOrAll(t *testing.T) {
	got := run(t, nil, "run", "onlyoffice", "--evidence", "some")
	if got.code != verdict.ExitUsage || !strings.Contains(got.stderr, "want lean or all") {
		t.Error(got)
	}
}
