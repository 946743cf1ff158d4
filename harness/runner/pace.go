package runner

import (
	"encoding/json"
	"fmt"
	"time"

	"authconform/harness/journal"
	"authconform/harness/verdict"
	"authconform/reports"
)

// WhatPays as Options.Procs leaves the number to the run. It is not the zero value, for
// only the authconform binary can be executed again as a child.
const WhatPays = -1

// waiters is how many processes pay where specs wait for accounts and for time to
// pass: they hardly need a core. With fewer, all of them come to hold clauses that need most of
// what an account has left, and nobody asks for the small rest.
const waiters = 24

// pays is how many processes pay: one where a test clock spares all waiting, or
// where the suite says that several would get in each other's way.
func (r *runner) pays(profile string) int {
	if r.target.Clock.AdvanceURL != "" || r.suite.Alone != nil && r.suite.Alone(r.target, profile) {
		return 1
	}
	return waiters
}

// bound ends the run when limits.max-run of the target file is over.
func (r *runner) bound() {
	if limit := r.target.Limits.MaxRun; limit > 0 {
		r.accounts.EndAfter(limit, fmt.Sprintf("limits.max-run (%s) of the target file was over", limit))
	}
}

// enough is told each result of the run, as a line of a journal, and ends the run at as
// many failures as were asked for; nil where none were.
func (r *runner) enough() func(line []byte) {
	if r.options.Failures == 0 {
		return nil
	}
	failed := map[string]journal.Result{}
	return func(line []byte) {
		var record journal.Record
		if json.Unmarshal(line, &record) != nil || len(record.Result.Notes) == 0 &&
			record.Result.State != verdict.Failed && record.Result.State != verdict.FeaturePresent {
			return
		}
		failed[record.Result.Clause] = *record.Result
		if report, err := r.judge(failed, nil, nil); err == nil && report.Counts[verdict.FAIL] >= r.options.Failures {
			r.accounts.End(fmt.Sprintf("the run ended at %d failures, as --max-failures says", r.options.Failures))
		}
	}
}

// endedEarly tells whether a run that nobody interrupted would pass for a whole one
// although it came to an end before some of its clauses.
func (r *runner) endedEarly(report *reports.Report) bool {
	return r.accounts.Course().Over != "" && report.Counts[verdict.NOT_RUN] > 0 && report.ExitCode == verdict.ExitConformant
}

func drawSeed(now time.Time) int64 { return now.UnixNano() % 1_000_000 }
