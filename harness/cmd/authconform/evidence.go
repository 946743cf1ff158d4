package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"authconform/harness/standard"
	"authconform/reports"
	"authconform/reports/oscal"
	"authconform/schemas"
)

func evidenceCommand() *cobra.Command {
	var format string
	var standards []string
	cmd := &cobra.Command{
		Use:   "evidence RUN",
		Short: "Print the results of a run for an auditor's tools",
		Long: `Prints the results of a run folder as OSCAL assessment results: an observation for
each clause, and a finding for each requirement of a standard that clauses bear on, with
what was not assessed and why. It is black-box evidence of one day, and no certification
by the bodies whose standards it names.`,
		Example: `  authconform evidence reports/runs/release --format oscal > assessment-results.json
  authconform evidence reports/runs/release --format oscal --standard asvs-5.0.0 --standard psd2-rts`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "oscal" {
				return fmt.Errorf("--format %q: there is oscal", format)
			}
			list, err := reports.Read(args[0])
			if err != nil {
				return err
			}
			var runs []oscal.Run
			for _, r := range list {
				refs, err := standard.LoadReferences(schemas.FS, r.Exchange)
				if err != nil {
					return err
				}
				runs = append(runs, oscal.Run{Report: r, References: refs})
			}
			return oscal.Write(cmd.OutOrStdout(), runs, standards...)
		},
	}
	cmd.Flags().StringVar(&format, "format", "oscal", "`FORMAT`: oscal (OSCAL "+oscal.Version+" assessment results, JSON)")
	cmd.Flags().StringSliceVar(&standards, "standard", nil, "only the requirements of the standard `ID`; all standards without it")
	return cmd
}
