package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"authconform/harness/schema"
)

func TestLoadSetRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  []string // parts of the error
	}{
		"misspelled keyword": {map[string]string{"a": `{"requried":["a"]}`}, []string{"x/a.schema.json at /requried", "unknown keyword"}},
		"later draft": {map[string]string{"a": `{"items":{"unevaluatedProperties":false}}`},
			[]string{"at /items/unevaluatedProperties", "unknown keyword"}},
		"OpenAPI's nullable": {map[string]string{"a": `{"type":"object","properties":{"b":{"type":"string","nullable":true}}}`},
			[]string{"at /properties/b/nullable"}},
		"unchecked encoding": {map[string]string{"a": `{"contentEncoding":"base64"}`}, []string{"at /contentEncoding"}},
		"nested in allOf":    {map[string]string{"a": `{"allOf":[{},{"tpye":"string"}]}`}, []string{"at /allOf/1/tpye"}},
		"nested in not":      {map[string]string{"a": `{"not":{"requierd":["a"]}}`}, []string{"at /not/requierd"}},
		"nested in dependencies": {map[string]string{"a": `{"dependencies":{"a":["b"],"c":{"tpye":"x"}}}`},
			[]string{"at /dependencies/c/tpye"}},
		"nested in a definition": {map[string]string{"a": `{"definitions":{"b":{"tpye":"x"}}}`}, []string{"at /definitions/b/tpye"}},
		"unknown format": {map[string]string{"a": `{"type":"object","properties":{"b":{"format":"date"}}}`},
			[]string{"at /properties/b/format", "unknown format", "date-time"}},
		"format no text": {map[string]string{"a": `{"format":1}`}, []string{"at /format", "unknown format"}},
		"remote reference": {map[string]string{"a": `{"items":{"$ref":"http://example.test/a.json"}}`},
			[]string{"at /items/$ref", "leaves the folder"}},
		"file reference": {map[string]string{"a": `{"$ref":"file:///etc/passwd"}`}, []string{"at /$ref", "leaves the folder"}},
		"reference out of folder": {map[string]string{"a": `{"$ref":"../b/b.schema.json"}`},
			[]string{"x/a.schema.json at /$ref", "no schema file of this folder or of those it shares"}},
		"reference to no file": {map[string]string{"a": `{"$ref":"b.schema.json"}`}, []string{"at /$ref", "no schema file"}},
		"reference to nothing": {map[string]string{"a": `{"$ref":"b.schema.json#/definitions/d"}`, "b": `{"definitions":{"c":{}}}`},
			[]string{"a.schema.json at /$ref", `there is no "d"`}},
		"reference by anchor":   {map[string]string{"a": `{"$ref":"#here"}`}, []string{"JSON pointer is expected"}},
		"reference in a circle": {map[string]string{"a": `{"$ref":"b.schema.json"}`, "b": `{"$ref":"a.schema.json"}`}, []string{"circle"}},
		"empty reference":       {map[string]string{"a": `{"$ref":""}`}, []string{"at /$ref", "circle"}},
		"reference to itself":   {map[string]string{"a": `{"items":{"$ref":"#/items"}}`}, []string{"at /items/$ref", "circle"}},
		"reference to no schema": {map[string]string{"a": `{"type":"object","properties":{"b":{"$ref":"#/properties"}}}`},
			[]string{"at /properties/b/$ref", "no schema"}},
		"reference into data": {map[string]string{"a": `{"const":{"b":{}},"items":{"$ref":"#/const/b"}}`},
			[]string{"at /items/$ref", "no schema"}},
		"reference no text": {map[string]string{"a": `{"$ref":1}`}, []string{"at /$ref", "must be a string"}},
		"$id beside $ref": {map[string]string{"a": `{"items":{"$id":"x","$ref":"#/definitions/b"},"definitions":{"b":{}}}`},
			[]string{"at /items/$id", "beside $ref"}},
		"constraint beside $ref": {map[string]string{"a": `{"items":{"minLength":2,"$ref":"#/definitions/b"},"definitions":{"b":{}}}`},
			[]string{"at /items/minLength", "beside $ref"}},
		"$id inside": {map[string]string{"a": `{"definitions":{"b":{"$id":"b.json"}}}`}, []string{"at /definitions/b/$id", "root"}},
		"pattern of no RE2": {map[string]string{"a": `{"type":"object","properties":{"b":{"pattern":"(?=x)"}}}`},
			[]string{"at /properties/b/pattern", "RE2"}},
		"patternProperties no RE2": {map[string]string{"a": `{"patternProperties":{"(":{}}}`}, []string{"at /patternProperties/(", "RE2"}},
		"properties of anything":   {map[string]string{"a": `{"properties":{"b":{}}}`}, []string{`"properties" without "type"`}},
		"required but forbidden": {map[string]string{"a": `{"type":"object","additionalProperties":false,"required":["b"]}`},
			[]string{"at /required/0", `"b" is required but not described`}},
		"schema no object": {map[string]string{"a": `{"items":1}`}, []string{"at /items", "a schema is an object, true or false"}},
		"list no list":     {map[string]string{"a": `{"anyOf":{}}`}, []string{"at /anyOf", "list of schemas"}},
		"map no map": {map[string]string{"a": `{"type":"object","properties":[]}`},
			[]string{"at /properties", "must be an object"}},
		"unknown type":     {map[string]string{"a": `{"type":"strin"}`}, []string{"x/a.schema.json", "does not compile"}},
		"required no list": {map[string]string{"a": `{"required":"b"}`}, []string{"x/a.schema.json", "does not compile"}},
		"decimal length":   {map[string]string{"a": `{"minLength":2.5}`}, []string{"x/a.schema.json", "does not compile"}},
		"member twice":     {map[string]string{"a": `{"type":"string","type":"object"}`}, []string{"x/a.schema.json", "given before"}},
		"not JSON":         {map[string]string{"a": `{"type":`}, []string{"x/a.schema.json", "not JSON"}},
		"several at once": {map[string]string{"a": `{"foo":1}`, "b": `{"bar":1}`},
			[]string{"a.schema.json at /foo", "b.schema.json at /bar"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.LoadSet(folder(test.files), "x")
			if err == nil {
				t.Fatal("was loaded")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}

func TestLoadSetRefusesOtherDrafts(t *testing.T) {
	for name, text := range map[string]string{
		"2020-12": `{"$schema":"https://json-schema.org/draft/2020-12/schema"}`,
		"none":    `{"type":"string"}`,
		"https":   `{"$schema":"https://json-schema.org/draft-07/schema#"}`,
		"array":   `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.LoadSet(fstest.MapFS{"x/a.schema.json": {Data: []byte(text)}}, "x")
			if err == nil || !strings.Contains(err.Error(), "x/a.schema.json at /") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReferencesBetweenFiles(t *testing.T) {
	set, err := schema.LoadSet(folder(map[string]string{
		"list":   `{"$id":"https://example.test/list","title":"A list","type":"array","items":{"$ref":"parts.schema.json#/definitions/a~1b"}}`,
		"parts":  `{"definitions":{"a/b":{"$ref":"#/definitions/small"},"small":{"type":"integer","maximum":9}}}`,
		"whole":  `{"type":"object","additionalProperties":false,"properties":{"list":{"$ref":"list.schema.json"},"const":{"const":{"$ref":"kept"}},"definitions":{"type":"string"}}}`,
		"tree":   `{"type":"object","additionalProperties":false,"properties":{"child":{"$ref":"#"}}}`,
		"refers": `{"title":"beside $ref","$ref":"list.schema.json"}`,
	}), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file, body string
		mismatches int
	}{
		{"list", `[1,9]`, 0}, {"list", `[1,10]`, 1}, {"list", `["x"]`, 1},
		{"whole", `{"list":[1]}`, 0}, {"whole", `{"list":[10,11]}`, 2}, {"whole", `{"const":{"$ref":"kept"}}`, 0},
		{"whole", `{"const":{"$ref":"other"}}`, 1},
		{"tree", `{"child":{"child":{}}}`, 0}, {"tree", `{"child":{"child":{"x":1}}}`, 1},
		{"refers", `[10]`, 1}, {"refers", `[9]`, 0},
	} {
		s, ok := set.Get(test.file + schema.Suffix)
		if !ok {
			t.Fatalf("%s is not in the set", test.file)
		}
		if found := s.Check([]byte(test.body)); len(found) != test.mismatches {
			t.Errorf("%s of %s: got %v, want %d mismatches", test.file, test.body, found, test.mismatches)
		}
	}
	inlined, err := set.Inline("whole.schema.json")
	if text, _ := json.Marshal(inlined); err != nil ||
		string(text) != `{"additionalProperties":false,"properties":{"const":{"const":{"$ref":"kept"}},`+
			`"definitions":{"type":"string"},"list":{"items":{"maximum":9,"type":"integer"},"title":"A list","type":"array"}},"type":"object"}` {
		t.Errorf("inlined: %s, %v", text, err)
	}
	if _, err := set.Inline("tree.schema.json"); err == nil {
		t.Error("a schema that contains itself was inlined")
	}
	if _, err := set.Inline("none.schema.json"); err == nil {
		t.Error("no file was inlined")
	}
	if _, ok := set.Get("none.schema.json"); ok {
		t.Error("there is a schema no file holds")
	}
}

// A folder that is named as shared belongs to the set, and errors in it name it.
func TestSharedFolder(t *testing.T) {
	const head = `{"$schema":"http://json-schema.org/draft-07/schema#",`
	files := fstest.MapFS{
		"x/a.schema.json":      {Data: []byte(head + `"items":{"$ref":"../common/b.schema.json"}}`)},
		"common/b.schema.json": {Data: []byte(head + `"$ref":"c.schema.json#/definitions/small"}`)},
		"common/c.schema.json": {Data: []byte(head + `"definitions":{"small":{"type":"integer","maximum":9}}}`)},
		"other/d.schema.json":  {Data: []byte(head + `"type":"string"}`)},
	}
	set, err := schema.LoadSet(files, "x", "common")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(set.Files(), " "), "../common/b.schema.json ../common/c.schema.json a.schema.json"; got != want {
		t.Errorf("the set is %q, want %q", got, want)
	}
	for file, body := range map[string]string{"a.schema.json": `[10]`, "../common/b.schema.json": `10`} {
		s, ok := set.Get(file)
		if !ok || s.Check([]byte(body)) == nil {
			t.Errorf("%s is missing or takes %s", file, body)
		}
		if inlined, err := set.Inline(file); err != nil || strings.Contains(fmt.Sprint(inlined), "$ref") {
			t.Errorf("%s inlined: %v, %v", file, inlined, err)
		}
	}
	for name, broken := range map[string]struct{ file, text, want string }{
		"keyword in the shared folder":   {"common/c.schema.json", `"tpye":"x"}`, "common/c.schema.json at /tpye"},
		"reference in the shared folder": {"common/b.schema.json", `"$ref":"http://example.test/a.json"}`, "common/b.schema.json at /$ref"},
		"a folder that is not shared":    {"x/a.schema.json", `"$ref":"../other/d.schema.json"}`, "x/a.schema.json at /$ref"},
		"a folder above":                 {"x/a.schema.json", `"$ref":"../../x/a.schema.json"}`, "x/a.schema.json at /$ref"},
		"no JSON in the shared folder":   {"common/c.schema.json", `"type":`, "common/c.schema.json"},
	} {
		changed := maps.Clone(files)
		changed[broken.file] = &fstest.MapFile{Data: []byte(head + broken.text)}
		if _, err := schema.LoadSet(changed, "x", "common"); err == nil || !strings.Contains(err.Error(), broken.want) {
			t.Errorf("%s: %v, want %q", name, err, broken.want)
		}
	}
	if _, err := schema.LoadSet(files, "x", "misspelt"); err == nil || !strings.Contains(err.Error(), "misspelt") {
		t.Errorf("a shared folder that is not there: %v", err)
	}
}

// Whatever a schema file holds, loading ends in a set or an error.
func FuzzLoadSet(f *testing.F) {
	for _, seed := range []string{person, `{"$ref":"#/items","items":[1]}`, `{"items":[1],"dependencies":{"a":1},"enum":{},"if":1}`,
		`{"properties":{"a":{"$ref":"#/properties"}},"type":"object"}`, `{"definitions":{"id":{"id":"x"},"$ref":{"$ref":"#"}}}`,
		`{"type":["object",1],"required":[1],"const":null}`} {
		f.Add(seed, `{"a":[1,{"b":null}]}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		set, err := schema.LoadSet(folder(map[string]string{"one": text}), "x")
		if err != nil {
			return
		}
		s, _ := set.Get("one.schema.json")
		s.Check([]byte(body))
		if _, err := set.Inline("one.schema.json"); err != nil && !strings.Contains(err.Error(), "contains itself") {
			t.Errorf("loads but cannot be inlined: %v", err)
		}
	})
}
