package alphapoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"testing"

	"authconform/harness/schema"
	"authconform/schemas"
)

// What both surfaces send alike is described alike: a schema file that both
// folders have is the same file.
func TestSharedSchemasAreTheSame(t *testing.T) {
	files, err := fs.Glob(schemas.FS, "kiiexap/*.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	shared := 0
	for _, file := range files {
		legacy, err := schemas.FS.ReadFile("kiiex/" + path.Base(file))
		if err != nil {
			continue
		}
		trading, err := schemas.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shared++
		if !bytes.Equal(legacy, trading) {
			t.Errorf("%s differs between kiiex and kiiexap", path.Base(file))
		}
	}
	if shared < 9 {
		t.Errorf("%d shared schemas, want at least 9", shared)
	}
}

// The schema of a refused standard response takes every row of the table and no
// other pair of code and text.
func TestCodeTable(t *testing.T) {
	set, err := schema.LoadSet(schemas.FS, "kiiex")
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
