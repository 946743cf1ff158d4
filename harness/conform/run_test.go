package conform_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

// ending is how a spec ended, for the record and for Ginkgo.
type ending struct {
	state  verdict.State
	says   string // part of the reason
	ginkgo types.SpecState
}

func (f found) ended(t *testing.T, want map[string]ending) {
	t.Helper()
	if len(f.results) != len(want) {
		t.Errorf("%d results, want %d", len(f.results), len(want))
	}
	for name, w := range want {
		r := f.results[name]
		if r.State != w.state || !strings.Contains(r.Reason, w.says) {
			t.Errorf("%s: %s (%s), want %s with %q", name, r.State, r.Reason, w.state, w.says)
		}
		if got := f.ginkgo[name].State; got != w.ginkgo {
			t.Errorf("%s: Ginkgo says %s, want %s", name, got, w.ginkgo)
		}
	}
}

const (
	green, red        = types.SpecStatePassed, types.SpecStateFailed
	skipped, panicked = types.SpecStateSkipped, types.SpecStatePanicked
)

// TestEndings: a spec's end becomes exactly one state, and Ginkgo is red where
// the run is.
func TestEndings(t *testing.T) {
	specs := func(s *conform.Context, o ops) {
		fails := func(SpecContext) { s.Holds("this holds", false, "it does not") }
		should := func(name string) clause.Clause { return clause.Should("ex.spec."+name, o.logIn, contract.OK) }
		It("checks something that holds", o.must("pass"), func(SpecContext) { s.Holds("this holds", true, "") })
		It("checks a value that matches", o.must("match"), func(SpecContext) { s.Check("one is one", 1, gomega.Equal(1)) })
		It("fails", o.must("fail"), fails)
		It("fails as a SHOULD", should("should-fail"), fails)
		It("checks a value that differs", o.must("differ"), func(SpecContext) { s.Check("one is two", 1, gomega.Equal(2)) })
		It("checks a value that the matcher cannot read", o.must("unreadable"), func(SpecContext) {
			s.Check("a number is empty", 1, gomega.BeEmpty())
		})
		It("checks nothing", o.must("empty"), func(SpecContext) {})
		It("checks nothing as a SHOULD", should("should-empty"), func(SpecContext) {})
		It("panics", o.must("panic"), func(SpecContext) { panic("with a reason") })
		It("fails past the context", o.must("bare"), func(SpecContext) { Fail("by itself") })
		It("cannot be prepared", o.must("untestable"), func(SpecContext) { s.Untestable("no %s", "way") })
		It("cannot be prepared as a SHOULD", should("should-untestable"), func(SpecContext) { s.Untestable("no way") })
		It("meets a mistake of the harness", o.must("error"), func(SpecContext) { s.Error("mistake %d", 1) })
		It("takes too long", o.must("slow"), SpecTimeout(20*time.Millisecond), func(ctx SpecContext) { <-ctx.Done() })
		It("passes and cannot be cleaned up", o.must("cleanup"), func(SpecContext) {
			DeferCleanup(func() { s.Error("it cannot be given back") })
			s.Holds("this holds", true, "")
		})
		It("fails and cannot be cleaned up", o.must("first-word"), func(SpecContext) {
			DeferCleanup(func() { s.Error("it cannot be given back") })
			s.Holds("this holds", false, "it does not")
		})
		It("calls an outcome that is not promised", o.must("no-outcome"), func(ctx SpecContext) {
			s.Require("do it", s.Do(ctx, s.Anonymous(), o.logIn, credentials(rightPassword)), o.logIn, contract.NotFound)
		})
	}
	trial{specs: specs}.run(t).ended(t, map[string]ending{
		"pass": {verdict.Passed, "", green}, "match": {verdict.Passed, "", green},
		"fail": {verdict.Failed, "this holds", red}, "should-fail": {verdict.Failed, "this holds", skipped},
		"differ": {verdict.Failed, "one is two", red}, "unreadable": {verdict.Errored, "cannot check that a number is empty", red},
		"empty": {verdict.Errored, "no check", red}, "should-empty": {verdict.Errored, "no check", skipped},
		"panic": {verdict.Errored, "with a reason", panicked}, "bare": {verdict.Errored, "by itself", red},
		"untestable": {verdict.Untestable, "no way", red}, "should-untestable": {verdict.Untestable, "no way", skipped},
		"error": {verdict.Errored, "mistake 1", red}, "slow": {verdict.NotRun, "timedout", types.SpecStateTimedout},
		"cleanup": {verdict.Errored, "cannot be given back", red}, "first-word": {verdict.Failed, "this holds", red},
		"no-outcome": {verdict.Errored, `no outcome "not-found"`, red},
	})
}

// TestFeatures: what the target file says of a feature, and what the target shows
// of it, decide whether the clause applies; only where it does the spec runs.
func TestFeatures(t *testing.T) {
	shown := func(is bool) conform.Feature {
		return conform.Feature{Present: func(context.Context, *conform.Context) bool { return is }}
	}
	var ran []string
	specs := func(s *conform.Context, o ops) {
		for _, name := range []string{"declared", "absent", "denied", "unnamed"} {
			It("is about "+name, o.must(name, clause.Needs(name)), func(SpecContext) {
				ran = append(ran, name)
				s.Holds("this holds", true, "")
			})
		}
		It("is about two, one of them absent", o.must("both", clause.Needs("declared", "absent")), func(SpecContext) {
			ran = append(ran, "both")
		})
	}
	tr := trial{
		specs: specs,
		suite: conform.Suite{Features: map[string]conform.Feature{
			"declared": shown(false), "absent": shown(false), "denied": shown(true), "unnamed": shown(true),
		}},
		target: target.Target{Features: map[string]bool{"declared": true, "absent": false, "denied": false}},
	}
	tr.run(t).ended(t, map[string]ending{
		"declared": {verdict.Passed, "", green},
		"absent":   {verdict.NotApplicable, "the target does not show it", skipped},
		"denied":   {verdict.FeaturePresent, "but the target shows it", red},
		"unnamed":  {verdict.NotApplicable, "does not declare", skipped},
		"both":     {verdict.NotApplicable, `"absent"`, skipped},
	})
	if got := strings.Join(ran, " "); got != "declared" {
		t.Errorf("the bodies that ran: %s", got)
	}
}

// TestDisruptive: what disturbs others runs with the target file's consent alone.
func TestDisruptive(t *testing.T) {
	for _, consent := range []bool{false, true} {
		ran := false
		specs := func(s *conform.Context, o ops) {
			It("disturbs", o.must("disrupts", clause.Disrupts()), func(SpecContext) {
				ran = true
				s.Holds("this holds", true, "")
			})
		}
		want := ending{verdict.Untestable, "allow.disruptive", red}
		if consent {
			want = ending{verdict.Passed, "", green}
		}
		trial{specs: specs, target: target.Target{Allow: target.Allow{Disruptive: consent}}}.run(t).ended(t, map[string]ending{"disrupts": want})
		if ran != consent {
			t.Errorf("with consent %v the spec ran: %v", consent, ran)
		}
	}
}

// TestDeviations: an accepted failure is not red, one that no longer fails is, and
// an expired one accepts nothing.
func TestDeviations(t *testing.T) {
	tomorrow, yesterday := time.Now().Add(24*time.Hour), time.Now().Add(-24*time.Hour)
	specs := func(s *conform.Context, o ops) {
		for name, holds := range map[string]bool{"known": false, "stale": true, "expired": false, "outlived": true} {
			It("is listed: "+name, o.must(name), func(SpecContext) { s.Holds("this holds", holds, "it does not") })
		}
		It("is listed and breaks", o.must("broken"), func(SpecContext) { s.Error("no network") })
		It("is listed and checks nothing", o.must("hollow"), func(SpecContext) {})
	}
	tr := trial{specs: specs, target: target.Target{Deviations: []target.Deviation{
		{Clause: "ex.spec.known", Expires: tomorrow}, {Clause: "ex.spec.stale", Expires: tomorrow},
		{Clause: "ex.spec.expired", Expires: yesterday}, {Clause: "ex.spec.outlived", Expires: yesterday},
		{Clause: "ex.spec.broken", Expires: tomorrow}, {Clause: "ex.spec.hollow", Expires: tomorrow},
	}}}
	tr.run(t).ended(t, map[string]ending{
		"known":    {verdict.Failed, "this holds", skipped},
		"stale":    {verdict.Passed, "", red},
		"expired":  {verdict.Failed, "this holds", red},
		"outlived": {verdict.Passed, "", green},
		"broken":   {verdict.Errored, "no network", red},
		"hollow":   {verdict.Errored, "no check", red},
	})
}

// TestNoSecretIsSaid: whatever a spec says at its end, no secret stands in the
// record or in what Ginkgo prints of it.
func TestNoSecretIsSaid(t *testing.T) {
	both := rightPassword + " and " + madeUp
	f := trial{specs: func(s *conform.Context, o ops) {
		It("fails with a sentence", o.must("holds"), func(SpecContext) {
			s.Secret("made", madeUp)
			s.Holds("the password is kept", false, "it was "+both)
		})
		It("fails with a matcher", o.must("check"), func(SpecContext) { s.Check("the password is kept", both, gomega.Equal("x")) })
		It("is untestable", o.must("untestable"), func(SpecContext) { s.Untestable("it knows %s", both) })
		It("is an error", o.must("error"), func(SpecContext) { s.Error("%v", errors.New(both)) })
		It("fails a call", o.must("call"), func(ctx SpecContext) {
			r := credentials(wrongPassword).WithHeader("Authorization", "Bearer "+madeUp)
			r.Query = map[string][]string{"password": {rightPassword}}
			s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, r), o.logIn, contract.OK)
		})
	}}.run(t)
	holdsNoSecret(t, "what Ginkgo prints", f.said)
	holdsNoSecret(t, "the record", f.record(t))
}

// TestNoSecretIsRecorded: the same of what ends past the context. Ginkgo prints
// that by itself, before any of our code sees it.
func TestNoSecretIsRecorded(t *testing.T) {
	f := trial{specs: func(s *conform.Context, o ops) {
		It("panics", o.must("panic"), func(SpecContext) { panic(s.Secret("made", madeUp)) })
		It("fails", o.must("bare"), func(SpecContext) { Fail(s.Secret("made", madeUp)) })
	}}.run(t)
	holdsNoSecret(t, "the record", f.record(t))
}

const madeUp = "a-secret-that-a-spec-made-up"

// holdsNoSecret also wants the mark of a redacted value: a text in which nothing
// was hidden would show nothing.
func holdsNoSecret(t *testing.T, where, text string) {
	t.Helper()
	if !strings.Contains(text, "‹made›") {
		t.Errorf("%s names no secret, so it shows nothing: %s", where, text)
	}
	for _, value := range []string{rightPassword, wrongPassword, madeUp} {
		if at := strings.Index(text, value); at >= 0 {
			t.Errorf("%s holds %q: %s", where, value, text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

// record is all that the run wrote down.
func (f found) record(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal([]any{f.results, f.calls})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
