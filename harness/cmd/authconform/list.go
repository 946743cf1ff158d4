package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/reference"
	"authconform/harness/runner"
	"authconform/reports"
)

func listCommand() *cobra.Command {
	var format string
	var faults, settings bool
	cmd := &cobra.Command{
		Use:   "list EXCHANGE",
		Short: "List the clauses of a suite, or the faults or settings of its reference",
		Example: `  authconform list onlyoffice
  authconform list onlyoffice --format json
  authconform list onlyoffice --faults`,
		Args: oneExchange,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := findSuite(args[0])
			if err != nil {
				return err
			}
			switch {
			case faults:
				return listFaults(cmd, st)
			case settings:
				return listSettings(cmd, st)
			case format == "table":
				return listTable(cmd, st)
			case format == "json":
				clauses, err := runner.Clauses(st)
				if err != nil {
					return err
				}
				return reports.WriteList(cmd.OutOrStdout(), st.Exchange, clauses)
			}
			return fmt.Errorf("unknown --format %q; there are: table, json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "`FORMAT`: table or json")
	cmd.Flags().BoolVar(&faults, "faults", false, "list the defects that the reference can be served with")
	cmd.Flags().BoolVar(&settings, "settings", false, "list what the reference can be set up with")
	return cmd
}

func listTable(cmd *cobra.Command, st conform.Suite) error {
	clauses, err := runner.Clauses(st)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CLAUSE\tLEVEL\tOPERATION\tOUTCOME\tPROFILES\tSPEC\tPROMISE")
	for _, c := range clauses {
		fmt.Fprintf(w, "%s\t%s\t%s %s\t%s\t%s\t%s\t%s\n", c.ID, c.Level, c.Method, c.Path, c.Outcome, strings.Join(c.Profiles, ","), c.Place(), c.Text)
	}
	return w.Flush()
}

func listFaults(cmd *cobra.Command, st conform.Suite) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FAULT\tPROFILES\tWHAT IS WRONG")
	for _, f := range reference.Faults(st.Exchange) {
		profiles := "all"
		if len(f.Profiles) > 0 {
			profiles = strings.Join(f.Profiles, ",")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.ID, profiles, f.Text)
	}
	return w.Flush()
}

func listSettings(cmd *cobra.Command, st conform.Suite) error {
	settings := reference.Settings(st.Exchange)
	if len(settings) == 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "the reference of %s has no settings\n", st.Exchange)
		return nil
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUES\tWHAT IT IS")
	for _, setting := range settings {
		values := "any text"
		if len(setting.Values) > 0 {
			values = strings.Join(setting.Values, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", setting.Name, values, setting.Text)
	}
	return w.Flush()
}
