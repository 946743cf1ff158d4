package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/plain"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/compare"
	"authconform/suites"
)

func runCommand() *cobra.Command {
	var o runner.Options
	var baseline string
	var focus, skip []string
	var failedFrom string
	var contractVersion int
	var formats []string
	cmd := &cobra.Command{
		Use:   "run [EXCHANGE...]",
		Short: "Run suites against a target, or against their embedded references",
		Long: `Runs the suite of each exchange (all of them without an argument) and writes one
report.json, index.html, junit.xml, summary.md and calls.har into a folder of the run. The exit
code over several exchanges is the worst of theirs: 1 beats 3, and 3 beats 0.

Without --target the suite's own reference is started and judged.

With --baseline the run is then compared with an earlier one as "authconform diff"
does, and ends with that exit code: what was broken before is printed, and only what
is newly broken is red.`,
		Example: `  authconform run
  authconform run coinrabbit kiiex
  authconform run onlyoffice --target staging.yaml --out reports/runs/staging
  authconform run onlyoffice --profile 3.7 --procs 4
  authconform run onlyoffice --target staging.yaml --focus 'onlyoffice.login.*' --focus onlyoffice.code.wrong
  authconform run onlyoffice --target staging.yaml --failed-from reports/runs/staging --max-failures 3
  authconform run barong --target staging.yaml --baseline reports/runs/last-release`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if failedFrom != "" {
				var err error
				if focus, err = notPassed(failedFrom, args, focus); err != nil {
					return err
				}
			}
			o.Focus, o.Skip = strings.Join(focus, ","), strings.Join(skip, ",")
			if o.Failures < 0 || o.Failures == 0 && cmd.Flags().Changed("max-failures") {
				return fmt.Errorf("--max-failures %d: give a number of failures from 1 on", o.Failures)
			}
			if err := checkContractVersion(contractVersion); err != nil {
				return err
			}
			for _, name := range formats {
				if name != "ctrf" && name != "github" {
					return fmt.Errorf("--format %s: want ctrf, github or both", name)
				}
			}
			o.CTRF = slices.Contains(formats, "ctrf")
			if baseline == "" {
				return runAll(cmd, args, &o)
			}
			return runAgainst(cmd, args, &o, baseline)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.TargetFile, "target", "", "target `FILE` of the deployment; the embedded reference without it")
	flags.StringVar(&o.Profile, "profile", "", "profile of the contract (default: the target file's, or the contract's first)")
	flags.StringVar(&o.Out, "out", "", "`DIR` for the reports (default: reports/runs/<time>)")
	flags.IntVar(&o.Procs, "procs", 0, "processes to spread the specs over (default: 24 where a target takes real time, for waiting "+
		"costs nothing; else 1)")
	flags.StringSliceVar(&focus, "focus", nil, "run only the clauses whose id matches this `GLOB`; several are one run of them all")
	flags.StringSliceVar(&skip, "skip", nil, "leave out the clauses whose id matches this `GLOB`")
	flags.StringVar(&failedFrom, "failed-from", "", "run only what was judged and did not pass, or was not judged, in the run in `DIR`")
	flags.IntVar(&o.Failures, "max-failures", 0, "end the run at `N` FAILs; what it did not come to is NOT_RUN")
	flags.BoolVar(&o.Strict, "strict", false, "a failed SHOULD is red too")
	flags.Var((*evidence)(&o.Every), "evidence", "calls to keep: `WHAT` is lean (of what is not PASS, and one of each operation and "+
		"outcome) or all (for verify)")
	flags.BoolVar(&o.Gzip, "gzip", false, "pack calls.har")
	flags.IntVar(&contractVersion, "contract-version", 0, "refuse to run when the promises are newer than version `N`")
	flags.StringSliceVar(&formats, "format", nil, "`FORMATS` besides: ctrf writes ctrf.json, github prints at most ten annotations, by cause")
	flags.StringVar(&baseline, "baseline", "", "compare with the run in `DIR`; only what is newly broken is red")
	flags.Int64Var(&o.Seed, "seed", 0, "`SEED` of the order of specs (default: drawn)")
	return cmd
}

// evidence is the flag that says whether every call is kept.
type evidence bool

func (e *evidence) String() string {
	if *e {
		return "all"
	}
	return "lean"
}

func (e *evidence) Set(text string) error {
	if text != "lean" && text != "all" {
		return errors.New("want lean or all")
	}
	*e = text == "all"
	return nil
}

func (*evidence) Type() string { return "WHAT" }

// runAgainst runs, and comes to the exit code by what differs from an earlier run.
func runAgainst(cmd *cobra.Command, args []string, o *runner.Options, baseline string) error {
	old, err := reports.Read(baseline)
	if err != nil {
		return fmt.Errorf("--baseline: %w", err) // before the first call
	}
	o.Compare = func(now []*reports.Report) *compare.Difference {
		d, _, err := differenceOf(old, now, baseline, o.Out)
		if err != nil {
			return nil // what is wrong is said below, and costs the run no evidence
		}
		return d
	}
	var judged exit
	if err := runAll(cmd, args, o); err != nil && !errors.As(err, &judged) {
		return err
	}
	d, err := difference(cmd, baseline, o.Out)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "\nCompared with %s\n\n", baseline)
	if err := d.Write(cmd.OutOrStdout(), compare.TextFormat); err != nil {
		return err
	}
	return exitWith(d.ExitCode)
}

func runAll(cmd *cobra.Command, args []string, o *runner.Options) error {
	chosen, err := chooseSuites(args)
	if err != nil {
		return err
	}
	if o.Procs < 0 || o.Procs == 0 && cmd.Flags().Changed("procs") {
		return fmt.Errorf("--procs %d: give a number of processes from 1 on", o.Procs)
	}
	if o.Procs == 0 {
		o.Procs = runner.WhatPays
	}
	if o.TargetFile != "" && len(chosen) != 1 {
		return fmt.Errorf("--target describes one deployment of one exchange: name the exchange, as in `authconform run onlyoffice --target "+
			"%s`", o.TargetFile)
	}
	if o.Out == "" {
		o.Out = filepath.Join("reports", "runs", time.Now().UTC().Format("20060102-150405.000"))
	}
	o.Version, o.ProductionHosts = runner.Version(), suites.ProductionHosts()
	o.Sole = true
	o.Progress = runner.Progress{Out: cmd.ErrOrStderr(), Terminal: isTerminal(cmd.ErrOrStderr())}
	if len(chosen) > 1 {
		return runSeveral(cmd, chosen, *o)
	}
	return runOne(cmd, chosen[0], *o)
}

func runOne(cmd *cobra.Command, st conform.Suite, o runner.Options) error {
	o.Progress.Name = st.Exchange
	report, err := runner.Run(cmd.Context(), st, o)
	if report == nil {
		return err
	}
	tell(cmd, err)
	tell(cmd, errors.Join(reports.Console(cmd.OutOrStdout(), report, consoleOptions(cmd)), annotate(cmd, report)))
	warnOfEnds(cmd, report)
	if report.ExitCode == verdict.ExitIncomplete && o.TargetFile != "" && !report.Interrupted {
		gaps, err := runner.MissingSettings(st, o.TargetFile)
		tell(cmd, err)
		printGaps(cmd.OutOrStdout(), st, gaps)
		fmt.Fprintf(cmd.OutOrStdout(), "\nWhat else is missing, and what it costs: authconform doctor --target %s\n", plain.Line(o.TargetFile))
	}
	return ended(cmd, o)
}

// warnOfEnds names the deviations that are red soon.
func warnOfEnds(cmd *cobra.Command, r *reports.Report) {
	for _, d := range r.Ending {
		fmt.Fprintf(cmd.OutOrStdout(), "WARNING: the deviation of %s ends on %s and is red then (owner %s)\n",
			d.Clause, d.Expires.Add(-time.Nanosecond).Format(time.DateOnly), d.Owner)
	}
}

// runSeveral prints what was judged even where something failed, and that.
func runSeveral(cmd *cobra.Command, chosen []conform.Suite, o runner.Options) error {
	report, err := runner.RunSeveral(cmd.Context(), chosen, o)
	if report == nil {
		return err
	}
	tell(cmd, err)
	tell(cmd, errors.Join(reports.ConsoleSeveral(cmd.OutOrStdout(), report, consoleOptions(cmd)), annotate(cmd, report.Runs...)))
	return ended(cmd, o)
}

// tell prints what went wrong beside the verdicts. It changes no exit code: that is the
// one of the reports on disk.
func tell(cmd *cobra.Command, err error) {
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "authconform: %s\n", plain.Text(err.Error()))
	}
}

func ended(cmd *cobra.Command, o runner.Options) error {
	fmt.Fprintf(cmd.ErrOrStderr(), "reports: %s\n", plain.Line(o.Out))
	return exitWith(runner.Committed())
}

// annotate prints annotations where --format github asks for them.
func annotate(cmd *cobra.Command, runs ...*reports.Report) error {
	if formats, err := cmd.Flags().GetStringSlice("format"); err != nil || !slices.Contains(formats, "github") {
		return err
	}
	return reports.GitHub(cmd.OutOrStdout(), runs...)
}

func consoleOptions(cmd *cobra.Command) reports.ConsoleOptions {
	return reports.ConsoleOptions{Color: colours(cmd.OutOrStdout())}
}

func exitWith(code int) error {
	if code == verdict.ExitConformant {
		return nil
	}
	return exit(code)
}

// chooseSuites finds the suites by name; no names mean all.
func chooseSuites(names []string) ([]conform.Suite, error) {
	if len(names) == 0 {
		return suites.All(), nil
	}
	var chosen []conform.Suite
	for _, name := range names {
		st, err := findSuite(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(chosen, func(s conform.Suite) bool { return s.Exchange == name }) {
			return nil, fmt.Errorf("the exchange %q is named twice: name each once", name)
		}
		chosen = append(chosen, st)
	}
	return chosen, nil
}

func findSuite(name string) (conform.Suite, error) {
	st, ok := suites.Find(name)
	if !ok {
		var known []string
		for _, s := range suites.All() {
			known = append(known, s.Exchange)
		}
		return st, fmt.Errorf("unknown exchange %q; there is a suite for: %s", name, strings.Join(known, ", "))
	}
	return st, nil
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colours honours NO_COLOR (https://no-color.org).
func colours(w io.Writer) bool { return os.Getenv("NO_COLOR") == "" && isTerminal(w) }
