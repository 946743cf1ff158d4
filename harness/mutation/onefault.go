package mutation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/reference"
	"authconform/harness/verdict"
)

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
