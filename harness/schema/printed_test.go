package schema_test

import (
	"slices"
	"testing"

	"authconform/harness/schema"
)

// TestPrinted: a member is printed wherever the schema lets a text stand in it, however deep
// and by whatever reference, and nowhere else.
func TestPrinted(t *testing.T) {
	set, err := schema.LoadSet(folder(map[string]string{
		"a": `{"type":"object","properties":{
			"token":{"type":"string","minLength":1},"maybe":{"type":["string","null"]},"count":{"type":"integer"},
			"never":{"type":"string","const":""},"flag":{"const":true},"gone":false,"other":{"$ref":"b.schema.json#/definitions/text"},
			"list":{"type":"array","items":{"type":"string"}},
			"inner":{"type":"object","properties":{"deep":{"anyOf":[{"type":"null"},{"type":"string"}]},"self":{"$ref":"#"}}}},
			"not":{"type":"object","properties":{"secret":{"type":"string"}}}}`,
		"b": `{"definitions":{"text":{"type":"string"}}}`,
	}), "x")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := set.Printed("a.schema.json"), []string{"deep", "list", "maybe", "other", "token"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := set.Printed("no.schema.json"); len(got) != 0 {
		t.Errorf("a file that is none prints %v", got)
	}
}
