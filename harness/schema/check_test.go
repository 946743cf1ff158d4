package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"authconform/harness/schema"
)

const head = `{"$schema":"http://json-schema.org/draft-07/schema#",`

// folder makes schema files of texts without the leading {"$schema": ...
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["x/"+name+schema.Suffix] = &fstest.MapFile{Data: []byte(head + strings.TrimPrefix(text, "{"))}
	}
	return fsys
}

// one loads a set of a single schema.
func one(t testing.TB, text string) *schema.Schema {
	t.Helper()
	set, err := schema.LoadSet(folder(map[string]string{"one": text}), "x")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := set.Get("one.schema.json")
	if !ok {
		t.Fatal("the schema is not in its set")
	}
	return s
}

const person = `{"type":"object","additionalProperties":false,"required":["id","roles"],"properties":{
	"id":{"type":"integer","minimum":1},"name":{"type":"string","minLength":2,"maxLength":4,"pattern":"^[a-z]+$"},
	"kind":{"type":"string","enum":["a","b"]},"one":{"type":"integer","const":1},"flag":{"type":"boolean"},
	"roles":{"type":"array","minItems":1,"maxItems":2,"uniqueItems":true,"items":{"type":"string"}},
	"a.b":{"type":"object","properties":{"c/d":{"type":"integer"},"e~f":{"type":"integer"}}},
	"either":{"anyOf":[{"type":"string","const":"x"},{"type":"null"}]},"never":{"not":{"required":["token"]}}}}`

func TestCheckNamesEveryMismatch(t *testing.T) {
	s := one(t, person)
	for name, test := range map[string]struct {
		body string
		want []string
	}{
		"good":             {`{"id":1,"roles":["x"],"name":"abc","kind":"a","one":1,"a.b":{"c/d":1},"either":null,"never":{}}`, nil},
		"missing both":     {`{}`, []string{`(whole body): required: member "id" present`, `(whole body): required: member "roles" present`}},
		"wrong type":       {`{"id":"1","roles":["x"]}`, []string{`/id: type: integer, not string`}},
		"whole body":       {`[]`, []string{`(whole body): type: object, not array`}},
		"null is no value": {`null`, []string{`(whole body): type: object, not null`}},
		"item":             {`{"id":1,"roles":["x",2]}`, []string{`/roles/1: type: string, not integer`}},
		"extra":            {`{"id":1,"roles":["x"],"tok/en":1}`, []string{`/tok~1en: additionalProperties: no such member`}},
		"dotted name":      {`{"id":1,"roles":["x"],"a.b":{"c/d":"x"}}`, []string{`/a.b/c~1d: type: integer, not string`}},
		"tilde name":       {`{"id":1,"roles":["x"],"a.b":{"e~f":"x"}}`, []string{`/a.b/e~0f: type: integer, not string`}},
		"text bounds":      {`{"id":1,"roles":["x"],"name":"a"}`, []string{`/name: minLength: at least 2 characters`}},
		"pattern and length": {`{"id":1,"roles":["x"],"name":"ABCDE"}`,
			[]string{`/name: maxLength: at most 4 characters`, `/name: pattern: ^[a-z]+$`}},
		"enum":         {`{"id":1,"roles":["x"],"kind":"c"}`, []string{`/kind: enum: one of "a", "b"`}},
		"const":        {`{"id":1,"roles":["x"],"one":2}`, []string{`/one: const: 1`}},
		"minimum":      {`{"id":0,"roles":["x"]}`, []string{`/id: minimum: at least 1`}},
		"fraction":     {`{"id":1.5,"roles":["x"]}`, []string{`/id: type: integer, not number`}},
		"items bounds": {`{"id":1,"roles":[]}`, []string{`/roles: minItems: at least 1 items`}},
		"items differ": {`{"id":1,"roles":["x","x"]}`, []string{`/roles: uniqueItems: items that all differ`}},
		"forbidden by not": {`{"id":1,"roles":["x"],"never":{"token":1}}`,
			[]string{`/never: not: something other than what is forbidden here`}},
		"none of the options": {`{"id":1,"roles":["x"],"either":1}`,
			[]string{`/either: anyOf: at least one of the alternatives`, `/either: type: string, not integer`}},
		"not JSON": {`{"id":1,}`, []string{`(whole body): json: byte 9: not JSON (RFC 8259)`}},
		"empty":    {``, []string{`(whole body): json: byte 0: the body is empty, a JSON value was expected`}},
		"twice": {`{"id":1,"roles":["x"],"id":2}`,
			[]string{`/id: json: byte 26, at /id: a member of this name was given before in the same object`}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, m := range s.Check([]byte(test.body)) {
				got = append(got, m.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestMismatchesHoldNoValue(t *testing.T) {
	const secret = "eyJzZWNyZXQ"
	s := one(t, person)
	body := fmt.Sprintf(`{"id":%q,"name":%q,"kind":%q,"one":%q,"roles":%q,"a.b":{"c/d":%q},"either":%q,"extra":%q}`,
		secret, secret, secret, secret, secret, secret, secret, secret)
	found := s.Check([]byte(body))
	if len(found) < 8 {
		t.Fatalf("only %d mismatches: %v", len(found), found)
	}
	for _, m := range found {
		if strings.Contains(m.String(), secret) {
			t.Errorf("a value is repeated: %v", m)
		}
	}
}

func TestCheckValue(t *testing.T) {
	s := one(t, `{"type":"null"}`)
	if found := s.CheckValue(nil, []byte("null")); found != nil {
		t.Errorf("null: %v", found)
	}
	if found := s.CheckValue(nil, nil); len(found) != 1 || found[0].Rule != "json" {
		t.Errorf("no body at all passes as null: %v", found)
	}
}

func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	s := one(t, person)
	good, bad := []byte(`{"id":1,"roles":["x"]}`), []byte(`{"id":0,"roles":[]}`)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if s.Check(good) != nil || len(s.Check(bad)) != 2 {
					t.Error("verdicts change under concurrent use")
				}
			}
		})
	}
	wait.Wait()
}

func BenchmarkCheck(b *testing.B) {
	s := one(b, person)
	for name, body := range map[string]string{
		"valid":   `{"id":1,"roles":["x"],"name":"abc","kind":"a","one":1,"a.b":{"c/d":1},"either":null}`,
		"invalid": `{"id":0,"roles":[],"name":"ABC","kind":"c","extra":1}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Check([]byte(body))
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(`{"id":1,"roles":["x"],"name":"abc","kind":"a","one":1,"a.b":{"c/d":1},"either":null}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
