package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/doctor"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites"
)

func doctorCommand() *cobra.Command {
	var file string
	var offline bool
	cmd := &cobra.Command{
		Use:   "doctor --target FILE",
		Short: "Tell what a target file lacks, and what that costs",
		Long: `Reads a target file as "authconform run" would, asks the target for any answer,
and rehearses the run on the embedded reference with no more than the file has:
settings, features, identities, inbox, limits, consent. It names what is missing,
the clauses that cannot be judged without it, and what to ask the vendor. The
target gets one GET /, the first step of one log-in for each role and, where the
file names an inbox, one request that has a mail sent to one account; doctor says
whether the mail arrives and can be read. With --offline it gets nothing, so that a file can be checked before its deployment
exists.

Exit code 0: ready. 3: not everything can be tested. 2: the file or the target
cannot be used.`,
		Example: `  authconform doctor --target staging.yaml
  authconform doctor --target staging.yaml --offline`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return errors.New("doctor needs a target file, as in `authconform doctor --target staging.yaml`; `authconform init EXCHANGE` " +
					"prints one to fill in")
			}
			found, err := doctor.Examine(cmd.Context(), suites.All(), file, offline)
			if err != nil {
				return err
			}
			if found.Silent != nil {
				return found.Silent
			}
			return diagnose(cmd.OutOrStdout(), found, offline)
		},
	}
	cmd.Flags().StringVar(&file, "target", "", "target `FILE` of the deployment")
	cmd.Flags().BoolVar(&offline, "offline", false, "check the file alone: send nothing to the deployment")
	return cmd
}

// diagnose prints what was found and returns the exit code.
func diagnose(w io.Writer, e *doctor.Examination, offline bool) error {
	asked := "the file can be used, and the target answers and lets its accounts in"
	if offline {
		asked = "the file can be used; the target was asked nothing"
	}
	fmt.Fprintf(w, "%s, profile %s, at %s: %s\n", e.Suite.Exchange, e.Target.Profile, e.Target.URL, asked)
	printGaps(w, e.Suite, e.Gaps)
	list := func(title string, names []string, text func(string) string) {
		if len(names) > 0 {
			fmt.Fprintf(w, "\n%s\n", title)
			for _, name := range names {
				fmt.Fprintf(w, "  %s: %s\n", name, text(name))
			}
		}
	}
	list("FEATURES not declared: say true or false under features; their clauses are NOT_APPLICABLE until then", e.Features,
		func(name string) string { return e.Suite.Features[name].Text })
	list("IDENTITIES: no account has the role", e.Roles, func(role string) string { return e.Suite.Roles[role] })
	if e.Mail != nil {
		fmt.Fprintf(w, "\nMAIL to %s by %s: %s\n", e.Mail.Who, e.Mail.Operation, e.Mail.Told)
	}
	printEstimates(w, e.Estimates)
	for _, p := range e.Prospects {
		fmt.Fprintf(w, "\n%s %d clauses, %d of them MUST: %s\n  %s\n", p.Verdict, len(p.Clauses), p.Musts, p.Reason,
			strings.Join(p.Clauses, ", "))
	}
	if e.Testable() {
		fmt.Fprintf(w, "\nREADY: authconform run %s --target %s\n", e.Suite.Exchange, e.Target.File)
		return nil
	}
	fmt.Fprintf(w, "\nNOT READY: add what is missing, or run all the same and have these clauses left open (exit 3)\n")
	return exit(verdict.ExitIncomplete)
}

// printEstimates tells for how long accounts keep a run waiting, and what more of them
// would save.
func printEstimates(w io.Writer, list []runner.Estimate) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nPLAN: how long accounts rest after failed attempts; all roles at once, so that the first one counts\n")
	for _, e := range list {
		fmt.Fprintf(w, "  %s: %d in the file, at least %d for all of its %d clauses, which fail %d attempts", e.Role, e.Accounts, e.Least,
			e.Clauses, e.Attempts)
		if e.Waits >= time.Minute {
			fmt.Fprintf(w, ": about %.0f min; %.0f min with one more", e.Waits.Minutes(), e.OneMore.Minutes())
		}
		fmt.Fprintln(w)
	}
}

// printGaps lists settings that nothing says, and what to ask the vendor.
func printGaps(w io.Writer, st conform.Suite, gaps []string) {
	if len(gaps) == 0 {
		return
	}
	fmt.Fprintf(w, "\nMISSING under settings in the target file\n")
	for _, name := range gaps {
		setting := st.Settings[name]
		fmt.Fprintf(w, "  %s: %s\n    ask the vendor: %s\n", name, setting.Text, setting.Ask)
	}
}
