package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"authconform/harness/source"
	"authconform/harness/standard"
	"authconform/reports"
	"authconform/reports/compare"
	"authconform/reports/page"
	"authconform/schemas"
)

// htmlFormat is the page of the new run, with what has changed.
const htmlFormat = "html"

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
  authconform diff before after --format markdown >> "$GITHUB_STEP_SUMMARY"
  authconform diff before after --format html > changes.html`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := difference(cmd, args[0], args[1])
			if err != nil {
				return err
			}
			if format == htmlFormat {
				err = writeChanges(cmd.OutOrStdout(), d, args[1])
			} else {
				err = d.Write(cmd.OutOrStdout(), format)
			}
			if err != nil {
				return err
			}
			return exitWith(d.ExitCode)
		},
	}
	cmd.Flags().StringVar(&format, "format", compare.TextFormat,
		"`FORMAT`: text, json, markdown, or html, the new run's page with what has changed")
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
	d, missing, err := differenceOf(old, new, oldDir, newDir)
	if missing != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), missing)
	}
	return d, err
}

// differenceOf compares the reports of two run folders and, where both have them, the
// calls; missing says which of them has none.
func differenceOf(old, new []*reports.Report, oldDir, newDir string) (d *compare.Difference, missing string, err error) {
	if d, err = compare.Runs(old, new); err != nil {
		return nil, "", err
	}
	missing, err = d.AddCalls(oldDir, newDir)
	return d, missing, err
}

// writeChanges writes the page of the new run with what has changed. Its calls stay in
// the run folder.
func writeChanges(w io.Writer, d *compare.Difference, dir string) error {
	list, err := reports.Read(dir)
	if err != nil {
		return err
	}
	whole, err := reports.Combine(list)
	if err != nil {
		return err
	}
	head := page.Head{ExitCode: whole.ExitCode, Meaning: whole.Meaning, Started: whole.Started, Finished: whole.Finished, Changes: d}
	if len(list) == 1 {
		head.ExitCode, head.Meaning = list[0].ExitCode, list[0].Meaning
	}
	passage := source.NewLibrary(schemas.FS).Resolve
	var shown []page.Run
	for _, r := range list {
		refs, err := standard.LoadReferences(schemas.FS, r.Exchange)
		if err != nil {
			return err
		}
		shown = append(shown, page.Run{Report: r, References: refs, Passage: passage})
	}
	return page.Write(w, head, shown)
}
