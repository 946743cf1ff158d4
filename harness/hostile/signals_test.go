package hostile_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// soon is how long a command may take to end after a first signal; the rest is for
// machines that do other things besides.
const soon = 5*time.Second + 2*time.Second

// A second signal comes so much later than a first one, and leaves a command so long, which
// is less than a command takes that honours the first one to the end.
const between, atOnce = 500 * time.Millisecond, 2 * time.Second

// TestSignalsAreHeeded: whatever a command waits for, it ends soon after a signal, says
// what it came to, and puts nothing on its streams that a terminal would act upon.
func TestSignalsAreHeeded(t *testing.T) {
	binary, s := command(t), newStand(t)
	backend, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	hanging := regexp.MustCompile(`(?m)^inbox:\n(?: .*\n)+`)
	for name, c := range map[string]struct {
		command []string
		answers int64 // so many requests are answered, and no more
		change  func(text string) string
		again   bool // a second signal is tried too
	}{
		"a run in one process": {[]string{"run", "onlyoffice", "--procs", "1"}, 40, nil, false},
		"a run in four":        {[]string{"run", "onlyoffice", "--procs", "4"}, 40, nil, true},
		"a preflight":          {[]string{"run", "onlyoffice", "--procs", "1"}, 0, nil, false},
		"a doctor":             {[]string{"doctor"}, 0, nil, true},
		"a command that makes accounts": {[]string{"run", "onlyoffice", "--procs", "4"}, 1 << 40, func(text string) string {
			return text + "provision: {command: [bash, -c, sleep 100]}\n"
		}, true},
		"an inbox": {[]string{"run", "onlyoffice", "--procs", "1", "--focus", "onlyoffice.*text*,onlyoffice.*sms*,onlyoffice.*password*"},
			1 << 40,
			func(text string) string {
				return hanging.ReplaceAllString(text, "inbox: {kind: exec, command: [bash, -c, sleep 100]}\n")
			}, false},
	} {
		for _, signals := range [][]syscall.Signal{{syscall.SIGTERM}, {syscall.SIGINT}, {syscall.SIGTERM, syscall.SIGINT}} {
			if len(signals) > 1 && !c.again {
				continue
			}
			t.Run(fmt.Sprint(name, ", ", signals), func(t *testing.T) {
				t.Parallel()
				var asked atomic.Int64
				proxy, over := httputil.NewSingleHostReverseProxy(backend), make(chan struct{})
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if asked.Add(1) > c.answers {
						select {
						case <-r.Context().Done():
						case <-over:
						}
						return
					}
					proxy.ServeHTTP(w, r)
				}))
				defer server.Close()
				defer close(over)
				file := s.target(t, server.URL, func(text string) string {
					text = regexp.MustCompile(`\b(timeout|max-wait): \S+`).ReplaceAllString(text, "$1: 60s")
					if c.change != nil {
						text = c.change(text)
					}
					return text
				})
				out, arguments := filepath.Join(t.TempDir(), "out"), append(c.command, "--target", file)
				if c.command[0] == "run" {
					arguments = append(arguments, "--out", out)
				}
				cmd := exec.CommandContext(t.Context(), binary, arguments...)
				var said bytes.Buffer
				cmd.Stdout, cmd.Stderr = &said, &said
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				sent := make(chan time.Time, 1)
				time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Signal(signals[0]); sent <- time.Now() })
				longest := soon
				if len(signals) > 1 {
					longest = between + atOnce
					time.AfterFunc(3*time.Second+between, func() { _ = cmd.Process.Signal(signals[1]) }) // it may have ended
				}
				_ = cmd.Wait() // the exit code says how it ended
				select {
				case at := <-sent:
					if took := time.Since(at); took > longest {
						t.Errorf("it ended %s after the first signal", took)
					}
				default:
					t.Fatalf("it ended by itself\n%s", said.String())
				}
				actedUpon(t, "standard output and error", said.String())
				if code := cmd.ProcessState.ExitCode(); code == 0 {
					t.Error("exit code 0")
				} else if c.command[0] == "run" {
					consistent(t, out, code, name)
				}
			})
		}
	}
}
