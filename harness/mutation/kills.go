package mutation

import (
	"context"
	"fmt"
	"slices"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// ClauseProof is what one clause alone notices of the faults that name its
// operation or its outcome.
type ClauseProof struct {
	Killed []Fault // behaviour faults that it fails under
	Tried  int     // behaviour faults that were put to it
	// WireKilled of WireTried faults of the very response that it expects.
	WireKilled, WireTried int
}

// ProveClause puts one clause to the pristine reference, and then to the reference
// with each fault that names its operation or outcome, one at a time. A clause
// that does not apply to any deployment of the reference is tried with none.
func ProveClause(ctx context.Context, st conform.Suite, profile, id string) (*ClauseProof, error) {
	c, err := runner.Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	b, err := newBench(st, c, profile)
	if err != nil {
		return nil, err
	}
	defer b.close()
	p := newProver(b, Options{Profile: profile})
	if err := p.baseline(func(info clause.Info) bool { return info.ID == id || info.ShapeOf() == id }); err != nil {
		return nil, err
	}
	found := &ClauseProof{}
	if p.pristine.results[id].State != verdict.Passed {
		return found, nil
	}
	info := p.entry(id).Info
	faults, _ := p.faults()
	for _, f := range faults {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the proof of %s was interrupted: %w", id, ctx.Err())
		}
		if f.Kind == Wire && !expects(info, f) || !names(f, info) {
			continue
		}
		var result Result
		if err := p.put(f, []string{id}, &result); err != nil {
			return nil, err
		}
		killed := len(result.KilledBy) > 0
		switch {
		case f.Kind == Wire && killed:
			found.WireKilled, found.WireTried = found.WireKilled+1, found.WireTried+1
		case f.Kind == Wire:
			found.WireTried++
		case killed:
			found.Killed, found.Tried = append(found.Killed, f), found.Tried+1
		default:
			found.Tried++
		}
	}
	return found, nil
}

// expects tells whether a wire fault changes the very response that a clause
// expects.
func expects(info clause.Info, f Fault) bool {
	return info.Operation == f.Operations[0] && slices.Contains(f.Outcomes, info.Outcome)
}
