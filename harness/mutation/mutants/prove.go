package mutants

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"authconform/harness/mutation/site"
	"authconform/harness/verdict"
)

// State says what became of a mutant.
type State string

const (
	Killed     State = "killed"
	Survived   State = "survived"   // no clause that reaches it fails
	Unreached  State = "unreached"  // no spec comes to its place
	Hung       State = "hung"       // the reference no longer answers
	Broken     State = "broken"     // it does not start, or no spec can judge it
	Equivalent State = "equivalent" // survived, and listed as what no client could notice
)

// Options of a proof on mutants.
type Options struct {
	Module   string    // folder of the module's sources
	Command  string    // package of the command that Work belongs to
	Args     []string  // of the hidden command that calls Work
	Patterns []string  // packages to mutate
	Surfaces []Surface // suites that are put to them
	Files    string    // glob over package/name.go; "" is all
	Sample   int       // so many mutants, drawn by Seed; 0 is all
	Seed     uint64
	Procs    int
	Budget   time.Duration // what is not judged when it ends does not count, in the order of Seed; 0 is none
	Drop     []string      // clauses that the suites are to lack
	Exempt   []Exemption
	Progress func(text string) // nil tells nobody
}

// Result is one mutant and what became of it.
type Result struct {
	Mutant
	State   State    `json:"state"`
	Reason  string   `json:"reason,omitempty"`
	Clause  string   `json:"killed_by,omitempty"`
	Level   string   `json:"level,omitempty"` // of that clause: MUST, SHOULD, or baseline
	Surface *Surface `json:"on,omitempty"`    // where it was killed
	Specs   int      `json:"specs"`           // that were put to it
	Nearest []string `json:"nearest"`         // clauses that come to its place and to little else; of survivors only
}

// Prove generates the mutants, builds them into one binary, and lets as many
// processes of it as asked judge them.
func Prove(ctx context.Context, o Options) (*Report, error) {
	dir, err := os.MkdirTemp("", "authconform-mutants-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := prepare(o, dir)
	if err != nil {
		return nil, err
	}
	return p.prove(ctx)
}

// prepare builds the mutants into a binary in dir.
func prepare(o Options, dir string) (*prover, error) {
	generated, err := Generate(o.Module, o.Patterns...)
	if err != nil {
		return nil, err
	}
	p := &prover{Options: o, all: generated.Mutants, places: make([]place, 1)}
	for _, m := range p.all {
		p.places = append(p.places, place{m.File, m.Function})
	}
	p.users, p.readers, p.faults = generated.Users, generated.Readers, generated.Faults
	if p.chosen = choose(p.all, o); len(p.chosen) == 0 {
		return nil, fmt.Errorf("no mutant is in a file that matches %q; the files are %s", o.Files, strings.Join(files(p.all), ", "))
	}
	o.say("building %d mutants into one binary", len(p.all))
	p.binary, err = generated.Build(o.Module, o.Command, dir)
	return p, err
}

func (p *prover) prove(ctx context.Context) (*Report, error) {
	if err := p.observe(ctx); err != nil {
		return nil, err
	}
	results, err := p.judge(ctx, p.chosen)
	if err != nil {
		return nil, err
	}
	return newReport(p.Options, p.all, results), nil
}

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

type prover struct {
	Options
	all     []Mutant // of every file
	chosen  []Mutant
	binary  string
	places  []place // of every mutant, by number
	users   map[place][]place
	readers map[site.ID][]place
	faults  map[place][]string // that a function asks for
	seen    []sighted
}

// each runs tasks side by side, on as many processes as asked, and stops at the
// first error.
func (p *prover) each(ctx context.Context, n int, task func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var group sync.WaitGroup
	for range min(p.Procs, n) {
		group.Go(func() {
			for i := range next {
				if err := task(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	return context.Cause(ctx)
}

// observe puts every clause of every surface to the pristine reference, which must
// pass them all.
func (p *prover) observe(ctx context.Context) error {
	p.seen = make([]sighted, len(p.Surfaces))
	var mu sync.Mutex
	var red []string
	err := p.each(ctx, len(p.Surfaces), func(ctx context.Context, i int) error {
		surface := p.Surfaces[i]
		p.say("pristine run of %s, profile %s", surface.Exchange, surface.Profile)
		seen := sighted{Surface: surface}
		_, err := p.process(ctx, job{Places: p.places, Observe: &surface, Drop: p.Drop}, func(m message) {
			if s := m.Sighting; s != nil {
				seen.Clauses = append(seen.Clauses, *s)
				if s.State != verdict.Passed {
					mu.Lock()
					red = append(red, fmt.Sprintf("%s (%s: %s)", s.ID, s.State, s.Reason))
					mu.Unlock()
				}
			}
		})
		p.seen[i] = seen
		return err
	})
	if err == nil && len(red) > 0 {
		err = fmt.Errorf("the pristine references do not pass every clause, so no mutant can be told from them:\n  %s", strings.Join(red, "\n  "))
	}
	// The surface with the fewest clauses is asked first: it is the quickest.
	slices.SortStableFunc(p.seen, func(a, b sighted) int { return cmp.Compare(len(a.Clauses), len(b.Clauses)) })
	return err
}

// judge deals the mutants that some spec reaches to the processes.
func (p *prover) judge(ctx context.Context, chosen []Mutant) ([]Result, error) {
	found := map[site.ID]judgment{}
	groups := map[string][]Mutant{} // by the surfaces that reach them
	surfaces := map[string][]sighted{}
	for _, m := range chosen {
		var on []sighted
		var name []string
		for _, s := range p.seen {
			if slices.ContainsFunc(s.Clauses, func(c sighting) bool { return c.Reached.Has(m.ID) }) {
				on, name = append(on, s), append(name, s.Exchange+" "+s.Profile)
			}
		}
		if len(on) == 0 {
			found[m.ID] = judgment{ID: m.ID, State: Unreached, Reason: "no spec comes to its place"}
			continue
		}
		key := m.Package + ": " + strings.Join(name, ", ")
		groups[key], surfaces[key] = append(groups[key], m), on
	}
	tasks := p.deal(groups)
	var mu sync.Mutex
	reached, end := len(chosen)-len(found), time.Now().Add(p.Budget)
	err := p.each(ctx, len(tasks), func(ctx context.Context, i int) error {
		return p.within(ctx, end, tasks[i], surfaces[tasks[i].group], func(j judgment) {
			mu.Lock()
			defer mu.Unlock()
			found[j.ID] = j
			if n := len(found) - (len(chosen) - reached); n%50 == 0 || n == reached {
				p.say("%d of %d reached mutants judged", n, reached)
			}
		})
	})
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(chosen))
	for _, m := range chosen {
		if j, judged := found[m.ID]; judged {
			results = append(results, p.result(m, j))
		}
	}
	if n := len(chosen) - len(results); n > 0 {
		p.say("the budget of %s is over: %d mutants are not judged", p.Budget, n)
	}
	slices.SortFunc(results, func(a, b Result) int { return cmp.Compare(a.ID, b.ID) })
	return results, nil
}

// within has a share of the mutants judged. A budget that ends cuts it short, and then
// none of it counts: what nothing has noticed would be missing.
func (p *prover) within(ctx context.Context, end time.Time, share task, on []sighted, done func(judgment)) error {
	if p.Budget == 0 {
		return p.shard(ctx, share.mutants, on, done)
	}
	bounded, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	if bounded.Err() != nil {
		return ctx.Err()
	}
	var judged []judgment
	var mu sync.Mutex
	err := p.shard(bounded, share.mutants, on, func(j judgment) {
		mu.Lock()
		defer mu.Unlock()
		judged = append(judged, j)
	})
	if bounded.Err() != nil {
		return ctx.Err()
	}
	for _, j := range judged {
		done(j)
	}
	return err
}

// task is a share of the mutants of one group.
type task struct {
	group   string
	mutants []Mutant
}

// mostInTask is how many mutants one process judges before it makes room for a
// fresh one, and mostInBudget how many it begins at a time where time is short: what
// nothing has noticed is known at the end of a task only.
const mostInTask, mostInBudget = 150, 10

// deal cuts the groups into shares, neighbours apart: a clause meets one mutant at
// a time. Large shares come first, so that no process waits long for the last one; with
// a budget all are alike, and come in the order of the seed.
func (p *prover) deal(groups map[string][]Mutant) []task {
	var tasks []task
	for name, mutants := range groups {
		n := max((len(mutants)+mostInTask-1)/mostInTask, min(p.Procs, (len(mutants)+39)/40))
		if p.Budget > 0 {
			n = (len(mutants) + mostInBudget - 1) / mostInBudget
		}
		shares := make([]task, n)
		for i, m := range mutants {
			shares[i%n].group = name
			shares[i%n].mutants = append(shares[i%n].mutants, m)
		}
		tasks = append(tasks, shares...)
	}
	slices.SortFunc(tasks, func(a, b task) int {
		if first, second := a.mutants[0], b.mutants[0]; p.Budget > 0 {
			return cmp.Compare(first.mixed(p.Seed), second.mixed(p.Seed))
		}
		return cmp.Or(cmp.Compare(len(b.mutants), len(a.mutants)), cmp.Compare(a.group, b.group), cmp.Compare(a.mutants[0].ID, b.mutants[0].ID))
	})
	return tasks
}

// shard has a process judge mutants, and starts another for the rest when one of
// them brings it down.
func (p *prover) shard(ctx context.Context, mutants []Mutant, on []sighted, done func(judgment)) error {
	for len(mutants) > 0 {
		last := site.ID(0)
		judged := map[site.ID]bool{}
		finished, err := p.process(ctx, job{
			Places: p.places, Users: p.usersOf(mutants), Faults: p.faultsOf(mutants),
			Judge: mutants, Exempt: p.exempt(mutants), On: on, Drop: p.Drop,
		}, func(m message) {
			if m.Begun != 0 {
				last = m.Begun
			}
			if m.Verdict != nil {
				judged[m.Verdict.ID] = true
				done(*m.Verdict)
			}
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !finished && !judged[last] {
			if last == 0 {
				return fmt.Errorf("a process with mutants ended before its first: %w", err)
			}
			judged[last] = true
			done(judgment{ID: last, State: Broken, Reason: fmt.Sprintf("the process of the reference died: %v", err)})
		}
		mutants = slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool { return judged[m.ID] })
		if finished {
			return nil
		}
	}
	return nil
}

// process runs one job and hands on what its process says. finished tells whether
// it came to its end.
func (p *prover) process(ctx context.Context, j job, heard func(message)) (finished bool, err error) {
	in, err := json.Marshal(j)
	if err != nil {
		return false, err
	}
	cmd := exec.CommandContext(ctx, p.binary, p.Args...)
	cmd.Stdin = bytes.NewReader(in)
	var said bytes.Buffer
	cmd.Stderr = &said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, fmt.Errorf("cannot start a process with the mutants: %w", err)
	}
	decoder := json.NewDecoder(bufio.NewReader(stdout))
	for {
		var m message
		if decoder.Decode(&m) != nil {
			break
		}
		finished = finished || m.Done
		heard(m)
	}
	if err := cmd.Wait(); err != nil && !finished {
		return false, fmt.Errorf("%w: %s", err, firstLine(said.String()))
	}
	if !finished {
		return false, fmt.Errorf("it ended early: %s", firstLine(said.String()))
	}
	return true, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// result puts a judgment beside its mutant.
func (p *prover) result(m Mutant, j judgment) Result {
	r := Result{Mutant: m, State: j.State, Reason: j.Reason, Clause: j.Clause, Specs: j.Specs, Nearest: []string{}}
	if j.State == Killed {
		r.Surface = &j.On
		for _, s := range p.seen {
			for _, c := range s.Clauses {
				if c.ID == j.Clause {
					r.Level = string(c.Level)
					if c.Baseline {
						r.Level = "baseline"
					}
				}
			}
		}
	}
	if j.State == Survived {
		r.Nearest = p.nearest(m.ID)
	}
	return r
}

// nearest names the clauses that come to a mutant's place and to little else: first
// those to which it makes a difference.
func (p *prover) nearest(id site.ID) []string {
	const most = 3
	var near []sighting
	for _, s := range p.seen {
		for _, c := range s.Clauses {
			if c.Reached.Has(id) {
				near = append(near, c)
			}
		}
	}
	slices.SortStableFunc(near, func(a, b sighting) int {
		if da, db := a.Differs.Has(id), b.Differs.Has(id); da != db {
			if da {
				return -1
			}
			return 1
		}
		return cmp.Compare(size(a.Reached), size(b.Reached))
	})
	names := []string{}
	for _, c := range near {
		if len(names) < most && !slices.Contains(names, c.ID) {
			names = append(names, c.ID)
		}
	}
	return names
}
