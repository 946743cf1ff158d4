package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authconform/harness/secret"
)

func TestFailuresSayWhatHappenedWithoutSecrets(t *testing.T) {
	stop := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(stop)
	closed := httptest.NewServer(nil)
	closed.Close()
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	canceled, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("spec over"))
	expired, release := context.WithTimeout(t.Context(), time.Nanosecond)
	defer release()

	r := Request{Method: "POST", Path: "/auth/{code}", PathValues: map[string]string{"code": "s3cret-code"},
		Query: url.Values{"token": {"s3cret-token"}}}
	broken := r
	broken.Header = http.Header{"X-A": {"s3cret-code\r\nX: y"}}
	method := r
	method.Method = "BAD METHOD"
	cases := []struct {
		name string
		base string
		ctx  context.Context
		r    Request
		kind Kind
		want string
	}{
		{"refused", closed.URL, t.Context(), r, Refused, "POST /auth/{code}: connection refused: nothing listens at the target's address"},
		{"timeout", srv.URL, t.Context(), r, Timeout, "POST /auth/{code}: no complete answer within 100ms"},
		{"canceled", srv.URL, canceled, r, Canceled, "POST /auth/{code}: the caller ended the call before the answer was complete"},
		{"caller's deadline", srv.URL, expired, r, Canceled, "POST /auth/{code}: the caller ended the call before the answer was complete"},
		{"unknown authority", secure.URL, t.Context(), r, Untrusted,
			"POST /auth/{code}: the certificate is signed by an unknown authority: give its certificate as the target's CA file"},
		{"broken header", srv.URL, t.Context(), broken, Failed, `POST /auth/{code}: net/http: invalid header field value for "X-A"`},
		{"bad method", srv.URL, t.Context(), method, Unsendable, `BAD METHOD /auth/{code}: net/http: invalid method "BAD METHOD"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, v := newWire(t, Options{BaseURL: c.base, Timeout: 100 * time.Millisecond})
			v.Register("code", "s3cret-code")
			call, err := w.Actor("a").Do(c.ctx, c.r)
			var failed *Error
			if !errors.As(err, &failed) || failed.Kind != c.kind || err.Error() != c.want {
				t.Fatalf("got  %v (%v)\nwant %s (%s)", err, failed, c.want, c.kind)
			}
			if c.kind == Unsendable {
				if call != nil {
					t.Errorf("a request never sent gives %v", call)
				}
				return
			}
			if call.ErrKind != c.kind || !strings.HasSuffix(c.want, call.Err) || call.Err == "" {
				t.Errorf("the call says %q (%s)", call.Err, call.ErrKind)
			}
			if text := fmt.Sprintf("%v %+v %#v %s", err, call, call, call.Err); strings.Contains(text, "s3cret") {
				t.Errorf("a secret in %s", text)
			}
		})
	}
	w, _ := newWire(t, Options{BaseURL: srv.URL})
	if _, err := w.Actor("a").Do(canceled, r); !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
}

func TestUnbuildableRequests(t *testing.T) {
	w, _ := newWire(t, Options{BaseURL: "http://127.0.0.1:1"})
	cases := []struct {
		r    Request
		want string
	}{
		{Request{Method: "GET", Path: "x"}, "must begin with /"},
		{Request{Method: "GET", Path: "/x?a=b"}, "neither ? nor #"},
		{Request{Method: "GET", Path: "/{id}"}, "no value for {id}"},
		{Request{Method: "GET", Path: "/{id", PathValues: map[string]string{"id": "1"}}, "no value for {id}"},
		{Request{Method: "GET", Path: "/x", PathValues: map[string]string{"id": "1"}}, "fewer places than the 1 values"},
		{Request{Method: "GET", Path: "/x", JSON: 1, Raw: []byte("1")}, "both JSON and Raw"},
		{Request{Method: "GET", Path: "/x", JSON: func() {}}, "cannot be encoded as JSON"},
	}
	for _, c := range cases {
		call, err := w.Actor("a").Do(t.Context(), c.r)
		if call != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, %v; want %q", c.r, call, err, c.want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const base = "http://h"
	cases := []struct {
		o    Options
		want string
	}{
		{Options{}, "base URL is empty"},
		{Options{BaseURL: "ftp://h"}, "must begin with http"},
		{Options{BaseURL: "http://"}, "names no host"},
		{Options{BaseURL: "http://u:s3cret@h"}, "holds a user name"},
		{Options{BaseURL: "http://u:s3cret@h:x"}, "cannot be parsed"},
		{Options{BaseURL: "http://h?token=s3cret"}, "no query"},
		{Options{BaseURL: base, Timeout: -1}, "must be positive"},
		{Options{BaseURL: base, CAFile: "/no/such.pem"}, "/no/such.pem"},
		{Options{BaseURL: base, CAFile: empty}, "holds no certificate"},
		{Options{BaseURL: base, ClientCertFile: empty}, "go together"},
		{Options{BaseURL: base, ClientCertFile: empty, ClientKeyFile: empty}, empty},
		{Options{BaseURL: base, Proxy: "gopher://u:s3cret@h"}, `"gopher" is not supported`},
		{Options{BaseURL: base, Proxy: "http://%zz"}, "proxy cannot be parsed"},
	}
	for _, c := range cases {
		_, err := New(c.o, secret.New())
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%+v: got %v, want %q", c.o, err, c.want)
		}
	}
}
