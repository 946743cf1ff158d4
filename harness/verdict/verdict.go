// Package verdict says what a run may conclude from what its specs observed.
// It is pure: no clock, no files, no state, so that the whole of it stands in
// one truth table (see verdict_test.go).
package verdict

import (
	"strings"
	"time"

	"authconform/harness/glob"
)

// Level says how much a failed clause weighs. The words are those of RFC 2119;
// INFO is only recorded.
type Level string

const (
	MUST   Level = "MUST"
	SHOULD Level = "SHOULD"
	INFO   Level = "INFO"
)

// State is what became of the spec of one clause, before any judgement.
type State string

const (
	Passed         State = "passed"          // every check held
	Failed         State = "failed"          // at least one check did not hold
	Errored        State = "errored"         // the check itself broke: transport, budget, a bug of the harness
	Untestable     State = "untestable"      // a precondition was missing, for instance the control request failed
	NotApplicable  State = "not-applicable"  // the target declares the feature absent, and nothing contradicts that
	FeaturePresent State = "feature-present" // the target declares the feature absent, yet it answers
	NotRun         State = "not-run"         // selected, but the run ended first
	Filtered       State = "filtered"        // not selected for this run
)

// States lists every state a spec may end in.
func States() []State {
	return []State{Passed, Failed, Errored, Untestable, NotApplicable, FeaturePresent, NotRun, Filtered}
}

// Verdict is what a run says of one clause.
type Verdict string

const (
	PASS           Verdict = "PASS"
	FAIL           Verdict = "FAIL"
	WARN           Verdict = "WARN"           // a SHOULD or INFO clause failed
	KNOWN          Verdict = "KNOWN"          // failed, and a valid deviation lists it
	STALE          Verdict = "STALE"          // passed, although a valid deviation lists it as failing
	NOT_APPLICABLE Verdict = "NOT_APPLICABLE" // the feature is declared absent
	UNTESTABLE     Verdict = "UNTESTABLE"
	ERROR          Verdict = "ERROR"
	NOT_RUN        Verdict = "NOT_RUN"
	FILTERED       Verdict = "FILTERED"
)

// All lists every verdict, the one a reader must see first standing first.
// Reports count and print in this order.
func All() []Verdict {
	return []Verdict{FAIL, STALE, ERROR, UNTESTABLE, NOT_RUN, WARN, KNOWN, PASS, NOT_APPLICABLE, FILTERED}
}

// Deviation is a failure of one clause that the owner of a target accepts
// until a date.
type Deviation struct {
	Clause  string    `json:"clause"` // an id, or a glob over ids
	Reason  string    `json:"reason"`
	Link    string    `json:"link"`    // "" for none
	Owner   string    `json:"owner"`   // who answers for it
	Expires time.Time `json:"expires"` // the first moment it no longer holds: the end, in UTC, of the day in the target file
}

// Lists tells whether the deviation is about a clause.
func (d Deviation) Lists(clause string) bool { return glob.Fits(d.Clause, clause) }

// IsGlob tells whether it may list several clauses.
func (d Deviation) IsGlob() bool { return strings.ContainsAny(d.Clause, "*?[") }

// ValidOn says whether the deviation still holds at a moment. One without an
// expiry never holds: an exception that cannot end is not an exception.
func (d Deviation) ValidOn(today time.Time) bool {
	return today.Before(d.Expires)
}

// Facet says which part of a promise a failure breaks.
type Facet string

const (
	// Behaviour: whether the request was accepted, what was issued, and what state
	// the account and its sessions are in.
	Behaviour Facet = "behaviour"
	Shape     Facet = "shape"   // status among refusals, media type, schema, error key
	Headers   Facet = "headers" // nothing but header fields
)

// Judged is one clause with its verdict: all that the exit code depends on.
type Judged struct {
	ID      string
	Level   Level
	Verdict Verdict
	// Baseline: the clause judges a sentence of the security baseline, so that it has
	// to be judged whatever its level.
	Baseline bool
}
