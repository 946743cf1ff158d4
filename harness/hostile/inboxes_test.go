package hostile_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

// TestInboxesThatLie: mail to somebody else is nobody's, and mail by the thousand, with
// markup and with what a terminal would act upon, makes no look longer than its limit.
func TestInboxesThatLie(t *testing.T) {
	const right = `{"to":["a@x.example"],"subject":"your code","text":"123456"}`
	for name, c := range map[string]struct {
		printed string
		found   bool
	}{
		"somebody else's":       {`{"to":["b@x.example"],"text":"123456"}`, false},
		"one like it":           {`{"to":["xa@x.example","a@x.example.org"],"text":"123456"}`, false},
		"nobody's in a list":    {`{"to":[""],"text":"123456"}`, false},
		"thousands":             {strings.Repeat(`{"to":["b@x.example"],"text":"123456"}`+"\n", 20_000) + right, true},
		"markup":                {`{"to":["a@x.example"],"html":"` + strings.Repeat(`<a href='`, 50_000) + `"}`, true},
		"what a terminal reads": {`{"to":["a@x.example"],"subject":"\u001b[2J\n::error::a","text":"\u202e123456"}`, true},
		"no object":             {"\x1b[2J::error::a", false},
		"a list for a text":     {`{"to":["a@x.example"],"text":["\n::error::a"]}`, false},
		"a date that is none":   {`{"to":["a@x.example"],"at":"yesterday\u001b[2J"}`, false},
		"a long line":           {`{"text":"` + strings.Repeat("x", 9<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "mail")
			if err := os.WriteFile(file, []byte(c.printed), 0o600); err != nil {
				t.Fatal(err)
			}
			box := inbox.Exec([]string{"sh", "-c", `cat "$0"`, file})
			over := errors.New("no second look")
			box.Pause = func(context.Context, time.Duration) error { return over }
			begun := time.Now()
			message, err := box.Wait(t.Context(), "a@x.example", nil)
			if (err == nil) != c.found {
				t.Errorf("found %v, %v", message, err)
			}
			if err != nil {
				actedUpon(t, "error", plain.Text(err.Error()))
			}
			inbox.Codes(message.Text+message.HTML, 6)
			actedUpon(t, "a message", plain.Text(message.String()))
			if took := time.Since(begun); took > longestLook {
				t.Errorf("a look took %s", took)
			}
		})
	}
	t.Run("without end", func(t *testing.T) {
		box := inbox.Exec([]string{"yes", right})
		if message, err := box.Wait(t.Context(), "a@x.example", nil); err == nil || !strings.Contains(err.Error(), "it printed more than 8 MiB") {
			t.Errorf("found %v, %v", message, err)
		}
	})
}
