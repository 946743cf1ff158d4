package mutants

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/mutation/site"
	"authconform/harness/reference"
	"authconform/harness/verdict"
)

// job is what one process of the binary with the mutants is to do: observe the
// pristine reference of a surface, or judge mutants on several.
type job struct {
	Places []place `json:"places"` // of every mutant of the binary, by number; the first is nobody's
	// Users are the functions that use the package variable that a mutant changes.
	Users map[site.ID][]place `json:"users,omitempty"`
	// Faults are the hand-written ones that the function of a mutant asks for.
	Faults  map[site.ID][]string `json:"faults,omitempty"`
	Observe *Surface             `json:"observe,omitempty"`
	Judge   []Mutant             `json:"judge,omitempty"`
	Exempt  []site.ID            `json:"exempt,omitempty"` // of these, listed as equivalent
	On      []sighted            `json:"on,omitempty"`     // in the order in which they are asked
	Drop    []string             `json:"drop,omitempty"`   // clauses that the suite is to lack
}

// place is where a mutant is.
type place struct {
	File     string `json:"file"`
	Function string `json:"function"`
}

// sighted is what the pristine run of a surface showed.
type sighted struct {
	Surface
	Clauses []sighting `json:"clauses"`
}

// sighting is what one clause reaches on the pristine reference.
type sighting struct {
	ID         string        `json:"id"`
	Step       step          `json:"step"` // what it is about
	Level      clause.Level  `json:"level"`
	Baseline   bool          `json:"baseline"`
	Deployment string        `json:"deployment"`
	State      verdict.State `json:"state"`
	Reason     string        `json:"reason,omitempty"`
	Reached    site.Set      `json:"reached"`
	Differs    site.Set      `json:"differs"`
}

// step is an operation and how it ends.
type step struct {
	Operation string `json:"operation"`
	Outcome   string `json:"outcome"`
}

// message is one line of what a process says.
type message struct {
	Begun    site.ID   `json:"begun,omitempty"`
	Sighting *sighting `json:"sighting,omitempty"`
	Verdict  *judgment `json:"verdict,omitempty"`
	Done     bool      `json:"done,omitempty"`
}

// judgment is what became of one mutant.
type judgment struct {
	ID     site.ID `json:"id"`
	State  State   `json:"state"`
	Clause string  `json:"clause,omitempty"` // that killed it
	On     Surface `json:"on"`               // where that clause stands
	Reason string  `json:"reason,omitempty"`
	Specs  int     `json:"specs"` // that were put to it
}

// specWithin is how long a spec may take before its mutant is said to hang.
const specWithin = 40 * time.Second

// worker does a job and says what it finds, line by line.
type worker struct {
	job
	mu       sync.Mutex
	out      *json.Encoder
	find     func(string) (conform.Suite, bool)
	watchdog *time.Timer
	now      site.ID // the mutant that is on
	give     func()  // ends the process
}

// Work does the job that in describes. give ends the process: what a mutant has
// made to hang cannot be stopped in any other way.
func Work(in io.Reader, out io.Writer, find func(string) (conform.Suite, bool), give func()) error {
	w := &worker{out: json.NewEncoder(out), find: find, give: give}
	if err := json.NewDecoder(in).Decode(&w.job); err != nil {
		return fmt.Errorf("the job does not read: %w", err)
	}
	site.Size(len(w.Places) - 1)
	w.watchdog = time.AfterFunc(time.Hour, w.hang)
	defer w.watchdog.Stop()
	work := w.judge
	if w.Observe != nil {
		work = w.observe
	}
	if err := work(); err != nil {
		return err
	}
	w.say(message{Done: true})
	return nil
}

func (w *worker) say(m message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.out.Encode(m) // a parent that has gone ends this process too
}

func (w *worker) hang() {
	w.say(message{Verdict: &judgment{ID: w.now, State: Hung, Reason: fmt.Sprintf("a spec took more than %s", specWithin)}})
	w.give()
}

func (w *worker) begun(a assignment) {
	w.now = a.mutant
	w.watchdog.Reset(specWithin)
	w.say(message{Begun: a.mutant})
}

func (w *worker) stage(s Surface) (*stage, error) {
	st, known := w.find(s.Exchange)
	if !known {
		return nil, fmt.Errorf("there is no suite for %q", s.Exchange)
	}
	stage, err := newStage(st, s.Profile)
	if err == nil {
		stage.drop = func(id string) bool { return slices.Contains(w.Drop, id) }
	}
	return stage, err
}

// observe puts each clause, one at a time, to the pristine reference: to the first
// deployment that it applies to.
func (w *worker) observe() error {
	s, err := w.stage(*w.Observe)
	if err != nil {
		return err
	}
	defer s.close()
	settled := map[string]bool{}
	for _, d := range reference.Deployments(s.Exchange) {
		assigned := func(info clause.Info) (assignment, bool) {
			return assignment{deployment: d}, slices.Contains(info.Profiles, s.Profile) && !settled[info.ID]
		}
		err := s.run(assigned, true, w.begun, func(f finding) bool {
			if f.broken {
				f.state = verdict.Errored
			}
			settled[f.ID] = f.state != verdict.NotApplicable
			if settled[f.ID] {
				w.say(message{Sighting: &sighting{
					ID: f.ID, Step: step{f.Operation, f.Outcome}, Level: f.Level, Baseline: len(f.Baseline) > 0, Deployment: d.Name,
					State: f.state, Reason: f.reason, Reached: f.reached, Differs: f.differs,
				}})
			}
			return false
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// trial is a mutant on its way.
type trial struct {
	judgment
	mutant   Mutant
	queue    []*sighting // clauses that could notice it, the likeliest first
	spare    []*sighting // those that there are too many of to ask
	touched  int         // clauses that come to a state in which it makes a difference
	rounds   int
	settled  bool
	unjudged string // why the last spec that could not judge it could not
	wasted   int    // how many specs of this surface could not
	judged   int    // specs that passed
}

// judge asks the surfaces one after the other, until each mutant is killed.
func (w *worker) judge() error {
	trials := map[site.ID]*trial{}
	var order []*trial
	for _, m := range w.Judge {
		t := &trial{mutant: m, judgment: judgment{ID: m.ID}}
		trials[m.ID] = t
		order = append(order, t)
	}
	known := map[string]bool{}
	for _, on := range w.On {
		s, err := w.stage(on.Surface)
		if err != nil {
			return err
		}
		err = w.rounds(s, on, !known[on.Exchange], order, trials)
		known[on.Exchange] = true
		s.close()
		if err != nil {
			return err
		}
	}
	for _, t := range order {
		if !t.settled {
			w.settle(t, t.remainder())
		}
	}
	return nil
}

// remainder is the state of a mutant that no clause killed.
func (t *trial) remainder() State {
	switch {
	case t.Specs == 0:
		t.Reason = "no spec comes to a state in which it makes a difference"
	case t.judged == 0:
		t.Reason = fmt.Sprintf("none of the %d specs that it was put to could judge it: %s", t.Specs, t.unjudged)
		return Broken
	default:
		t.Reason = fmt.Sprintf("%d specs passed, of %d that it touches", t.judged, t.touched)
		if t.unjudged != "" {
			t.Reason += fmt.Sprintf(", and %d could not judge it, for example: %s", t.Specs-t.judged, t.unjudged)
		}
	}
	return Survived
}

func (w *worker) settle(t *trial, state State) {
	t.settled, t.State = true, state
	w.say(message{Verdict: &t.judgment})
}

// rounds puts mutants to the clauses of one surface. In one round each clause meets
// a mutant of its own, for building a suite's tree costs more than most specs.
func (w *worker) rounds(s *stage, on sighted, first bool, order []*trial, trials map[site.ID]*trial) error {
	likely := newRanking(w.Places, w.Users, touched(on.Exchange, w.Faults), on.Clauses)
	for _, t := range order {
		t.queue, t.spare, t.rounds, t.wasted = nil, nil, 0, 0
		if t.settled {
			continue
		}
		all := likely.of(t.mutant)
		t.touched += len(all)
		most := min(len(all), w.most(t.mutant, first))
		t.queue, t.spare = all[:most], all[most:]
	}
	deployments := map[string]reference.Deployment{}
	for _, d := range reference.Deployments(s.Exchange) {
		deployments[d.Name] = d
	}
	killers := map[string][]string{} // clauses that killed something, by function and by file
	for {
		round := w.deal(order, killers, deployments)
		if len(round) == 0 {
			return nil
		}
		assigned := func(info clause.Info) (assignment, bool) {
			a, ok := round[info.ID]
			return a, ok
		}
		err := s.run(assigned, false, w.begun, func(f finding) bool {
			t := trials[f.mutant]
			w.take(t, f, on.Surface)
			for _, where := range []string{t.mutant.File + t.mutant.Function, t.mutant.File} {
				if t.State == Killed && !slices.Contains(killers[where], f.ID) {
					killers[where] = append(killers[where], f.ID)
				}
			}
			return t.settled
		})
		if err != nil {
			return err
		}
		w.watchdog.Reset(specWithin)
	}
}

// most is how many clauses of a surface a mutant is put to.
func (w *worker) most(m Mutant, first bool) int {
	switch {
	case slices.Contains(w.Exempt, m.ID):
		return mostExempt
	case first:
		return mostAsked
	}
	return mostAgain
}

// take notes what a clause said of a mutant.
func (w *worker) take(t *trial, f finding, on Surface) {
	t.Specs++
	switch {
	case f.broken:
		t.Reason = "the reference does not start: " + f.reason
		w.settle(t, Broken)
	case f.state == verdict.Failed && f.Level != clause.INFO, f.state == verdict.FeaturePresent:
		t.Clause, t.On = f.ID, on
		w.settle(t, Killed)
	case f.hung:
		t.Reason = "a call to the reference never ends, in " + f.ID
		w.settle(t, Hung)
		w.give()
	case f.state == verdict.Passed || f.state == verdict.Failed:
		t.judged++
	default:
		t.unjudged = fmt.Sprintf("%s is %s: %s", f.ID, f.state, f.reason)
		t.hurry(f.waits)
		if t.wasted++; t.wasted == mostWasted {
			t.queue = nil
		}
	}
}

// hurry asks the clauses first that judge the step for which another one waits: a run
// has them judge it too.
func (t *trial) hurry(waits step) {
	var first, rest []*sighting
	for i, c := range slices.Concat(t.queue, t.spare) {
		switch {
		case c.Step == waits && len(first) < mostHurried:
			first = append(first, c)
		case i < len(t.queue):
			rest = append(rest, c)
		}
	}
	t.spare = slices.DeleteFunc(t.spare, func(c *sighting) bool { return slices.Contains(first, c) })
	t.queue = append(first, rest...)
}

// deal gives each mutant that is left some of the clauses that no other has: one
// at first, and more each time.
func (w *worker) deal(order []*trial, killers map[string][]string, deployments map[string]reference.Deployment) map[string]assignment {
	left := 0
	for _, t := range order {
		if !t.settled && len(t.queue) > 0 {
			left++
		}
	}
	round := map[string]assignment{}
	for _, t := range order {
		if t.settled {
			continue
		}
		width := max(1<<min(t.rounds/2, 10), 64/max(left, 1))
		take := func(c *sighting) bool {
			_, taken := round[c.ID]
			if taken || width == 0 {
				return false
			}
			round[c.ID] = assignment{mutant: t.mutant.ID, deployment: deployments[c.Deployment]}
			width--
			return true
		}
		before := len(t.queue)
		for _, where := range []string{t.mutant.File + t.mutant.Function, t.mutant.File} {
			t.queue = slices.DeleteFunc(t.queue, func(c *sighting) bool { return slices.Contains(killers[where], c.ID) && take(c) })
		}
		t.queue = slices.DeleteFunc(t.queue, take)
		if len(t.queue) < before {
			t.rounds++
		}
	}
	return round
}
