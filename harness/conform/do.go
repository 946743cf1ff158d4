package conform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// Object is a JSON object of a request.
type Object map[string]any

// Actor is one client of the target: its own connections' worth of state, no
// cookie jar, and exactly the credentials it was given.
type Actor struct {
	Name   string
	Who    *identity.Identity // nil for an anonymous actor
	Header http.Header        // credentials, sent with every call
	wire   *httpclient.Actor
}

// Actor makes a client that sends the given credentials with each call.
func (s *Context) Actor(name string, who *identity.Identity, credentials http.Header) *Actor {
	return &Actor{Name: name, Who: who, Header: credentials, wire: s.env.Wire.Actor(name)}
}

// Anonymous makes a client without any credentials.
func (s *Context) Anonymous() *Actor { return s.Actor("anonymous", nil, nil) }

// Request is what a spec sends; the operation supplies method and path.
type Request struct {
	Path        map[string]string // path parameters by name
	Query       url.Values
	Header      http.Header
	JSON        any    // nil for no body, usually an Object
	Raw         []byte // sent as it is, in place of JSON
	ContentType string // "" is application/json when there is a body; "-" sends none
	Blanks      int    // behind the body in JSON, where they mean nothing
	Method      string // in place of the operation's
	Template    string // path template, in place of the operation's
}

// With returns the request with one member of its JSON object set.
func (r Request) With(member string, value any) Request {
	body, _ := r.JSON.(Object)
	body = maps.Clone(body)
	if body == nil {
		body = Object{}
	}
	body[member] = value
	r.JSON = body
	return r
}

// Without returns the request with one member of its JSON object left out.
func (r Request) Without(member string) Request {
	body, _ := r.JSON.(Object)
	body = maps.Clone(body)
	delete(body, member)
	r.JSON = body
	return r
}

// WithPath returns the request with one path parameter set.
func (r Request) WithPath(name, value string) Request {
	path := maps.Clone(r.Path)
	if path == nil {
		path = map[string]string{}
	}
	path[name] = value
	r.Path = path
	return r
}

// WithHeader returns the request with one header field set.
func (r Request) WithHeader(name, value string) Request {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set(name, value)
	r.Header = header
	return r
}

// Do sends one request and records the call. No response at all is an ERROR of
// the run, and so is the answer of a limiter that the spec did not set out to
// provoke: the limiter then judges the harness, not the promise.
func (s *Context) Do(ctx context.Context, by *Actor, op *contract.Operation, r Request) *httpclient.Call {
	ginkgo.GinkgoHelper()
	s.Callable(op)
	call, err := s.Try(ctx, by, op, r)
	if err != nil {
		s.Error("%s %s got no response: %v", op.Method, op.Path, err)
	}
	if s.shutOut(call) {
		s.Untestable("%s %s carries credentials of its own in the header Authorization, where the gateway asks for those of http.basic",
			op.Method, op.Path)
	}
	if !s.current().clause.Disrupts && s.limited(call, op) {
		s.Error("budget: %s %s was refused by the target's limiter in a spec that provokes none; lower limits.pace in the target file or "+
			"give it more identities", op.Method, op.Path)
	}
	return call
}

// shutOut tells whether the gateway that http.basic of the target file speaks of kept a
// call out: it reads the header that the call needs for itself.
func (s *Context) shutOut(call *httpclient.Call) bool {
	scheme, _, _ := strings.Cut(call.Header.Get("WWW-Authenticate"), " ")
	return s.env.Target.HTTP.Basic != nil && call.Status == http.StatusUnauthorized && strings.EqualFold(scheme, "Basic")
}

// Callable makes the clause UNTESTABLE where the target file does not say all that
// a call of the operation needs. Do asks it itself; before Try, a spec does.
func (s *Context) Callable(op *contract.Operation) {
	ginkgo.GinkgoHelper()
	if !s.Has(op) {
		s.missing(op)
	}
	for _, name := range s.suite.Needs[op.ID] {
		s.Known(name)
	}
	if s.suite.Path != nil && s.suite.Path(s.env.Target, op) == "" {
		s.Untestable("the target file does not say where %s lives", op.ID)
	}
}

// Has tells whether the deployment has an operation: the target file may say that it
// has a part of the surface only.
func (s *Context) Has(op *contract.Operation) bool { return !s.env.Target.Lacks(op.ID) }

// Only ends the spec as NOT_APPLICABLE on a deployment that lacks one of the
// operations without which what the clause speaks of cannot exist there.
func (s *Context) Only(ops ...*contract.Operation) {
	ginkgo.GinkgoHelper()
	for _, op := range ops {
		if !s.Has(op) {
			s.stop(verdict.NotApplicable, lacks(op), nil)
		}
	}
}

// missing ends a spec that needs a call which the deployment does not have. What the
// security baseline says of operations that it has is never waived: what cannot be
// judged there is UNTESTABLE.
func (s *Context) missing(op *contract.Operation) {
	ginkgo.GinkgoHelper()
	if len(s.current().clause.Info.Baseline) > 0 {
		s.Untestable("it has to call %s %s (%s), which the deployment lacks by operations or except of the target file", op.Method, op.Path,
			op.ID)
	}
	s.stop(verdict.NotApplicable, lacks(op), nil)
}

func lacks(op *contract.Operation) string {
	return fmt.Sprintf("the deployment has no %s %s (%s), says operations or except of the target file", op.Method, op.Path, op.ID)
}

// limited tells whether a limiter answered: by a 429 of any shape that does not
// contradict itself, or by the contract's answer for too many requests where an
// error key sets that apart.
func (s *Context) limited(call *httpclient.Call, op *contract.Operation) bool {
	if call.Status == http.StatusTooManyRequests {
		return !expect.Contradicts(s.contract, call)
	}
	answer, ok := op.Answer(contract.Throttled, s.profile)
	return ok && len(answer.ErrorKeys) > 0 && call.Status == answer.Status && s.judge.Is(call, op, contract.Throttled, true)
}

// Try is Do for goroutines of a spec: it never ends the spec. A defect of what records
// the call is an ERROR of the clause: in another goroutine than the spec's, a panic would
// end the run.
func (s *Context) Try(ctx context.Context, by *Actor, op *contract.Operation, r Request) (call *httpclient.Call, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		defect, is := p.(runtime.Error) // and not how Ginkgo or the preflight end a spec
		if !is {
			panic(p)
		}
		s.current().breakDown(defect, debug.Stack())
		call, err = nil, errors.New("the harness broke down while it recorded the call")
	}()
	if s.suite.Send != nil {
		return s.suite.Send(ctx, s, by, op, r)
	}
	return s.Send(ctx, by, op, r)
}

// errHanging stands for a request that was not sent any more.
var errHanging = fmt.Errorf("the last %d requests each had no answer within http.timeout, so no more are sent", enough)

// Send sends a request as it is, past the suite's own Send.
func (s *Context) Send(ctx context.Context, by *Actor, op *contract.Operation, r Request) (*httpclient.Call, error) {
	if s.answers.hopeless() {
		return nil, errHanging
	}
	if lost := s.lost.Load(); lost != nil {
		return nil, fmt.Errorf("no more requests are sent, because their evidence cannot be written: %w", *lost)
	}
	if s.limiter != nil {
		if err := s.limiter.Wait(ctx); err != nil {
			return nil, err
		}
	}
	run := s.current()
	header := by.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	for name, values := range r.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	method := op.Method
	if r.Method != "" {
		method = r.Method
	}
	body := r.JSON
	if o, ok := body.(Object); ok {
		body = map[string]any(o)
	}
	if r.Raw == nil && body != nil && r.Blanks > 0 {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("the body of a request cannot be written as JSON: %w", err)
		}
		r.Raw = append(text, strings.Repeat(" ", r.Blanks)...)
	}
	if r.Raw != nil {
		body = nil
	}
	path := r.Template
	if path == "" {
		path = s.path(op)
	}
	call, err := by.wire.Do(ctx, httpclient.Request{
		Clause: run.clause.ID, Operation: op.ID, Method: method, Path: path, PathValues: r.Path,
		Query: r.Query, Header: header, JSON: body, Raw: r.Raw, ContentType: r.ContentType,
	})
	if call != nil {
		run.addCall(call)
		switch {
		case s.suite.Counts[op.ID]:
			run.attempted(by.Who, r, (*identity.Identity).Sent)
		case s.counts(call, op):
			run.attempted(by.Who, r, (*identity.Identity).Failed)
		case s.suite.Renews && limited(op):
			run.attempted(by.Who, r, (*identity.Identity).Tried)
		}
	}
	var failure *httpclient.Error
	switch {
	case err == nil:
		s.answers.heard()
	case errors.As(err, &failure) && failure.Kind == httpclient.Timeout:
		s.answers.missed()
	}
	return call, err
}

// lose remembers that evidence could not be written: from then on nothing more is
// sent, because nothing that was found could be shown.
func (s *Context) lose(err error) {
	s.lost.CompareAndSwap(nil, &err)
}

// path is where the target has an operation.
func (s *Context) path(op *contract.Operation) string {
	if s.suite.Path != nil {
		return s.suite.Path(s.env.Target, op)
	}
	return op.Path
}

// observe sees every call, its secrets already registered, and hands it to the
// evidence, redacted.
func (s *Context) observe(call *httpclient.Call) {
	v := s.env.Vault
	s.env.Clock.Observe(call.Header.Get("Date"), call.Started, call.Started.Add(call.Duration))
	for _, look := range s.watchers {
		look(call)
	}
	if err := s.env.Sink.Call(journal.FromWire(call, v)); err != nil {
		s.lose(err)
	}
}
