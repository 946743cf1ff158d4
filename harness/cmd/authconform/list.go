package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/reference"
	"authconform/harness/runner"
	"authconform/harness/standard"
	"authconform/reports"
	"authconform/schemas"
)

func listCommand() *cobra.Command {
	var format, standardID string
	var faults, settings bool
	cmd := &cobra.Command{
		Use:   "list EXCHANGE | list [EXCHANGE...] --standard ID",
		Short: "List the clauses of a suite, or the faults or settings of its reference",
		Example: `  authconform list onlyoffice
  authconform list onlyoffice --format json
  authconform list onlyoffice --faults
  authconform list --standard asvs-5.0.0`,
		Args: func(cmd *cobra.Command, args []string) error {
			if standardID != "" {
				return nil
			}
			return oneExchange(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if standardID != "" {
				return listStandard(cmd, args, standardID)
			}
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
	cmd.Flags().StringVar(&standardID, "standard", "", "list which clauses bear on each requirement of the standard `ID`, such as asvs-5.0.0")
	cmd.Flags().BoolVar(&faults, "faults", false, "list the defects that the reference can be served with")
	cmd.Flags().BoolVar(&settings, "settings", false, "list what the reference can be set up with")
	return cmd
}

func listTable(cmd *cobra.Command, st conform.Suite) error {
	clauses, err := runner.Clauses(st)
	if err != nil {
		return err
	}
	c, err := runner.Contract(st.Exchange)
	if err != nil {
		return err
	}
	where := map[string]string{}
	for _, op := range c.Operations {
		if where[op.ID] = op.Method + " " + op.Path; op.Called != "" {
			where[op.ID] = op.ID // the documents print no path of its own
		}
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CLAUSE\tLEVEL\tOPERATION\tOUTCOME\tPROFILES\tSPEC\tPROMISE")
	for _, c := range clauses {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			c.ID, c.Level, where[c.Operation], c.Outcome, strings.Join(c.Profiles, ","), c.Place(), c.Text)
	}
	return w.Flush()
}

// listStandard prints requirement by requirement which clauses bear on it, and the
// gaps with their reason.
func listStandard(cmd *cobra.Command, args []string, id string) error {
	chosen, err := chooseSuites(args)
	if err != nil {
		return err
	}
	st, err := standard.Load(schemas.FS, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n\n", st.Title, standard.Scope)
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "EXCHANGE\tREQUIREMENT\tLEVEL\tABOUT\tCLAUSES\tWHICH, OR WHY NONE")
	for _, suite := range chosen {
		clauses, err := runner.Clauses(suite)
		if err != nil {
			return err
		}
		refs, err := standard.LoadReferences(schemas.FS, suite.Exchange)
		if err != nil {
			return err
		}
		if err := refs.Check(clauses); err != nil {
			return err
		}
		for _, row := range refs.Rows(st, clauses) {
			which := strings.Join(row.Clauses, " ")
			if row.Gap != "" {
				which = "gap: " + row.Gap
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", suite.Exchange, row.ID, st.LevelOf(row.Requirement), row.Name, len(row.Clauses), which)
		}
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
