package httpclient

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authconform/harness/secret"

	"github.com/google/go-cmp/cmp"
)

// rawServer answers each connection's first request with fixed bytes and hands out what it read, byte for byte.
func rawServer(t *testing.T, answer string) (base string, requests <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	seen := make(chan string, 16)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				seen <- readRequest(bufio.NewReader(conn))
				io.WriteString(conn, answer)
			}()
		}
	}()
	return "http://" + l.Addr().String(), seen
}

func readRequest(r *bufio.Reader) string {
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		b.WriteString(line)
		fmt.Sscanf(line, "Content-Length: %d", &length)
		if err != nil || line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	io.ReadFull(r, body)
	return b.String() + string(body)
}

func newWire(t testing.TB, o Options) (*Wire, *secret.Vault) {
	t.Helper()
	v := secret.New()
	w, err := New(o, v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w, v
}

func do(t testing.TB, w *Wire, r Request) *Call {
	t.Helper()
	c, err := w.Actor("alice").Do(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

func TestRequestOnTheWire(t *testing.T) {
	base, seen := rawServer(t, ok)
	w, _ := newWire(t, Options{BaseURL: base, Version: "1.2", RunID: "r7", Header: http.Header{"X-Every": {"a"}, "X-Other": {"default"}}})
	cases := []struct {
		name string
		r    Request
		want []string // lines that must stand in the request
		not  []string // lines' beginnings that must not
	}{
		{"POST without body", Request{Method: "POST", Path: "/x"},
			[]string{"POST /x HTTP/1.1", "Content-Length: 0", "Accept: application/json", "User-Agent: authconform/1.2 (run r7)", "X-Every: a"},
			[]string{"Transfer-Encoding", "Content-Type", ClauseHeader, "Cookie"}},
		{"JSON body", Request{Method: "POST", Path: "/x", JSON: map[string]any{"b": "<&>", "a": nil}, Clause: "barong.sessions.open"},
			[]string{"Content-Type: application/json", "Content-Length: 20", `{"a":null,"b":"<&>"}`,
				"Authconform-Clause: barong.sessions.open"}, nil},
		{"GET with body", Request{Method: "GET", Path: "/x", Raw: []byte("{}")}, []string{"GET /x HTTP/1.1", "Content-Length: 2", "{}"}, nil},
		{"OPTIONS with body", Request{Method: "OPTIONS", Path: "/x", Raw: []byte("{}")}, []string{"Content-Length: 2", "{}"}, nil},
		{"DELETE with body", Request{Method: "DELETE", Path: "/x", Raw: []byte("{}")}, []string{"Content-Length: 2", "{}"}, nil},
		{"raw body is not touched", Request{Method: "POST", Path: "/x", Raw: []byte(`{"a": 1,}`), ContentType: "text/plain"},
			[]string{"Content-Type: text/plain", `{"a": 1,}`}, nil},
		{"no content type", Request{Method: "POST", Path: "/x", Raw: []byte("{}"), ContentType: "-"}, []string{"{}"}, []string{"Content-Type"}},
		{"content type without body", Request{Method: "POST", Path: "/x", ContentType: "application/json"},
			[]string{"Content-Type: application/json", "Content-Length: 0"}, nil},
		{"repeated header lines", Request{Method: "GET", Path: "/x", Header: http.Header{"Authorization": {"Bearer a", "Bearer b"}}},
			[]string{"Authorization: Bearer a", "Authorization: Bearer b"}, []string{"Authorization: Bearer a,"}},
		{"header overrides", Request{Method: "GET", Path: "/x", Header: http.Header{"x-other": {"mine"}, "Accept": nil, "User-Agent": nil}},
			[]string{"x-other: mine"}, []string{"X-Other", "Accept:", "User-Agent"}},
		{"host", Request{Method: "GET", Path: "/x", Header: http.Header{"Host": {"other.example"}}}, []string{"Host: other.example"},
			[]string{"Host: 127"}},
		{"path values and query", Request{Method: "GET", Path: "/u/{id}/{code}",
			PathValues: map[string]string{"id": "a/b?c", "code": "é 1%"}, Query: url.Values{"q": {"1&2", "+"}}},
			[]string{"GET /u/a%2Fb%3Fc/%C3%A9%201%25?q=1%262&q=%2B HTTP/1.1"}, nil},
		{"dots and nothing in a path", Request{Method: "GET", Path: "/{a}/{b}/{c}/z",
			PathValues: map[string]string{"a": "..", "b": ".", "c": ""}},
			[]string{"GET /%2E%2E/%2E//z HTTP/1.1"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			call := do(t, w, c.r)
			got := <-seen
			for _, line := range c.want {
				if !strings.Contains(got+"\r\n", line+"\r\n") {
					t.Errorf("missing %q in\n%s", line, got)
				}
			}
			for _, line := range c.not {
				if strings.Contains(got, "\r\n"+line) {
					t.Errorf("unexpected %q in\n%s", line, got)
				}
			}
			if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != string(call.RequestBody) {
				t.Errorf("the call records body %q, sent was %q", call.RequestBody, body)
			}
			for name, values := range call.RequestHeader {
				for _, value := range values {
					if !strings.Contains(got, "\r\n"+name+": "+value+"\r\n") {
						t.Errorf("the call records %s: %s, which was not sent", name, value)
					}
				}
			}
			if line := call.Method + " " + strings.TrimPrefix(call.URL, base); !strings.HasPrefix(got, line+" HTTP/1.1\r\n") {
				t.Errorf("the call records %q, sent was\n%s", line, got)
			}
		})
	}
}

func TestBasePathIsKept(t *testing.T) {
	base, seen := rawServer(t, ok)
	w, _ := newWire(t, Options{BaseURL: base + "/api/2.0/"})
	do(t, w, Request{Method: "GET", Path: "/authentication"})
	if got := <-seen; !strings.HasPrefix(got, "GET /api/2.0/authentication HTTP/1.1") {
		t.Errorf("sent\n%s", got)
	}
}

func TestNothingIsFollowedKeptOrRetried(t *testing.T) {
	var hits atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("/redirect", func(rw http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		http.SetCookie(rw, &http.Cookie{Name: "sid", Value: "1"})
		http.Redirect(rw, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { hits.Add(100) })
	mux.HandleFunc("/limited", func(rw http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		rw.Header().Set("Retry-After", "0")
		rw.WriteHeader(http.StatusTooManyRequests)
	})
	mux.HandleFunc("/cookie", func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, r.Header.Get("Cookie")) })
	mux.HandleFunc("/drop", func(rw http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		panic(http.ErrAbortHandler)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	w, _ := newWire(t, Options{BaseURL: srv.URL})
	alice := w.Actor("alice")
	var seen []*Call
	w.OnCall(func(c *Call) { seen = append(seen, c) })

	c, err := alice.Do(t.Context(), Request{Method: "POST", Path: "/redirect", JSON: map[string]any{}})
	if err != nil || c.Status != http.StatusTemporaryRedirect || c.Header.Get("Location") != "/elsewhere" {
		t.Errorf("redirect: %v, %v", c, err)
	}
	c, err = alice.Do(t.Context(), Request{Method: "GET", Path: "/cookie"})
	if err != nil || len(c.Body) != 0 {
		t.Errorf("an earlier cookie was sent: %q, %v", c.Body, err)
	}
	c, err = alice.Do(t.Context(), Request{Method: "POST", Path: "/limited"})
	if err != nil || c.Status != http.StatusTooManyRequests {
		t.Errorf("limited: %v, %v", c, err)
	}
	c, err = alice.Do(t.Context(), Request{Method: "POST", Path: "/drop", JSON: 1})
	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != Dropped || c == nil || c.Err == "" || c.ErrKind != Dropped || c.Status != 0 {
		t.Errorf("drop: %v, %v", c, err)
	}
	if hits.Load() != 3 {
		t.Errorf("the server was reached %d times, want 3", hits.Load())
	}
	if len(seen) != 4 || seen[3].Err == "" || seen[3].Attempts != 1 {
		t.Errorf("observers saw %v", seen)
	}
}

func TestCallRecord(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Add("X-Two", "1")
		rw.Header().Add("X-Two", "2")
		rw.WriteHeader(http.StatusTeapot)
		io.WriteString(rw, `{"token":"tok_0123456789abcdef"}`)
	}))
	defer srv.Close()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock := func() time.Time { at = at.Add(time.Second); return at }
	w, v := newWire(t, Options{BaseURL: srv.URL, Process: 3, Now: clock})
	do(t, w, Request{Method: "GET", Path: "/first"})
	got := do(t, w, Request{Clause: "x.y", Operation: "op", Method: "POST", Path: "/a/{b}", PathValues: map[string]string{"b": "c"},
		JSON: []int{1}})
	got.Header = http.Header{"X-Two": got.Header["X-Two"]}
	got.RequestHeader = nil
	want := &Call{ID: "3-2", Actor: "alice", Clause: "x.y", Operation: "op", Method: "POST", URL: srv.URL + "/a/c", Path: "/a/{b}",
		RequestBody: []byte("[1]"),
		Status:      418, Header: http.Header{"X-Two": {"1", "2"}}, Body: []byte(`{"token":"tok_0123456789abcdef"}`),
		Started: time.Date(2026, 1, 2, 3, 4, 8, 0, time.UTC), Duration: time.Second, Attempts: 1}
	if diff := cmp.Diff(*want, *got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if red := v.Redact("tok_0123456789abcdef"); red != "‹token›" {
		t.Errorf("the issued token is not registered: %s", red)
	}
	for _, text := range []string{got.String(), fmt.Sprintf("%#v", got), got.GomegaString()} {
		if text != "call 3-2: POST /a/{b} -> 418" {
			t.Errorf("the call prints as %s", text)
		}
	}
}

func TestBodies(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, "hello")
	z.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gzip":
			rw.Header().Set("Content-Encoding", "gzip")
			rw.Write(zipped.Bytes())
		case "/exact":
			io.WriteString(rw, strings.Repeat("x", 64))
		case "/long":
			rw.WriteHeader(http.StatusBadRequest)
			io.WriteString(rw, strings.Repeat("x", 65))
		case "/short":
			rw.Header().Set("Content-Length", "10")
			rw.WriteHeader(http.StatusForbidden)
			io.WriteString(rw, "abc")
		case "/echo":
			io.Copy(rw, r.Body)
		}
	}))
	defer srv.Close()
	w, _ := newWire(t, Options{BaseURL: srv.URL, MaxBody: 64})
	if c := do(t, w, Request{Method: "GET", Path: "/gzip",
		Header: http.Header{"Accept-Encoding": {"gzip"}}}); string(c.Body) != "hello" || c.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("gzip was not decoded: %q", c.Body)
	}
	if c := do(t, w, Request{Method: "GET", Path: "/exact"}); len(c.Body) != 64 || c.Truncated {
		t.Errorf("64 of 64 bytes: %d, truncated %v", len(c.Body), c.Truncated)
	}
	if c := do(t, w, Request{Method: "GET", Path: "/long"}); len(c.Body) != 64 || !c.Truncated || c.Status != http.StatusBadRequest {
		t.Errorf("65 bytes at limit 64: %d, truncated %v, status %d", len(c.Body), c.Truncated, c.Status)
	}
	c, err := w.Actor("a").Do(t.Context(), Request{Method: "GET", Path: "/short"})
	if err == nil || c.Status != http.StatusForbidden || string(c.Body) != "abc" || c.ErrKind != Dropped {
		t.Errorf("broken-off body: %v, %v", c, err)
	}
	if want := "GET /short: answer 403 broke off after 3 bytes: the server closed the connection before the answer was " +
		"complete"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if c := do(t, w, Request{Method: "HEAD", Path: "/exact"}); c.Status != http.StatusOK || len(c.Body) != 0 {
		t.Errorf("HEAD: %v %q", c, c.Body)
	}
	if c := do(t, w, Request{Method: "POST", Path: "/echo", Raw: []byte("x\x00y")}); string(c.Body) != "x\x00y" {
		t.Errorf("echo: %q", c.Body)
	}
}

func TestParallelBurst(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { io.Copy(rw, r.Body) }))
	defer srv.Close()
	w, _ := newWire(t, Options{BaseURL: srv.URL})
	ids := sync.Map{}
	w.OnCall(func(c *Call) {
		if _, twice := ids.LoadOrStore(c.ID, true); twice {
			t.Errorf("id %s twice", c.ID)
		}
	})
	shared := w.Actor("shared")
	var wg sync.WaitGroup
	for g := range 16 {
		own := w.Actor(fmt.Sprint(g))
		wg.Go(func() {
			for i := range 20 {
				actor := []*Actor{shared, own}[i%2]
				text := fmt.Sprintf(`{"g":%d,"i":%d}`, g, i)
				c, err := actor.Do(t.Context(), Request{Method: "POST", Path: "/x", Raw: []byte(text), Header: http.Header{"X-G": {text}}})
				if err != nil || string(c.Body) != text || string(c.RequestBody) != text || c.RequestHeader.Get("X-G") != text ||
					c.Actor != actor.Name() {
					t.Errorf("call %v for %s by %s: %v", c, text, actor.Name(), err)
				}
			}
		})
	}
	wg.Wait()
}
