package conform

import (
	"fmt"
	"slices"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/secret"
	"authconform/harness/verdict"
)

// ExpectShut checks that an answer does not let in what has to lead to an outcome that
// keeps out: for requests in forms that no document describes, of which nobody can
// say how they are refused. which names the form, and holds no secret.
func (s *Context) ExpectShut(which string, call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) {
	ginkgo.GinkgoHelper()
	answer, ok := op.Answer(outcome, s.profile)
	if !ok {
		s.Error("the contract has no outcome %q for %s in profile %q", outcome, op.ID, s.profile)
	}
	if s.Exactly(call, op, outcome) {
		s.expect(which, call, op, outcome) // whose form is judged from it too
		return
	}
	s.current().checks.Add(1)
	shut := !s.judge.LetsIn(call, op, outcome)
	what := fmt.Sprintf("%s %s lets nobody in (%s)", op.Method, op.Path, which)
	s.current().record(journal.Check{Kind: journal.Assertion, What: what, Call: call.ID, Holds: shut})
	if shut {
		return
	}
	f := s.describe(fmt.Sprintf("%s %s lets in (%s)", op.Method, op.Path, which),
		[]string{fmt.Sprintf("no answer of success and no credential, but that of outcome %s or another refusal", outcome)},
		[]string{fmt.Sprintf("status %d, as an accepted request is answered", call.Status)}, call)
	s.quote(&f, answer.Source)
	s.stop(verdict.Failed, f.Title, &f)
}

// LimitStatus is the setting of suites whose documents do not say how a limit is answered.
const LimitStatus = "limit-status"

// PathOf is the path template of an operation on this target.
func (s *Context) PathOf(op *contract.Operation) string { return s.path(op) }

// Watch has every call of the run looked at as it comes, by what is cheap. It belongs to
// the construction of the tree. The call is not redacted and must not be kept in part.
func (s *Context) Watch(look func(*httpclient.Call)) { s.watchers = append(s.watchers, look) }

// WatchMail has every message that a spec reads looked at.
func (s *Context) WatchMail(look func(inbox.Message)) { s.readers = append(s.readers, look) }

// IsRightCode tells whether a text is a one-time code that is right now, for one of the
// secrets that the running spec has to do with.
func (s *Context) IsRightCode(text string) bool {
	s.mu.Lock()
	r := s.run
	s.mu.Unlock()
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.kits, func(kit *otp.Kit) bool { return kit.Right(text, 1) })
}

// ToldCode finds a one-time code that is right now in a text that holds it in Base64 or as a
// digest, for one of the secrets that the running spec has to do with; "" where there is none.
func (s *Context) ToldCode(text string) string {
	s.mu.Lock()
	r := s.run
	s.mu.Unlock()
	if r == nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kit := range r.kits {
		if code := kit.Told(text, 1); code != "" {
			return code
		}
	}
	return ""
}

// See finds the secrets of the run in a text.
func (s *Context) See(text string) []secret.Sighting { return s.env.Vault.See(text) }
