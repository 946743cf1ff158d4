package runner

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"authconform/harness/contract"
	"authconform/harness/journal"
	"authconform/harness/standard"
	"authconform/harness/target"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/schemas"
)

// judge comes to the verdicts. silent, when not nil, is why there are no results.
func (r *runner) judge(results map[string]journal.Result, findings []journal.Finding, silent error) (*reports.Report, error) {
	if silent != nil {
		results = notRun(r.clauses, r.vault.Redact(silent.Error()))
	}
	findings = append(slices.Clone(findings), r.changed()...)
	promises, err := contract.Version(schemas.FS)
	if err != nil {
		return nil, err
	}
	if r.standing == nil {
		if r.standing, err = standard.LoadReferences(schemas.FS, r.suite.Exchange); err != nil {
			return nil, err
		}
	}
	report, err := reports.Build(reports.Run{
		Tool: r.tool(), RunID: r.Plan.RunID,
		Exchange: r.suite.Exchange, Profile: r.Plan.Profile, Promises: promises, Target: r.target.URL,
		Started: r.started, Finished: time.Now(), Strict: r.options.Strict, Procs: r.Plan.Procs, Seed: r.options.Seed,
		Clauses: r.clauses, Results: results, Findings: findings, Deviations: deviations(r.target), Known: r.contract.KnownIn(r.Plan.Profile),
		Grids: r.contract.Grids,
	})
	if err != nil {
		return nil, err
	}
	if r.interrupted || r.endedEarly(report) {
		report.Interrupt()
	}
	return report, nil
}

func notRun(clauses []reports.Clause, reason string) map[string]journal.Result {
	results := map[string]journal.Result{}
	for _, c := range clauses {
		if c.Selected {
			results[c.ID] = journal.Result{Clause: c.ID, State: verdict.NotRun, Reason: reason}
		}
	}
	return results
}

// deviations turns the target file's list into the verdict's.
func deviations(t *target.Target) []verdict.Deviation {
	var out []verdict.Deviation
	for _, d := range t.Deviations {
		out = append(out, verdict.Deviation{Clause: d.Clause, Reason: d.Reason, Link: d.Link, Owner: d.Owner, Expires: d.Expires})
	}
	return out
}

func (p Plan) encode() []byte {
	b, _ := json.Marshal(p) // strings and numbers only: it cannot fail
	return b
}

func decodePlan(b []byte) (p Plan, err error) {
	err = json.Unmarshal(b, &p)
	return p, err
}

// leaked finds what a child process left when its own scan met a secret.
func leaked(dir string) error {
	marks, _ := filepath.Glob(filepath.Join(dir, leakMark("*")))
	var found []error
	for _, mark := range marks {
		text, err := os.ReadFile(mark)
		found = append(found, err, errors.New(string(text)))
	}
	return errors.Join(found...)
}

func leakMark(process string) string { return "leak-" + process + ".txt" }
