package httpclient

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"authconform/harness/secret"
)

// answering answers each request with the same bytes and keeps the connection open.
func answering(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			go func() {
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					fmt.Fprint(conn, answer)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func get(t *testing.T, base string) (*Call, error) {
	t.Helper()
	w, err := New(Options{BaseURL: base, Timeout: 2 * time.Second}, secret.New())
	if err != nil {
		t.Fatal(err)
	}
	return w.Actor("a").Do(t.Context(), Request{Method: "GET", Path: "/"})
}

// TestSwitchingProtocolsIsAnAnswer: nobody asked for another protocol, and reading
// it as a body would never end.
func TestSwitchingProtocolsIsAnAnswer(t *testing.T) {
	call, err := get(t, answering(t, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
	if err != nil || call.Status != http.StatusSwitchingProtocols || len(call.Body) != 0 {
		t.Errorf("call %+v, error %v", call, err)
	}
}

func TestHeaderIsBounded(t *testing.T) {
	for name, answer := range map[string]string{
		"one long field": "HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 2*DefaultMaxHeader) + "\r\nContent-Length: 0\r\n\r\n",
		"many interim answers": strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 2*DefaultMaxHeader/40) +
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if call, err := get(t, answering(t, answer)); err == nil {
				t.Errorf("a header of any size is taken: status %d, %d fields", call.Status, len(call.Header))
			}
		})
	}
}

func TestPlainFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	response, err := Plain(time.Second).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("status %d", response.StatusCode)
	}
}

// TestPlainUsesNoProxyOfTheEnvironment: what stands beside the target is asked directly,
// as the target is.
func TestPlainUsesNoProxyOfTheEnvironment(t *testing.T) {
	transport, ok := Plain(time.Second).Transport.(bounded).next.(*http.Transport)
	if !ok || transport.Proxy != nil {
		t.Error("the client may ask the environment for a proxy")
	}
}

// FuzzBody: whatever a body and its encodings are, it is decoded within the bounds.
func FuzzBody(f *testing.F) {
	for _, encodings := range []string{"", "gzip", "deflate", "gzip, gzip", "gzip, deflate, identity, gzip", "br"} {
		f.Add(encodings, []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
		f.Add(encodings, []byte(strings.Repeat("[", 200)))
	}
	const most = 4 << 10
	w := &Wire{options: Options{MaxBody: most, MaxDepth: 16, MaxValues: 64}}
	f.Fuzz(func(t *testing.T, encodings string, sent []byte) {
		body, cut, err := w.read(&http.Response{Header: http.Header{"Content-Encoding": {encodings}}, Body: io.NopCloser(bytes.NewReader(sent))})
		if err != nil || len(body) > most {
			t.Errorf("%d bytes, cut by %q, error %v", len(body), cut, err)
		}
		if cut == "" && w.tooMuchJSON(body) != "" {
			t.Errorf("too much JSON is taken whole: %q", body)
		}
	})
}

// TestNoRequestGoesToAnotherHost: whatever address a spec puts a request to, allow.hosts
// of the target file has the last word.
func TestNoRequestGoesToAnotherHost(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	for name, allowed := range map[string]func(*url.URL) bool{
		"nothing is said": nil, "it is not named": func(*url.URL) bool { return false }, "it is named": func(*url.URL) bool { return true },
	} {
		w, err := New(Options{BaseURL: "http://127.0.0.1:1", Allowed: allowed}, secret.New())
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Actor("a").Do(t.Context(), Request{Method: "GET", Path: elsewhere.URL + "/"})
		if named := name == "it is named"; named != (err == nil) || named != (asked == 1) {
			t.Errorf("%s: %d requests, error %v", name, asked, err)
		}
		asked = 0
	}
}
