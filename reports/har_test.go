package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"authconform/harness/journal"
)

// harMembers are the members that HAR 1.2 requires of each object.
var harMembers = map[string]string{
	"log": "version creator entries", "creator": "name version",
	"page":     "startedDateTime id title pageTimings",
	"entry":    "startedDateTime time request response cache timings",
	"request":  "method url httpVersion cookies headers queryString headersSize bodySize",
	"response": "status statusText httpVersion cookies headers content redirectURL headersSize bodySize",
	"content":  "size mimeType", "timings": "send wait receive", "postData": "mimeType text",
}

func members(t *testing.T, kind string, v any) map[string]any {
	t.Helper()
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%s is %T", kind, v)
	}
	for _, name := range strings.Fields(harMembers[kind]) {
		if value, ok := m[name]; !ok || value == nil {
			t.Errorf("%s lacks %s", kind, name)
		}
	}
	return m
}

func har(t *testing.T, calls *journal.Reader) []any {
	t.Helper()
	text := render(t, func(b *bytes.Buffer) error {
		return HAR(b, &Report{Tool: Tool{"authconform", "1.2.3"}}, calls, Extent{Every: true})
	})
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	log := members(t, "log", doc["log"])
	if creator := members(t, "creator", log["creator"]); log["version"] != "1.2" || creator["name"] != "authconform" {
		t.Errorf("version %v, creator %v", log["version"], creator)
	}
	return log["entries"].([]any)
}

func TestHARStructure(t *testing.T) {
	entries := har(t, journalWith(t, 3, func(i int, c *journal.Call) {
		c.RequestHeader.Set("Authconform-Clause", c.Clause)
		c.RequestHeader.Set("Authconform-Operation", "another")
		switch i {
		case 1:
			c.Body, c.BodyEncoding, c.Truncated = "/wA=", journal.Base64, true
			c.RequestBody, c.RequestBodyEncoding = "/wB=", journal.Base64
		case 2: // no response at all
			c.Status, c.Header, c.Body, c.RequestBody, c.Err = 0, nil, "", "", "connection refused"
		}
	}))
	if len(entries) != 3 {
		t.Fatalf("%d entries", len(entries))
	}
	var started []string
	byCall := map[string]map[string]any{}
	for _, e := range entries {
		entry := members(t, "entry", e)
		members(t, "request", entry["request"])
		members(t, "content", members(t, "response", entry["response"])["content"])
		members(t, "timings", entry["timings"])
		at := entry["startedDateTime"].(string)
		if _, err := time.Parse(time.RFC3339, at); err != nil {
			t.Error(err)
		}
		if len(started) > 0 && at < started[len(started)-1] {
			t.Error("entries are not in order")
		}
		started = append(started, at)
		byCall[entry["_call"].(string)] = entry
		if entry["_clause"] != "open.right" || entry["_operation"] != "open" || entry["_process"] != 1.0 {
			t.Errorf("custom members %v", entry)
		}
	}

	plain := byCall["0"]
	request, response := plain["request"].(map[string]any), plain["response"].(map[string]any)
	for what, pair := range map[string][2]any{
		"query":            {fmt.Sprint(request["queryString"]), "[map[name:lang value:de AT] map[name:flag value:]]"},
		"cookies sent":     {values(request, "Cookie"), "[sid=‹session›; a=b]"},
		"cookies set":      {values(response, "Set-Cookie"), "[sid=‹session›; Path=/; HttpOnly csrf=‹csrf›]"},
		"clause header":    {values(request, "Authconform-Clause"), "[]"},
		"operation header": {values(request, "Authconform-Operation"), "[another]"},
		"post data":        {members(t, "postData", request["postData"])["text"], `{"email":"alice@example.com","password":"‹password›"}`},
		"body":             {response["content"].(map[string]any)["text"], `{"uid":"ID1","role":"member"}`},
		"status":           {response["status"], 200.0},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
	binary := byCall["1"]["response"].(map[string]any)["content"].(map[string]any)
	if binary["encoding"] != "base64" || binary["comment"] == nil {
		t.Errorf("content %v", binary)
	}
	failed := byCall["2"]
	if failed["_error"] != "connection refused" || failed["response"].(map[string]any)["status"] != 0.0 {
		t.Errorf("failed call %v", failed)
	}
	if _, has := failed["request"].(map[string]any)["postData"]; has {
		t.Error("a request without a body has postData")
	}
}

// values are those of the header fields of one name.
func values(message map[string]any, name string) string {
	out := []any{}
	for _, h := range message["headers"].([]any) {
		if pair := h.(map[string]any); pair["name"] == name {
			out = append(out, pair["value"])
		}
	}
	return fmt.Sprint(out)
}

// TestHARMatchesTheSchema of har-schema 2.0.0 (ISC), as npm has it: an independent judge
// of HAR 1.2. It has to miss what is taken away.
func TestHARMatchesTheSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	parts, err := filepath.Glob("testdata/har-schema-2.0.0/*.json")
	if err != nil || len(parts) < 15 {
		t.Fatalf("%d parts of the schema, %v", len(parts), err)
	}
	for _, part := range parts {
		text, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("https://har.example/"+filepath.Base(part), doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("https://har.example/har.json")
	if err != nil {
		t.Fatal(err)
	}
	r := &Report{Tool: Tool{"authconform", "1.2.3"}}
	calls := journalWith(t, 3, func(i int, c *journal.Call) {
		if i == 2 { // no response at all
			c.Status, c.Header, c.Body, c.RequestBody, c.Err = 0, nil, "", "", "connection refused"
		}
	})
	text := render(t, func(b *bytes.Buffer) error {
		return writeHAR(b, r.Tool, []harPage{{Started: harTime(t0), ID: "barong", Title: "barong", calls: calls}})
	})
	if err := validate(t, s, text); err != nil {
		t.Error(err)
	}
	for _, member := range []string{`"cookies":`, `"startedDateTime":`, `"mimeType":`, `"pageTimings":`, `"wait":`} {
		if validate(t, s, strings.Replace(text, member, `"other":`, 1)) == nil {
			t.Errorf("the schema takes a file without %s", member)
		}
	}
}

func TestHAROfNoCalls(t *testing.T) {
	if entries := har(t, journalWith(t, 0, nil)); len(entries) != 0 {
		t.Errorf("%d entries", len(entries))
	}
}

func TestHARKeepsTheOrderOfRepeatedFields(t *testing.T) {
	got := pairs(http.Header{"B": {"2", "1"}, "A": {"x"}})
	if fmt.Sprint(got) != "[{A x} {B 2} {B 1}]" {
		t.Errorf("%v", got)
	}
}

// FuzzHAR: whatever a target had a hand in, the file is JSON, its lines are entries and
// nothing in it is acted upon.
func FuzzHAR(f *testing.F) {
	f.Add("http://h/a?b=c&d", "X-A", "b\x1b[2J", "application/json", `{"a":"\u202e"}`, "broke off")
	f.Add("::error::", "", "\xff", "a;b=\"", "\x00\u2028", "")
	f.Fuzz(func(t *testing.T, url, name, value, kind, body, broken string) {
		entries := har(t, journalWith(t, 2, func(_ int, c *journal.Call) {
			c.URL, c.Err = url, broken
			c.RequestBody, c.RequestBodyEncoding = journal.Text([]byte(body))
			c.Body, c.BodyEncoding = journal.Text([]byte(body))
			c.Header = http.Header{name: {value}, "Content-Type": {kind}, "Set-Cookie": {value}, "Location": {value}}
			c.RequestHeader = http.Header{name: {value}, "Content-Type": {kind}, "Cookie": {value}}
		}))
		if len(entries) != 2 {
			t.Errorf("%d entries", len(entries))
		}
	})
}
