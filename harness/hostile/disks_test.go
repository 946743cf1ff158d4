package hostile_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"authconform/harness/journal"
	"authconform/harness/runner"
	"authconform/reports"
	"authconform/suites/onlyoffice"
)

// harms are what befalls a run folder while specs run.
var harms = map[string]func(out string) error{
	"it is removed":                os.RemoveAll,
	"it is removed and made anew":  func(out string) error { os.RemoveAll(out); return os.Mkdir(out, 0o755) },
	"it becomes a file":            func(out string) error { os.RemoveAll(out); return os.WriteFile(out, nil, 0o600) },
	"it becomes a link to nowhere": func(out string) error { os.RemoveAll(out); return os.Symlink("/no/such/folder", out) },
	"its journal is removed":       func(out string) error { return os.Remove(filepath.Join(out, journal.FileName(1))) },
	"its journal is cut":           func(out string) error { return os.Truncate(filepath.Join(out, journal.FileName(1)), 100) },
	"its journal gets foreign lines": func(out string) error {
		return os.WriteFile(filepath.Join(out, journal.FileName(7)), []byte("::error::no record\n"), 0o600)
	},
	"its report is in the way":        inTheWay(".report.json.part"),
	"its JUnit is in the way":         inTheWay(".junit.xml.part"),
	"its summary is in the way":       inTheWay(".summary.md.part"),
	"its page is in the way":          inTheWay(".index.html.part"),
	"its calls are in the way":        inTheWay(".calls.har.part"),
	"its finished calls are a folder": inTheWay(reports.HARFile),
	"its finished JUnit is a folder": func(out string) error {
		os.Remove(filepath.Join(out, reports.JUnitFile))
		return inTheWay(reports.JUnitFile)(out)
	},
	"its finished report is a folder": func(out string) error {
		os.Remove(filepath.Join(out, reports.JSONFile))
		return inTheWay(reports.JSONFile)(out)
	},
}

func inTheWay(name string) func(out string) error {
	return func(out string) error { return os.MkdirAll(filepath.Join(out, name, "in the way"), 0o755) }
}

// TestRunFoldersThatAreHarmed: evidence that is lost leaves no green report, whatever
// was judged.
func TestRunFoldersThatAreHarmed(t *testing.T) {
	s := newStand(t)
	backend, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for name, harm := range harms {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			var once sync.Once
			var harmed error
			proxy := httputil.NewSingleHostReverseProxy(backend)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := os.Stat(filepath.Join(out, journal.FileName(1))); err == nil { // specs run
					once.Do(func() { harmed = harm(out) })
				}
				proxy.ServeHTTP(w, r)
			}))
			defer server.Close()
			ctx, cancel := context.WithTimeout(t.Context(), longestRun)
			defer cancel()
			report, err := runner.Run(ctx, onlyoffice.Suite, runner.Options{
				TargetFile: s.target(t, server.URL, nil), Out: out, Focus: few, Version: "test", Seed: 1,
			})
			if harmed != nil {
				t.Fatal(harmed)
			}
			s.check(t, out, report, err)
			judged{report, err, out}.notGreen(t)
		})
	}
}
