package mutation

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// slowest is how many of the slowest faults are named.
const slowest = 5

// Print writes the kill matrix for a person: each behaviour fault with the
// clauses that kill it, wire faults summed up per answer, then everything that
// keeps the proof from holding.
func (p *Proof) Print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "kill matrix of %s, profile %s\n\nBEHAVIOUR FAULT\tSTATE\tKILLED BY\n", p.Exchange, p.Profile)
	for _, f := range p.Faults {
		if f.Kind == Behaviour {
			fmt.Fprintf(out, "%s\t%s\t%s\n", f.ID, f.State, abridged(f.KilledBy))
		}
	}
	fmt.Fprintf(out, "\nWIRE FAULTS OF\tKILLED\tKILLED BY\n")
	p.printWire(out)
	if err := out.Flush(); err != nil {
		return err
	}
	section := func(title string, ids []string) {
		if len(ids) > 0 {
			fmt.Fprintf(w, "\n%s\n  %s\n", title, strings.Join(ids, "\n  "))
		}
	}
	section("SURVIVORS: nobody notices these faults", p.explained(p.Survivors))
	section("IDLE: MUST clauses that kill nothing", p.Idle)
	section("STALE: entries of the list of equivalent faults that fit no survivor", p.Stale)
	section("Equivalent faults, listed with a reason", p.equivalents())
	section("Clauses that fail under more than "+fmt.Sprint(accidentLimit)+" faults of other operations", p.AccidentProne)
	section("Behaviour faults that only a warning notices: they end a run with exit code 0", p.warned())
	section("Slowest faults", p.slow())
	_, err := fmt.Fprintf(w, "\n%s, profile %s: %s; %s; %d clauses, %s: %s\n",
		p.Exchange, p.Profile, p.counts(Behaviour), p.counts(Wire), len(p.Clauses), p.idle(), p.word())
	return err
}

func (p *Proof) idle() string {
	if p.Partial {
		return "which MUST clauses are idle is not known"
	}
	return fmt.Sprintf("%d MUST clauses idle", len(p.Idle))
}

// warned lists the behaviour faults that no MUST and no baseline clause kills.
func (p *Proof) warned() []string {
	var ids []string
	for _, f := range p.Faults {
		if f.Kind == Behaviour && f.State == Killed && !f.Red {
			ids = append(ids, f.ID+": "+abridged(f.KilledBy))
		}
	}
	return ids
}

func (p *Proof) word() string {
	if p.Partial && p.Holds() {
		return "every fault of this part dies"
	}
	if p.Proven {
		return "PROVEN"
	}
	return "NOT PROVEN"
}

// counts sums up the faults of one kind. Behaviour faults are decisions of a back end
// taken otherwise, and are what counts; wire faults come from the very schemas that
// judge them, and show no more than that these are looked at.
func (p *Proof) counts(kind Kind) string {
	all, red, states := 0, 0, map[State]int{}
	for _, f := range p.Faults {
		if f.Kind != kind {
			continue
		}
		all++
		states[f.State]++
		if f.Red {
			red++
		}
	}
	var parts []string
	for _, s := range []State{Killed, Equivalent, Survived, Broken, Unreached} {
		if n := states[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if kind == Behaviour && states[Killed] > red {
		parts = append(parts, fmt.Sprintf("%d of them by warnings alone", states[Killed]-red))
	}
	return strings.Join(append([]string{fmt.Sprintf("%d %s faults", all, kind)}, parts...), ", ")
}

// printWire sums the wire faults up: they differ in nothing but the place.
func (p *Proof) printWire(w io.Writer) {
	type sum struct {
		killed, all int
		by          []string
	}
	sums := map[string]*sum{}
	var order []string
	for _, f := range p.Faults {
		if f.Kind != Wire {
			continue
		}
		name := strings.Join(strings.SplitN(f.ID, "/", 4)[1:3], " ")
		if sums[name] == nil {
			sums[name] = &sum{}
			order = append(order, name)
		}
		s := sums[name]
		s.all++
		if f.State == Killed {
			s.killed++
		}
		for _, id := range f.KilledBy {
			if !slices.Contains(s.by, id) {
				s.by = append(s.by, id)
			}
		}
	}
	for _, name := range order {
		s := sums[name]
		slices.Sort(s.by)
		fmt.Fprintf(w, "%s\t%d of %d\t%s\n", name, s.killed, s.all, abridged(s.by))
	}
}

func abridged(ids []string) string {
	const most = 3
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
}

func (p *Proof) explained(ids []string) []string {
	var out []string
	for _, f := range p.Faults {
		if slices.Contains(ids, f.ID) {
			out = append(out, fmt.Sprintf("%s (%s): %s %s", f.ID, f.State, f.Text, f.Reason))
		}
	}
	return out
}

// equivalents are listed by reason, for one reason often covers many.
func (p *Proof) equivalents() []string {
	byReason := map[string][]string{}
	var reasons []string
	for _, f := range p.Faults {
		if f.State != Equivalent {
			continue
		}
		if byReason[f.Reason] == nil {
			reasons = append(reasons, f.Reason)
		}
		byReason[f.Reason] = append(byReason[f.Reason], f.ID)
	}
	var out []string
	for _, reason := range reasons {
		out = append(out, fmt.Sprintf("%d: %s: %s", len(byReason[reason]), abridged(byReason[reason]), reason))
	}
	return out
}

func (p *Proof) slow() []string {
	faults := slices.Clone(p.Faults)
	slices.SortFunc(faults, func(a, b Result) int { return cmp.Compare(b.DurationMS, a.DurationMS) })
	var out []string
	for _, f := range faults[:min(slowest, len(faults))] {
		out = append(out, fmt.Sprintf("%s: %.0f ms, %d specs", f.ID, f.DurationMS, f.Ran))
	}
	return out
}
