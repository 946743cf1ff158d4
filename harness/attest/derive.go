package attest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// Basis counts what the verdicts of a bundle rest on.
type Basis struct {
	Derived    int `json:"derived"`    // comparisons made again from the recorded call
	Masked     int `json:"masked"`     // comparisons that turn on a redacted value: bound by digest alone
	Assertions int `json:"assertions"` // no comparisons with the contract: bound by digest alone
	Stated     int `json:"stated"`     // clauses without a failed check that are not PASS: their reason is bound by digest alone
}

// deriver comes anew to how each spec of one exchange ended.
type deriver struct {
	contract *contract.Contract
	judge    *expect.Judge
	calls    *journal.Reader
	basis    *Basis
	report   func(problem string)
}

// check says of every result what its recorded checks contradict, and that no call
// of a clause is passed over.
func (d *deriver) check() error {
	results := d.calls.Results()
	for _, id := range sortedKeys(results) {
		d.result(results[id])
	}
	return d.calls.Calls(func(c journal.Call) error {
		r, ran := results[c.Clause]
		if c.Clause != "" && ran && !slices.Contains(r.Calls, c.ID) {
			d.report(fmt.Sprintf("clause %s: its result leaves out call %s, which was made for it", c.Clause, c.ID))
		}
		return nil
	})
}

// outcome is what one check comes to.
type outcome struct {
	holds  bool
	open   bool // a precondition that lets in
	masked bool // that turns on redacted values
	facet  verdict.Facet
}

func (d *deriver) result(r journal.Result) {
	wrong := func(format string, args ...any) {
		d.report(fmt.Sprintf("clause %s: ", r.Clause) + fmt.Sprintf(format, args...))
	}
	for _, id := range r.Calls {
		if _, found, err := d.calls.Call(r.Process, id); err != nil || !found {
			wrong("its call %s is not recorded", id)
		}
	}
	want, checks := verdict.State(""), 0
	for _, c := range r.Evidence {
		if c.Kind != journal.Precondition && c.Kind != journal.Form {
			checks++
		}
		var o outcome
		if c.Kind == journal.Assertion {
			d.basis.Assertions++
			o = outcome{holds: c.Holds, facet: verdict.Behaviour}
		} else {
			var problem string
			if o, problem = d.comparison(c, r.Process); problem != "" {
				wrong("%s", problem)
				continue
			}
		}
		if o.holds || want != "" || c.Kind == journal.Form {
			continue
		}
		want = verdict.Failed
		if c.Kind == journal.Precondition && !o.open {
			want = verdict.Untestable
		}
		if want == verdict.Failed && len(r.Failures) > 0 && r.Failures[0].Facet != o.facet && !o.masked {
			wrong("its failure is said to break its %s, but it breaks its %s", r.Failures[0].Facet, o.facet)
		}
	}
	switch {
	case want != "" && r.State != want:
		wrong("it is recorded as %s, but its checks make it %s", r.State, want)
	case want == "" && r.State == verdict.Failed:
		wrong("it is recorded as failed, but every recorded check holds")
	case r.State == verdict.Failed && len(r.Failures) == 0:
		wrong("it is recorded as failed, but says of no failure what it breaks")
	case r.State == verdict.Passed && checks < r.Checks: // a family may compare more than it counts
		wrong("it is recorded with %d checks, but %d are there", r.Checks, checks)
	case r.State == verdict.NotApplicable && checks > 0: // looking for a feature takes preconditions, never checks
		wrong("it is recorded as not applicable, but it was checked")
	case want == "" && r.State != verdict.Passed:
		d.basis.Stated++
	}
}

// comparison holds the recorded call against the contract again. problem says where
// the record contradicts that.
func (d *deriver) comparison(c journal.Check, process int) (o outcome, problem string) {
	recorded, found, err := d.calls.Call(process, c.Call)
	if err != nil || !found {
		return o, fmt.Sprintf("call %s, which a check rests on, is not recorded", c.Call)
	}
	call, err := wire(recorded)
	if err != nil {
		return o, fmt.Sprintf("call %s: its body cannot be read: %v", c.Call, err)
	}
	what := fmt.Sprintf("call %s is recorded as %s %s %s", c.Call, map[bool]string{true: "keeping", false: "breaking"}[c.Holds],
		c.Operation, c.Outcome)
	op, known := d.contract.Operation(c.Operation)
	if !known {
		return o, what + ", and the contract has no such operation"
	}
	promised := contract.Outcome(c.Outcome)
	mismatches, ok := d.judge.Compare(call, op, promised, c.Whole)
	if !ok {
		return o, what + ", and the contract has no such outcome in this profile"
	}
	leak := ""
	if c.Kind == journal.Promise {
		leak = d.judge.Leak(call, promised)
	}
	hidden := masked(call)
	var seen []string // what differs wherever nothing is redacted
	for _, m := range mismatches {
		if !excused(m, call) {
			seen = append(seen, journal.Short(m.Where()))
			if !slices.Contains(c.Wrong, journal.Short(m.Where())) && c.Leak == "" {
				return o, fmt.Sprintf("%s, but %s", what, m)
			}
		}
	}
	for _, place := range c.Wrong {
		check, pointer, _ := strings.Cut(place, " ")
		if !slices.Contains(seen, place) && !turnsOnMask(check, pointer, call) {
			return o, fmt.Sprintf("%s at %q, but nothing is wrong there", what, place)
		}
	}
	if (leak != "") != (c.Leak != "") && !hidden {
		return o, fmt.Sprintf("%s, but what it lets in is %q, not %q", what, leak, c.Leak)
	}
	if c.Holds && (len(c.Wrong) > 0 || c.Leak != "") || !c.Holds && len(c.Wrong) == 0 && c.Leak == "" {
		return o, what + ", and names the opposite as its ground"
	}
	o = outcome{holds: c.Holds, open: d.judge.FailsOpen(call, op, promised), facet: c.Facet}
	o.masked = len(seen) < max(len(c.Wrong), len(mismatches)) || (leak != "") != (c.Leak != "")
	if facet := d.judge.Facet(mismatches, call, op, promised); !c.Holds && facet != c.Facet {
		if !hidden {
			return o, fmt.Sprintf("%s in its %s, but it breaks its %s", what, c.Facet, facet)
		}
		o.masked = true
	}
	if c.Leak != "" {
		o.facet = verdict.Behaviour
	}
	if o.masked {
		d.basis.Masked++
	} else {
		d.basis.Derived++
	}
	return o, ""
}

// wire gives a recorded call back as the client had it, with what is redacted as
// it was written.
func wire(c journal.Call) (*httpclient.Call, error) {
	body := []byte(c.Body)
	if c.BodyEncoding == journal.Base64 {
		var err error
		if body, err = base64.StdEncoding.DecodeString(c.Body); err != nil {
			return nil, err
		}
	}
	return &httpclient.Call{
		ID: c.ID, Clause: c.Clause, Operation: c.Operation, Method: c.Method, URL: c.URL, Path: c.Path,
		RequestHeader: c.RequestHeader, RequestBody: []byte(c.RequestBody),
		Status: c.Status, Header: c.Header, Body: body, Truncated: c.Truncated, Err: c.Err,
	}, nil
}

// mask begins what stands for a redacted value.
const mask = "‹"

// masked tells whether anything of an answer is redacted.
func masked(call *httpclient.Call) bool {
	return strings.Contains(string(call.Body), mask) || maskedFields(call.Header)
}

func maskedFields(header map[string][]string, names ...string) bool {
	for name, values := range header {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		if strings.Contains(strings.Join(values, ""), mask) {
			return true
		}
	}
	return false
}
