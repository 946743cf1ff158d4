package yamldoc_test

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"authconform/harness/yamldoc"
)

func parse(t *testing.T, text string) *yamldoc.Document {
	t.Helper()
	d, err := yamldoc.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAllProblemsAreReportedWithTheirLines(t *testing.T) {
	d := parse(t, "name: [a]\nlist: [a, {b: c}]\non: maybe\nother: 1\n")
	root := d.Root.Under("here")
	root.Only("name", "list", "on")
	root.Text("name")
	root.Texts("list")
	root.Flag("on")
	root.RequireOneOf("level", "high", "MUST", "SHOULD")
	root.Member("none").Require(false, "is missing")
	got := d.Err()
	want := strings.Join([]string{
		"f.yaml:4: here: unknown key other; allowed here are name, list, on",
		"f.yaml:1: here: name is not text",
		"f.yaml:2: here: list is not text",
		"f.yaml:3: here: on is neither true nor false",
		`f.yaml:1: here: level "high" is none of MUST, SHOULD`,
		"f.yaml:1: here: is missing",
	}, "\n")
	if got == nil || got.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", got, want)
	}
}

func TestValues(t *testing.T) {
	d := parse(t, "b: >-\n  folded\n  text\na: 1\nc: |\n  kept\nlist: [x, y]\none: x\non: true\nnull: ~\n")
	var keys []string
	for key := range d.Root.Members() {
		keys = append(keys, key.Value)
	}
	if want := []string{"b", "a", "c", "list", "one", "on", "null"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q are not in the order of the file", keys)
	}
	for key, want := range map[string]string{"b": "folded text", "a": "1", "c": "kept", "null": "", "none": ""} {
		if got := d.Root.Text(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if !slices.Equal(d.Root.Texts("list"), []string{"x", "y"}) || !slices.Equal(d.Root.Texts("one"), []string{"x"}) ||
		d.Root.Texts("none") != nil {
		t.Errorf("lists: %q, %q, %q", d.Root.Texts("list"), d.Root.Texts("one"), d.Root.Texts("none"))
	}
	if !d.Root.Flag("on") || d.Root.Flag("none") || d.Err() != nil {
		t.Errorf("flags: %v", d.Err())
	}
}

func TestReferencesAndAliasesAreFollowed(t *testing.T) {
	d := parse(t, "shared: {a/b: &it {name: x}}\nalias: *it\nreference: {$ref: '#/shared/a~1b'}\nchain: {$ref: '#/reference'}\nfile: "+
		"{$ref: x.json}\n")
	for _, key := range []string{"alias", "reference", "chain"} {
		if got := d.Root.Member(key).Text("name"); got != "x" {
			t.Errorf("%s leads to %q", key, got)
		}
	}
	if got := d.Root.Member("file").Text("$ref"); got != "x.json" {
		t.Errorf("the reference to a file became %q", got)
	}
	if err := d.Err(); err != nil {
		t.Error(err)
	}
}

func TestBrokenDocumentsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"a:\n  b: {$ref: '#/none'}":            `f.yaml:2: a/b: $ref "#/none" leads nowhere in this file`,
		"a: {$ref: '#/a'}":                     "f.yaml:1: a: #/a contains itself",
		"a: {b: {$ref: '#/a'}}":                "f.yaml:1: a/b: #/a contains itself",
		"a: {$ref: '#/b'}\nb: {$ref: '#/a'}":   "contains itself",
		"a: &loop\n  b: *loop":                 "f.yaml:2: a/b: the anchor &loop contains itself",
		"a:\n  b: 1\n  b: 2":                   "f.yaml:3: a/b: given twice, first on line 2",
		"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n": "f.yaml:3: c/<<: merge keys are not read here",
	} {
		if err := parse(t, text).Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v does not say %q", text, err, want)
		}
	}
	if _, err := yamldoc.Parse("f.yaml", []byte("a: [")); err == nil || !strings.HasPrefix(err.Error(), "f.yaml: yaml: ") {
		t.Errorf("broken YAML: %v", err)
	}
}

func TestJSONKeepsTheOrder(t *testing.T) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("b: &x [1, 2.5, text, true, ~]\n200: {}\na: *x\n"), &n); err != nil {
		t.Fatal(err)
	}
	text, err := yamldoc.JSON(&n)
	compact := strings.Join(strings.Fields(string(text)), "")
	if want := `{"b":[1,2.5,"text",true,null],"200":{},"a":[1,2.5,"text",true,null]}`; err != nil || compact != want {
		t.Errorf("got %s, %v, want %s", compact, err, want)
	}
}
