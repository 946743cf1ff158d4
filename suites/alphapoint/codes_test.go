package alphapoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"authconform/harness/schema"
	"authconform/schemas"
)

// The schema of a refused standard response takes every row of the table and no
// other pair of code and text.
func TestCodeTable(t *testing.T) {
	set, err := schema.LoadSet(schemas.FS, "alphapoint")
	if err != nil {
		t.Fatal(err)
	}
	refusal, ok := set.Get("standard-refusal.schema.json")
	if !ok {
		t.Fatal("standard-refusal.schema.json is missing")
	}
	for code := range 200 {
		for _, row := range errorCodes {
			for _, text := range row.texts {
				body, _ := json.Marshal(map[string]any{"result": false, "errormsg": text, "errorcode": code, "detail": nil})
				i := slices.IndexFunc(errorCodes, func(r errorCode) bool { return r.code == code })
				want := i >= 0 && slices.Contains(errorCodes[i].texts, text)
				if got := refusal.Check(body) == nil; got != want {
					t.Error(fmt.Sprintf("%d %q", code, text), "accepted:", got)
				}
			}
		}
	}
}
