package runner

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"

	"authconform/harness/identity"
	"authconform/harness/target"
)

// overhead is what this program takes beside what Go's memory limit governs: its own
// pages and stacks.
const overhead = 56 << 20

// limitMemory lets the garbage collector keep this process below limits.max-memory. An
// embedded reference, which shares its process with the runs of a command without a
// target file, is not hostile, and takes as much as it needs.
func (r *runner) limitMemory() {
	if !r.options.Sole || r.options.TargetFile == "" {
		return // nor has anybody a hand in the many runs that a proof judges in this process
	}
	r.Plan.MaxMemory = r.target.Limits.MaxMemory
	r.Plan.limitMemory()
}

func (p Plan) limitMemory() {
	if p.MaxMemory > 0 {
		debug.SetMemoryLimit(p.heap())
	}
}

// heap is how much of the memory of a process is for what it keeps.
func (p Plan) heap() int64 { return max(p.MaxMemory-overhead, p.MaxMemory/2) }

// bounded is a lender whose run goes on only while this process has memory left.
type bounded struct {
	identity.Lender
	plan Plan
	over atomic.Bool
}

// Course implements identity.Lender.
func (b *bounded) Course() identity.Course {
	if b.over.Load() || b.exhausted() {
		b.over.Store(true)
		return identity.Course{Over: b.why()}
	}
	return b.Lender.Course()
}

// exhausted tells whether what is in use, and not merely left to collect, is more than
// allowed.
func (b *bounded) exhausted() bool {
	if b.plan.MaxMemory == 0 || inUse() <= b.plan.heap() {
		return false
	}
	runtime.GC()
	return inUse() > b.plan.heap()
}

func inUse() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

func (b *bounded) why() string {
	return fmt.Sprintf("what the target answered filled limits.max-memory of the target file (%d MiB)", b.plan.MaxMemory>>20)
}

// overCalls is told how many calls the run has made so far, and ends it at the bound.
func (r *runner) overCalls(made int) {
	if most := r.target.Limits.MaxCalls; made >= most {
		r.accounts.End(fmt.Sprintf("limits.max-calls (%d) of the target file was reached", most))
	}
}

// stated tells whether a target file itself bounds the time of a run: its MUSTs then
// come first.
func stated(limits target.Limits) bool {
	return limits.MaxRun > 0 && limits.MaxRun != target.DefaultMaxRun
}
