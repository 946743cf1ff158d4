// Package journal keeps what a run observed, one line of JSON per call and per
// result, written as it happens: what was seen before a run is killed is not
// lost. Everything in a journal is redacted before it gets here.
//
// A run folder holds one file per process, journal-<process>.ndjson. Each line
// is one Record, written with a single append.
package journal

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"authconform/harness/plain"
	"authconform/harness/secret"
	"authconform/harness/verdict"
)

// Record is one line of a journal: exactly one of its members is set.
type Record struct {
	Call    *Call    `json:"call,omitempty"`
	Result  *Result  `json:"result,omitempty"`
	Finding *Finding `json:"finding,omitempty"`
}

// Finding is what a run noticed beside its clauses.
type Finding struct {
	Kind string `json:"kind"`
	Text string `json:"text"` // one sentence, without any secret
}

// Kinds of findings.
const (
	Clock      = "clock"      // the target's clock is off; codes follow it
	Disclosure = "disclosure" // an output held a secret, which was masked
	Evidence   = "evidence"   // a bound of the run kept evidence from being written
	Accounts   = "accounts"   // accounts of the deployment are not as the run found them
)

// Open tells whether the finding leaves a question open that keeps a run from being
// green.
func (f Finding) Open() bool { return f.Kind != Clock && f.Kind != Accounts }

func (f Finding) String() string { return f.Kind + ": " + f.Text }

// Call is one HTTP request and its response, redacted.
type Call struct {
	ID        string `json:"id"` // unique within its process
	Process   int    `json:"process"`
	Actor     string `json:"actor,omitempty"`
	Clause    string `json:"clause,omitempty"`
	Operation string `json:"operation,omitempty"`
	Method    string `json:"method"`
	URL       string `json:"url"`
	Path      string `json:"path,omitempty"`

	RequestHeader       http.Header `json:"request_header,omitempty"`
	RequestBody         string      `json:"request_body,omitempty"`
	RequestBodyEncoding string      `json:"request_body_encoding,omitempty"` // Base64 or empty

	Status       int         `json:"status"` // 0 when there was no response
	Header       http.Header `json:"header,omitempty"`
	Body         string      `json:"body,omitempty"`
	BodyEncoding string      `json:"body_encoding,omitempty"` // Base64 or empty
	Truncated    bool        `json:"truncated,omitempty"`     // the body was longer than the target's http.max-body

	Started    time.Time `json:"started"`
	DurationMS float64   `json:"duration_ms"`
	Err        string    `json:"error,omitempty"` // why there was no, or no whole, response
}

// leftOut stands for a body that a bound of the run kept from being written.
const leftOut = "‹left out: limits.max-evidence›"

// Bare is the call without what a target decides the length of: that it was made, and
// what came of it.
func (c Call) Bare() Call {
	c.RequestHeader, c.Header, c.RequestBody, c.RequestBodyEncoding, c.BodyEncoding = nil, nil, "", "", ""
	c.Body, c.Truncated = leftOut, true
	return c
}

// Base64 is the encoding of a body that is not UTF-8 text (RFC 4648 section 4).
const Base64 = "base64"

// Text gives a body as it stands in a Call: as it is when it is UTF-8, and
// otherwise in base64, which the second value then names.
func Text(body []byte) (text, encoding string) {
	if utf8.Valid(body) {
		return string(body), ""
	}
	return base64.StdEncoding.EncodeToString(body), Base64
}

// Milliseconds is a duration as records count it.
func Milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}

// Result is how the spec of one clause ended.
type Result struct {
	Clause     string        `json:"clause"`
	State      verdict.State `json:"state"`
	Reason     string        `json:"reason,omitempty"`
	Failures   []Failure     `json:"failures,omitempty"`
	Notes      []Failure     `json:"notes,omitempty"` // shapes that are another clause's to judge
	Checks     int           `json:"checks"`          // how many checks the spec recorded
	Calls      []string      `json:"calls,omitempty"`
	Evidence   []Check       `json:"evidence,omitempty"` // what was checked, in the order in which it was
	Leases     []Lease       `json:"leases,omitempty"`
	Started    time.Time     `json:"started"`
	DurationMS float64       `json:"duration_ms"`
	Process    int           `json:"process"`
	Trace      string        `json:"trace,omitempty"` // of a panic: where the spec, or what records it, broke down
}

// Lease is an account that a spec borrowed, and how many of the attempts that it
// made with it a target may count towards a limit.
type Lease struct {
	Identity string `json:"identity"`
	Role     string `json:"role"`
	Failed   int    `json:"failed,omitempty"`
	Sent     int    `json:"sent,omitempty"` // of those that failed
	Few      bool   `json:"few,omitempty"`  // the clause would have made do with fewer accounts
}

// Failure is one broken promise, with all that a reader needs to understand it
// and to see it again. It holds no secret.
type Failure struct {
	Facet verdict.Facet `json:"facet,omitempty"` // which part of the promise broke
	Title string        `json:"title"`           // what should have held, in one line
	// Operation that broke it, and the outcome it should have led to. They differ from
	// the clause's own where a step that prepares the promise failed.
	Operation string `json:"operation,omitempty"`
	Outcome   string `json:"outcome,omitempty"`

	Request  string   `json:"request,omitempty"`  // the request line, for instance "POST https://host/path"
	Expected []string `json:"expected,omitempty"` // one line per mismatch
	Actual   []string `json:"actual,omitempty"`   // in the order of Expected
	Pointer  string   `json:"pointer,omitempty"`  // JSON pointer (RFC 6901) into the response body
	Says     string   `json:"says,omitempty"`     // the document's own sentence
	Source   string   `json:"source,omitempty"`   // where that sentence stands
	Answer   string   `json:"answer,omitempty"`   // the server's own words: how its answer begins, redacted
	Call     string   `json:"call,omitempty"`     // id of the call that broke it, or of the last one before
	Curl     string   `json:"curl,omitempty"`     // how to repeat it, with placeholders for secrets
	Text     string   `json:"text,omitempty"`     // the whole as Describe prints it, or free text where there is nothing else
}

// Redacted is the result without any secret that the vault knows. Its failures'
// whole text is made of what is left.
func (r Result) Redacted(v *secret.Vault) Result {
	r.Reason, r.Trace = v.Redact(r.Reason), v.Redact(r.Trace)
	r.Failures, r.Notes = redactedFailures(v, r.Failures), redactedFailures(v, r.Notes)
	evidence := make([]Check, 0, len(r.Evidence))
	for _, c := range r.Evidence {
		c.What, c.Leak = v.Redact(c.What), v.Redact(c.Leak)
		c.Wrong = redacted(v, c.Wrong)
		evidence = append(evidence, c)
	}
	r.Evidence = evidence
	return r
}

func redactedFailures(v *secret.Vault, list []Failure) []Failure {
	failures := make([]Failure, 0, len(list))
	for _, f := range list {
		f.Title, f.Request, f.Curl = v.Redact(f.Title), v.Redact(f.Request), v.Redact(f.Curl)
		f.Answer = v.Redact(f.Answer)
		f.Expected, f.Actual = redacted(v, f.Expected), redacted(v, f.Actual)
		f.Text = Describe(f)
		failures = append(failures, f)
	}
	return failures
}

func redacted(v *secret.Vault, lines []string) []string {
	out := make([]string, 0, len(lines))
	for _, line := range lines {
		out = append(out, Short(v.Redact(line)))
	}
	return out
}

// Short keeps the beginning of a line of which a target decides how long it is. It is
// for redacted text: of a secret that is cut nothing would tell what the rest is.
func Short(line string) string {
	const most = 2 << 10
	if len(line) <= most {
		return line
	}
	return strings.ToValidUTF8(line[:most], "") + " … (cut off here)"
}

// Describe prints a failure for a person: what should have held, the request,
// expected and actual, what the documents say, how to repeat it.
func Describe(f Failure) string {
	var b strings.Builder
	b.WriteString(f.Title + "\n")
	field := func(label string, lines ...string) {
		for _, line := range lines {
			for _, part := range strings.Split(strings.TrimRight(line, "\n"), "\n") {
				if part == "" && label != "" {
					continue
				}
				fmt.Fprintf(&b, "  %-9s %s\n", label, part)
				label = ""
			}
		}
	}
	field("breaks", string(f.Facet))
	field("request", f.Request)
	field("expected", f.Expected...)
	field("actual", f.Actual...)
	field("at", plain.Line(f.Pointer))
	field("documents", says(f))
	field("answer", plain.Line(f.Answer))
	field("call", f.Call)
	field("repeat", f.Curl)
	if len(f.Expected) == 0 && len(f.Actual) == 0 && f.Text != "" {
		field("detail", f.Text)
	}
	return b.String()
}

func says(f Failure) string {
	switch {
	case f.Says == "":
		return f.Source
	case f.Source == "":
		return fmt.Sprintf("“%s”", f.Says)
	}
	return fmt.Sprintf("“%s” (%s)", f.Says, f.Source)
}
