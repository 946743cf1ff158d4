package mutation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/journal"
	"authconform/harness/reference"
	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// State says what became of a fault.
type State string

const (
	Killed     State = "killed"     // a clause that names its operation or outcome failed
	Survived   State = "survived"   // none did
	Broken     State = "broken"     // the server could not be judged at all: that is no kill
	Unreached  State = "unreached"  // the pristine run never met the response that it changes
	Equivalent State = "equivalent" // listed as unnoticeable by any client, and indeed survived
)

// Result is what the proof found of one fault.
type Result struct {
	ID         string   `json:"id"`
	Kind       Kind     `json:"kind"`
	Text       string   `json:"text"`
	Operations []string `json:"operations"`
	Outcomes   []string `json:"outcomes"`
	State      State    `json:"state"`
	Reason     string   `json:"reason,omitempty"`
	KilledBy   []string `json:"killed_by"`             // clauses that name its operation or outcome and failed
	Red        bool     `json:"red"`                   // one of them ends the run with exit code 1: a MUST, or one of the security baseline
	Accidents  []string `json:"accidents"`             // other clauses that failed
	Ran        int      `json:"ran"`                   // specs
	DurationMS float64  `json:"duration_ms,omitempty"` // of the run
}

// Shard is what one process of a proof found.
type Shard struct {
	Clauses []clause.Info `json:"clauses"` // of the profile
	Idle    []string      `json:"idle"`    // clauses that do not apply to the reference
	Total   int           `json:"total"`   // faults in all shards
	Results []Result      `json:"results"`
	Kills   []Kill        `json:"kills"`   // beside those of the results
	Partial bool          `json:"partial"` // some faults were left out
}

// Kill is one entry of the kill matrix.
type Kill struct {
	Clause string `json:"clause"`
	Fault  string `json:"fault"`
}

// Prove runs one shard of the proof of a suite in one profile. A pristine
// reference that does not pass every clause is an error: no fault could be told
// from it.
func Prove(ctx context.Context, st conform.Suite, o Options) (*Shard, error) {
	c, err := runner.Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	b, err := newBench(st, c, o.Profile)
	if err != nil {
		return nil, err
	}
	defer b.close()
	p := newProver(b, o)
	if err := p.baseline(func(clause.Info) bool { return true }); err != nil {
		return nil, err
	}
	faults, unreached := p.faults()
	return p.all(ctx, faults, unreached)
}

func byID(operations []*contract.Operation) map[string]*contract.Operation {
	m := map[string]*contract.Operation{}
	for _, op := range operations {
		m[op.ID] = op
	}
	return m
}

func newProver(b *bench, o Options) *prover {
	return &prover{bench: b, options: o, front: &front{operations: byID(b.contract.Operations), replies: map[string][]*reply{},
		sampling: true}}
}

type prover struct {
	bench    *bench
	options  Options
	front    *front
	pristine *outcome
	// home is the deployment of the reference to which a clause is put: the first
	// one that it applies to.
	home  map[string]reference.Deployment
	specs map[string][]string // by the clause about the shape of what they come to
	total int
}

// baseline runs the wanted clauses against the pristine reference, which shows what
// each of them touches and gives a sample of each reply. What does not apply to one
// deployment of the reference is put to the next.
func (p *prover) baseline(wanted func(clause.Info) bool) error {
	for _, op := range p.bench.contract.Operations {
		p.front.replies[op.ID] = replies(op, p.options.Profile)
	}
	p.home = map[string]reference.Deployment{}
	for _, deployment := range reference.Deployments(p.bench.suite.Exchange) {
		run, err := p.bench.run(deployment, nil, p.front, everything, func(info clause.Info) bool {
			_, settled := p.home[info.ID]
			return p.inProfile(info) && wanted(info) && !settled
		})
		if err != nil {
			return err
		}
		p.adopt(deployment, run)
	}
	for i, e := range p.pristine.entries { // what has no spec is selected by the profile of others
		p.pristine.entries[i].Selected = e.Selected && p.inProfile(e.Info)
	}
	p.shapes(p.pristine.results)
	p.front.sampling = false
	var red []string
	for _, e := range p.pristine.entries {
		if !e.Selected {
			continue
		}
		result, ran := p.pristine.results[e.ID]
		if !ran || result.State != verdict.Passed && result.State != verdict.NotApplicable {
			red = append(red, fmt.Sprintf("%s (%s: %s)", e.ID, result.State, result.Reason))
		}
	}
	if len(red) > 0 {
		return fmt.Errorf("the pristine reference of %s, profile %s, does not pass every clause, so no fault can be told from it:\n  %s",
			p.bench.suite.Exchange, p.options.Profile, strings.Join(red, "\n  "))
	}
	return nil
}

// shapes adds to the results of specs what they found of the shape of their answers. A
// shape that no spec of the pristine run looks at applies to nothing.
func (p *prover) shapes(results map[string]journal.Result) {
	for id, specs := range p.specs {
		r, ended := journal.ShapeResult(id, specs, results)
		switch {
		case ended && r.Checks > 0:
			results[id] = r
		case ended && p.front.sampling:
			results[id] = journal.Result{Clause: id, State: verdict.NotApplicable}
		}
	}
}

// adopt keeps what a run on one deployment showed of clauses without a home.
func (p *prover) adopt(deployment reference.Deployment, run *outcome) {
	if p.pristine == nil {
		p.pristine = run
		var infos []clause.Info
		for _, e := range run.entries {
			if p.inProfile(e.Info) {
				infos = append(infos, e.Info)
			}
		}
		p.specs = clause.Shapes(infos)
	}
	for id, result := range run.results {
		p.pristine.results[id], p.pristine.touched[id] = result, run.touched[id]
		if result.State != verdict.NotApplicable {
			p.home[id] = deployment
		}
	}
}

func (p *prover) inProfile(info clause.Info) bool {
	return slices.Contains(info.Profiles, p.options.Profile)
}

// faults lists the reference's switches and what the contract generates, and
// the replies of which nothing could be generated because none was seen.
func (p *prover) faults() (faults []Fault, unreached []Result) {
	all := behaviour(reference.Faults(p.bench.suite.Exchange), p.options.Profile)
	for _, op := range p.bench.contract.Operations {
		for _, r := range p.front.replies[op.ID] {
			if r.sample == nil {
				unreached = append(unreached, unreachedReply(r))
				continue
			}
			all = append(all, generate(p.bench.contract, r)...)
		}
	}
	// Slow and quick faults are mixed, so that shards take as long as each other
	// and the time left can be told from the time taken.
	slices.SortFunc(all, func(a, b Fault) int { return cmp.Compare(p.options.mix(a.ID), p.options.mix(b.ID)) })
	drawn := map[Kind]int{}
	for _, f := range all {
		if !p.options.names(f.ID) || p.options.Sample > 0 && drawn[f.Kind] == p.options.Sample {
			continue
		}
		drawn[f.Kind]++
		faults = append(faults, f)
	}
	if p.options.partial() {
		unreached = nil
	}
	return faults, unreached
}

func unreachedReply(r *reply) Result {
	op := r.operation
	return Result{
		ID: fmt.Sprintf("wire/%s/%s", op.ID, r.answers[0].Outcome), Kind: Wire, State: Unreached,
		Text:       fmt.Sprintf("The answer %q of %s %s was never met.", r.answers[0].Outcome, op.Method, op.Path),
		Operations: []string{op.ID}, Outcomes: r.outcomes(), KilledBy: []string{}, Accidents: []string{},
		Reason: "no spec brings the pristine reference to give this answer: write one, or take the answer out of the contract",
	}
}

// all runs this shard's faults: behaviour faults one at a time, wire faults in
// rounds, and what survived those one at a time too.
func (p *prover) all(ctx context.Context, faults []Fault, unreached []Result) (*Shard, error) {
	shard := &Shard{Total: len(faults) + len(unreached)}
	p.total = shard.Total
	for _, e := range p.pristine.entries {
		if e.Selected {
			shard.Clauses = append(shard.Clauses, e.Info)
		}
		if p.pristine.results[e.ID].State == verdict.NotApplicable {
			shard.Idle = append(shard.Idle, e.ID)
		}
	}
	if p.options.Shard == 0 {
		shard.Results = unreached
	}
	var single, wired []*task
	for i, f := range faults {
		if !p.mine(i) {
			continue
		}
		t := &task{fault: f, result: &Result{
			ID: f.ID, Kind: f.Kind, Text: f.Text, Operations: f.Operations, Outcomes: f.Outcomes,
			KilledBy: []string{}, Accidents: []string{},
		}}
		if f.Kind == Wire {
			wired = append(wired, t)
		} else {
			single = append(single, t)
		}
	}
	left, err := p.rounds(wired)
	if err != nil {
		return nil, err
	}
	for i, t := range append(single, left...) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := p.one(i, t); err != nil {
			return nil, err
		}
	}
	for _, t := range append(single, wired...) {
		shard.Results = append(shard.Results, *t.result)
	}
	if p.options.partial() {
		shard.Partial = true
		return shard, nil
	}
	shard.Kills, err = p.idle(faults, shard.Results)
	return shard, err
}

// mine tells whether the i-th of something is this shard's.
func (p *prover) mine(i int) bool {
	return p.options.Shards <= 1 || i%p.options.Shards == p.options.Shard
}

func (p *prover) report(r Result) {
	if p.options.Report != nil {
		p.options.Report(p.total, r)
	}
}
