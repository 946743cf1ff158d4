package runner_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"authconform/harness/runner"
	"authconform/suites/onlyoffice"
)

// serveVariable makes this test binary serve the reference in a process of its
// own, so that its CPU is not counted as the harness's.
const serveVariable = "AUTHCONFORM_TEST_SERVE"

func TestMain(m *testing.M) {
	if file := os.Getenv(serveVariable); file != "" {
		served, err := runner.ServeReference(onlyoffice.Suite, runner.ServeOptions{Addr: "127.0.0.1:0", TargetOut: file})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(served.URL)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or dies
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serveElsewhere starts the reference in another process.
func serveElsewhere(b *testing.B) (targetFile, address string) {
	b.Helper()
	targetFile = filepath.Join(b.TempDir(), "t.yaml")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveVariable+"="+targetFile)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait() // it was told to end; how it did does not matter
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return targetFile, strings.TrimSpace(line)
}

// cpu is the time this process has spent on processors.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for a bad argument only
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func runSuite(b *testing.B, targetFile string) {
	b.Helper()
	report, err := runner.Run(b.Context(), onlyoffice.Suite, runner.Options{TargetFile: targetFile,
		Out: filepath.Join(b.TempDir(), "out"), Version: runner.Version()})
	if err != nil {
		b.Fatal(err)
	}
	if report.ExitCode != 0 {
		b.Fatalf("exit code %d: %s", report.ExitCode, report.Meaning)
	}
}

// sent is one request as the suite sent it.
type sent struct {
	method, uri string
	header      http.Header
	body        []byte
}

// capture runs the suite once through a proxy and keeps what it sent.
func capture(b *testing.B) []sent {
	b.Helper()
	targetFile, address := serveElsewhere(b)
	backend, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	var mu sync.Mutex
	var calls []sent
	forward := httputil.NewSingleHostReverseProxy(backend)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		calls = append(calls, sent{r.Method, r.URL.RequestURI(), r.Header.Clone(), body})
		mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header["X-Forwarded-For"] = nil
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	text, err := os.ReadFile(targetFile)
	if err != nil {
		b.Fatal(err)
	}
	text = bytes.Replace(text, []byte("url: "+address), []byte("url: "+proxy.URL), 1)
	if err := os.WriteFile(targetFile, text, 0o600); err != nil {
		b.Fatal(err)
	}
	// Some specs need what the proxy changes (one connection an attempt, the
	// client's address): their verdicts do not matter here, their requests do.
	_, err = runner.Run(b.Context(), onlyoffice.Suite, runner.Options{TargetFile: targetFile, Out: filepath.Join(b.TempDir(), "out"),
		Version: runner.Version()})
	if err != nil {
		b.Fatal(err)
	}
	return calls
}

func replay(b *testing.B, address string, calls []sent) {
	b.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for _, c := range calls {
		r, err := http.NewRequest(c.method, address+c.uri, bytes.NewReader(c.body))
		if err != nil {
			b.Fatal(err)
		}
		r.Header = c.header
		response, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}

// BenchmarkWholeRunBesideReplay measures the CPU of a whole run, contract,
// redaction, evidence and reports included, beside that of a bare net/http client
// that sends the very same requests, both to a reference in another process.
func BenchmarkWholeRunBesideReplay(b *testing.B) {
	calls := capture(b)
	var suite, bare time.Duration
	for b.Loop() {
		b.StopTimer()
		targetFile, _ := serveElsewhere(b)
		_, address := serveElsewhere(b)
		b.StartTimer()

		before := cpu()
		runSuite(b, targetFile)
		between := cpu()
		replay(b, address, calls)
		suite += between - before
		bare += cpu() - between
	}
	n := float64(b.N)
	b.ReportMetric(float64(len(calls)), "calls")
	b.ReportMetric(suite.Seconds()*1000/n, "run-cpu-ms")
	b.ReportMetric(bare.Seconds()*1000/n, "replay-cpu-ms")
	b.ReportMetric(suite.Seconds()/bare.Seconds(), "cpu-ratio")
}
