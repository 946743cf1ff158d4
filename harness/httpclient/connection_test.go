package httpclient

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCAFile(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { io.WriteString(rw, r.Proto) }))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	w, _ := newWire(t, Options{BaseURL: srv.URL, CAFile: file})
	if c := do(t, w, Request{Method: "GET", Path: "/"}); string(c.Body) != "HTTP/1.1" {
		t.Errorf("protocol %s", c.Body)
	}
}

// A server may close a kept-alive connection just as a request arrives. A POST may have had its effect and must not be repeated.
func TestDeadKeepAliveConnection(t *testing.T) {
	for _, c := range []struct {
		method   string
		attempts int
		kind     Kind
	}{{"POST", 1, Dropped}, {"DELETE", 1, Dropped}, {"GET", 2, ""}} {
		t.Run(c.method, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			var reached atomic.Int32
			go func() {
				for answers := 1; ; answers = 8 { // the first connection answers once
					conn, err := l.Accept()
					if err != nil {
						return
					}
					r := bufio.NewReader(conn)
					for range answers {
						readRequest(r)
						reached.Add(1)
						io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
						if answers > 1 {
							break
						}
					}
					readRequest(r)
					reached.Add(1)
					conn.Close()
				}
			}()
			w, _ := newWire(t, Options{BaseURL: "http://" + l.Addr().String()})
			do(t, w, Request{Method: "GET", Path: "/first"})
			call, err := w.Actor("a").Do(t.Context(), Request{Method: c.method, Path: "/second", Raw: []byte("{}")})
			if (err != nil) != (c.kind != "") || call.ErrKind != c.kind || call.Attempts != c.attempts {
				t.Errorf("%v, %d attempts, %v", call, call.Attempts, err)
			}
			if want := int32(1 + c.attempts); reached.Load() != want {
				t.Errorf("the server was reached %d times, want %d", reached.Load(), want)
			}
		})
	}
}

func TestClientCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tester"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		io.WriteString(rw, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	srv.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	srv.StartTLS()
	defer srv.Close()
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	w, _ := newWire(t, Options{
		BaseURL: srv.URL, CAFile: write("ca.pem", "CERTIFICATE", srv.Certificate().Raw),
		ClientCertFile: write("cert.pem", "CERTIFICATE", cert), ClientKeyFile: write("key.pem", "PRIVATE KEY", der),
	})
	if c := do(t, w, Request{Method: "GET", Path: "/"}); string(c.Body) != "tester" {
		t.Errorf("the server saw client %q", c.Body)
	}
}

func TestProxyOnlyWhenAskedFor(t *testing.T) {
	var proxied []string
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { proxied = append(proxied, r.RequestURI) }))
	defer proxy.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	w, _ := newWire(t, Options{BaseURL: "http://target.invalid"})
	if _, err := w.Actor("a").Do(t.Context(), Request{Method: "GET", Path: "/a"}); err == nil {
		t.Error("the environment's proxy was used")
	}
	w, _ = newWire(t, Options{BaseURL: "http://target.invalid", Proxy: proxy.URL})
	do(t, w, Request{Method: "GET", Path: "/b"})
	if diff := cmp.Diff([]string{"http://target.invalid/b"}, proxied); diff != "" {
		t.Errorf("through the proxy (-want +got):\n%s", diff)
	}
}
