package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"authconform/reports"
	"authconform/reports/compare"
)

func diffCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what differs between two runs",
		Long: `Compares two run folders: new failures, what is no longer judged, failures with
another cause, mended clauses, new and dropped clauses, and what changed in the
shape of the answers.

Exit codes: 0 no new failure, 1 a promise is newly broken, 2 a folder holds no run,
3 a clause that had to be judged no longer could be, or nothing could be compared.`,
		Example: `  authconform diff reports/runs/before reports/runs/after
  authconform diff before after --format markdown >> "$GITHUB_STEP_SUMMARY"`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := difference(cmd, args[0], args[1])
			if err != nil {
				return err
			}
			if err := d.Write(cmd.OutOrStdout(), format); err != nil {
				return err
			}
			return exitWith(d.ExitCode)
		},
	}
	cmd.Flags().StringVar(&format, "format", compare.TextFormat, "`FORMAT`: text, json or markdown")
	return cmd
}

// difference compares two run folders.
func difference(cmd *cobra.Command, oldDir, newDir string) (*compare.Difference, error) {
	old, err := reports.Read(oldDir)
	if err != nil {
		return nil, err
	}
	new, err := reports.Read(newDir)
	if err != nil {
		return nil, err
	}
	d, err := compare.Runs(old, new)
	if err != nil {
		return nil, err
	}
	missing, err := d.AddCalls(oldDir, newDir)
	if missing != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), missing)
	}
	return d, err
}
