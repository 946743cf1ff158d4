package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"authconform/harness/attest"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
)

var about = []string{"--product", "KIIEX", "--version", "1", "--deployment", "test", "--contact", "qa@example.com"}

// certified runs the KIIEX suite against its reference with a fault, and certifies
// the run. It returns the bundle and the folder of the keys, release.key and
// other.key.
func certified(t *testing.T) (bundle, keys string) {
	t.Helper()
	keys = t.TempDir()
	for _, name := range []string{"release.key", "other.key"} {
		if res := run(t, nil, "keygen", filepath.Join(keys, name)); res.code != 0 {
			t.Fatal(res)
		}
	}
	file, _ := servedOf(t, "kiiex", runner.ServeOptions{Faults: []string{"replayed-code-accepted"}})
	bundle = filepath.Join(t.TempDir(), "run")
	if res := run(t, nil, "run", "kiiex", "--target", file, "--evidence", "all", "--out", bundle); res.code != verdict.ExitNotConformant {
		t.Fatal(res)
	}
	if res := certify(t, bundle, keys); res.code != 0 {
		t.Fatal(res)
	}
	return bundle, keys
}

func certify(t *testing.T, dir, keys string) result {
	t.Helper()
	return run(t, nil, append([]string{"certify", dir, "--key", filepath.Join(keys, "release.key")}, about...)...)
}

// change rewrites a file of a bundle; a pattern that does not match is a mistake of
// the test.
func change(t *testing.T, dir, name, pattern, with string) {
	t.Helper()
	file := filepath.Join(dir, name)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(pattern).FindStringSubmatchIndex(string(text))
	if at == nil {
		t.Fatalf("%s: nothing matches %s", name, pattern)
	}
	if err := os.WriteFile(file, []byte(string(text[:at[2]])+with+string(text[at[3]:])), 0o600); err != nil {
		t.Fatal(err)
	}
}

// alterations of a bundle, and what is named of each: by verify, because it was
// signed otherwise, and by certify where somebody would sign it anew.
var alterations = []struct {
	name    string
	alter   func(t *testing.T, dir string)
	file    string // whose digest is wrong
	derived string // what is said where it is signed anew; "" where the evidence does not tell
}{
	{"one byte", func(t *testing.T, dir string) { change(t, dir, reports.SummaryFile, `(k)iiex`, "K") }, reports.SummaryFile, ""},
	{"one verdict", func(t *testing.T, dir string) {
		change(t, dir, reports.JSONFile, `"id":"kiiex.code.replayed",.*?"verdict":"(FAIL)"`, "PASS")
	}, reports.JSONFile, "clause kiiex.code.replayed: the report says PASS, and its evidence makes it FAIL"},
	{"the result of one spec", func(t *testing.T, dir string) {
		change(t, dir, "journal-1.ndjson", `"clause":"kiiex.code.replayed","state":"(failed)"`, "passed")
	}, "journal-1.ndjson", "clause kiiex.code.replayed: it is recorded as passed, but its checks make it failed"},
	{"one check", func(t *testing.T, dir string) {
		change(t, dir, "journal-1.ndjson", `"clause":"kiiex.code.wrong","state":"passed".*?"kind":"promise","after":\d+,"holds":(true)`, "false")
	}, "journal-1.ndjson", "clause kiiex.code.wrong: call "},
	{"one call", func(t *testing.T, dir string) {
		change(t, dir, "journal-1.ndjson", `"clause":"kiiex.code.wrong".*?"status":(4\d\d)`, "200")
	}, "journal-1.ndjson", "clause kiiex.code.wrong: call "},
	{"a dropped clause", func(t *testing.T, dir string) {
		change(t, dir, reports.JSONFile, `(\{"id":"kiiex.code.replayed",.*\},)\n`, "")
	}, reports.JSONFile, "clause kiiex.code.replayed: the clause list has it, and the report leaves it out; its evidence makes it FAIL"},
	{"an excuse that nobody gave", func(t *testing.T, dir string) {
		change(t, dir, reports.JSONFile, `"id":"kiiex.code.replayed",.*?"verdict":"(FAIL)"`, "KNOWN")
	}, reports.JSONFile, "clause kiiex.code.replayed: the report says KNOWN"},
	{"an older format", func(t *testing.T, dir string) {
		change(t, dir, reports.JSONFile, `"schema_version":(\d+)`, "1")
	}, reports.JSONFile, "kiiex: the report has format 1, and this authconform writes 2"},
	{"a softer contract", func(t *testing.T, dir string) {
		change(t, dir, filepath.Join("contract", "kiiex", "clauses.yaml"), `- id: kiiex.code.replayed\n  level: ([A-Z]+)`, "INFO")
	}, "contract/kiiex/clauses.yaml", ""},
}

// TestVerifyNamesWhatWasAltered alters a bundle in one thing at a time.
func TestVerifyNamesWhatWasAltered(t *testing.T) {
	bundle, keys := certified(t)
	public := filepath.Join(keys, "release.key.pub")
	if res := run(t, nil, "verify", bundle, "--key", public); res.code != 0 || !strings.Contains(res.stdout, "derived anew") {
		t.Fatalf("an untouched bundle: %s", res)
	}
	for _, c := range alterations {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bundle")
			if err := os.CopyFS(dir, os.DirFS(bundle)); err != nil {
				t.Fatal(err)
			}
			c.alter(t, dir)
			res := run(t, nil, "verify", dir, "--key", public)
			if res.code != verdict.ExitNotConformant || !strings.Contains(res.stdout, "WRONG "+c.file+": its SHA-256") {
				t.Errorf("verify: want exit 1 and a word on %s: %s", c.file, res)
			}
			if c.derived == "" {
				return
			}
			if !strings.Contains(res.stdout, "WRONG "+c.derived) {
				t.Errorf("verify does not say %q: %s", c.derived, res)
			}
			if res := certify(t, dir, keys); res.code != verdict.ExitUsage || !strings.Contains(res.stderr, c.derived) {
				t.Errorf("certify signs a doctored run, or does not say %q: %s", c.derived, res)
			}
		})
	}
}

// TestVerifyNamesEveryFile: one byte more, in each file of a bundle, and the signature
// itself.
func TestVerifyNamesEveryFile(t *testing.T) {
	bundle, keys := certified(t)
	public := filepath.Join(keys, "release.key.pub")
	change(t, bundle, attest.AttestationFile, `"sig": ?"(..)`, "AA")
	if res := run(t, nil, "verify", bundle, "--key", public); res.code != verdict.ExitNotConformant ||
		!strings.Contains(res.stdout, "WRONG "+attest.AttestationFile) {
		t.Errorf("the signature: %s", res)
	}
	if res := certify(t, bundle, keys); res.code != 0 {
		t.Fatal(res)
	}
	var altered []string
	err := filepath.WalkDir(bundle, func(path string, d fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(bundle, path)
		if err != nil || relErr != nil || d.IsDir() || name == attest.AttestationFile {
			return errors.Join(err, relErr)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		altered = append(altered, name)
		return os.WriteFile(path, append(text, '\n'), 0o600)
	})
	if err != nil || len(altered) < 15 {
		t.Fatalf("%d files, %v", len(altered), err)
	}
	res := run(t, nil, "verify", bundle, "--key", public)
	for _, name := range altered {
		if res.code != verdict.ExitNotConformant || !strings.Contains(res.stdout, "WRONG "+filepath.ToSlash(name)+": its SHA-256") {
			t.Errorf("%s: %s", name, res)
		}
	}
}

func TestVerifyNamesForeignKeysAndFiles(t *testing.T) {
	bundle, keys := certified(t)
	dir := filepath.Join(t.TempDir(), "bundle")
	if err := os.CopyFS(dir, os.DirFS(bundle)); err != nil {
		t.Fatal(err)
	}
	if res := run(t, nil, append([]string{"certify", dir, "--key", filepath.Join(keys, "other.key")}, about...)...); res.code != 0 {
		t.Fatal(res)
	}
	wants := func(what string, res result, want string) {
		t.Helper()
		if res.code != verdict.ExitNotConformant || !strings.Contains(res.stdout, want) {
			t.Errorf("%s: want exit 1 and %q: %s", what, want, res)
		}
	}
	wants("signed by another key", run(t, nil, "verify", dir, "--key", filepath.Join(keys, "release.key.pub")), "signed by another key")
	copyFile(t, filepath.Join(bundle, attest.KeyFile), filepath.Join(dir, attest.KeyFile))
	wants("with the right key laid beside it", run(t, nil, "verify", dir), "signed by another key")

	added := filepath.Join(bundle, "added.txt")
	if err := os.WriteFile(added, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	wants("a file more", run(t, nil, "verify", bundle), "WRONG added.txt: the attestation does not cover this file")
	if err := os.Rename(filepath.Join(bundle, reports.HARFile), added); err != nil {
		t.Fatal(err)
	}
	wants("a file less", run(t, nil, "verify", bundle), "WRONG "+reports.HARFile+": it was signed, and is missing")
	if res := run(t, nil, "verify", keys); res.code != verdict.ExitUsage || !strings.Contains(res.stderr, "authconform certify") {
		t.Errorf("a folder that is no bundle: %s", res)
	}
}

func TestCertifyRefusesHalfAWord(t *testing.T) {
	keys := t.TempDir()
	key := filepath.Join(keys, "k")
	if res := run(t, nil, "keygen", key); res.code != 0 {
		t.Fatal(res)
	}
	if res := run(t, nil, "keygen", key); res.code != verdict.ExitUsage || !strings.Contains(res.stderr, "exists already") {
		t.Errorf("a key was overwritten: %s", res)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key can be read by others: %v %v", info.Mode(), err)
	}
	out := filepath.Join(t.TempDir(), "run")
	if res := run(t, nil, "run", "kiiex", "--focus", "kiiex.ping.*", "--evidence", "all", "--out", out); res.code != 0 {
		t.Fatal(res)
	}
	for want, args := range map[string][]string{
		"--key FILE is required":  about,
		"product, version":        {"--key", key},
		"no PEM file":             append([]string{"--key", filepath.Join(out, reports.JSONFile)}, about...),
		"certificate is for a wh": append([]string{"--key", key}, about...),
	} {
		if res := run(t, nil, append([]string{"certify", out}, args...)...); res.code != verdict.ExitUsage ||
			!strings.Contains(res.stderr, want) {
			t.Errorf("want exit 2 and %q: %s", want, res)
		}
	}
}

// TestARunOverSeveralExchangesIsCertified: one bundle, with the evidence of each.
func TestARunOverSeveralExchangesIsCertified(t *testing.T) {
	keys, out := t.TempDir(), filepath.Join(t.TempDir(), "run")
	if res := run(t, nil, "keygen", filepath.Join(keys, "release.key")); res.code != 0 {
		t.Fatal(res)
	}
	if res := run(t, nil, "run", "kiiex", "kiiexap", "--evidence", "all", "--out", out); res.code != verdict.ExitConformant {
		t.Fatal(res)
	}
	if res := certify(t, out, keys); res.code != 0 {
		t.Fatal(res)
	}
	if res := run(t, nil, "verify", out); res.code != 0 {
		t.Error(res)
	}
	change(t, out, reports.JSONFile, `"id":"kiiexap.code.replayed",.*?"verdict":"(PASS)"`, "WARN")
	if res := run(t, nil, "verify", out); res.code != verdict.ExitNotConformant ||
		!strings.Contains(res.stdout, "clause kiiexap.code.replayed: the report says WARN") {
		t.Errorf("one verdict of the second exchange: %s", res)
	}
}

// TestCertifyTakesWhatAFileBesideTheRunSays, where no flag says otherwise.
func TestCertifyTakesWhatAFileBesideTheRunSays(t *testing.T) {
	bundle, keys := certified(t)
	beside := filepath.Join(bundle, attest.AboutFile)
	again := func() result {
		return run(t, nil, "certify", bundle, "--key", filepath.Join(keys, "release.key"), "--version", "2")
	}
	write(t, beside, "product: KIIEX\nversion: '1'\ndeployment: staging\ncontact: qa@example.com\n")
	if res := again(); res.code != 0 || !strings.Contains(res.stdout, "KIIEX 2 on staging") {
		t.Error(res)
	}
	write(t, beside, "produkt: KIIEX\n")
	if res := again(); res.code != verdict.ExitUsage || !strings.Contains(res.stderr, "about.yaml") ||
		!strings.Contains(res.stderr, "produkt") {
		t.Errorf("a member that there is not: %s", res)
	}
}

// TestEvidenceForAuditors: the results of a run as OSCAL has them, of the standards that
// were asked for.
func TestEvidenceForAuditors(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	if res := run(t, nil, "run", "kiiex", "--focus", "kiiex.code.*", "--out", out); res.code != verdict.ExitConformant {
		t.Fatal(res)
	}
	published, err := jsonschema.NewCompiler().Compile("../../../reports/oscal/testdata/oscal-1.1.3-assessment-results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	all, one := run(t, nil, "evidence", out), run(t, nil, "evidence", out, "--format", "oscal", "--standard", "psd2-rts")
	for _, res := range []result{all, one} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(res.stdout))
		if err != nil || res.code != 0 {
			t.Fatal(err, res)
		}
		if err := published.Validate(doc); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(all.stdout, `"asvs-5.0.0_6.5.1"`) || strings.Contains(one.stdout, "asvs-5.0.0_") ||
		!strings.Contains(one.stdout, `"psd2-rts_4_1"`) {
		t.Errorf("the standards that were asked for: %s", one)
	}
	for want, args := range map[string][]string{"there is oscal": {"--format", "sarif"}, "there is: asvs-5.0.0": {"--standard", "iso"}} {
		if res := run(t, nil, append([]string{"evidence", out}, args...)...); res.code != verdict.ExitUsage ||
			!strings.Contains(res.stderr, want) {
			t.Errorf("want exit 2 and %q: %s", want, res)
		}
	}
}

// TestCertifyNeedsEveryCall: a lean run holds less than verify derives verdicts from.
func TestCertifyNeedsEveryCall(t *testing.T) {
	out := filepath.Join(t.TempDir(), "lean")
	if res := run(t, nil, "run", "kiiex", "--out", out); res.code != verdict.ExitConformant {
		t.Fatal(res)
	}
	key := filepath.Join(t.TempDir(), "release.key")
	if res := run(t, nil, "keygen", key); res.code != 0 {
		t.Fatal(res)
	}
	args := []string{"certify", out, "--key", key, "--product", "p", "--version", "1", "--deployment", "d", "--contact", "c"}
	if res := run(t, nil, args...); res.code != verdict.ExitUsage || !strings.Contains(res.stderr, "--evidence all") {
		t.Error(res)
	}
}

// TestAttestationIsAnInTotoStatement reads it as another tool would.
func TestAttestationIsAnInTotoStatement(t *testing.T) {
	bundle, _ := certified(t)
	text, err := os.ReadFile(filepath.Join(bundle, attest.AttestationFile))
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct {
		PayloadType string
		Payload     []byte
		Signatures  []struct{ KeyID, Sig string }
	}
	if err := json.Unmarshal(text, &envelope); err != nil {
		t.Fatal(err)
	}
	var s struct {
		Type          string `json:"_type"`
		PredicateType string
		Subject       []struct {
			Name   string
			Digest map[string]string
		}
		Predicate struct {
			Result      string
			FailedTests []string
		}
	}
	if err := json.Unmarshal(envelope.Payload, &s); err != nil {
		t.Fatal(err)
	}
	if envelope.PayloadType != "application/vnd.in-toto+json" || s.Type != "https://in-toto.io/Statement/v1" ||
		s.PredicateType != "https://in-toto.io/attestation/test-result/v0.1" || s.Predicate.Result != "FAILED" || len(envelope.Signatures) != 1 {
		t.Errorf("%+v of %+v", envelope.PayloadType, s)
	}
	var shields struct {
		SchemaVersion         int
		Label, Message, Color string
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(bundle, attest.ShieldsFile))), &shields); err != nil {
		t.Fatal(err)
	}
	if shields.SchemaVersion != 1 || shields.Label != "authconform" || shields.Message != "not conformant" || shields.Color != "red" {
		t.Errorf("the badge for shields.io: %+v", shields)
	}
	var svg struct {
		Label string `xml:"aria-label,attr"`
	}
	if err := xml.Unmarshal([]byte(read(t, filepath.Join(bundle, attest.BadgeFile))), &svg); err != nil ||
		svg.Label != "authconform: not conformant" {
		t.Errorf("the badge as a picture: %v %+v", err, svg)
	}
	if !strings.Contains(strings.Join(s.Predicate.FailedTests, " "), "kiiex.code.replayed") || len(s.Subject) < 10 ||
		len(s.Subject[0].Digest["sha256"]) != 64 {
		t.Errorf("failed tests %v of %d subjects", s.Predicate.FailedTests, len(s.Subject))
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCertifyKnownRelease: the report of a release that is known to break the security
// baseline says so, and its evidence comes to the same.
func TestCertifyKnownRelease(t *testing.T) {
	keys := t.TempDir()
	if res := run(t, nil, "keygen", filepath.Join(keys, "release.key")); res.code != 0 {
		t.Fatal(res)
	}
	bundle := filepath.Join(t.TempDir(), "run")
	if res := run(t, nil, "run", "onlyoffice", "--profile", "3.7", "--evidence", "all", "--out", bundle); res.code != 0 {
		t.Fatal(res)
	}
	if res := certify(t, bundle, keys); res.code != 0 {
		t.Error(res)
	}
}
