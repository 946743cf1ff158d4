package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/mutation"
	"authconform/harness/mutation/mutants"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/schemas"
	"authconform/suites"
)

// mutantsName is the hidden command of one process of a proof on mutants.
const mutantsName = "__mutants"

func mutantsWorkerCommand() *cobra.Command {
	return &cobra.Command{
		Use: mutantsName, Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return mutants.Work(cmd.InOrStdin(), cmd.OutOrStdout(), suites.Find, func() { os.Exit(1) })
		},
	}
}

// mutantFlags say which mutants are judged.
type mutantFlags struct {
	on     bool
	files  string
	budget time.Duration
}

func (f *mutantFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.on, "mutants", false, "prove with mutants of the references' source in place of listed faults; needs a "+
		"checkout and Go")
	cmd.Flags().StringVar(&f.files, "files", "", "with --mutants: only files that match `GLOB`, such as 'barong/otp*.go'")
	cmd.Flags().DurationVar(&f.budget, "budget", 0, "with --mutants: judge what can be judged within `DURATION`, such as 8m, of mutants "+
		"drawn at random")
}

// check refuses what cannot be meant.
func (f *mutantFlags) check(o mutation.Options) error {
	switch _, err := path.Match(f.files, ""); {
	case err != nil:
		return fmt.Errorf("--files %q is no glob: %w; write for example --files 'barong/otp*.go'", f.files, err)
	case !f.on && f.files != "":
		return errors.New("--files names files of mutants: give --mutants too")
	case !f.on && f.budget != 0:
		return errors.New("--budget bounds the time for mutants: give --mutants too")
	case f.budget < 0:
		return fmt.Errorf("--budget %s: give a time above zero, such as 8m", f.budget)
	case f.on && o.Faults != "":
		return errors.New("--faults names listed faults, and --mutants puts mutants in their place: give one of them")
	}
	return nil
}

// mutated are the packages whose source is changed: all back ends and what they share.
var mutated = []string{
	"./harness/reference/kit", "./harness/reference/alphapoint", "./harness/reference/barong",
	"./harness/reference/coinrabbit", "./harness/reference/onlyoffice",
}

func proveMutants(cmd *cobra.Command, chosen []conform.Suite, draw mutation.Options, out string, procs int, f mutantFlags) error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("prove --mutants compiles the references anew, and there is no `go` in PATH: install Go 1.26")
	}
	module, err := mutants.ModuleOf(".")
	if err != nil {
		return err
	}
	o := mutants.Options{
		Module: module, Command: "./harness/cmd/authconform", Args: []string{"prove", mutantsName}, Patterns: mutated,
		Files: f.files, Sample: draw.Sample, Seed: draw.Seed, Procs: procs, Budget: f.budget,
	}
	if o.Exempt, err = mutants.Exemptions(schemas.FS); err != nil {
		return err
	}
	if o.Surfaces, err = surfaces(chosen, draw.Profile); err != nil {
		return err
	}
	if err := reports.CheckFolder(out); err != nil {
		return err
	}
	if o.Seed == 0 && (o.Sample > 0 || o.Budget > 0) {
		o.Seed = rand.Uint64N(1_000_000) + 1
	}
	if o.Sample > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "a sample of %d mutants, seed %d\n", o.Sample, o.Seed)
	}
	if o.Budget > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "as many mutants as can be judged in %s, in the order of seed %d\n", o.Budget, o.Seed)
	}
	started := time.Now()
	o.Progress = func(text string) { fmt.Fprintf(cmd.ErrOrStderr(), "%5.0fs %s\n", time.Since(started).Seconds(), text) }
	report, err := mutants.Prove(cmd.Context(), o)
	if err != nil {
		return err
	}
	if err := reports.WriteJSON(out, reports.MutantsFile, report); err != nil {
		return err
	}
	if err := reports.WriteText(out, reports.ScoresFile, report.Markdown); err != nil {
		return err
	}
	if err := report.Print(cmd.OutOrStdout()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "mutants: %s\n", filepath.Join(out, reports.MutantsFile))
	if len(report.Stale) > 0 {
		return exit(verdict.ExitNotConformant)
	}
	return nil
}

// surfaces lists the profiles of suites: all of them, or the one named.
func surfaces(chosen []conform.Suite, profile string) ([]mutants.Surface, error) {
	var list []mutants.Surface
	for _, st := range chosen {
		c, err := runner.Contract(st.Exchange)
		if err != nil {
			return nil, err
		}
		profiles := c.Profiles
		if profile != "" {
			if profile, err = runner.Profile(c, profile); err != nil {
				return nil, err
			}
			profiles = []string{profile}
		}
		for _, name := range profiles {
			list = append(list, mutants.Surface{Exchange: st.Exchange, Profile: name})
		}
	}
	return list, nil
}
