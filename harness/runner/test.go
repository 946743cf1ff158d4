package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/secret"
	"authconform/harness/verdict"
	"authconform/reports"
)

// Variables that steer a run through `ginkgo` or `go test`, where there is no
// command line of our own.
const (
	targetVariable  = "AUTHCONFORM_TARGET"  // path of a target file; the reference without it
	profileVariable = "AUTHCONFORM_PROFILE" // profile of the contract
	focusVariable   = "AUTHCONFORM_FOCUS"   // globs over clause ids, separated by commas
	outVariable     = "AUTHCONFORM_OUT"     // run folder; reports/runs/<time>-<exchange> without it
)

// Test is the whole of a suite's `go test` entry. It also serves the process that runs
// the roots of such a run, which finds its plan in the environment.
func Test(t *testing.T, st conform.Suite, productionHosts []string) {
	if encoded := os.Getenv(planVariable); encoded != "" {
		if isRoots() {
			testRoots(t, st, encoded)
			return
		}
		t.Fatalf("%s is set: it belongs to authconform's own child processes; unset it", planVariable)
	}
	// net/http logs the bytes of an answer that nobody waited for, past the redactor.
	log.SetOutput(io.Discard)
	c, err := Contract(st.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{
		suite: st, contract: c, options: Options{ProductionHosts: productionHosts}, test: t.Name(),
		vault: secret.New(), started: time.Now(), stop: func() {}, release: func() {},
	}
	draft, err := r.draft()
	if err != nil {
		t.Fatal(err)
	}
	config, reporter := ginkgo.GinkgoConfiguration()
	prepare := func() (Plan, error) { return r.prepareTest(draft.Profile, config.RandomSeed, config.ParallelTotal) }
	registry, unregister, err := tree(draft, st, c, prepare, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer unregister()
	ginkgo.ReportAfterSuite("authconform reports", func(ctx ginkgo.SpecContext, ran ginkgo.Report) {
		r.endTest(ctx, registry, len(ran.SpecialSuiteFailureReasons) > 0)
	})
	if config.LabelFilter != "" {
		config.LabelFilter = "(" + config.LabelFilter + ") && "
	}
	config.LabelFilter += "!" + clause.Unselected
	ginkgo.RunSpecs(t, st.Exchange, config, reporter)
}

// draft is what all processes build their tree for.
func (r *runner) draft() (Plan, error) {
	plan := Plan{Exchange: r.suite.Exchange, Focus: os.Getenv(focusVariable)}
	name := os.Getenv(profileVariable)
	if file := os.Getenv(targetVariable); file != "" {
		t, err := loadTarget(file, r.suite, r.contract, r.options.ProductionHosts, r.vault)
		if err != nil {
			return plan, err
		}
		name, plan.Beside, plan.Musts = cmp.Or(name, t.Profile), t.Clock.AdvanceURL == "", stated(t.Limits)
	}
	var err error
	plan.Profile, err = Profile(r.contract, askedProfile(r.suite.Exchange, name))
	return plan, err
}

// prepareTest makes ready, on the first process, what all processes share.
func (r *runner) prepareTest(profile string, seed int64, procs int) (Plan, error) {
	out := os.Getenv(outVariable)
	if out == "" {
		out = filepath.Join("..", "..", "reports", "runs", r.started.UTC().Format("20060102-150405.000")+"-"+r.suite.Exchange)
	}
	out, err := filepath.Abs(out)
	if err != nil {
		return Plan{}, err
	}
	if r.release, err = reports.Claim(out); err != nil {
		return Plan{}, err
	}
	r.options = Options{
		TargetFile: os.Getenv(targetVariable), Profile: profile, Out: out, Procs: procs,
		Focus: os.Getenv(focusVariable), Seed: seed, Version: Version(), ProductionHosts: r.options.ProductionHosts,
	}
	if err := r.plan(); err != nil {
		return Plan{}, err
	}
	if r.options.TargetFile != "" {
		if err := Preflight(context.Background(), r.Plan, r.suite, r.contract, r.target, r.vault); err != nil {
			return Plan{}, errors.New(r.vault.Redact(err.Error()))
		}
		r.learnDrift(context.Background())
	}
	return r.Plan, nil
}

// endTest runs, on the first process and after all others have closed their journals, the
// clauses that judge what others wait for. It writes the reports, and makes Ginkgo's word
// agree with the exit code. broken says that Ginkgo itself ended the run.
func (r *runner) endTest(ctx context.Context, registry *clause.Registry, broken bool) {
	if r.Plan.Out == "" {
		return // preparing failed, and Ginkgo has said why
	}
	defer r.release()
	r.take(registry.Entries())
	var err error
	if !broken && r.accounts != nil {
		err = r.roots(ctx)
	}
	r.putBack()
	r.stop()
	if err != nil {
		ginkgo.Fail(r.vault.Redact(err.Error()))
	}
	report, err := r.report(nil)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	text := fmt.Sprintf("authconform: exit code %d: %s; reports in %s", report.ExitCode, report.Meaning, r.Plan.Out)
	if report.ExitCode != verdict.ExitConformant {
		ginkgo.Fail(text)
	}
	fmt.Fprintln(os.Stderr, text)
}
