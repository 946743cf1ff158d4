package schema_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/contract"
	"authconform/harness/schema"
	"authconform/schemas"
)

const fixturesRoot = "../../fixtures"

// folders are the sets of schemas that describe answers: one for each exchange,
// with the folders that its contract shares, and one for each shared folder.
// schemas/report and schemas/config describe the harness's own files.
func folders(t testing.TB) map[string]*schema.Set {
	t.Helper()
	files, err := fs.Glob(schemas.FS, "*/*"+schema.Suffix)
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	exchanges, err := contract.Exchanges(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]*schema.Set{}
	for _, file := range files {
		switch name := path.Dir(file); {
		case sets[name] != nil || name == "report" || name == "config":
		case slices.Contains(exchanges, name):
			c, err := contract.Load(schemas.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			sets[name] = c.Schemas
		default:
			if sets[name], err = schema.LoadSet(schemas.FS, name); err != nil {
				t.Fatal(err)
			}
		}
	}
	return sets
}

// own are a set's files but for those of shared folders, which have fixtures of
// their own.
func own(set *schema.Set) []string {
	return slices.DeleteFunc(set.Files(), func(file string) bool { return strings.Contains(file, "/") })
}

// Both surfaces of KIIEX share a folder: without it nothing here would be said of
// what they have in common.
func TestSharedFoldersAreCovered(t *testing.T) {
	sets := folders(t)
	if sets["alphapoint"] == nil || len(own(sets["alphapoint"])) < 9 {
		t.Error("the schemas of schemas/alphapoint are not read")
	}
	for _, name := range []string{"kiiex", "kiiexap"} {
		if shared := len(sets[name].Files()) - len(own(sets[name])); shared < 9 {
			t.Errorf("%s shares %d schemas, want at least 9", name, shared)
		}
	}
}

// bodies reads fixtures/<exchange>/<kind>/<schema>/*.json.
func bodies(t testing.TB, exchange, kind, file string) map[string][]byte {
	t.Helper()
	folder := path.Join(fixturesRoot, exchange, kind, strings.TrimSuffix(file, schema.Suffix))
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Errorf("%s has no fixtures: %v", file, err)
	}
	out := map[string][]byte{}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		if out[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestFixtures(t *testing.T) {
	for exchange, set := range folders(t) {
		for _, file := range own(set) {
			s, _ := set.Get(file)
			good, bad := bodies(t, exchange, "good", file), bodies(t, exchange, "bad", file)
			if len(good) < 1 || len(bad) < 3 {
				t.Errorf("%s of %s: %d good and %d bad fixtures, want at least 1 and 3", file, exchange, len(good), len(bad))
			}
			for name, body := range good {
				if found := s.Check(body); found != nil {
					t.Errorf("%s is refused: %v", name, found)
				}
			}
			for name, body := range bad {
				if s.Check(body) == nil {
					t.Errorf("%s is accepted", name)
				}
			}
		}
	}
}

// Every fixture folder must belong to a schema: a renamed schema would
// otherwise leave its fixtures behind, checked by nobody.
func TestFixturesHaveASchema(t *testing.T) {
	for exchange, set := range folders(t) {
		for _, kind := range []string{"good", "bad"} {
			entries, err := os.ReadDir(path.Join(fixturesRoot, exchange, kind))
			if err != nil {
				t.Error(err)
			}
			for _, entry := range entries {
				if _, ok := set.Get(entry.Name() + schema.Suffix); !ok {
					t.Errorf("fixtures/%s/%s/%s belongs to no schema", exchange, kind, entry.Name())
				}
			}
		}
	}
}

// Each required member removed, each typed member retyped and an extra member
// put into each closed object: all of it must be noticed.
func TestMutatedFixturesAreRefused(t *testing.T) {
	for exchange, set := range folders(t) {
		total := 0
		for _, file := range own(set) {
			s, _ := set.Get(file)
			inlined, err := set.Inline(file)
			if err != nil {
				t.Fatal(err)
			}
			for name, body := range bodies(t, exchange, "good", file) {
				for what, mutant := range mutants(t, inlined, body) {
					total++
					if s.Check(mutant) == nil {
						t.Errorf("%s with %s is accepted", name, what)
					}
				}
			}
		}
		if total < 3*len(own(set)) {
			t.Errorf("%s: only %d mutants for %d schemas", exchange, total, len(own(set)))
		}
	}
}

func mutants(t testing.TB, described any, body []byte) map[string][]byte {
	t.Helper()
	value, err := schema.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	keep := func(what string) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out[what] = text
	}
	var walk func(at string, described map[string]any, value any)
	walk = func(at string, described map[string]any, value any) {
		switch value := value.(type) {
		case []any:
			items, _ := described["items"].(map[string]any)
			for i := range value {
				walk(at+"/"+strconv.Itoa(i), items, value[i])
			}
		case map[string]any:
			properties, _ := described["properties"].(map[string]any)
			required, _ := described["required"].([]any)
			for _, name := range slices.Sorted(maps.Keys(value)) {
				member, _ := properties[name].(map[string]any)
				kept := value[name]
				if slices.Contains(required, any(name)) {
					delete(value, name)
					keep("no " + at + "/" + name)
				}
				if member["type"] != nil || member["anyOf"] != nil {
					value[name] = otherType(kept)
					keep("another type at " + at + "/" + name)
				}
				value[name] = kept
				walk(at+"/"+name, member, kept)
			}
			if described["additionalProperties"] == false {
				value["unexpected"] = "x"
				keep("an extra member in " + at)
				delete(value, "unexpected")
			}
		}
	}
	root, _ := described.(map[string]any)
	walk("", root, value)
	return out
}

// otherType returns a value of a type that no schema here offers beside value's.
func otherType(value any) any {
	if _, isObject := value.(map[string]any); isObject {
		return []any{}
	}
	return map[string]any{}
}
