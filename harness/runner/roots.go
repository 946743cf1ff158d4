package runner

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/journal"
	"authconform/harness/plain"
	"authconform/harness/verdict"
	"authconform/reports"
)

// deepest is how many times a root may wait for another one.
const deepest = 3

// roots runs, after a part of the clauses, those that judge what others of it wait for:
// a report then says what is wrong with a step, and not only that clauses wait for it.
func (r *runner) roots(ctx context.Context) error {
	plan := r.Plan
	defer func() { r.Plan = plan }()
	for i := range deepest {
		// Ginkgo's own focus leaves clauses selected that do not run.
		if ctx.Err() != nil || r.accounts.Course().Over != "" || r.test == "" && r.selected() == len(r.clauses) {
			return nil
		}
		ids, err := r.awaited(plan.Skip)
		if err != nil || len(ids) == 0 {
			return err
		}
		r.Plan.Focus, r.Plan.Procs, r.Plan.Behind = strings.Join(ids, ","), 1, plan.Procs+i
		run := r.specs
		if r.test != "" {
			run = r.rootsApart
		}
		if err := run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rootsArgument is the last argument under which a suite's test binary runs roots alone.
const rootsArgument = "__roots"

func isRoots() bool { return os.Args[len(os.Args)-1] == rootsArgument }

// rootsApart runs what the plan's focus names in a process of its own, as Ginkgo runs one
// tree a process, and its own focus would leave these clauses out.
func (r *runner) rootsApart(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find this program to run it again: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "-test.run=^"+regexp.QuoteMeta(r.test)+"$", "-test.count=1", rootsArgument)
	cmd.Env = append(os.Environ(), planVariable+"="+string(r.Plan.encode()))
	cmd.WaitDelay = patience
	if said, err := cmd.CombinedOutput(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("the clauses that others wait for (%s) did not run: %w: %s", r.Plan.Focus, err,
			plain.Text(r.vault.Redact(string(said))))
	}
	return nil
}

// testRoots runs them, in that process; their journal says what they find.
func testRoots(t *testing.T, st conform.Suite, encoded string) {
	plan, err := decodePlan([]byte(encoded))
	if err != nil {
		t.Fatalf("%s is not a plan: %v", planVariable, err)
	}
	c, err := Contract(plan.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	log.SetOutput(io.Discard)
	if err := RunHere(plan, st, c, nil, io.Discard); err != nil {
		t.Fatal(err)
	}
}

// awaited names for each step that clauses wait for a clause that judges it, where none
// of these has run.
func (r *runner) awaited(skip string) ([]string, error) {
	calls, err := journal.Open(r.Plan.Out)
	if err != nil {
		return nil, err
	}
	defer calls.Close()
	results := calls.Results()
	report, err := r.judge(results, nil, nil)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range report.Verdicts {
		if e.Verdict != verdict.UNTESTABLE || len(e.Failures) == 0 || e.Failures[0].Outcome == "" {
			continue
		}
		if id := r.root(e.Failures[0], results, skip); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// root is a clause about the operation and outcome of a step that has not run: one of the
// exchange's own specs before those of families, which need the step themselves, and a
// MUST before others. It is empty where one has judged the step.
func (r *runner) root(step journal.Failure, results map[string]journal.Result, skip string) string {
	about := slices.DeleteFunc(slices.Clone(r.clauses), func(c reports.Clause) bool {
		return c.IsShape() || c.Operation != step.Operation || c.Outcome != step.Outcome || skips(skip)(c.Info)
	})
	best := ""
	weight := -1
	for _, c := range about {
		switch results[c.ID].State {
		case verdict.Passed, verdict.Failed:
			return ""
		case "":
		default:
			continue
		}
		w := 0
		if !strings.HasPrefix(c.ID, c.Exchange+"."+clause.Slug(c.Operation)+".") {
			w += 2
		}
		if c.Level == clause.MUST {
			w++
		}
		if w > weight {
			best, weight = c.ID, w
		}
	}
	return best
}
