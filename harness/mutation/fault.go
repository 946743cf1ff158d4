// Package mutation measures a suite's power to say no: it runs the suite against
// its reference, pristine and then with one defect at a time, and requires that
// every defect is noticed and that every MUST clause notices some.
package mutation

import (
	"slices"

	"authconform/harness/contract"
	"authconform/harness/reference/kit"
)

// Kind tells how a fault comes about.
type Kind string

const (
	Behaviour Kind = "behaviour" // a switch at a decision point of the reference
	Wire      Kind = "wire"      // a response changed on its way out, generated from the contract
)

// Fault is one defect of a server.
type Fault struct {
	ID         string
	Text       string // what is wrong, in one sentence
	Kind       Kind
	Operations []string // operationIds whose answers differ
	Outcomes   []string // outcomes of these operations that differ

	reply  *reply            // wire: which responses change
	change func(r *Response) // wire: how
}

// behaviour lists the faults of a reference that make sense in a profile.
func behaviour(known []kit.Fault, profile string) []Fault {
	var faults []Fault
	for _, f := range known {
		if f.In(profile) {
			faults = append(faults, Fault{ID: f.ID, Text: f.Text, Kind: Behaviour, Operations: f.Operations, Outcomes: f.Outcomes})
		}
	}
	return faults
}

// reply is what a contract tells apart of an operation's responses: a status and
// a shape of body. Outcomes that share both are one reply.
type reply struct {
	operation *contract.Operation
	answers   []*contract.Answer // one an outcome, all of the same status and shape
	sample    *Response          // one such response of the pristine reference; nil when there was none
}

// outcomes names what a reply can mean.
func (r *reply) outcomes() []string {
	var names []string
	for _, a := range r.answers {
		names = append(names, string(a.Outcome))
	}
	return names
}

// is tells whether a response is such a reply.
func (r *reply) is(response *Response) bool {
	a := r.answers[0]
	switch {
	case !a.Takes(response.Status):
		return false
	case a.Body == contract.EmptyBody:
		return len(response.Body) == 0
	case a.Schema == nil:
		return true
	}
	return len(a.Schema.Check(response.Body)) == 0
}

// replies lists what an operation can answer in a profile, in the order of the
// contract.
func replies(op *contract.Operation, profile string) []*reply {
	var list []*reply
	for _, outcome := range op.Outcomes() {
		answer, ok := op.Answer(outcome, profile)
		if !ok {
			continue
		}
		if same := sameReply(list, answer); same != nil {
			same.answers = append(same.answers, answer)
			continue
		}
		list = append(list, &reply{operation: op, answers: []*contract.Answer{answer}})
	}
	return list
}

func sameReply(list []*reply, answer *contract.Answer) *reply {
	for _, r := range list {
		a := r.answers[0]
		if a.Status == answer.Status && a.Class == answer.Class && slices.Equal(a.Statuses, answer.Statuses) &&
			a.SchemaFile == answer.SchemaFile && a.Body == answer.Body {
			return r
		}
	}
	return nil
}
