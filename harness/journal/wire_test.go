package journal

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"authconform/harness/httpclient"
	"authconform/harness/secret"
)

func TestFromWireRedactsEveryPart(t *testing.T) {
	const canary = "Canary-7f3a9c51"
	v := secret.New()
	v.Register("password", canary)
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	call := &httpclient.Call{
		ID: "1", Actor: "alice", Clause: "x.open", Operation: "open", Method: "POST",
		URL: "http://host/open/" + canary + "?p=" + canary, Path: "/open/" + canary,
		RequestHeader: http.Header{"Content-Type": {"application/json"}, "X-Copy": {canary}},
		RequestBody:   []byte(`{"password":"` + canary + `","email":"alice@example.com"}`),
		Status:        200, Header: http.Header{"Content-Type": {"application/octet-stream"}, "Set-Cookie": {"sid=" + canary}},
		Body: []byte("\xe4\xff" + canary), Started: at, Duration: 1500 * time.Microsecond, Err: "broke at " + canary,
	}
	got := FromWire(call, v)

	line, err := json.Marshal(Record{Call: &got})
	if err != nil {
		t.Fatal(err)
	}
	if leaks := v.Scan("record", line); len(leaks) != 0 || strings.Contains(string(line), canary) {
		t.Errorf("leaks %v in %s", leaks, line)
	}
	if got.ID != "1" || got.Actor != "alice" || got.Clause != "x.open" || got.Operation != "open" || got.Method != "POST" ||
		got.Status != 200 || !got.Started.Equal(at) || got.DurationMS != 1.5 {
		t.Errorf("lost something: %+v", got)
	}
	if !strings.Contains(got.RequestBody, "alice@example.com") || !strings.HasPrefix(got.URL, "http://host/open/") {
		t.Errorf("redacted too much: %q, %q", got.RequestBody, got.URL)
	}
	if string(call.Body) != "\xe4\xff"+canary || call.RequestHeader.Get("X-Copy") != canary {
		t.Error("the call itself was changed")
	}
}

func TestFromWireKeepsOtherBytesInBase64(t *testing.T) {
	got := FromWire(&httpclient.Call{Body: []byte("gr\xfcn")}, secret.New())
	if got.BodyEncoding != Base64 || got.Body != "Z3L8bg==" {
		t.Errorf("%q in %q", got.Body, got.BodyEncoding)
	}
}

func TestFromWireLeavesOutTheEndOfWhatWasCut(t *testing.T) {
	v := secret.New()
	v.Register("password", "Canary-7f3a9c51")
	for _, c := range []*httpclient.Call{{Truncated: true}, {Err: "it broke off"}} {
		c.Body = []byte("Canary-7f3a")
		if got := FromWire(c, v); got.Body != "… (the end is left out)" {
			t.Errorf("the body is %q", got.Body)
		}
	}
}
