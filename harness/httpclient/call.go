package httpclient

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"time"
)

// Call is one request and its answer, as they went over the wire and not redacted: whoever writes it out redacts it. It is not
// changed after the observers have seen it.
type Call struct {
	ID        string // <prefix><process>-<number>, unique in a run
	Actor     string
	Clause    string
	Operation string

	Method        string
	URL           string
	Path          string // the template, without values
	RequestHeader http.Header
	RequestBody   []byte

	Status    int // 0 when no answer came
	Header    http.Header
	Body      []byte // without the content encodings that the header names
	Truncated bool   // the body was over a bound of Options, and is cut off
	Cut       string // the setting of the target file that names the bound

	Started  time.Time
	Duration time.Duration // until the last byte of the body
	Attempts int           // connections it was tried on; above 1 a kept-alive one had died and net/http repeated the request
	Err      string        // why there is no answer, or only a part; redacted
	ErrKind  Kind          // "" when Err is
}

// String names the call and its result without anything a secret could stand in.
func (c *Call) String() string {
	if c == nil {
		return "no call"
	}
	result := fmt.Sprintf("%d", c.Status)
	if c.Err != "" {
		result += " (" + c.Err + ")"
	}
	return fmt.Sprintf("call %s: %s %s -> %s", c.ID, c.Method, c.Path, result)
}

// GoString is String: %#v must not print bodies.
func (c *Call) GoString() string { return c.String() }

// GomegaString is String: Gomega would print every field of a call in a failure message.
func (c *Call) GomegaString() string { return c.String() }

// recorder makes a Call of each round trip. It stands where even a redirect or a resend by the client would show.
type recorder struct{ wire *Wire }

func (rec *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	w := rec.wire
	t, ok := req.Context().Value(transmissionKey{}).(*transmission)
	if !ok {
		return nil, fmt.Errorf("request without a transmission")
	}
	call := &Call{
		ID: w.nextID(), Actor: t.actor, Clause: t.request.Clause, Operation: t.request.Operation,
		Method: req.Method, URL: req.URL.String(), Path: t.request.Path,
		RequestHeader: sentHeader(req), RequestBody: t.body,
		Started: w.options.Now(),
	}
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { call.Attempts++ }}
	resp, err := w.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err == nil {
		call.Status, call.Header = resp.StatusCode, resp.Header
		// After 101 the connection speaks another protocol, which nobody asked for: its
		// bytes are no body, and a read of them heeds no time limit.
		if resp.StatusCode != http.StatusSwitchingProtocols {
			call.Body, call.Cut, err = w.read(resp)
			call.Truncated = call.Cut != ""
		}
		resp.Body.Close()
		resp.Body = http.NoBody
	}
	call.Duration = w.options.Now().Sub(call.Started)
	t.failure = nil
	if err != nil {
		t.failure = w.failure(req.Context(), call, err)
		call.Err, call.ErrKind = t.failure.reason, t.failure.Kind
	}
	t.call = call
	w.vault.Learn(call.Header, call.Body)
	w.notify(call)
	if err != nil && resp == nil {
		return nil, t.failure
	}
	return resp, nil
}

// sentHeader is the header as sent, with Host when it is not the URL's.
func sentHeader(req *http.Request) http.Header {
	h := req.Header.Clone()
	if h.Get("User-Agent") == "" {
		delete(h, "User-Agent")
	}
	if req.Host != "" && req.Host != req.URL.Host {
		h.Set("Host", req.Host)
	}
	return h
}
