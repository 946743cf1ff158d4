package runner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"authconform/harness/conform"
	"authconform/harness/journal"
	"authconform/harness/secret"
	"authconform/reports"
	"authconform/reports/page"
)

// RunSeveral puts several suites, one after the other, each to the reference of
// its exchange, and writes one set of reports over all of them. The journals of
// an exchange lie in a folder of its name below the run folder.
//
// Whatever can be wrong with what was asked for is found before the first call:
// a *UsageError without a report means that nothing was judged. From then on
// nothing that was found is lost. The verdicts so far are written whenever an
// exchange is done, with those to come as NOT_RUN; what fails in one exchange
// leaves its clauses NOT_RUN, does not keep the others from being judged, and is
// returned together with the report.
func RunSeveral(ctx context.Context, suites []conform.Suite, o Options) (*reports.Several, error) {
	release, err := reports.Claim(o.Out)
	if err != nil {
		return nil, &UsageError{err}
	}
	defer release()
	// One vault for all: a file over several exchanges may hold no secret of any.
	s := &several{dir: o.Out, options: o, vault: secret.New(), calls: make([]*journal.Reader, len(suites))}
	defer s.close()
	if o.Seed == 0 {
		o.Seed = drawSeed(time.Now())
	}
	runID := newRunID()
	for _, st := range suites {
		if err := s.prepare(st, o, runID); err != nil {
			return nil, err
		}
	}
	return s.run(ctx)
}

// several is a run over several exchanges.
type several struct {
	dir     string
	options Options
	vault   *secret.Vault
	runners []*runner
	reports []*reports.Report
	calls   []*journal.Reader // nil until the exchange has been judged
	errs    []error

	findings []journal.Finding // of no one exchange
}

// prepare settles all that a run of one exchange needs and starts its reference.
func (s *several) prepare(st conform.Suite, o Options, runID string) error {
	c, err := Contract(st.Exchange)
	if err != nil {
		return err
	}
	o.Out = filepath.Join(o.Out, st.Exchange)
	o.Progress.Name = st.Exchange
	if err := reports.CheckFolder(o.Out); err != nil {
		return &UsageError{err}
	}
	r := &runner{suite: st, contract: c, options: o, vault: s.vault, started: time.Now()}
	if err := r.plan(); err != nil {
		return fmt.Errorf("%s: %w", st.Exchange, err)
	}
	s.runners = append(s.runners, r) // from here on close stops it
	r.Plan.RunID, r.Plan.CallPrefix = runID, st.Exchange+"-"
	if err := r.list(); err != nil {
		return err
	}
	report, err := r.judge(nil, nil, errors.New("the run ended before it came to this exchange"))
	s.reports = append(s.reports, report)
	return err
}

func (s *several) run(ctx context.Context) (*reports.Several, error) {
	whole := s.save()
	if whole == nil {
		return nil, &UsageError{errors.Join(s.errs...)}
	}
	for i, r := range s.runners {
		if ctx.Err() != nil {
			break
		}
		if err := s.judge(ctx, i); err != nil {
			s.errs = append(s.errs, fmt.Errorf("%s: %w", r.suite.Exchange, err))
		}
		if i < len(s.runners)-1 {
			s.save()
		}
	}
	if ctx.Err() != nil {
		s.interrupt()
		s.save() // it may be told to end at once
	}
	s.finish()
	for i, r := range s.reports {
		if len(s.errs) == 0 && s.calls[i] != nil && s.options.spares(r) {
			s.fail(r.Lean(s.calls[i]))
		}
	}
	whole = s.save()
	if whole == nil {
		return nil, errors.Join(s.errs...)
	}
	if len(s.errs) == 0 {
		s.fail(s.options.tidy(s.dir, whole.Runs...))
	}
	return whole, errors.Join(s.errs...)
}

// interrupt marks the exchange that the run did not come to: it is no whole run.
func (s *several) interrupt() {
	for _, report := range s.reports {
		if report.Interrupted {
			return
		}
	}
	s.reports[len(s.reports)-1].Interrupt()
}

// finish writes the calls of all exchanges.
func (s *several) finish() {
	whole, err := reports.Combine(s.reports)
	if err != nil {
		s.fail(err)
		return
	}
	s.find(reports.Gate(s.dir, s.vault))
	if err := reports.WriteCalls(s.dir, whole, s.calls, s.runners[0].extent()); err != nil {
		s.fail(err)
		return
	}
	findings, err := reports.Gate(s.dir, s.vault, reports.HARFile)
	s.find(findings, err)
	if err == nil {
		s.fail(s.options.pack(s.dir))
	}
}

func (s *several) find(findings []journal.Finding, err error) {
	s.fail(err)
	s.findings = append(s.findings, findings...)
}

// judge runs the specs of one exchange and comes to its verdicts. After an error
// the journals are not to be relied upon, and the clauses are NOT_RUN.
func (s *several) judge(ctx context.Context, i int) error {
	r := s.runners[i]
	r.started = time.Now()
	silent, err := r.observe(ctx)
	err = errors.Join(err, leaked(r.Plan.Out))
	if err == nil {
		var findings []journal.Finding
		findings, err = reports.Gate(r.Plan.Out, s.vault)
		s.findings = append(s.findings, findings...)
	}
	var report *reports.Report
	if err == nil {
		report, err = s.read(i, silent)
	}
	if err != nil {
		failed, failure := r.judge(nil, nil, fmt.Errorf("the run over this exchange failed: %w", err))
		if failure != nil {
			return errors.Join(err, failure)
		}
		report = failed
	}
	s.reports[i] = report
	return err
}

func (s *several) read(i int, silent error) (*reports.Report, error) {
	calls, err := journal.Open(s.runners[i].Plan.Out)
	if err != nil {
		return nil, err
	}
	report, err := s.runners[i].judge(calls.Results(), calls.Findings(), silent)
	if err != nil {
		calls.Close()
		return nil, err
	}
	s.calls[i] = calls
	return report, nil
}

// save writes the verdicts so far; nil where it cannot.
func (s *several) save() *reports.Several {
	whole, err := reports.Combine(s.reports)
	if err != nil {
		s.fail(err)
		return nil
	}
	for _, f := range s.findings {
		whole.Find(f)
	}
	if err := errors.Join(s.errs...); err != nil {
		whole.Fail("evidence of the run was lost: " + s.vault.Redact(err.Error()))
	}
	if err := reports.WriteVerdicts(s.dir, whole, s.vault, s.options.commit(), s.options.outputs(whole, s.pages()...)...); err != nil {
		s.fail(err)
		return nil
	}
	return whole
}

func (s *several) pages() []page.Run {
	var shown []page.Run
	for i, r := range s.runners {
		shown = append(shown, r.page(s.reports[i], s.calls[i]))
	}
	return shown
}

func (s *several) fail(err error) {
	if err != nil {
		s.errs = append(s.errs, err)
	}
}

func (s *several) close() {
	for _, r := range s.runners {
		r.stop()
	}
	for _, calls := range s.calls {
		if calls != nil {
			calls.Close()
		}
	}
}
