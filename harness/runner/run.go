package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"authconform/harness/glob"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/journal"
	"authconform/harness/secret"
	"authconform/harness/standard"
	"authconform/harness/target"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/compare"
)

// Options are what a person asks of one run of one suite.
type Options struct {
	TargetFile string // "" starts the reference of the exchange
	Profile    string // "" is the target file's, or else the contract's default
	Out        string // the run folder
	Procs      int    // processes the specs are spread over; 0 and 1 are this one, WhatPays is as many as pay
	Focus      string // globs over clause ids, separated by commas; "" is all
	Skip       string // globs of clauses that are left out, separated by commas
	Failures   int    // the run ends at so many failures; 0 is never
	Strict     bool
	Seed       int64 // of the spec order; 0 draws one
	Version    string
	Faults     []string // of the reference; only without a target file
	RealTime   bool     // no spec waits longer than limits.max-wait, test clock or not
	Every      bool     // every call is reported, and the journals stay
	Gzip       bool     // the calls are packed
	CTRF       bool     // the verdicts are written as CTRF too
	Sole       bool     // the run is all that this process does: both end with one exit code
	Progress   Progress
	// Compare says for the page what differs from an earlier run; nil where none is
	// compared with.
	Compare func([]*reports.Report) *compare.Difference

	ProductionHosts []string // of every exchange; a target among them needs allow.production
}

// Run puts one suite to one target and writes the reports of the run. A
// *UsageError without a report means that nothing was judged because what was asked
// cannot be. Any other error comes with the report that the run folder holds: evidence
// was lost, and the report is not green.
func Run(ctx context.Context, st conform.Suite, o Options) (*reports.Report, error) {
	c, err := Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	release, err := reports.Claim(o.Out)
	if err != nil {
		return nil, &UsageError{err}
	}
	defer release()
	r := &runner{suite: st, contract: c, options: o, vault: secret.New(), started: time.Now()}
	if err := r.plan(); err != nil {
		return nil, err
	}
	defer r.stop()
	if err := r.list(); err != nil {
		return nil, err
	}
	begun, err := r.begin()
	if err != nil {
		return nil, &UsageError{err}
	}
	silent, err := r.observe(ctx)
	var wrong *UsageError
	if errors.As(err, &wrong) {
		return nil, errors.Join(wrong, reports.Withdraw(o.Out))
	}
	if err != nil {
		silent = fmt.Errorf("the run failed: %w", err)
	}
	report, failed := r.report(silent)
	if report == nil {
		report = begun
	}
	return report, errors.Join(err, failed)
}

// begin writes the report of a run that has not ended: it is what is there when the
// run is killed, or when the disk is full before it ends.
func (r *runner) begin() (*reports.Report, error) {
	report, err := r.judge(nil, nil, errors.New("the run did not come to its end"))
	if err != nil {
		return nil, err
	}
	return report, r.commit(report, nil)
}

// observe runs the specs; what they find is in the journals. silent, when not
// nil, is why none ran.
func (r *runner) observe(ctx context.Context) (silent, err error) {
	if err := r.keepTarget(); err != nil {
		return nil, err
	}
	silent = Preflight(ctx, r.Plan, r.suite, r.contract, r.target, r.vault)
	if r.interrupted = ctx.Err() != nil; r.interrupted {
		return errors.New("the run was interrupted before its first clause"), nil
	}
	var wrong *UsageError
	switch {
	case errors.As(silent, &wrong):
		return nil, wrong
	case silent != nil:
		return silent, nil
	}
	r.options.Progress.waiting = r.accounts.Waiting
	defer context.AfterFunc(ctx, func() { r.accounts.End("the run was interrupted") })()
	r.learnDrift(ctx)
	r.easeLimits(ctx)
	if err := r.order(); err != nil {
		return err, nil
	}
	r.bound()
	r.options.Progress.found, r.options.Progress.called = r.enough(), r.overCalls
	progress := r.options.Progress.follow(r.Plan.Out, r.withSpecs())
	if err = r.specs(ctx); err == nil {
		err = r.roots(ctx)
	}
	progress.stop()
	r.interrupted = ctx.Err() != nil
	r.putBack()
	var none *noSpec
	if errors.As(err, &none) {
		return err, nil
	}
	return nil, err
}

// keepTarget writes the target file, redacted, beside the reports. Its secrets are
// known to the vault since it was loaded.
func (r *runner) keepTarget() error {
	text, err := os.ReadFile(r.Plan.TargetFile)
	if err != nil {
		return err
	}
	return reports.WriteTarget(r.Plan.Out, r.vault.Redact(string(text)))
}

// runner is the parent of a run: it plans, lets specs run here or in child
// processes, and reports from what their journals hold.
type runner struct {
	Plan     Plan
	suite    conform.Suite
	contract *contract.Contract
	options  Options
	vault    *secret.Vault
	target   *target.Target
	clauses  []reports.Clause
	own      map[string]bool      // clauses that look at limits as the target has them
	standing *standard.References // which clauses bear on which requirement of a standard
	started  time.Time
	accounts *identity.Broker
	more     source // of accounts; nil: none
	stop     func()
	release  func() // the run folder, in a run through `ginkgo`
	test     string // the Go test that such a run is in; "" in others

	interrupted bool // from outside, while specs ran
}

// plan settles target and profile, starting the reference where no target file
// is given.
func (r *runner) plan() (err error) {
	o := &r.options
	r.stop = func() {}
	// Child processes run in other folders than this one.
	if o.Out, err = filepath.Abs(o.Out); err != nil {
		return err
	}
	file := o.TargetFile
	if file != "" {
		if file, err = filepath.Abs(file); err != nil {
			return err
		}
	}
	if file == "" {
		profile, err := Profile(r.contract, askedProfile(r.suite.Exchange, o.Profile))
		if err != nil {
			return err
		}
		if file, r.stop, err = startReference(r.suite, r.contract, profile, o.Faults); err != nil {
			return err
		}
	}
	if r.target, err = loadTarget(file, r.suite, r.contract, o.ProductionHosts, r.vault); err != nil {
		r.stop()
		return err
	}
	profile := o.Profile
	if profile == "" {
		profile = r.target.Profile
	}
	if profile, err = Profile(r.contract, profile); err != nil {
		r.stop()
		return err
	}
	if o.Seed == 0 {
		o.Seed = drawSeed(r.started)
	}
	if o.Procs == WhatPays {
		o.Procs = r.pays(profile)
	}
	o.Procs = max(o.Procs, 1)
	r.Plan = Plan{
		Exchange: r.suite.Exchange, TargetFile: file, Profile: profile, Focus: o.Focus, Skip: o.Skip, Out: o.Out,
		RunID: newRunID(), Version: o.Version, Procs: o.Procs, RealTime: o.RealTime,
		ProductionHosts: o.ProductionHosts, Beside: r.target.Clock.AdvanceURL == "", Musts: stated(r.target.Limits),
	}
	if err := r.openAccounts(); err != nil {
		r.stop()
		return err
	}
	r.limitMemory()
	return nil
}

// list finds the clauses of the run and refuses one in which none is left, or
// whose target file excuses a clause that there is not.
func (r *runner) list() error {
	entries, err := entries(r.suite, r.contract, r.Plan.Profile, r.Plan.Focus, r.Plan.Skip)
	if err != nil {
		r.stop()
		return err
	}
	r.take(entries)
	if r.selected() == 0 {
		r.stop()
		return usage("the focus %q, less what is skipped, matches none of the %d clauses of %s in profile %s; `authconform list %s` prints "+
			"their ids",
			r.Plan.Focus, len(r.clauses), r.suite.Exchange, r.Plan.Profile, r.suite.Exchange)
	}
	for name, globs := range map[string][]string{"focus": globsOf(r.Plan.Focus), "skip": globsOf(r.Plan.Skip)} {
		for _, g := range globs {
			if !slices.ContainsFunc(r.clauses, func(c reports.Clause) bool { return glob.Fits(g, c.ID) }) {
				r.stop()
				return usage("the %s %q matches no clause of %s in profile %s; `authconform list %s` prints their ids",
					name, g, r.suite.Exchange, r.Plan.Profile, r.suite.Exchange)
			}
		}
	}
	for _, d := range r.target.Deviations {
		if !slices.ContainsFunc(r.clauses, func(c reports.Clause) bool { return verdict.Deviation{Clause: d.Clause}.Lists(c.ID) }) {
			r.stop()
			return usage("%s:%d: deviations: %s has no clause %q in profile %s; `authconform list %s` prints the ids",
				r.target.File, d.Line, r.suite.Exchange, d.Clause, r.Plan.Profile, r.suite.Exchange)
		}
	}
	return nil
}

// take keeps the clauses of the run's profile.
func (r *runner) take(entries []clause.Entry) {
	r.own = map[string]bool{}
	for _, e := range entries {
		if r.own[e.ID] = e.Own; slices.Contains(e.Info.Profiles, r.Plan.Profile) {
			r.clauses = append(r.clauses, reports.Clause{Info: e.Info, Selected: e.Selected})
		}
	}
}

// withSpecs is how many of the selected clauses have a spec.
func (r *runner) withSpecs() int {
	n := 0
	for _, c := range r.clauses {
		if c.Selected && !c.IsShape() {
			n++
		}
	}
	return n
}

func (r *runner) selected() int {
	n := 0
	for _, c := range r.clauses {
		if c.Selected {
			n++
		}
	}
	return n
}

// patience is how long after an interrupt the specs may take to end, and cleanup how
// long each of their parts may.
const (
	patience = 3 * time.Second
	cleanup  = time.Second
)

// specs runs the tree in this process, or hands it to child processes. A spec that
// heeds no interrupt is left behind: the process ends soon.
func (r *runner) specs(ctx context.Context) error {
	if r.Plan.Procs > 1 {
		return r.children(ctx)
	}
	done := make(chan error, 1)
	go func() { done <- RunHere(r.Plan, r.suite, r.contract, &r.options.Seed, io.Discard) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return nil
	}
}

// RunHere runs the specs of a plan in this process: all of them, or as one of
// Ginkgo's processes its share. seed, when not nil, sets the order. Ginkgo's own
// words go to log; what the run found is in the journal.
func RunHere(plan Plan, st conform.Suite, c *contract.Contract, seed *int64, log io.Writer) error {
	globals.Reset()
	defer globals.Reset()
	_, unregister, err := tree(plan, st, c, func() (Plan, error) { return plan, nil }, func() {})
	if err != nil {
		return err
	}
	defer unregister()
	Specs(st.Exchange, seed, log)
	return nil
}

// Specs runs the selected specs of the tree that was built: in an order that
// seed sets when it is not nil.
func Specs(name string, seed *int64, log io.Writer) {
	config, reporter := ginkgo.GinkgoConfiguration()
	config.LabelFilter = "!" + clause.Unselected
	if seed != nil {
		config.RandomizeAllSpecs, config.RandomSeed = true, *seed
	}
	config.GracePeriod = cleanup
	reporter.NoColor = true
	out := formatter.ColorableStdOut
	formatter.ColorableStdOut = log
	defer func() { formatter.ColorableStdOut = out }()
	ginkgo.RunSpecs(quiet{}, name, config, reporter)
}

// quiet is the testing.T of a run outside `go test`: the journal, not Ginkgo,
// says what failed.
type quiet struct{}

func (quiet) Fail() {}

// report judges what the journals hold and writes all outputs: the calls, and when
// nothing in them holds a secret any more the verdicts. A run that was interrupted
// writes its verdicts first, for it may be told to end at once. silent, when not nil, is
// why no spec ran. What goes wrong leaves the report that is there already.
func (r *runner) report(silent error) (*reports.Report, error) {
	if r.interrupted {
		if _, err := r.write(silent, nil, nil); err != nil {
			return nil, err
		}
	}
	findings, lost := reports.Gate(r.Plan.Out, r.vault)
	more, err := r.writeCalls(silent)
	findings, lost = append(findings, more...), errors.Join(lost, leaked(r.Plan.Out), err)
	report, err := r.write(silent, findings, lost)
	if err := errors.Join(lost, err); err != nil {
		return report, err
	}
	return report, r.options.tidy(r.Plan.Out, report)
}

// writeCalls writes the calls, and takes out of them what the vault knows.
func (r *runner) writeCalls(silent error) ([]journal.Finding, error) {
	calls, err := journal.Open(r.Plan.Out)
	if err != nil {
		return nil, err
	}
	defer calls.Close()
	report, err := r.judge(calls.Results(), nil, silent)
	if err != nil {
		return nil, err
	}
	if err := reports.WriteHAR(r.Plan.Out, report, calls, r.extent()); err != nil {
		return nil, err
	}
	findings, err := reports.Gate(r.Plan.Out, r.vault, reports.HARFile)
	if err != nil {
		return nil, err
	}
	return findings, r.options.pack(r.Plan.Out)
}

// write writes the verdicts on what the journals hold. lost, when not nil, is why the
// evidence for them is not whole.
func (r *runner) write(silent error, findings []journal.Finding, lost error) (*reports.Report, error) {
	calls, err := journal.Open(r.Plan.Out)
	if err != nil {
		return nil, err
	}
	defer calls.Close()
	report, err := r.judge(calls.Results(), append(calls.Findings(), findings...), silent)
	if err != nil {
		return nil, err
	}
	if lost != nil {
		report.Fail("evidence of the run was lost: " + r.vault.Redact(lost.Error()))
	} else if r.options.spares(report) {
		if err := report.Lean(calls); err != nil {
			return nil, err
		}
	}
	return report, r.commit(report, calls)
}

// commit writes the verdicts. Where they cannot be written, the report says so, as that of a
// run without an end says which is there instead.
func (r *runner) commit(report *reports.Report, calls *journal.Reader) error {
	err := reports.WriteVerdicts(r.Plan.Out, report, r.vault, r.options.commit(), r.options.outputs(nil, r.page(report, calls))...)
	if err != nil {
		report.Fail("evidence of the run was lost: " + r.vault.Redact(err.Error()))
	}
	return err
}

func (r *runner) tool() reports.Tool {
	return reports.Tool{Name: "authconform", Version: r.Plan.Version}
}
