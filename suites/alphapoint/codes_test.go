package alphapoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"authconform/harness/schema"
	"authconform/schemas"
)

// errorCode is a row of the table of common error codes.
type errorCode struct {
	code  int
	texts []string
}

// errorCodes is the table of alphapoint#3; alphapoint#3-code-100
// answers show and the one that newer documents misprint.
var errorCodes = []errorCode{
	{20, []string{"Not Authorized"}},
	{100, []string{"Invalid Request", "Invalid Response"}},
	{101, []string{"Operation Failed"}},
	{102, []string{"Server Error"}},
	{104, []string{"Resource Not Found"}},
	{106, []string{"Operation Not Supported"}},
	{107, []string{"Operation In Process"}},
}

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
