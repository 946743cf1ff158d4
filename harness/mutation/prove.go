package mutation

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	return &prover{bench: b, options: o, front: &front{operations: byID(b.contract.Operations), replies: map[string][]*reply{}, sampling: true}}
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

// one runs the specs that a fault can touch and judges what they say.
func (p *prover) one(number int, t *task) error {
	started := time.Now()
	steps := [][]string{p.concerned(number, t.fault)}
	if t.fault.Kind == Wire {
		expecting, meeting := p.candidates(t.fault)
		first := turn(expecting, number)
		steps = [][]string{first[:min(perWireFault, len(first))], append(first[min(perWireFault, len(first)):], meeting...)}
	}
	for _, clauses := range steps {
		if len(clauses) == 0 || len(t.result.KilledBy) > 0 {
			continue
		}
		if err := p.put(t.fault, clauses, t.result); err != nil {
			return err
		}
	}
	if t.result.State == "" {
		t.result.State, t.result.Reason = Survived, "no clause touches it"
	}
	t.result.DurationMS += milliseconds(time.Since(started))
	p.report(*t.result)
	return nil
}

// turn begins a list at another element each time.
func turn(list []string, number int) []string {
	if len(list) == 0 {
		return nil
	}
	at := number * perWireFault % len(list)
	return append(slices.Clone(list[at:]), list[:at]...)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// put runs clauses against the reference with the fault on.
func (p *prover) put(f Fault, clauses []string, result *Result) error {
	var on []string
	p.front.fault = nil
	if f.Kind == Behaviour {
		on = []string{f.ID}
	} else {
		p.front.fault = &f
	}
	run, err := p.run(on, clauses)
	if err != nil {
		return err
	}
	for id, r := range run.results {
		result.Ran++
		if r.State != verdict.Failed {
			continue
		}
		info := p.entry(id).Info
		switch {
		case names(f, info) && info.Level != clause.INFO:
			result.KilledBy = append(result.KilledBy, id)
			result.Red = result.Red || endsRed(info, r)
		case !names(f, info):
			result.Accidents = append(result.Accidents, id)
		}
	}
	slices.Sort(result.KilledBy)
	slices.Sort(result.Accidents)
	result.State, result.Reason = judge(*result, run)
	return nil
}

// run puts each of the clauses to the deployment that is its home.
func (p *prover) run(on []string, clauses []string) (*outcome, error) {
	all := &outcome{results: map[string]journal.Result{}}
	for _, id := range clauses {
		clauses = append(clauses, p.specs[id]...)
	}
	for _, deployment := range reference.Deployments(p.bench.suite.Exchange) {
		here := slices.DeleteFunc(slices.Clone(clauses), func(id string) bool { return p.home[id].Name != deployment.Name })
		if len(here) == 0 {
			continue
		}
		run, err := p.bench.run(deployment, on, p.front, len(here), func(info clause.Info) bool { return slices.Contains(here, info.ID) })
		if err != nil {
			return nil, err
		}
		maps.Copy(all.results, run.results)
	}
	p.shapes(all.results)
	return all, nil
}

// bystanders is how many clauses that name neither operation nor outcome of a
// behaviour fault are run beside those that do, by turns: enough to tell which
// clauses fail whatever is wrong.
const bystanders = 25

// concerned lists the clauses that met, on the pristine reference, an operation
// of the fault: all that name it or an outcome of it, and some others.
func (p *prover) concerned(number int, f Fault) []string {
	var naming, others []string
	for _, e := range p.pristine.entries {
		switch {
		case p.home[e.ID].Name == "" || !p.meets(e.ID, f.Operations):
		case names(f, e.Info):
			naming = append(naming, e.ID)
		default:
			others = append(others, e.ID)
		}
	}
	for i := range min(bystanders, len(others)) {
		naming = append(naming, others[(number*bystanders+i)%len(others)])
	}
	return naming
}

func (p *prover) meets(id string, operations []string) bool {
	for t := range p.pristine.touched[id] {
		if slices.Contains(operations, t.operation) {
			return true
		}
	}
	return false
}

func (p *prover) entry(id string) clause.Entry {
	for _, e := range p.pristine.entries {
		if e.ID == id {
			return e
		}
	}
	return clause.Entry{}
}

// endsRed tells whether a failed clause ends a run with exit code 1, as package
// reports decides it: a SHOULD does so where it finds the security baseline broken.
func endsRed(info clause.Info, r journal.Result) bool {
	return info.Level == clause.MUST || len(info.Baseline) > 0 &&
		slices.ContainsFunc(r.Failures, func(f journal.Failure) bool { return f.Facet == verdict.Behaviour })
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
