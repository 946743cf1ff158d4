package alien_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authconform/harness/alien"
	"authconform/harness/journal"
	"authconform/harness/runner"
	"authconform/harness/target"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites"
)

// aliens are the back ends, each with the bugs that its suite has to notice.
var aliens = []struct {
	name string
	make func(bug string, habits ...alien.Habit) *alien.Alien
	bugs map[string]string
	// ways are the back ends that others would have written from the same document: each a
	// bundle of habits, so that every habit is seen with others in few runs.
	ways [][]alien.Habit
}{
	{"document 000", alien.Venue, alien.VenueBugs, [][]alien.Habit{
		nil,
		{
			alien.NoDrift, alien.Few, alien.ProblemErrors, alien.BalancerCookie,
			alien.StrictMembers, alien.SpentAnyway, alien.Closes, alien.JWTTokens, alien.HeldIs403,
		},
		{
			alien.Nulls, alien.NullErrors, alien.Crossing, alien.Chunked, alien.BodyFirst,
			alien.MediaRefused, alien.Slashes, alien.OpenReplay, alien.ShortTokens, alien.StepCookie,
		},
		{alien.Reversed, alien.HTMLErrors, alien.Charset, alien.MethodNotFound, alien.MediaIgnored, alien.AnyCase, alien.ReplayIs400,
			alien.WrongIs400},
		{alien.HeldIs401, alien.Gzip, alien.EdgeHeaders, alien.Traces, alien.NamesAnyhow},
		{alien.LowerNames, alien.VisitCookies, alien.Redirects, alien.RetryDate, alien.CodeTrimmed, alien.CountsOn, alien.SkewedClock},
	}},
	{"document 001", alien.Desk, alien.DeskBugs, [][]alien.Habit{
		nil,
		{alien.Few, alien.ProblemErrors, alien.BalancerCookie, alien.StrictMembers, alien.Closes, alien.LockedIs401},
		{alien.Nulls, alien.NullErrors, alien.Crossing, alien.Chunked, alien.BodyFirst, alien.MediaRefused, alien.Slashes},
		{alien.Reversed, alien.BareErrors, alien.Charset, alien.MethodNotFound, alien.MediaIgnored, alien.AnyCase, alien.UnfitIs400},
		{alien.HeldAlike, alien.Gzip, alien.EdgeHeaders, alien.NamesAnyhow, alien.NonceOnce},
		{alien.LowerNames, alien.VisitCookies, alien.Redirects, alien.RetryDate, alien.CountsOn, alien.SkewedClock,
			alien.LockedIs423, alien.Traces},
	}},
	{"document 003", alien.Office, alien.OfficeBugs, [][]alien.Habit{
		nil,
		{alien.NoDrift, alien.Few, alien.ProblemErrors, alien.BalancerCookie, alien.StrictMembers, alien.Closes, alien.JWTTokens},
		{alien.Nulls, alien.NullErrors, alien.Crossing, alien.Chunked, alien.MediaRefused, alien.CodeIs400, alien.ShortTokens},
		{alien.Enveloped, alien.TextErrors, alien.Charset, alien.MethodNotFound, alien.MediaIgnored, alien.AnyCase, alien.Slashes},
		{alien.Reversed, alien.SameErrors},
		{alien.Gzip, alien.EdgeHeaders, alien.Traces, alien.NamesAnyhow, alien.ReplayIs403, alien.ZonedTimes},
		{
			alien.LowerNames, alien.VisitCookies, alien.Redirects, alien.RetryDate, alien.CodeTrimmed, alien.CountsOn, alien.SkewedClock,
			alien.DisabledIs403,
		},
	}},
	{"document 004", alien.Rabbit, alien.RabbitBugs, [][]alien.Habit{
		nil,
		{
			alien.NoDrift, alien.Nulls, alien.RefusalIs200, alien.BalancerCookie,
			alien.StrictMembers, alien.VerifiesUsers, alien.HTMLMail, alien.EightDigits,
			alien.KeepsSecret, alien.LowerSecret, alien.Few, alien.Closes, alien.JWTTokens,
		},
		{
			alien.Reversed, alien.RefusalIs400, alien.Chunked, alien.Charset, alien.Crossing,
			alien.OneSession, alien.FourDigits, alien.Forgets, alien.BurnsToken,
			alien.CodeFirst, alien.MediaRefused, alien.Slashes, alien.AnyCase, alien.MethodNotFound, alien.ShortTokens, alien.ProblemErrors,
		},
		{
			alien.Gzip, alien.EdgeHeaders, alien.Traces, alien.SubjectMail, alien.CodesStay, alien.NamesAnyhow,
			alien.Meta,
		},
		{
			alien.LowerNames, alien.VisitCookies, alien.Redirects, alien.RetryDate, alien.CodeTrimmed, alien.CountsOn, alien.SkewedClock,
			alien.SameCode,
		},
	}},
}

// An honest back end that knows no more than its document is conformant, whatever its habits.
func TestHonestAliensConform(t *testing.T) {
	for _, a := range aliens {
		for i, habits := range a.ways {
			t.Run(fmt.Sprint(a.name, "/", i), func(t *testing.T) { conforms(t, run(t, a.make("", habits...))) })
		}
	}
}

func conforms(t *testing.T, report *reports.Report) {
	t.Helper()
	judged, applicable := 0, 0
	for _, v := range report.Verdicts {
		if v.Verdict == verdict.NOT_APPLICABLE || v.Verdict == verdict.FILTERED {
			continue
		}
		applicable++
		switch v.Verdict {
		case verdict.PASS, verdict.FAIL, verdict.WARN:
			judged++
		}
		if v.Verdict == verdict.FAIL || v.Verdict == verdict.WARN && breaksBaseline(v) {
			t.Errorf("%s", describe(v))
		} else if v.Verdict == verdict.ERROR || testing.Verbose() && v.Verdict != verdict.PASS {
			t.Logf("%s", describe(v))
		}
	}
	t.Logf("%d of %d clauses judged, %v", judged, applicable, report.Counts)
	if judged*100 < applicable*95 {
		t.Errorf("%d of %d applicable clauses were judged: expected 95 %%", judged, applicable)
	}
	if report.ExitCode != verdict.ExitConformant {
		t.Errorf("exit code %d: %s", report.ExitCode, report.Meaning)
	}
}

// preflightRefused is what a run says that does not begin, because the deployment lets in
// nobody of a role.
const preflightRefused = "as it refuses wrong credentials"

// Each plausible bug turns the run red, by a clause that is about it. Where the bug keeps
// out everybody who may come in, the run does not begin, and says so.
func TestBugsOfAliensAreNoticed(t *testing.T) {
	for _, a := range aliens {
		if len(a.bugs) < 15 {
			t.Errorf("%s has %d bugs: expected 15", a.name, len(a.bugs))
		}
		for bug, clause := range a.bugs {
			t.Run(a.name+"/"+bug, func(t *testing.T) {
				report, err := try(t, a.make(bug), clause)
				switch {
				case err != nil && strings.Contains(err.Error(), preflightRefused):
				case err != nil:
					t.Error(err)
				case report.ExitCode != verdict.ExitNotConformant:
					t.Errorf("exit code %d: %s", report.ExitCode, report.Meaning)
				}
			})
		}
	}
}

// run puts the suite of an alien to it.
func run(t *testing.T, a *alien.Alien) *reports.Report {
	t.Helper()
	report, err := try(t, a)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// try puts the suite of an alien to it, or those of its clauses that focus names.
func try(t *testing.T, a *alien.Alien, focus ...string) (*reports.Report, error) {
	t.Helper()
	server := httptest.NewServer(a)
	defer server.Close()
	file := &a.Target
	file.URL, file.Allow.Disruptive = server.URL, true
	file.Clock.AdvanceURL = server.URL + alien.ClockPath
	if file.Inbox != nil {
		file.Inbox.URL = server.URL + file.Inbox.URL
	}
	file.HTTP = target.HTTP{Timeout: target.DefaultTimeout, MaxBody: target.DefaultMaxBody}
	suite, ok := suites.Find(file.Exchange)
	if !ok {
		t.Fatalf("no suite is called %s", file.Exchange)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "target.yaml")
	file.Limits.MaxMemory = 2 << 30 // of this process, which serves and runs all of them
	if err := file.Write(path, runner.SecretSettings(suite)...); err != nil {
		t.Fatal(err)
	}
	report, err := runner.Run(context.Background(), suite, runner.Options{TargetFile: path, Out: filepath.Join(dir, "out"), Seed: 1,
		Focus: strings.Join(focus, ",")})
	if keep := os.Getenv("ALIEN_OUT"); keep != "" {
		_ = os.CopyFS(filepath.Join(keep, file.Exchange), os.DirFS(filepath.Join(dir, "out")))
	}
	return report, err
}

// breaksBaseline tells whether a WARN is about what a server does, and not about how
// it words it.
func breaksBaseline(v reports.Entry) bool {
	return len(v.Baseline) > 0 && slices.ContainsFunc(v.Failures, func(f journal.Failure) bool { return f.Facet == verdict.Behaviour })
}

func describe(v reports.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s: %s", v.Verdict, v.Level, v.ID, v.Reason)
	for _, f := range v.Failures {
		fmt.Fprintf(&b, "\n    %s\n    expected %s\n    actual %s", f.Title, strings.Join(f.Expected, "; "), strings.Join(f.Actual, "; "))
	}
	return b.String()
}
