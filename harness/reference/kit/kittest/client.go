package kittest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"authconform/harness/reference/kit"
)

// Noon is where StandingClock stands.
var Noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// StandingClock stands still until it is advanced.
func StandingClock() *kit.Clock { return kit.NewClock(func() time.Time { return Noon }) }

// Back is a back end as the tests see it; every reference's Server is one.
type Back interface {
	http.Handler
	Identities() []kit.Identity
}

// Client is one client of a running back end.
type Client struct {
	T     testing.TB
	clock *kit.Clock
	back  Back
	http  *httptest.Server
}

// Serve runs a back end until the test ends.
func Serve(t testing.TB, back Back, clock *kit.Clock) *Client {
	t.Helper()
	c := &Client{T: t, clock: clock, back: back, http: httptest.NewServer(back)}
	t.Cleanup(c.http.Close)
	return c
}

type (
	// Object is a JSON object.
	Object = map[string]any
	// Option changes a request before it is sent.
	Option func(*http.Request)
)

// Header sets a header field.
func Header(name, value string) Option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Bearer sends a bearer token.
func Bearer(token string) Option { return Header("Authorization", "Bearer "+token) }

// Cookie sends a cookie.
func Cookie(name, value string) Option {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
}

// Headers sends a copy of these header fields and what was set before.
func Headers(all http.Header) Option {
	return func(r *http.Request) {
		for name, values := range all {
			r.Header[name] = append([]string(nil), values...)
		}
	}
}

// Reply is a response, read whole.
type Reply struct {
	Status  int
	Header  http.Header
	Raw     string
	Body    any // nil where the body is no JSON
	Cookies map[string]string
}

// Members are those of an object body, nil where the body is none.
func (r Reply) Members() Object {
	members, _ := r.Body.(Object)
	return members
}

// Text is a member of the body that is a text, "" where there is none.
func (r Reply) Text(name string) string {
	text, _ := r.Members()[name].(string)
	return text
}

// Call sends a body: text as it is, nil as none, anything else as JSON.
func (c *Client) Call(method, path string, body any, options ...Option) Reply {
	c.T.Helper()
	return c.CallWith(c.http.Client(), method, path, body, options...)
}

// CallWith is Call with a client of one's own, for instance on a new connection.
func (c *Client) CallWith(client *http.Client, method, path string, body any, options ...Option) Reply {
	c.T.Helper()
	r, err := http.NewRequest(method, c.http.URL+path, c.content(body))
	if err != nil {
		c.T.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, set := range options {
		set(r)
	}
	return c.read(client.Do(r))
}

// HTTP is the client that Call uses.
func (c *Client) HTTP() *http.Client { return c.http.Client() }

// URL is where the back end is served.
func (c *Client) URL() string { return c.http.URL }

func (c *Client) content(body any) io.Reader {
	c.T.Helper()
	switch value := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(value)
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		c.T.Fatal(err)
	}
	return bytes.NewReader(encoded)
}

func (c *Client) read(response *http.Response, err error) Reply {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	out := Reply{Status: response.StatusCode, Header: response.Header, Raw: string(raw), Cookies: map[string]string{}}
	_ = json.Unmarshal(raw, &out.Body) // an empty body stays nil
	for _, cookie := range response.Cookies() {
		out.Cookies[cookie.Name] = cookie.Value
	}
	return out
}

// Who is the n-th identity of a role, from 0.
func (c *Client) Who(role string, n int) kit.Identity {
	c.T.Helper()
	for _, identity := range c.back.Identities() {
		if identity.Roles[0] == role {
			if n--; n < 0 {
				return identity
			}
		}
	}
	c.T.Fatalf("no identity of role %q left", role)
	return kit.Identity{}
}

// CodeAt is the code of a secret some time steps from now.
func (c *Client) CodeAt(secret string, steps int) string {
	c.T.Helper()
	code, err := totp.GenerateCode(secret, c.clock.Now().Add(time.Duration(steps)*kit.TOTPStep))
	if err != nil {
		c.T.Fatal(err)
	}
	return code
}

// FreshCode moves to the next time step and returns its code.
func (c *Client) FreshCode(secret string) string {
	c.T.Helper()
	c.clock.Advance(kit.TOTPStep)
	return c.CodeAt(secret, 0)
}

// Mails are the texts sent to an address, newest first.
func (c *Client) Mails(address string) []string {
	c.T.Helper()
	api := kit.ControlPrefix + "mailpit/api/v1"
	list, _ := c.Call("GET", api+"/search?query="+url.QueryEscape(`to:"`+address+`"`), nil).Members()["messages"].([]any)
	var texts []string
	for _, one := range list {
		id := one.(Object)["ID"].(string)
		texts = append(texts, c.Call("GET", api+"/message/"+id, nil).Text("Text"))
	}
	return texts
}

// NewestMail is the text sent to an address last.
func (c *Client) NewestMail(address string) string {
	c.T.Helper()
	mails := c.Mails(address)
	if len(mails) == 0 {
		c.T.Fatalf("no mail to %s", address)
	}
	return mails[0]
}

// Parallel does something n times at once and counts how often it succeeds.
func Parallel(n int, succeeds func() bool) int {
	var successes atomic.Int32
	var ready, all sync.WaitGroup
	ready.Add(1)
	for range n {
		all.Go(func() {
			ready.Wait()
			if succeeds() {
				successes.Add(1)
			}
		})
	}
	ready.Done()
	all.Wait()
	return int(successes.Load())
}

// With are the members of a body and more, by pairs of name and value.
func With(body Object, more ...any) Object {
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}
