package httpclient

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-resty/resty/v2"
)

// Actor is one client of the target: a browser, an app, an attacker. Actors share connections and nothing else. An actor may
// send from several goroutines at once.
type Actor struct {
	wire   *Wire
	name   string
	client *resty.Client
}

// Request is one request to send.
type Request struct {
	Clause    string // id of the clause it is sent for
	Operation string // id of the contract's operation
	Method    string
	Path      string // template below the base URL, as /users/{id}, or a whole URL without query

	PathValues map[string]string // each is sent as one path segment
	Query      url.Values
	// Header overrides the default headers by name; several values go out as several lines, no value at all keeps a
	// default header from being sent.
	Header http.Header

	JSON        any    // encoded as the body, unless nil
	Raw         []byte // the body as it is, unless nil
	ContentType string // "" means application/json when there is a body, "-" means none at all
}

// Actor returns a new client.
func (w *Wire) Actor(name string) *Actor {
	client := resty.NewWithClient(&http.Client{Transport: &recorder{w}}) // no cookie jar
	client.SetLogger(silent{}).SetDisableWarn(true)
	client.SetContentLength(true)
	client.SetAllowGetMethodPayload(true)
	client.SetRetryCount(0)
	client.SetDoNotParseResponse(true) // the recorder has read the body
	client.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}))
	client.SetPreRequestHook(prepare)
	return &Actor{wire: w, name: name, client: client}
}

// Name is the name given to Wire.Actor.
func (a *Actor) Name() string { return a.name }

// Do sends one request and waits for its answer; any status is an answer. When nothing or only a part of one came back, both
// results are set: the call with Err and what did arrive, and an *Error. A request that cannot be built gives no call.
func (a *Actor) Do(ctx context.Context, r Request) (*Call, error) {
	t, err := a.transmission(r)
	if err != nil {
		return nil, &Error{Kind: Unsendable, Method: r.Method, Path: r.Path, reason: a.wire.vault.Redact(err.Error())}
	}
	a.learn(t)
	limited, cancel := a.wire.deadline(context.WithValue(ctx, transmissionKey{}, t))
	defer cancel()
	resp, err := a.client.R().SetContext(limited).Execute(r.Method, t.url)
	if resp != nil && resp.RawResponse != nil {
		resp.RawResponse.Body.Close()
	}
	if t.call == nil {
		// The text names the URL, so only its redacted form goes out.
		reason := "the request was not sent"
		if err != nil {
			reason = a.wire.vault.Redact(unwrapURL(err).Error())
		}
		return nil, &Error{Kind: Unsendable, Method: r.Method, Path: r.Path, reason: reason}
	}
	if t.failure != nil {
		return t.call, t.failure
	}
	return t.call, nil
}

// transmission carries one request through resty to the recorder.
type transmission struct {
	actor   string
	request Request
	url     string
	header  http.Header
	body    []byte // nil: none

	call    *Call
	failure *Error
}

type transmissionKey struct{}

func (a *Actor) transmission(r Request) (*transmission, error) {
	u, err := a.wire.target(r)
	if err != nil {
		return nil, err
	}
	body, err := encode(r)
	if err != nil {
		return nil, err
	}
	return &transmission{actor: a.name, request: r, url: u.String(), header: a.header(r, body != nil), body: body}, nil
}

// learn tells the vault what a request sends, before anybody can repeat it.
func (a *Actor) learn(t *transmission) {
	values := url.Values{}
	for name, value := range t.request.PathValues {
		values.Add(name, value)
	}
	for name, list := range t.request.Query {
		values[name] = append(values[name], list...)
	}
	a.wire.vault.LearnSent(t.header, values, strings.Join(t.header["Content-Type"], ""), t.body)
}

func encode(r Request) ([]byte, error) {
	switch {
	case r.JSON != nil && r.Raw != nil:
		return nil, fmt.Errorf("both JSON and Raw are set: a request has one body")
	case r.JSON != nil:
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r.JSON); err != nil {
			return nil, fmt.Errorf("the body of type %T cannot be encoded as JSON", r.JSON)
		}
		return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
	}
	return r.Raw, nil
}

// header builds exactly what is sent; net/http adds Host, Content-Length and Connection.
func (a *Actor) header(r Request, hasBody bool) http.Header {
	h := http.Header{"User-Agent": {a.wire.userAgent()}, "Accept": {"application/json"}, "Accept-Encoding": {"identity"}}
	if r.Clause != "" {
		h.Set(ClauseHeader, r.Clause)
	}
	if r.Operation != "" {
		h.Set(OperationHeader, r.Operation)
	}
	switch {
	case r.ContentType == "-":
	case r.ContentType != "":
		h.Set("Content-Type", r.ContentType)
	case hasBody:
		h.Set("Content-Type", "application/json")
	}
	override(h, a.wire.options.Header)
	override(h, r.Header)
	return h
}

// override replaces headers by name, whatever the case, and keeps the spelling of from.
func override(h, from http.Header) {
	for name := range from {
		for old := range h {
			if strings.EqualFold(old, name) {
				delete(h, old)
			}
		}
	}
	for name, values := range from {
		if len(values) > 0 {
			h[name] = append([]string(nil), values...)
		}
	}
}

// prepare gives the request the exact headers and body: resty joins repeated header values into one line, invents a content
// type, and drops the body of some methods.
func prepare(_ *resty.Client, raw *http.Request) error {
	t, ok := raw.Context().Value(transmissionKey{}).(*transmission)
	if !ok {
		return fmt.Errorf("request without a transmission")
	}
	raw.Header = t.header.Clone()
	for name, values := range raw.Header {
		if strings.EqualFold(name, "Host") {
			raw.Host = values[0]
			delete(raw.Header, name)
		}
	}
	if _, set := raw.Header["User-Agent"]; !set {
		raw.Header["User-Agent"] = []string{""} // else net/http sends its own
	}
	raw.Body, raw.ContentLength, raw.GetBody = http.NoBody, 0, nil
	if len(t.body) > 0 {
		// With GetBody a POST is repeated only when nothing of it was written (the server had closed an idle connection); GET,
		// HEAD and OPTIONS also when no answer began, which shows in Call.Attempts.
		raw.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.body)), nil }
		raw.Body, _ = raw.GetBody()
		raw.ContentLength = int64(len(t.body))
	}
	return nil
}

// silent keeps resty from writing to stderr.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
