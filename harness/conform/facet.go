package conform

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/harness/verdict"
)

// facet says which part of a promise an answer breaks. Behaviour is whether the
// request was accepted: an answer that accepts what has to be refused breaks it, and
// so does one that refuses what has to be accepted. Among refusals the status is
// shape: the request was refused all the same.
func (s *Context) facet(mismatches []expect.Mismatch, call *httpclient.Call, op *contract.Operation, answer *contract.Answer) verdict.Facet {
	if s.letsIn(call, op, answer.Outcome) || accepts(answer) && len(s.coarse.Compare(call, op, answer)) > 0 {
		return verdict.Behaviour
	}
	if !slices.ContainsFunc(mismatches, func(m expect.Mismatch) bool { return m.Check != "header" }) {
		return verdict.Headers
	}
	return verdict.Shape
}

// letsIn tells whether an answer accepts what has to lead to another outcome: it is
// the operation's answer of success, it issues a credential, or it has a status of
// success where none is promised.
func (s *Context) letsIn(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	answer, ok := op.Answer(outcome, s.profile)
	if !ok || call.Err != "" || outcome == contract.OK {
		return false
	}
	if s.suite.Leak != nil && s.suite.Leak(call, outcome) != "" {
		return true
	}
	if s.saysRefusal(call, op) {
		return false
	}
	if s.succeeds(call, op, answer) {
		return true
	}
	success := call.Status >= http.StatusOK && call.Status < http.StatusMultipleChoices
	return success && !accepts(answer) && !answer.Takes(call.Status)
}

// saysRefusal tells whether a body says by itself that the request was refused,
// whatever the status: by the member that says so in any answer of the operation, in
// any profile, or by an error key. Some back ends refuse with status 200.
func (s *Context) saysRefusal(call *httpclient.Call, op *contract.Operation) bool {
	body := value.Of(call)
	at := func(pointer string) any {
		return value.At(body, strings.Split(strings.TrimPrefix(pointer, "/"), "/")...)
	}
	for _, outcome := range op.Outcomes() {
		for _, answer := range op.Answers(outcome) {
			if said, is := at(answer.VerdictPointer).(bool); is && answer.VerdictPointer != "" && !said {
				return true
			}
		}
	}
	key, _ := at(s.contract.ErrorPointer).(string)
	return s.contract.ErrorPointer != "" && key != ""
}

// accepts tells whether an outcome is that of an accepted request.
func accepts(a *contract.Answer) bool {
	if a.Verdict != nil {
		return *a.Verdict
	}
	return a.Status != 0 && a.Status < http.StatusBadRequest || a.Class != 0 && a.Class < 4
}

// succeeds tells whether a call is the operation's answer of success, where that can
// be told from the promised answer: by the status, or by the whole of the two.
func (s *Context) succeeds(call *httpclient.Call, op *contract.Operation, promised *contract.Answer) bool {
	success, ok := op.Answer(contract.OK, s.profile)
	switch {
	case !ok || success.Status == promised.Status && success.Schema == promised.Schema && success.Verdict == promised.Verdict:
		return false
	case success.Takes(promised.Status) && success.Verdict == nil:
		return s.Exactly(call, op, contract.OK)
	}
	return s.Is(call, op, contract.OK)
}

// guards are the outcomes that keep somebody out: where a step that prepares a
// promise needs one of them and the request is accepted, the target fails open.
var guards = []contract.Outcome{
	contract.Unauthenticated, contract.Forbidden, contract.BadCredentials, contract.AccountDisabled, contract.Throttled, contract.CaptchaRefused,
	contract.SecondFactorRequired, contract.SecondFactorWrong, contract.SecondFactorReplayed, contract.SecondFactorThrottled,
}
