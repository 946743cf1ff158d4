package fault

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"authconform/harness/contract"
	"authconform/harness/wire"
)

// Response is an HTTP response on its way out.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// front stands before a reference: it keeps samples of what the pristine
// reference answers, or changes the responses that a wire fault is about.
type front struct {
	next     http.Handler
	replies  map[string][]*reply // by operationId
	routes   []*contract.Operation
	path     func(*contract.Operation) string // where the reference has an operation
	fault    *Fault                           // for every call; nil: none
	byClause map[string]*Fault                // for the calls of one clause
	sampling bool
	mu       sync.Mutex
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := f.fault
	if f.byClause != nil {
		fault = f.byClause[r.Header.Get(wire.ClauseHeader)]
	}
	var candidates []*contract.Operation
	if fault != nil || f.sampling {
		candidates = f.route(r)
	}
	if len(candidates) == 0 {
		f.next.ServeHTTP(w, r)
		return
	}
	held := &holder{header: http.Header{}, status: http.StatusOK}
	f.next.ServeHTTP(held, r)
	response := &Response{Status: held.status, Header: held.header, Body: held.body.Bytes()}
	for _, op := range candidates {
		f.pass(op, fault, response)
	}
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(response.Body)))
	w.WriteHeader(response.Status)
	_, _ = w.Write(response.Body) // a client that went away is its own affair
}

// pass keeps or changes a response.
func (f *front) pass(op *contract.Operation, fault *Fault, response *Response) {
	if fault != nil {
		if fault.reply.operation == op && fault.reply.is(response) {
			fault.change(response)
		}
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, reply := range f.replies[op.ID] {
		if reply.sample == nil && reply.is(response) {
			reply.sample = &Response{response.Status, response.Header.Clone(), bytes.Clone(response.Body)}
		}
	}
}

// route finds the operation of a request: several where they share method and
// path, and differ in the body alone. A path without parameters wins over one
// with. A method that no document gives a path is asked of every operation of
// that path, so that its refusal can be broken for each of them.
func (f *front) route(r *http.Request) []*contract.Operation {
	best := -1
	var ofPath []*contract.Operation
	for _, op := range f.routes {
		fixed, ok := matches(f.path(op), r.URL.Path)
		if !ok || fixed < best {
			continue
		}
		if fixed > best {
			best, ofPath = fixed, nil
		}
		ofPath = append(ofPath, op)
	}
	sameMethod := slices.DeleteFunc(slices.Clone(ofPath), func(op *contract.Operation) bool { return op.Method != r.Method })
	if len(sameMethod) > 0 {
		return sameMethod
	}
	return ofPath
}

// matches compares a path with a template and counts the segments that are
// fixed.
func matches(template, path string) (fixed int, ok bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return 0, false
	}
	for i := range want {
		switch {
		case strings.HasPrefix(want[i], "{"):
		case want[i] == got[i]:
			fixed++
		default:
			return 0, false
		}
	}
	return fixed, true
}

// holder keeps a response until it is decided what becomes of it.
type holder struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (h *holder) Header() http.Header { return h.header }

func (h *holder) WriteHeader(status int) {
	if !h.wrote {
		h.status, h.wrote = status, true
	}
}

func (h *holder) Write(b []byte) (int, error) {
	h.wrote = true
	return h.body.Write(b)
}
