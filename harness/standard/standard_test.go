package standard_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"authconform/harness/clause"
	"authconform/harness/standard"
	"authconform/schemas"
)

const file = "id: s-1\nauthority: S 1\ntitle: S\nrequirements:\n  - {id: 1.1, level: 1, name: one, checks: [T10]}\n  - {id: 1.2, level: 2, name: two}\n  - {id: 1.3, level: 2, name: three}\n"

var clauses = []clause.Info{{ID: "ex.a.cited", Source: "ex#1; S 1 1.2"}, {ID: "ex.a.checked", Source: "checks#T10"}, {ID: "ex.b.listed", Source: "ex#2"}}

func rows(t *testing.T, references string) ([]standard.Row, error) {
	t.Helper()
	fsys := fstest.MapFS{"standards/s-1.yaml": {Data: []byte(file)}, "ex/references.yaml": {Data: []byte(references)}}
	s, err := standard.Load(fsys, "s-1")
	if err != nil {
		t.Fatal(err)
	}
	return s.Rows(fsys, "ex", clauses)
}

func TestRowsHoldWhatIsListedAndWhatIsCited(t *testing.T) {
	got, err := rows(t, "s-1:\n  1.1: {clauses: [ex.b.*]}\n  1.3: {gap: it is not documented}\n")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"ex.a.checked ex.b.listed", "ex.a.cited", ""} {
		if have := strings.Join(got[i].Clauses, " "); have != want || (have == "") != (got[i].Gap != "") {
			t.Errorf("%s: clauses %q, gap %q; want %q", got[i].ID, have, got[i].Gap, want)
		}
	}
	if got[2].Gap != "it is not documented" {
		t.Errorf("gap %q", got[2].Gap)
	}
}

func TestUnknownIDsAreLoadErrors(t *testing.T) {
	for references, want := range map[string]string{
		"s-1: {9.9: {gap: x}}":           `no requirement "9.9"`,
		"s-2: {1.1: {gap: x}}":           `unknown standard "s-2"; there is: s-1`,
		"s-1: {1.1: {clauses: [ex.c]}}":  `"ex.c" is over no clause`,
		"s-1: {1.1: {clause: [ex.a.*]}}": "field clause not found",
	} {
		if _, err := rows(t, references); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", references, err, want)
		}
	}
}

func TestASVSNumbersAreThoseOfTheCatalogue(t *testing.T) {
	s, err := standard.Load(schemas.FS, "asvs-5.0.0")
	if err != nil {
		t.Fatal(err)
	}
	text, err := schemas.FS.ReadFile("standards/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Requirements {
		if len(r.Checks) > 0 && !strings.Contains(string(text), `<a id="4-`+r.ID+`"></a>`+r.ID+" | L"+string(rune('0'+r.Level))+" |") {
			t.Errorf("%s: checks.md does not have it at level %d", r.ID, r.Level)
		}
	}
}
