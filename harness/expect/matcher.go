package expect

import (
	"fmt"
	"strings"

	"github.com/onsi/gomega/types"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Matcher is the Gomega matcher behind HaveOutcome. After a failed Match its
// Mismatches tell all that was wrong.
type Matcher struct {
	Comparer   *Comparer
	Operation  *contract.Operation
	Answer     *contract.Answer
	Mismatches []Mismatch
}

var _ types.GomegaMatcher = (*Matcher)(nil)

// HaveOutcome succeeds on a *httpclient.Call that is exactly the contract's answer
// for the outcome: status, media type, body, schema, headers and error key.
func HaveOutcome(c *Comparer, op *contract.Operation, answer *contract.Answer) *Matcher {
	return &Matcher{Comparer: c, Operation: op, Answer: answer}
}

// Match implements types.GomegaMatcher.
func (m *Matcher) Match(actual any) (bool, error) {
	call, ok := actual.(*httpclient.Call)
	if !ok {
		return false, fmt.Errorf("HaveOutcome wants a *httpclient.Call, not a %T", actual)
	}
	if call.Err != "" {
		return false, fmt.Errorf("%s %s got no response: %s", call.Method, call.Path, call.Err)
	}
	m.Mismatches = m.Comparer.Compare(call, m.Operation, m.Answer)
	return len(m.Mismatches) == 0, nil
}

// FailureMessage implements types.GomegaMatcher. It holds no body.
func (m *Matcher) FailureMessage(any) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s should lead to %s", m.Operation.Method, m.Operation.Path, m.Answer.Outcome)
	for _, x := range m.Mismatches {
		fmt.Fprintf(&b, "\n  %s", x)
	}
	return b.String()
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *Matcher) NegatedFailureMessage(any) string {
	return fmt.Sprintf("%s %s should not lead to %s", m.Operation.Method, m.Operation.Path, m.Answer.Outcome)
}

// String tells a mismatch in one line.
func (m Mismatch) String() string {
	where := m.Check
	if m.Pointer != "" {
		where += " " + m.Pointer
	}
	return fmt.Sprintf("%s: expected %s, got %s", where, m.Expected, m.Actual)
}
