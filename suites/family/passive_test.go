package family

import (
	"net/http"
	"testing"

	"authconform/harness/httpclient"
)

// TestShowsTrace: each kind of trace is seen, also within JSON and header fields, and
// ordinary answers are none.
func TestShowsTrace(t *testing.T) {
	for _, text := range []string{
		"goroutine 12 [running]:\nmain.main()", "Traceback (most recent call last):", "panic: nil map", "Error: x\n    at login (/srv/app)",
		"Exception in thread main", "app/users.rb:12:in create", "src/auth.go:7", `File "auth.py", line 3`, "/srv/node_modules/express",
		"SQLSTATE[42000]", "ERROR: syntax error at or near", "ORA-00933", `{"error":"Error: x\n   at login ("}`,
	} {
		if showsTrace(&httpclient.Call{Body: []byte(text)}) == "" {
			t.Errorf("%q in a body is not seen", text)
		}
	}
	inHeader := &httpclient.Call{Header: http.Header{"X-Error": {"users.java:12"}}}
	if showsTrace(inHeader) == "" {
		t.Error("a trace in a header field is not seen")
	}
	for _, text := range []string{`{"error":"look at the code"}`, "https://a.example/login.js", `{"at":1764288000}`} {
		if shown := showsTrace(&httpclient.Call{Body: []byte(text)}); shown != "" {
			t.Errorf("%q is taken for a trace: %s", text, shown)
		}
	}
}
