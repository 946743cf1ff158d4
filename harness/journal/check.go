package journal

import "authconform/harness/verdict"

// Check is one thing that a spec checked. Where it is a comparison with the contract,
// it says all that is needed to make the comparison again from the recorded call; an
// assertion says what was asserted and how many calls it rests on.
type Check struct {
	Kind Kind `json:"kind"`
	// After is how many of the result's calls had been made: what the check rests on.
	After int  `json:"after"`
	Holds bool `json:"holds"`

	// Of a comparison.
	Call      string        `json:"call,omitempty"`
	Operation string        `json:"operation,omitempty"`
	Outcome   string        `json:"outcome,omitempty"` // that the call should have led to
	Whole     bool          `json:"whole,omitempty"`   // all of the answer was compared, not only what a step needs
	Wrong     []string      `json:"wrong,omitempty"`   // where it differs, one line per mismatch
	Facet     verdict.Facet `json:"facet,omitempty"`   // which part of the promise that breaks
	Leak      string        `json:"leak,omitempty"`    // what in a refusal lets its reader in

	What string `json:"what,omitempty"` // of an assertion: what should hold, in one sentence
}

// Kind is what a check is for.
type Kind string

const (
	Promise      Kind = "promise"      // the answer that the clause is about, or one on its way; it fails the clause
	Control      Kind = "control"      // the right request still works; it fails the clause
	Precondition Kind = "precondition" // the step that prepares the promise; it leaves the clause UNTESTABLE, or fails it where it lets in
	// Form is the whole of an answer whose behaviour is right. It leaves the clause as it
	// is: the clause about the shape of the operation's answers is judged by it.
	Form      Kind = "form"
	Assertion Kind = "assertion" // anything that is no comparison with the contract; it fails the clause
)
