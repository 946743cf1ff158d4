package hostile_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authconform/harness/inbox"
	"authconform/harness/plain"
)

// longestLook is more than the time limit of one look into an inbox.
const longestLook = 30 * time.Second

// TestInboxesThatMisbehave: each answer of a misbehaving server, from an inbox.
// A look ends in time and finds no mail, and its words are harmless.
func TestInboxesThatMisbehave(t *testing.T) {
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // some last until the time limit of a look
			box := inbox.Mailpit(raw(t, func(c net.Conn) { io.WriteString(c, answer) }))
			over := errors.New("no second look")
			box.Pause = func(context.Context, time.Duration) error { return over }
			begun := time.Now()
			message, err := box.Wait(t.Context(), "a@x.example", nil)
			if err == nil {
				t.Errorf("it found %v", message)
			} else if !errors.Is(err, over) {
				actedUpon(t, "error", plain.Text(err.Error()))
			}
			if took := time.Since(begun); took > longestLook {
				t.Errorf("a look took %s", took)
			}
		})
	}
}

// TestInboxesThatLeadElsewhere: no redirect of an inbox is followed.
func TestInboxesThatLeadElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("it was led to %s", r.URL) }))
	defer elsewhere.Close()
	for _, status := range []string{"301", "302", "303", "307", "308"} {
		box := inbox.Mailpit(raw(t, func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 "+status+" Moved\r\nLocation: "+elsewhere.URL+"/\r\nContent-Length: 0\r\n\r\n")
		}))
		if _, err := box.Wait(t.Context(), "a@x.example", nil); err == nil || !strings.Contains(err.Error(), "it answered "+status) {
			t.Errorf("%s: %v", status, err)
		}
	}
}
