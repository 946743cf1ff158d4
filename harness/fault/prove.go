package fault

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"authconform/harness/clause"
	"authconform/harness/door"
	"authconform/harness/reference"
	"authconform/harness/suite"
	"authconform/harness/verdict"
)

// Options of a proof.
type Options struct {
	Profile string
	// Shard of Shards: the faults whose number leaves this remainder. Shards 0
	// and 1 mean all of them.
	Shard, Shards int
	// Only restricts the faults; nil takes all.
	Only func(Fault) bool
	// Blunt names response checks to leave out, to test the proof itself.
	Blunt []string
	// Report is told of each fault as it is done; nil tells nobody.
	Report func(done, total int, r Result)
}

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
}

// Prove runs one shard of the proof of a suite in one profile. A pristine
// reference that does not pass every clause is an error: no fault could be told
// from it.
func Prove(ctx context.Context, st suite.Suite, o Options) (*Shard, error) {
	c, err := door.Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	b, err := newBench(st, c, o.Profile, o.Blunt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	p := &prover{bench: b, options: o, front: &front{routes: c.Operations, replies: map[string][]*reply{}, sampling: true}}
	if err := p.baseline(); err != nil {
		return nil, err
	}
	faults, unreached := p.faults()
	return p.all(ctx, faults, unreached)
}

type prover struct {
	bench    *bench
	options  Options
	front    *front
	pristine *outcome
}

// baseline runs everything against the pristine reference, which shows what each
// clause touches and gives a sample of each reply.
func (p *prover) baseline() error {
	for _, op := range p.bench.contract.Operations {
		p.front.replies[op.ID] = replies(op, p.options.Profile)
	}
	var err error
	if p.pristine, err = p.bench.run(nil, p.front, everything, p.inProfile); err != nil {
		return err
	}
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
	for _, f := range all {
		if p.options.Only == nil || p.options.Only(f) {
			faults = append(faults, f)
		}
	}
	if p.options.Only != nil {
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

func (p *prover) all(ctx context.Context, faults []Fault, unreached []Result) (*Shard, error) {
	shard := &Shard{Total: len(faults) + len(unreached)}
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
	for i, f := range faults {
		if p.options.Shards > 1 && i%p.options.Shards != p.options.Shard {
			continue
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r, err := p.one(i/max(p.options.Shards, 1), f)
		if err != nil {
			return nil, err
		}
		shard.Results = append(shard.Results, r)
		if p.options.Report != nil {
			p.options.Report(len(shard.Results), shard.Total, r)
		}
	}
	return shard, nil
}

// perWireFault is how many clauses a wire fault is first put to. There are
// thousands of these faults, and any clause that expects the response will do;
// they take turns, so that each of them has faults to show its worth on.
const perWireFault = 2

// one runs specs that a fault can touch and judges what they say.
func (p *prover) one(number int, f Fault) (Result, error) {
	started := time.Now()
	result := Result{
		ID: f.ID, Kind: f.Kind, Text: f.Text, Operations: f.Operations, Outcomes: f.Outcomes,
		KilledBy: []string{}, Accidents: []string{},
	}
	first, rest := p.touched(f), []string(nil)
	if f.Kind == Wire {
		first, rest = p.turns(number, f)
	}
	for _, clauses := range [][]string{first, rest} {
		if len(clauses) == 0 || len(result.KilledBy) > 0 {
			continue
		}
		if err := p.put(f, clauses, &result); err != nil {
			return result, err
		}
	}
	if result.State == "" {
		result.State, result.Reason = Survived, "no clause touches it"
	}
	result.DurationMS = float64(time.Since(started).Microseconds()) / 1000
	return result, nil
}

// put runs clauses against the reference with the fault on.
func (p *prover) put(f Fault, clauses []string, result *Result) error {
	var on []string
	p.front.fault = nil
	if f.Kind == Behaviour {
		on = []string{f.ID}
	} else {
		p.front.fault = &f
	}
	run, err := p.bench.run(on, p.front, len(clauses), func(info clause.Info) bool { return slices.Contains(clauses, info.ID) })
	if err != nil {
		return err
	}
	for id, r := range run.results {
		result.Ran++
		if r.State != verdict.Failed {
			continue
		}
		info := p.info(id)
		switch {
		case names(f, info) && info.Level != clause.INFO:
			result.KilledBy = append(result.KilledBy, id)
		case !names(f, info):
			result.Accidents = append(result.Accidents, id)
		}
	}
	slices.Sort(result.KilledBy)
	slices.Sort(result.Accidents)
	result.State, result.Reason = judge(*result, run)
	return nil
}

// touched lists the clauses that met, on the pristine reference, an operation of
// the fault.
func (p *prover) touched(f Fault) []string {
	var list []string
	for _, e := range p.pristine.entries {
		for t := range p.pristine.touched[e.ID] {
			if slices.Contains(f.Operations, t.operation) {
				list = append(list, e.ID)
				break
			}
		}
	}
	return list
}

// turns picks the clauses of a wire fault: first some of those that expect the
// very response, by turns, then all others of the operation that meet it.
// Clauses of other operations meet it merely to prepare.
func (p *prover) turns(number int, f Fault) (first, rest []string) {
	var expecting, meeting []string
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
	for i := range expecting {
		id := expecting[(number*perWireFault+i)%len(expecting)]
		if i < perWireFault {
			first = append(first, id)
		} else {
			rest = append(rest, id)
		}
	}
	return first, append(rest, meeting...)
}

// met tells whether a clause met, on the pristine reference, the status that a
// wire fault changes.
func (p *prover) met(id string, f Fault) bool {
	for t := range p.pristine.touched[id] {
		if t.operation == f.Operations[0] && f.reply.answers[0].Takes(t.status) {
			return true
		}
	}
	return false
}

func (p *prover) info(id string) clause.Info {
	for _, e := range p.pristine.entries {
		if e.ID == id {
			return e.Info
		}
	}
	return clause.Info{}
}

func names(f Fault, info clause.Info) bool {
	return slices.Contains(f.Operations, info.Operation) || slices.Contains(f.Outcomes, info.Outcome)
}

func judge(r Result, run *outcome) (State, string) {
	if len(r.KilledBy) > 0 {
		return Killed, ""
	}
	unjudged := map[verdict.State]int{}
	var first string
	for _, x := range run.results {
		if x.State == verdict.Errored || x.State == verdict.Untestable || x.State == verdict.NotRun {
			unjudged[x.State]++
			first = x.Reason
		}
	}
	n := unjudged[verdict.Errored] + unjudged[verdict.Untestable] + unjudged[verdict.NotRun]
	switch {
	case r.Ran > 0 && n == r.Ran:
		return Broken, fmt.Sprintf("none of the %d specs could judge it: %s", n, first)
	case len(r.Accidents) > 0:
		return Survived, "only clauses of other operations failed: " + strings.Join(r.Accidents, ", ")
	case r.Ran == 0:
		return Survived, "no clause that touches it ran"
	case n > 0:
		return Survived, fmt.Sprintf("%d of %d specs passed and %d could not judge it, for example: %s", r.Ran-n, r.Ran, n, first)
	}
	return Survived, fmt.Sprintf("all %d specs that it touches passed", r.Ran)
}
