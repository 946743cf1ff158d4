// Package expect holds a response against what the contract promises for one
// outcome, and says every way in which the two differ.
package expect

import (
	"cmp"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/schema"
)

// Mismatch is one way in which a response breaks the promise. It never holds a
// value out of a body: those may be secrets.
type Mismatch struct {
	Check    string // which check found it: "status", "schema", ...
	Pointer  string // JSON pointer or header name; empty for the whole response
	Expected string
	Actual   string
}

// Where names the check, and the place it looked at, in one word each.
func (m Mismatch) Where() string {
	if m.Pointer == "" {
		return m.Check
	}
	return m.Check + " " + m.Pointer
}

// String tells a mismatch in one line.
func (m Mismatch) String() string {
	return fmt.Sprintf("%s: expected %s, got %s", m.Where(), m.Expected, m.Actual)
}

// Comparer compares calls with answers of one contract.
type Comparer struct {
	Contract *contract.Contract
	coarse   bool
}

// Coarse compares the status, whether the body itself says success or refusal,
// and of a success that its body can be read: what a step needs that only
// prepares or follows up a promise. Where an operation refuses with the very
// status it succeeds with, the schema tells the two apart.
func Coarse(c *contract.Contract) *Comparer { return &Comparer{Contract: c, coarse: true} }

// checks are all the questions put to a response. Each reports by itself, so that
// one failure shows every mismatch of a response. Where the schema says the verdict
// too, both checks speak; no schema has to.
var checks = []func(*response) []Mismatch{
	checkStatus, checkMediaType, checkBody, checkSchema, checkHeaders, checkErrorKeys, checkStatusMember, checkVerdict,
}

// response is a call decoded once for all checks.
type response struct {
	contract *contract.Contract
	call     *httpclient.Call
	op       *contract.Operation
	answer   *contract.Answer
	value    any
	err      error // why the body is not exactly one JSON value
}

// Compare lists all mismatches between a call and the promised answer; none
// means that the promise was kept.
func (c *Comparer) Compare(call *httpclient.Call, op *contract.Operation, answer *contract.Answer) []Mismatch {
	r := read(c.Contract, call, op, answer)
	if c.coarse {
		wrong := append(checkStatus(r), checkVerdict(r)...)
		if answer.Accepts() && answer.Body == contract.JSONBody {
			wrong = append(wrong, checkBody(r)...)
		}
		if differs := checkSchema(r); len(differs) > 0 && r.toldByBody() && !r.saysItself() {
			wrong = append(wrong, differs...)
		}
		return wrong
	}
	var all []Mismatch
	for _, check := range checks {
		all = append(all, check(r)...)
	}
	return all
}

func read(c *contract.Contract, call *httpclient.Call, op *contract.Operation, answer *contract.Answer) *response {
	r := &response{contract: c, call: call, op: op, answer: answer}
	if len(call.Body) > 0 {
		r.value, r.err = decode(call)
	}
	return r
}

// decoded is the body that was decoded last: an answer is held against one outcome after
// another, and a check changes nothing of what it reads.
type decoded struct {
	call  *httpclient.Call
	body  *byte
	value any
	err   error
}

var last atomic.Pointer[decoded]

func decode(call *httpclient.Call) (any, error) {
	body := &call.Body[0]
	if d := last.Load(); d != nil && d.call == call && d.body == body {
		return d.value, d.err
	}
	value, err := schema.Decode(call.Body)
	last.Store(&decoded{call, body, value, err})
	return value, err
}

// toldByBody tells whether the operation has another answer of the same status in
// the same profile, and one of the two is a refusal.
func (r *response) toldByBody() bool {
	for _, outcome := range r.op.Outcomes() {
		for _, other := range r.op.Answers(outcome) {
			if other.Status == r.answer.Status && other.Status != 0 && other.Accepts() != r.answer.Accepts() &&
				sharesProfile(other, r.answer) {
				return true
			}
		}
	}
	return false
}

// saysItself tells whether the body says by the member that is there for it what became
// of the request, and is not wholly another answer of the same status: then its other
// members are shape.
func (r *response) saysItself() bool {
	said, is := boolAt(r.value, r.answer.VerdictPointer)
	if r.answer.Verdict == nil || !is || said != *r.answer.Verdict {
		return false
	}
	for _, outcome := range r.op.Outcomes() {
		for _, other := range r.op.Answers(outcome) {
			if other.Status == r.answer.Status && other.Schema != nil && other.SchemaFile != r.answer.SchemaFile && sharesProfile(other, r.answer) {
				o := *r
				if o.answer = other; len(checkSchema(&o))+len(checkVerdict(&o)) == 0 {
					return false
				}
			}
		}
	}
	return true
}

func boolAt(v any, pointer string) (said, is bool) {
	got, _ := Lookup(v, pointer)
	said, is = got.(bool)
	return said, is
}

func sharesProfile(a, b *contract.Answer) bool {
	return slices.ContainsFunc(a.Profiles, func(p string) bool { return slices.Contains(b.Profiles, p) })
}

func checkStatus(r *response) []Mismatch {
	if r.answer.Takes(r.call.Status) {
		return nil
	}
	actual := contract.StatusText(r.call.Status)
	if _, documented := r.op.Statuses[r.call.Status]; !documented {
		actual += ", which no document names for this operation"
	}
	return []Mismatch{{Check: "status", Expected: r.answer.StatusText(), Actual: actual}}
}

func checkMediaType(r *response) []Mismatch {
	if len(r.call.Body) == 0 || len(r.answer.MediaTypes) == 0 {
		return nil
	}
	want := strings.Join(r.answer.MediaTypes, " or ")
	got := r.call.Header.Values("Content-Type")
	if len(got) != 1 {
		return []Mismatch{{"media-type", "Content-Type", want, fmt.Sprintf("%d Content-Type fields", len(got))}}
	}
	media, params, err := mime.ParseMediaType(got[0])
	switch charset := params["charset"]; {
	case err != nil:
		return []Mismatch{{"media-type", "Content-Type", want, "a field that is no media type"}}
	case !slices.Contains(r.answer.MediaTypes, media):
		return []Mismatch{{"media-type", "Content-Type", want, media}}
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return []Mismatch{{"media-type", "Content-Type", "charset utf-8", "charset " + charset}}
	}
	return nil
}

func checkBody(r *response) []Mismatch {
	switch {
	case r.call.Truncated:
		return []Mismatch{{"body", "", "a body within the target file's " + cmp.Or(r.call.Cut, "http.max-body"), "one that is over it, cut off"}}
	case r.answer.Body == contract.EmptyBody && len(r.call.Body) > 0:
		return []Mismatch{{"body", "", "no body", fmt.Sprintf("a body of %d bytes", len(r.call.Body))}}
	case r.answer.Body == contract.JSONBody && len(r.call.Body) == 0:
		return []Mismatch{{"body", "", "a JSON body", "no body"}}
	case r.answer.Body == contract.JSONBody && r.err != nil:
		return []Mismatch{{"body", "", "exactly one JSON value", r.err.Error()}}
	}
	return nil
}

func checkSchema(r *response) []Mismatch {
	if r.answer.Schema == nil || len(r.call.Body) == 0 || r.err != nil {
		return nil
	}
	// A reader wants the first few, and a target decides how many there are.
	const most = 25
	var out []Mismatch
	all := r.answer.Schema.CheckValue(r.value, r.call.Body)
	for _, m := range all[:min(len(all), most)] {
		pointer := cmp.Or(m.Pointer, "/")
		out = append(out, Mismatch{"schema", pointer, m.Want, "breaks " + m.Rule + " of " + r.answer.SchemaFile})
	}
	if more := len(all) - most; more > 0 {
		out = append(out, Mismatch{"schema", "", "no further difference", fmt.Sprintf("%d more", more)})
	}
	return out
}

func checkHeaders(r *response) []Mismatch {
	var out []Mismatch
	for _, name := range sortedKeys(r.answer.Headers) {
		rule := r.answer.Headers[name]
		values := r.call.Header.Values(name)
		if want := rule.Check(values); want != "" {
			out = append(out, Mismatch{"header", name, want, seen(values)})
		}
	}
	return out
}

// seen tells how a header came without its values, which may be secrets.
func seen(values []string) string {
	if len(values) == 0 {
		return "no such header"
	}
	return fmt.Sprintf("%d field(s) of %d bytes", len(values), len(strings.Join(values, "")))
}

func checkErrorKeys(r *response) []Mismatch {
	if len(r.answer.ErrorKeys) == 0 || r.err != nil || len(r.call.Body) == 0 {
		return nil
	}
	got, ok := Lookup(r.value, r.contract.ErrorPointer)
	want := strings.Join(r.answer.ErrorKeys, ", ")
	if !ok {
		return []Mismatch{{"error-key", r.contract.ErrorPointer, want, "no such member"}}
	}
	var keys []string
	switch v := got.(type) {
	case string:
		keys = []string{v}
	case []any:
		for _, e := range v {
			keys = append(keys, fmt.Sprint(e))
		}
	}
	slices.Sort(keys)
	expected := slices.Sorted(slices.Values(r.answer.ErrorKeys))
	if slices.Equal(keys, expected) {
		return nil
	}
	return []Mismatch{{"error-key", r.contract.ErrorPointer, want, strings.Join(keys, ", ")}}
}

func checkStatusMember(r *response) []Mismatch {
	if r.err != nil || len(r.call.Body) == 0 || r.answer.Status == 0 {
		return nil
	}
	var out []Mismatch
	for _, pointer := range r.answer.StatusPointers {
		got, ok := Lookup(r.value, pointer)
		if !ok || r.answer.Body != contract.JSONBody {
			continue
		}
		if want := strconv.Itoa(r.answer.Status); fmt.Sprint(got) != want {
			out = append(out, Mismatch{"status-member", pointer, want, fmt.Sprint(got)})
		}
	}
	return out
}

// checkVerdict holds the body's own word on success against the outcome: some
// exchanges send refusals with a status of success.
func checkVerdict(r *response) []Mismatch {
	if r.answer.Verdict == nil {
		return nil
	}
	want := strconv.FormatBool(*r.answer.Verdict)
	got, ok := Lookup(r.value, r.answer.VerdictPointer)
	said, isBool := got.(bool)
	switch {
	case r.err == nil && ok && isBool && said == *r.answer.Verdict:
		return nil
	case !*r.answer.Verdict && !said: // it does not claim a success
		return nil
	case !ok || !isBool:
		return []Mismatch{{"verdict", r.answer.VerdictPointer, want, "no such truth value"}}
	}
	return []Mismatch{{"verdict", r.answer.VerdictPointer, want, strconv.FormatBool(said)}}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
