package standard_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"authconform/harness/clause"
	"authconform/harness/standard"
	"authconform/schemas"
)

const (
	file = "id: s-1\nauthority: S 1\ntitle: S\nlevels: L\nrequirements:\n  - {id: 1.1, level: 1, name: one, checks: [T10]}\n" +
		"  - {id: 1.2, level: 2, name: two}\n  - {id: 1.3, level: 2, name: three, gap: it is not seen}\n  - {id: 1.4, name: four, " +
		"sentences: [once]}\n"
	sentences = "- {id: once, text: A code counts once., authority: S 1 section 1.2, clauses: {ex: [ex.c.*]}, excuses: {none: it has no " +
		"codes}}\n"
)

var clauses = []clause.Info{
	{ID: "ex.a.cited", Source: "ex#1; S 1 1.3, 1.2"}, {ID: "ex.a.checked", Source: "checks#T10"}, {ID: "ex.b.listed", Source: "ex#2"},
	{ID: "ex.c.judges", Source: "ex#2", Baseline: []string{"once"}},
}

func load(exchange, references string) (*standard.References, error) {
	return standard.LoadReferences(fstest.MapFS{
		"standards/s-1.yaml": {Data: []byte("# a comment\n" + file)}, "standards/baseline.yaml": {Data: []byte(sentences)},
		"ex/references.yaml": {Data: []byte(references)},
	}, exchange)
}

// told are the clauses of each requirement, or the gap.
func told(refs *standard.References, clauses []clause.Info) (out []string) {
	for _, row := range refs.Rows(refs.Standards()[0], clauses) {
		text := strings.Join(row.Clauses, " ")
		if row.Gap != "" {
			text += "gap: " + row.Gap
		}
		out = append(out, text)
	}
	return out
}

func TestRowsHoldWhatIsListedCitedAndJudged(t *testing.T) {
	refs, err := load("ex", "s-1:\n  1.1: {clauses: [ex.b.*]}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := refs.Check(clauses); err != nil {
		t.Error(err)
	}
	want := []string{"ex.a.checked ex.b.listed", "ex.a.cited ex.c.judges", "ex.a.cited", "ex.c.judges"}
	if got := told(refs, clauses); strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := refs.Standards()[0].LevelOf(refs.Standards()[0].Requirements[3]); got != "-" {
		t.Errorf("the level of a requirement without one is %q", got)
	}
}

func TestGapsSayWhy(t *testing.T) {
	for exchange, want := range map[string]string{
		"ex":   "gap: it is not documented; ; gap: it is not seen; ",
		"none": "; ; gap: it is not seen; gap: it has no codes",
	} {
		refs, err := load(exchange, "s-1:\n  1.1: {gap: it is not documented}\n")
		if err != nil {
			t.Fatal(err)
		}
		refs.Rows(refs.Standards()[0], nil)
		if exchange == "none" {
			refs, err = standard.LoadReferences(fstest.MapFS{"standards/s-1.yaml": {Data: []byte(file)},
				"standards/baseline.yaml": {Data: []byte(sentences)}}, exchange)
		}
		if got := strings.Join(told(refs, nil), "; "); err != nil || got != want {
			t.Errorf("%s: got %q, want %q, error %v", exchange, got, want, err)
		}
	}
}

func TestUnknownIDsAreLoadErrors(t *testing.T) {
	for references, want := range map[string]string{
		"s-1: {9.9: {gap: x}}":                        `no requirement "9.9"`,
		"s-2: {1.1: {gap: x}}":                        `unknown standard "s-2"; there is: s-1`,
		"s-1: {1.1: {clause: [ex.a.*]}}":              "field clause not found",
		"s-1: {1.1: {}}":                              "s-1 1.1: name clauses, or say under gap",
		"s-1: {1.1: {clauses: [ex.a.*], gap: never}}": "s-1 1.1: name clauses, or say under gap",
	} {
		if _, err := load("ex", references); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", references, err, want)
		}
	}
	wrong := fstest.MapFS{"standards/s-1.yaml": {Data: []byte(strings.Replace(file, "[once]", "[twice]", 1))}}
	if _, err := standard.LoadReferences(wrong, "ex"); err == nil || !strings.Contains(err.Error(), `no sentence "twice"`) {
		t.Errorf("an unknown sentence: %v", err)
	}
}

func TestWhatIsSaidIsHeldAgainstTheClauses(t *testing.T) {
	more := append([]clause.Info{{ID: "ex.d.cites", Source: "S 1 section 7.7"}}, clauses...)
	for name, c := range map[string]struct {
		references, want string
		clauses          []clause.Info
	}{
		"a glob over nothing":  {"s-1: {1.1: {clauses: [ex.z]}}", `"ex.z" is over no clause`, clauses},
		"a gap that is none":   {"s-1: {1.1: {gap: never}}", "ex.a.checked bears on it", clauses},
		"a gap without reason": {"{}", "s-1 1.4: no clause bears on it, and nothing says why", clauses[:3]},
		"a place not listed":   {"{}", `clause ex.d.cites cites "S 1 7.7"`, more},
	} {
		refs, err := load("ex", c.references)
		if err != nil {
			t.Fatal(err)
		}
		if err := refs.Check(c.clauses); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// TestStandardsHoldOfEveryExchange: each requirement of each standard has clauses or a
// reason on each exchange.
func TestStandardsHoldOfEveryExchange(t *testing.T) {
	for _, exchange := range []string{"onlyoffice", "barong", "coinrabbit", "kiiex", "kiiexap"} {
		refs, err := standard.LoadReferences(schemas.FS, exchange)
		if err != nil {
			t.Fatal(err)
		}
		text, err := schemas.FS.ReadFile(exchange + "/clauses.yaml")
		if err != nil {
			t.Fatal(err)
		}
		var list []clause.Info
		if err := yaml.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		if err := refs.Check(list); err != nil {
			t.Error(err)
		}
		for _, id := range []string{"asvs-5.0.0", "nist-sp-800-63b", "pci-dss-4.0.1", "psd2-rts", "rfc"} {
			s, err := standard.Load(schemas.FS, id)
			if err != nil {
				t.Fatal(err)
			}
			judged := 0
			for _, row := range refs.Rows(s, list) {
				judged += min(1, len(row.Clauses))
			}
			if judged < 3 {
				t.Errorf("%s bears on %d requirements of %s", exchange, judged, id)
			}
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
		if len(r.Checks) > 0 && !strings.Contains(string(text), `<a id="4-`+r.ID+`"></a>`+r.ID+" | "+s.LevelOf(r)+" |") {
			t.Errorf("%s: checks.md does not have it at level %d", r.ID, r.Level)
		}
	}
}
