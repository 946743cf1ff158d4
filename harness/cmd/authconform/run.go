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
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites"
)

func runCommand() *cobra.Command {
	var o runner.Options
	cmd := &cobra.Command{
		Use:   "run [EXCHANGE...]",
		Short: "Run suites against a target, or against their embedded references",
		Long: `Runs the suite of each exchange (all of them without an argument) and writes one
report.json, junit.xml, summary.md and calls.har into a folder of the run. The exit
code over several exchanges is the worst of theirs: 1 beats 3, and 3 beats 0.

Without --target the suite's own reference is started and judged.`,
		Example: `  authconform run
  authconform run coinrabbit kiiex
  authconform run onlyoffice --target staging.yaml --out reports/runs/staging
  authconform run onlyoffice --profile 3.7 --procs 4
  authconform run onlyoffice --target staging.yaml --focus 'onlyoffice.login.*'`,
		RunE: func(cmd *cobra.Command, args []string) error { return runAll(cmd, args, o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.TargetFile, "target", "", "target `FILE` of the deployment; the embedded reference without it")
	flags.StringVar(&o.Profile, "profile", "", "profile of the contract (default: the target file's, or the contract's first)")
	flags.StringVar(&o.Out, "out", "", "`DIR` for the reports (default: reports/runs/<time>)")
	flags.IntVar(&o.Procs, "procs", 1, "processes to spread the specs over")
	flags.StringVar(&o.Focus, "focus", "", "run only the clauses whose id matches this `GLOB`")
	flags.BoolVar(&o.Strict, "strict", false, "a failed SHOULD is red too")
	flags.Int64Var(&o.Seed, "seed", 0, "`SEED` of the order of specs (default: drawn)")
	return cmd
}

func runAll(cmd *cobra.Command, args []string, o runner.Options) error {
	chosen, err := chooseSuites(args)
	if err != nil {
		return err
	}
	if o.Procs < 1 {
		return fmt.Errorf("--procs %d: give a number of processes from 1 on", o.Procs)
	}
	if o.TargetFile != "" && len(chosen) != 1 {
		return fmt.Errorf("--target describes one deployment of one exchange: name the exchange, as in `authconform run onlyoffice --target %s`", o.TargetFile)
	}
	if o.Out == "" {
		o.Out = filepath.Join("reports", "runs", time.Now().UTC().Format("20060102-150405.000"))
	}
	o.Version, o.ProductionHosts = runner.Version(), suites.ProductionHosts()
	o.Progress = runner.Progress{Out: cmd.ErrOrStderr(), Terminal: isTerminal(cmd.ErrOrStderr())}
	if len(chosen) > 1 {
		return runSeveral(cmd, chosen, o)
	}
	return runOne(cmd, chosen[0], o)
}

func runOne(cmd *cobra.Command, st conform.Suite, o runner.Options) error {
	o.Progress.Name = st.Exchange
	report, err := runner.Run(cmd.Context(), st, o)
	if err != nil {
		return err
	}
	if err := reports.Console(cmd.OutOrStdout(), report, consoleOptions(cmd)); err != nil {
		return err
	}
	if report.ExitCode == verdict.ExitIncomplete && o.TargetFile != "" {
		gaps, err := runner.MissingSettings(st, o.TargetFile)
		if err != nil {
			return err
		}
		printGaps(cmd.OutOrStdout(), st, gaps)
		fmt.Fprintf(cmd.OutOrStdout(), "\nWhat else is missing, and what it costs: authconform doctor --target %s\n", o.TargetFile)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "reports: %s\n", o.Out)
	return exitWith(report.ExitCode)
}

// runSeveral prints what was judged even where something failed, and then that.
func runSeveral(cmd *cobra.Command, chosen []conform.Suite, o runner.Options) error {
	report, err := runner.RunSeveral(cmd.Context(), chosen, o)
	if report == nil {
		return err
	}
	if err := errors.Join(reports.ConsoleSeveral(cmd.OutOrStdout(), report, consoleOptions(cmd)), err); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "reports: %s\n", o.Out)
	return exitWith(report.ExitCode)
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
