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
	"strings"
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

// Test is the whole of a suite's `go test` entry. It also serves the binary's
// child processes, which find their plan in the environment.
func Test(t *testing.T, st conform.Suite, productionHosts []string) {
	if encoded := os.Getenv(planVariable); encoded != "" {
		t.Fatalf("%s is set: it belongs to authconform's own child processes; unset it", planVariable)
	}
	// net/http logs the bytes of an answer that nobody waited for, past the redactor.
	log.SetOutput(io.Discard)
	c, err := Contract(st.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{
		suite: st, contract: c, options: Options{ProductionHosts: productionHosts},
		vault: secret.New(), started: time.Now(), stop: func() {}, release: func() {},
	}
	draft, err := r.draft()
	if err != nil {
		t.Fatal(err)
	}
	config, reporter := ginkgo.GinkgoConfiguration()
	prepare := func() (Plan, error) { return r.prepareTest(draft.Profile, config.RandomSeed, config.ParallelTotal) }
	registry, unregister, err := tree(draft, st, c, prepare, func() {
		r.putBack()
		r.stop()
	})
	if err != nil {
		t.Fatal(err)
	}
	defer unregister()
	ginkgo.ReportAfterSuite("authconform reports", func(ginkgo.Report) { r.reportTest(registry) })
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

// reportTest writes the reports on the first process, after all others have
// closed their journals, and makes Ginkgo's word agree with the exit code.
func (r *runner) reportTest(registry *clause.Registry) {
	if r.Plan.Out == "" {
		return // preparing failed, and Ginkgo has said why
	}
	r.take(registry.Entries())
	defer r.release()
	report, err := r.report(nil)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	text := fmt.Sprintf("authconform: exit code %d: %s; reports in %s", report.ExitCode, report.Meaning, r.Plan.Out)
	// Ginkgo runs its tree once: the clauses that `authconform run` would run now are named.
	if ids, err := r.awaited(""); err == nil && len(ids) > 0 {
		text += fmt.Sprintf("; clauses wait for steps that no clause of this run judges: run these too, they say what is wrong: %s",
			strings.Join(ids, ", "))
	}
	if report.ExitCode != verdict.ExitConformant {
		ginkgo.Fail(text)
	}
	fmt.Fprintln(os.Stderr, text)
}
