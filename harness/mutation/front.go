package mutation

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
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
	next       http.Handler
	replies    map[string][]*reply            // by operationId
	operations map[string]*contract.Operation // by operationId
	fault      *Fault                         // for every call; nil: none
	byClause   map[string]*Fault              // for the calls of one clause
	sampling   bool
	mu         sync.Mutex
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := f.fault
	if f.byClause != nil {
		fault = f.byClause[r.Header.Get(httpclient.ClauseHeader)]
	}
	op := f.operations[r.Header.Get(httpclient.OperationHeader)]
	if op == nil || fault == nil && !f.sampling {
		f.next.ServeHTTP(w, r)
		return
	}
	held := &holder{header: http.Header{}, status: http.StatusOK}
	f.next.ServeHTTP(held, r)
	response := &Response{Status: held.status, Header: held.header, Body: held.body.Bytes()}
	f.pass(op, fault, response)
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
