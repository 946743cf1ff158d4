package httpclient

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkCall compares a recorded call with the same call by net/http alone.
func BenchmarkCall(b *testing.B) {
	answer := bytes.Repeat([]byte("x"), 361)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		rw.Write(answer)
	}))
	defer srv.Close()
	body := []byte(`{"email":"user@example.org","password":"hunter2hunter"}`)
	b.Run("net-http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			resp, err := http.Post(srv.URL+"/login", "application/json", bytes.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			io.ReadAll(resp.Body)
			resp.Body.Close()
		}
	})
	b.Run("wire", func(b *testing.B) {
		b.ReportAllocs()
		w, _ := newWire(b, Options{BaseURL: srv.URL})
		alice := w.Actor("alice")
		for b.Loop() {
			if _, err := alice.Do(b.Context(), Request{Method: "POST", Path: "/login", Raw: body}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
