package mutation

import (
	"maps"
	"slices"
	"time"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// There are thousands of wire faults, and building a suite's tree costs more than
// the one or two specs that a fault needs. So they are put to the suite in
// rounds: in one round each clause meets a fault of its own, which the front
// applies to the calls made for that clause and to no others. Only clauses that
// leave the deployment alone take part: what they spoil is their own identity's.

// perWireFault is how many clauses a wire fault is put to: enough that a kill
// seldom hangs on one clause, few enough for thousands of faults.
const perWireFault = 2

// task is a wire fault on its way through the rounds.
type task struct {
	fault  Fault
	result *Result
}

// rounds runs the wire faults, and hands back those that no clause of the rounds
// killed, to be looked at one by one.
func (p *prover) rounds(tasks []*task) (left []*task, err error) {
	queues := map[string][]*task{}
	for _, t := range tasks {
		for _, id := range p.assign(t.fault, queues) {
			queues[id] = append(queues[id], t)
		}
	}
	for len(queues) > 0 {
		if err := p.round(queues); err != nil {
			return nil, err
		}
	}
	for _, t := range tasks {
		if len(t.result.KilledBy) == 0 {
			left = append(left, t)
			continue
		}
		t.result.State = Killed
		slices.Sort(t.result.KilledBy)
		p.report(*t.result)
	}
	return left, nil
}

// assign picks for a fault, among the clauses that expect the very response, the
// ones with the least to do.
func (p *prover) assign(f Fault, queues map[string][]*task) []string {
	expecting, _ := p.candidates(f)
	expecting = slices.DeleteFunc(expecting, func(id string) bool { return p.entry(id).Disrupts })
	slices.SortStableFunc(expecting, func(a, b string) int { return len(queues[a]) - len(queues[b]) })
	return expecting[:min(perWireFault, len(expecting))]
}

// round takes the next fault off each clause's queue and runs all these clauses
// at once.
func (p *prover) round(queues map[string][]*task) error {
	started := time.Now()
	now := map[string]*task{}
	for id, queue := range queues {
		now[id] = queue[0]
		if queues[id] = queue[1:]; len(queue) == 1 {
			delete(queues, id)
		}
	}
	p.front.fault, p.front.byClause = nil, map[string]*Fault{}
	for id, t := range now {
		p.front.byClause[id] = &t.fault
	}
	defer func() { p.front.byClause = nil }()
	run, err := p.run(nil, slices.Collect(maps.Keys(now)))
	if err != nil {
		return err
	}
	share := milliseconds(time.Since(started)) / float64(len(now))
	for id, r := range run.results {
		t := now[id]
		if t == nil { // the fault was put to the specs that come to such answers
			continue
		}
		p.killedByShape(t, r)
		t.result.Ran++
		t.result.DurationMS += share
		if r.State == verdict.Failed && p.entry(id).Level != clause.INFO {
			t.result.KilledBy = append(t.result.KilledBy, id)
			t.result.Red = t.result.Red || endsRed(p.entry(id).Info, r)
		}
	}
	return nil
}

// killedByShape adds the clause about the shape of a spec's answers where the spec found
// it broken: the fault of this round was put to no other of its specs.
func (p *prover) killedByShape(t *task, spec journal.Result) {
	shape := p.entry(p.entry(spec.Clause).Info.ShapeOf())
	if len(spec.Notes) > 0 && shape.ID != "" && !slices.Contains(t.result.KilledBy, shape.ID) {
		t.result.KilledBy = append(t.result.KilledBy, shape.ID)
		t.result.Red = t.result.Red || shape.Level == clause.MUST
	}
}

// candidates lists the clauses of a wire fault's operation that met its response
// on the pristine reference: those that expect it, and all others. Clauses of
// other operations meet it merely to prepare.
func (p *prover) candidates(f Fault) (expecting, meeting []string) {
	for _, e := range p.pristine.entries {
		met := p.met(e.ID, f)
		switch {
		case !met || e.Info.Operation != f.Operations[0]:
		case slices.Contains(f.Outcomes, e.Info.Outcome):
			expecting = append(expecting, e.ID)
		default:
			meeting = append(meeting, e.ID)
		}
	}
	return expecting, meeting
}

// met tells whether a clause met, on the pristine reference, a status that a wire
// fault changes.
func (p *prover) met(id string, f Fault) bool {
	for t := range p.pristine.touched[id] {
		if t.operation == f.Operations[0] && f.reply.answers[0].Takes(t.status) {
			return true
		}
	}
	return false
}

// idle gives the MUST clauses that killed nothing their chance, because they took
// no part in the rounds, or shared a response with more clauses than it has faults:
// each meets faults of its own response, one at a time, until it kills one.
func (p *prover) idle(faults []Fault, results []Result) ([]Kill, error) {
	busy := map[string]bool{}
	for _, r := range results {
		for _, id := range r.KilledBy {
			busy[id] = true
		}
	}
	var kills []Kill
	for i, e := range p.pristine.entries {
		if !p.mine(i) || e.Level != clause.MUST || busy[e.ID] || p.pristine.results[e.ID].State != verdict.Passed {
			continue
		}
		tried := 0
		for _, f := range faults {
			if f.Kind != Wire || f.Operations[0] != e.Info.Operation || !slices.Contains(f.Outcomes, e.Info.Outcome) {
				continue
			}
			result := Result{}
			if err := p.put(f, []string{e.ID}, &result); err != nil {
				return nil, err
			}
			if len(result.KilledBy) > 0 {
				kills = append(kills, Kill{Clause: e.ID, Fault: f.ID})
				break
			}
			if tried++; tried == mostTries {
				break
			}
		}
	}
	return kills, nil
}

// mostTries is on how many faults of its response a clause may fail to kill any
// before it is called idle.
const mostTries = 12
