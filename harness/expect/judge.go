package expect

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/harness/verdict"
)

// Judge comes to what a call says of a promise, in one profile of a contract. It
// asks nothing but the call and the contract, so that whoever holds both comes to
// the same result again.
type Judge struct {
	profile       string
	contract      *contract.Contract
	whole, coarse *Comparer
	leak          func(*httpclient.Call, contract.Outcome) string
}

// NewJudge makes a judge. leak, when not nil, names what in an answer lets its
// reader in although the outcome is a refusal; "" is nothing.
func NewJudge(c *contract.Contract, profile string, leak func(*httpclient.Call, contract.Outcome) string) *Judge {
	return &Judge{profile: profile, contract: c, whole: &Comparer{Contract: c}, coarse: Coarse(c), leak: leak}
}

// Compare lists how a call differs from the promised answer of an outcome: whole is
// all of it, and otherwise what a step needs that only prepares a promise. The
// second value is false where the contract has no such outcome in the profile.
func (j *Judge) Compare(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome, whole bool) ([]Mismatch, bool) {
	answer, ok := op.Answer(outcome, j.profile)
	if !ok {
		return nil, false
	}
	if whole {
		return j.whole.Compare(call, op, answer), true
	}
	return j.coarse.Compare(call, op, answer), true
}

// Is tells whether a call was answered as an outcome is: by the whole of it, or by
// what a preparing step needs.
func (j *Judge) Is(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome, whole bool) bool {
	answer, ok := op.Answer(outcome, j.profile)
	if !ok || call.Err != "" || !answer.Takes(call.Status) { // most outcomes are told apart without their bodies
		return false
	}
	mismatches, _ := j.Compare(call, op, outcome, whole)
	return len(mismatches) == 0
}

// Behaves tells whether a call behaves as an outcome does, whatever the shape of its
// answer: it has the status, does not let in what has to be kept out, and is not wholly
// the answer of another outcome, which another body or other error keys would tell.
func (j *Judge) Behaves(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	if j.Is(call, op, outcome, true) {
		return true
	}
	if !j.Is(call, op, outcome, false) || j.LetsIn(call, op, outcome) {
		return false
	}
	promised, _ := op.Answer(outcome, j.profile)
	return says(call, op, promised, j.contract) || !slices.ContainsFunc(op.Outcomes(), func(other contract.Outcome) bool {
		answer, ok := op.Answer(other, j.profile)
		return ok && answer.Body == contract.JSONBody && answer.Takes(promised.Status) && tellsApart(promised, answer) &&
			says(call, op, answer, j.contract)
	})
}

// says tells whether the body of a call is what an answer promises, header fields and
// media type apart.
func says(call *httpclient.Call, op *contract.Operation, answer *contract.Answer, c *contract.Contract) bool {
	r := read(c, call, op, answer)
	return len(checkStatus(r))+len(checkBody(r))+len(checkSchema(r))+len(checkErrorKeys(r)) == 0
}

// tellsApart tells whether two answers differ in what their bodies say.
func tellsApart(one, other *contract.Answer) bool {
	return one.SchemaFile != other.SchemaFile || len(other.ErrorKeys) > 0 && !slices.Equal(one.ErrorKeys, other.ErrorKeys)
}

// Leak names what in a refusal lets its reader in; "" where nothing does.
func (j *Judge) Leak(call *httpclient.Call, outcome contract.Outcome) string {
	if j.leak == nil {
		return ""
	}
	return j.leak(call, outcome)
}

// Facet says which part of a promise an answer breaks. Behaviour is whether the
// request was accepted: an answer that accepts what has to be refused breaks it, and
// so does one that refuses what has to be accepted. Among refusals the status is
// shape: the request was refused all the same.
func (j *Judge) Facet(mismatches []Mismatch, call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) verdict.Facet {
	answer, ok := op.Answer(outcome, j.profile)
	if j.LetsIn(call, op, outcome) || ok && answer.Accepts() && len(j.coarse.Compare(call, op, answer)) > 0 {
		return verdict.Behaviour
	}
	if !slices.ContainsFunc(mismatches, func(m Mismatch) bool { return m.Check != "header" }) {
		return verdict.Headers
	}
	return verdict.Shape
}

// LetsIn tells whether an answer accepts what has to lead to another outcome: it is
// the operation's answer of success, it issues a credential, or it has a status of
// success where none is promised.
func (j *Judge) LetsIn(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	answer, ok := op.Answer(outcome, j.profile)
	if !ok || call.Err != "" || outcome == contract.OK {
		return false
	}
	if j.Leak(call, outcome) != "" {
		return true
	}
	if j.saysRefusal(call, op) || call.Method == http.MethodHead && j.tellsInBodies(op) {
		return false
	}
	if j.succeeds(call, op, answer) {
		return true
	}
	success := call.Status >= http.StatusOK && call.Status < http.StatusMultipleChoices
	return success && !answer.Accepts() && !answer.Takes(call.Status)
}

// FailsOpen tells whether a step that prepares a promise needs somebody kept out, and
// the request was accepted.
func (j *Judge) FailsOpen(call *httpclient.Call, op *contract.Operation, outcome contract.Outcome) bool {
	return slices.Contains(guards, outcome) && j.LetsIn(call, op, outcome)
}

// saysRefusal tells whether a body says by itself that the request was refused,
// whatever the status: by the member that says so in any answer of the operation, in
// any profile, or by an error key. Some back ends refuse with status 200.
func (j *Judge) saysRefusal(call *httpclient.Call, op *contract.Operation) bool {
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
	key, _ := at(j.contract.ErrorPointer).(string)
	return j.contract.ErrorPointer != "" && key != ""
}

// tellsInBodies tells whether an operation says in the bodies of its answers, in any
// profile, whether it accepts: a response to HEAD, which has none, then says nothing.
func (j *Judge) tellsInBodies(op *contract.Operation) bool {
	for _, outcome := range op.Outcomes() {
		if slices.ContainsFunc(op.Answers(outcome), func(a *contract.Answer) bool { return a.VerdictPointer != "" }) {
			return true
		}
	}
	return false
}

// succeeds tells whether a call is the operation's answer of success, where that can
// be told from the promised answer: by the status, or by the whole of the two.
func (j *Judge) succeeds(call *httpclient.Call, op *contract.Operation, promised *contract.Answer) bool {
	success, ok := op.Answer(contract.OK, j.profile)
	switch {
	case !ok || success.Status == promised.Status && success.Schema == promised.Schema && success.Verdict == promised.Verdict:
		return false
	case success.Takes(promised.Status) && success.Verdict == nil:
		return j.Is(call, op, contract.OK, true)
	}
	return j.Is(call, op, contract.OK, false)
}

// guards are the outcomes that keep somebody out: where a step that prepares a
// promise needs one of them and the request is accepted, the target fails open.
var guards = []contract.Outcome{
	contract.Unauthenticated, contract.Forbidden, contract.BadCredentials, contract.AccountDisabled, contract.Throttled,
	contract.CaptchaRefused,
	contract.SecondFactorRequired, contract.SecondFactorWrong, contract.SecondFactorReplayed, contract.SecondFactorThrottled,
}
