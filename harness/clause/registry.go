package clause

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/contract"
)

// Unselected is the label of specs that the profile or the focus leaves out.
// Suites run with the filter `!unselected`.
const Unselected = "unselected"

// Registry collects the clauses of one suite while Ginkgo builds its tree.
type Registry struct {
	// Beside lets specs that fill limits of their own, and those that are serial because
	// they wait, run beside others. It has to be
	// set before the tree is built.
	Beside bool
	// FillsLast puts specs that fill limits of their own after the others that run
	// beside them.
	FillsLast bool
	// Musts puts the clauses of level MUST first, for a run that may end early; those
	// that disturb others or fill limits keep their place.
	Musts bool
	// Places, when not nil, is the order of the clauses, by id, in a run that has to wait for
	// accounts: those of the same place come as chance has it, and those of none come first.
	// What disturbs others or looks back at them keeps its place after all that.
	Places map[string]int
	// Skips, when not nil, tells which clauses about shapes are left out although a
	// clause about the same outcome runs.
	Skips func(Info) bool

	contract *contract.Contract
	selected func(Info) bool
	entries  map[string]Entry
	order    []string
}

// Entry is a clause as registered: the decorator, and what `list` shows of it.
type Entry struct {
	Clause
	Info     Info
	Selected bool
}

// NewRegistry makes an empty registry for a suite on the contract. selected
// says whether a clause belongs to the run; nil selects all.
func NewRegistry(c *contract.Contract, selected func(Info) bool) *Registry {
	if selected == nil {
		selected = func(Info) bool { return true }
	}
	return &Registry{contract: c, selected: selected, entries: map[string]Entry{}}
}

// Entries returns the clauses in the order in which they were stated, and after them
// those about the shapes of their answers.
func (r *Registry) Entries() []Entry {
	out := make([]Entry, 0, len(r.order))
	for _, id := range r.order {
		out = append(out, r.entries[id])
	}
	return append(out, r.shapes()...)
}

// Lookup finds the clause of a running spec by its labels.
func (r *Registry) Lookup(labels []string) (Entry, bool) {
	for _, label := range labels {
		if e, ok := r.entries[label]; ok {
			return e, true
		}
	}
	return Entry{}, false
}

// Transform is a Ginkgo NodeArgsTransformer. It refuses an It without a clause,
// registers the clause of one that has it, and replaces the clause by the
// labels and decorators that Ginkgo knows.
func (r *Registry) Transform(node types.NodeType, offset ginkgo.Offset, text string, args []any) (string, []any, []error) {
	if i := slices.Index(args, any(ginkgo.Serial)); i >= 0 && r.Beside && !slices.ContainsFunc(args, ranked) {
		// Where nobody moves a clock, what waits does so beside others, once the rest is done.
		args = slices.Clone(args)
		args[i] = ginkgo.SpecPriority(-1)
	}
	if !node.Is(types.NodeTypeIt) {
		ordered := slices.ContainsFunc(args, func(a any) bool { return a == any(ginkgo.Ordered) })
		if ordered && !r.Beside { // all of our ordered containers hold specs that fill limits
			args = append(slices.Clone(args), ginkgo.Serial)
		}
		return text, args, nil
	}
	at := types.NewCodeLocation(int(offset))
	i := slices.IndexFunc(args, func(a any) bool { _, ok := a.(Clause); return ok })
	if i < 0 {
		return text, args, []error{fmt.Errorf("%s: the spec %q states no clause; decorate it with clause.Must, clause.Should or clause.Note",
			at, text)}
	}
	entry, err := r.register(args[i].(Clause), text)
	if err != nil {
		return text, args, []error{fmt.Errorf("%s: clause %q: %w", at, entry.ID, err)}
	}
	labels := ginkgo.Label(entry.ID, string(entry.Level))
	if !entry.Selected {
		labels = append(labels, Unselected)
	}
	out := append(slices.Delete(slices.Clone(args), i, i+1), labels)
	if entry.Disrupts && !(entry.Own && r.Beside) {
		out = append(out, ginkgo.Serial)
		if !slices.ContainsFunc(out, ranked) {
			out = append(out, ginkgo.SpecPriority(-1))
		}
	}
	if r.Musts && entry.Level == MUST && !entry.Disrupts {
		out = append(out, ginkgo.SpecPriority(1))
	}
	if r.FillsLast && entry.Own {
		out = append(out, ginkgo.SpecPriority(-1))
	}
	return text, r.place(entry, out), nil
}

// place gives a spec its priority by Places, unless it has one by what it does to others.
func (r *Registry) place(entry Entry, args []any) []any {
	last := r.FillsLast && entry.Own
	if r.Places == nil || r.Musts || !last && slices.ContainsFunc(args, ranked) {
		return args
	}
	most := 1
	for _, place := range r.Places {
		most = max(most, place+1)
	}
	priority := most - r.Places[entry.ID] // more than none, as specs that disturb others have
	if !last {
		priority += most
	}
	args = slices.DeleteFunc(slices.Clone(args), ranked)
	return append(args, ginkgo.SpecPriority(priority))
}

// ranked tells the decorator of a spec that has a place of its own, as those that look
// back at all others have.
func ranked(arg any) bool {
	_, is := arg.(ginkgo.SpecPriority)
	return is
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)

func (r *Registry) register(c Clause, text string) (Entry, error) {
	e := Entry{Clause: c}
	switch {
	case !slug.MatchString(c.ID) || !strings.HasPrefix(c.ID, r.contract.Exchange+"."):
		return e, fmt.Errorf("want a dotted slug that begins with %q", r.contract.Exchange+".")
	case r.entries[c.ID].ID != "":
		return e, fmt.Errorf("the id is taken by %q", r.entries[c.ID].Info.Text)
	case c.Operation == nil:
		return e, fmt.Errorf("it names no operation")
	}
	info, err := r.describe(c, text)
	if err != nil {
		return e, err
	}
	e.Info, e.Selected = info, r.selected(info)
	r.entries[c.ID] = e
	r.order = append(r.order, c.ID)
	return e, nil
}

// describe derives from the contract in which profiles a clause applies and
// where it comes from, and refuses a MUST that rests on too little.
func (r *Registry) describe(c Clause, text string) (Info, error) {
	info := Info{
		ID: c.ID, Level: c.Level, Text: text, Exchange: r.contract.Exchange,
		Operation: c.Operation.ID, Method: c.Operation.Method, Path: c.Operation.Path,
		Outcome: string(c.Outcome), Baseline: r.contract.Baseline.Of(c.ID), File: inProject(c.Location.FileName), Line: c.Location.LineNumber,
	}
	var sources, provenances []string
	for _, profile := range r.contract.Profiles {
		if len(c.Only) > 0 && !slices.Contains(c.Only, profile) {
			continue
		}
		answer, ok := c.Operation.Answer(c.Outcome, profile)
		if !ok {
			continue
		}
		source, provenance := answer.Source, answer.Provenance
		if c.Provenance != "" {
			source, provenance = c.Source, c.Provenance
			if err := r.contract.Sources.Check(source); err != nil {
				return info, err
			}
		}
		if c.Level == MUST && !provenance.SupportsMust() {
			return info, fmt.Errorf("it is a MUST, but in profile %q it rests on something %s: make it a SHOULD, or name a better source",
				profile, provenance)
		}
		info.Profiles = append(info.Profiles, profile)
		sources = appendNew(sources, source)
		provenances = appendNew(provenances, string(provenance))
	}
	if len(info.Profiles) == 0 {
		return info, fmt.Errorf("the contract has no outcome %q for operation %s in any profile of the clause", c.Outcome, c.Operation.ID)
	}
	for _, p := range c.Only {
		if !slices.Contains(info.Profiles, p) {
			return info, fmt.Errorf("it is restricted to profile %q, in which the contract has no outcome %q for operation %s", p, c.Outcome,
				c.Operation.ID)
		}
	}
	info.Source = strings.Join(sources, "; ")
	info.Provenance = strings.Join(provenances, ", ")
	return info, nil
}

// inProject is the path of a source file below the project's top folder, however
// and wherever the binary was built.
func inProject(file string) string {
	for _, top := range []string{"/suites/", "/harness/"} {
		if i := strings.LastIndex(file, top); i >= 0 {
			return file[i+1:]
		}
	}
	return file
}

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
