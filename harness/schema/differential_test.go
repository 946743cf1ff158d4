package schema_test

import (
	"bytes"
	"fmt"
	"path"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"authconform/harness/schema"
)

// The engine in use is unmaintained. A second, independent one must come to
// the same verdict for every schema over every fixture of its folder, also
// those of other schemas and of shared folders, and over every mutant of its own.
func TestSecondEngineAgrees(t *testing.T) {
	for exchange, set := range folders(t) {
		t.Run(exchange, func(t *testing.T) {
			second := compileSecond(t, exchange, set)
			compared, refused := 0, 0
			compare := func(name string, body []byte, files ...string) {
				value, err := schema.Decode(body)
				if err != nil {
					return // refused before any engine sees it
				}
				other, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
				if err != nil {
					t.Fatalf("%s: the second engine cannot read it: %v", name, err)
				}
				for _, file := range files {
					s, _ := set.Get(file)
					found, secondErr := s.CheckValue(value, body), second[file].Validate(other)
					compared++
					if (found == nil) != (secondErr == nil) {
						t.Errorf("%s against %s: %v, the second engine says %v", name, file, found, secondErr)
					}
					if found != nil {
						refused++
					}
				}
			}
			for _, file := range own(set) {
				inlined, err := set.Inline(file)
				if err != nil {
					t.Fatal(err)
				}
				for name, body := range bodies(t, exchange, "good", file) {
					compare(name, body, set.Files()...)
					for what, mutant := range mutants(t, inlined, body) {
						compare(name+" with "+what, mutant, file)
					}
				}
				for name, body := range bodies(t, exchange, "bad", file) {
					compare(name, body, set.Files()...)
				}
			}
			if compared == 0 || refused == 0 || refused == compared {
				t.Errorf("compared %d verdicts, %d of them refusals: nothing was told apart", compared, refused)
			}
		})
	}
}

func compileSecond(t *testing.T, folder string, set *schema.Set) map[string]*jsonschema.Schema {
	t.Helper()
	at := func(file string) string { return "http://second.invalid/" + path.Join(folder, file) }
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	compiler.AssertFormat()
	for _, name := range schema.Formats() {
		compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if text, ok := v.(string); ok && !schema.IsFormat(name, text) {
				return fmt.Errorf("no %s", name)
			}
			return nil
		}})
	}
	for _, file := range set.Files() {
		raw, _ := set.Raw(file)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if root, ok := document.(map[string]any); ok {
			delete(root, "$id")
		}
		if err := compiler.AddResource(at(file), document); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]*jsonschema.Schema{}
	for _, file := range set.Files() {
		compiled, err := compiler.Compile(at(file))
		if err != nil {
			t.Fatal(err)
		}
		out[file] = compiled
	}
	return out
}
