package conform

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega/types"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// Expect checks that a call behaves as the contract promises for an outcome: by its
// status, with a body that can be read and nothing issued that lets in. For the
// operation and outcome of the clause itself the rest is noted, which is media type,
// body, schema, headers and error key: it is judged once, by the clause about the
// shape of these answers, so that one broken answer does not turn half the report red.
func (s *Context) Expect(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) {
	ginkgo.GinkgoHelper()
	s.expect("", call, op, outcome)
}

// ExpectBy is Expect of what relies on something that the target file, or the target
// itself, declares: it stands in a failure.
func (s *Context) ExpectBy(relies string, call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) {
	ginkgo.GinkgoHelper()
	s.expect(relies, call, op, outcome)
}

// expect is Expect with a word on which of several requests failed.
func (s *Context) expect(which string, call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) {
	ginkgo.GinkgoHelper()
	r := s.current()
	r.checks.Add(1)
	own := s.promises(op, outcome)
	kept := own && s.judge.Behaves(call, op, outcome)
	f := s.compare(journal.Promise, own && !kept, call, op, outcome)
	if f == nil && kept {
		if note := s.compare(journal.Form, true, call, op, outcome); note != nil {
			r.note(*note)
		}
	}
	if f == nil {
		return
	}
	if which != "" {
		f.Title += " (" + which + ")"
	}
	s.stop(verdict.Failed, f.Title, f)
}

// promises tells whether an answer is the one that the current clause promises.
func (s *Context) promises(op *contract.Operation, outcome contract.Outcome) bool {
	c := s.current().clause
	return c.Operation.ID == op.ID && c.Outcome == outcome
}

// hasStatus tells whether a call was answered with the status of an outcome.
func (s *Context) hasStatus(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	answer, ok := op.Answer(outcome, s.profile)
	return ok && answer.Takes(call.Status)
}

// Require demands of a call that only prepares the promise that it was answered
// as the outcome is: by its status, with a body that can be read. It does not
// hold the rest of the answer against the clause, because that is another
// clause's promise. Where it fails, the promise is UNTESTABLE: another status may be
// the fault of an identity in the target file. The clause fails where its own answer
// has the promised status and cannot be read, and where a refusal fails open, because
// the target accepts what it has to refuse.
func (s *Context) Require(what string, call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) {
	ginkgo.GinkgoHelper()
	kind := journal.Precondition
	if s.promises(op, outcome) && s.hasStatus(call, op, outcome) {
		kind = journal.Promise
	}
	f := s.compare(kind, false, call, op, outcome)
	switch {
	case f == nil:
	case kind == journal.Promise || s.judge.FailsOpen(call, op, outcome):
		s.stop(verdict.Failed, "while preparing to "+what+": "+f.Title, f)
	default:
		s.stop(verdict.Untestable, "cannot "+what+": "+f.Title, f)
	}
}

// stillAnswers is Require as a check: what worked before a refusal works after it.
func (s *Context) stillAnswers(what string, call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) {
	ginkgo.GinkgoHelper()
	s.current().checks.Add(1)
	if f := s.compare(journal.Control, false, call, op, outcome); f != nil {
		f.Title = what + ": " + f.Title
		s.stop(verdict.Failed, f.Title, f)
	}
}

// Is tells whether a call was answered as an outcome is, by its status, without
// checking anything: for specs that must know where they stand.
func (s *Context) Is(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	return s.judge.Is(call, op, outcome, false)
}

// Exactly tells whether a call is the whole answer of an outcome, without
// checking anything.
func (s *Context) Exactly(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	return s.judge.Is(call, op, outcome, true)
}

// Check checks anything that is not a response: what says in one sentence what
// should hold, and stands in the failure. Values are redacted.
func (s *Context) Check(what string, actual any, matcher types.GomegaMatcher) {
	ginkgo.GinkgoHelper()
	s.current().checks.Add(1)
	ok, err := matcher.Match(actual)
	if err != nil {
		s.Error("cannot check that %s: %v", what, err)
	}
	s.current().record(journal.Check{Kind: journal.Assertion, What: what, Holds: ok})
	if !ok {
		s.fail(what, []string{what}, []string{matcher.FailureMessage(actual)}, nil)
	}
}

// Holds checks a condition; what says in one sentence what should hold, and
// otherwise what was seen instead.
func (s *Context) Holds(what string, holds bool, otherwise string) {
	ginkgo.GinkgoHelper()
	s.current().checks.Add(1)
	s.current().record(journal.Check{Kind: journal.Assertion, What: what, Holds: holds})
	if !holds {
		s.fail(what, []string{what}, []string{otherwise}, nil)
	}
}

func (s *Context) fail(title string, expected, actual []string, call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	f := s.describe(title, expected, actual, call)
	s.stop(verdict.Failed, title, &f)
}

// compare holds a call against the promised answer, records the check, and describes
// all that differs; nil when nothing does.
func (s *Context) compare(kind journal.Kind, whole bool, call *httpclient.Call, op *contract.Operation,
	outcome contract.Outcome) *journal.Failure {
	answer, ok := op.Answer(outcome, s.profile)
	if !ok {
		s.Error("the contract has no outcome %q for %s in profile %q", outcome, op.ID, s.profile)
	}
	if call.Err != "" {
		s.Error("%s %s got no response: %s", call.Method, call.Path, call.Err)
	}
	mismatches, _ := s.judge.Compare(call, op, outcome, whole)
	check := journal.Check{Kind: kind, Call: call.ID, Operation: op.ID, Outcome: string(outcome), Whole: whole}
	if kind == journal.Promise {
		check.Leak = s.judge.Leak(call, outcome)
	}
	check.Holds = len(mismatches) == 0 && check.Leak == ""
	if check.Holds {
		s.current().record(check)
		return nil
	}
	var expected, actual []string
	for _, m := range mismatches {
		check.Wrong = append(check.Wrong, m.Where())
		expected = append(expected, m.Where()+": "+m.Expected)
		actual = append(actual, m.Where()+": "+m.Actual)
	}
	check.Facet = s.judge.Facet(mismatches, call, op, outcome)
	s.current().record(check)
	if check.Leak != "" { // the worse of the two
		f := s.describe(fmt.Sprintf("%s %s lets its reader in although it refuses (%s)", op.Method, op.Path, outcome),
			[]string{"no token and no success in a refusal"}, []string{check.Leak}, call)
		return &f
	}
	f := s.describe(fmt.Sprintf("%s %s: expected outcome %s", op.Method, op.Path, outcome), expected, actual, call)
	f.Facet, f.Operation, f.Outcome = check.Facet, op.ID, string(outcome)
	// The clause's own source speaks of its own outcome alone.
	if !s.promises(op, outcome) {
		s.quote(&f, answer.Source)
	}
	return &f
}

// quote names the authority of what failed, and shows its first words.
func (s *Context) quote(f *journal.Failure, source string) {
	f.Source, f.Says = source, ""
	if passage := s.contract.Sources.Quote(source); !passage.Standard {
		f.Says = shorten(passage.Text)
	}
}

// shorten keeps the beginning of a passage, up to the end of a word.
func shorten(passage string) string {
	const most = 240
	words := strings.Join(strings.Fields(passage), " ")
	if len(words) <= most {
		return words
	}
	return words[:strings.LastIndexByte(words[:most], ' ')] + " …"
}

func (s *Context) describe(title string, expected, actual []string, call *httpclient.Call) journal.Failure {
	r := s.current()
	f := journal.Failure{
		Facet: verdict.Behaviour, Title: title, Expected: expected, Actual: actual, Operation: r.clause.Operation.ID,
	}
	s.quote(&f, r.clause.Info.Source)
	if call != nil {
		f.Request = call.Method + " " + s.env.Vault.RedactURL(call.URL)
		f.Operation = cmp.Or(call.Operation, f.Operation)
		f.Call, f.Curl = call.ID, call.Curl(s.env.Vault)
	} else if call = r.lastCall(); call != nil { // what the clause looked at came with it, or before
		f.Call = call.ID
	}
	f.Answer = s.words(call)
	return f
}

// words are the server's own: the status and how the body begins, redacted before it is
// cut.
func (s *Context) words(call *httpclient.Call) string {
	if call == nil || call.Status == 0 {
		return ""
	}
	const most = 240
	body := []rune(strings.Join(strings.Fields(string(s.env.Vault.RedactBody(call.Header.Get("Content-Type"), call.Body))), " "))
	if len(body) > most {
		body = append(body[:most], []rune(" …")...)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", call.Status, string(body)))
}
