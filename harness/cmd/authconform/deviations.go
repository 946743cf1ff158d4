package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"authconform/harness/verdict"
	"authconform/reports"
)

func acceptCommand() *cobra.Command {
	var file, glob, reason, owner, link, until string
	cmd := &cobra.Command{
		Use:   "accept RUN",
		Short: "Accept the failures of a run for a while",
		Long: `Writes an entry into the deviations of a target file for each clause that failed in
the run (FAIL or WARN) and matches --clause. Until the day given they are KNOWN; after
it they are red, and two weeks before a run warns about that.`,
		Example: `  authconform accept reports/runs/last --target staging.yaml --reason "mended in 2.7" --owner back-end --until 2027-01-31
  authconform accept reports/runs/last --target staging.yaml --clause 'barong.phones.*' --reason ... --owner ... --until ...`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := time.Parse(time.DateOnly, until)
			switch {
			case file == "" || reason == "" || owner == "" || until == "":
				return errors.New("--target, --reason, --owner and --until are all required")
			case err != nil || !time.Now().Before(day.AddDate(0, 0, 1)):
				return fmt.Errorf("--until %s: give a day to come, such as 2027-01-31", until)
			}
			r, list, err := runAndTarget(args[0], file)
			if err != nil {
				return err
			}
			var entries []deviation
			for _, e := range r.Verdicts {
				if (e.Verdict == verdict.FAIL || e.Verdict == verdict.WARN) && (verdict.Deviation{Clause: glob}).Lists(e.ID) && !list.names(e.ID) {
					entries = append(entries, deviation{e.ID, reason, owner, link, until})
				}
			}
			if err := list.add(entries); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d failures accepted until %s\n", file, len(entries), until)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&file, "target", "", "target `FILE` to write to")
	flags.StringVar(&glob, "clause", "*", "accept only clauses whose id matches this `GLOB`")
	flags.StringVar(&reason, "reason", "", "why they are accepted")
	flags.StringVar(&owner, "owner", "", "who answers for them")
	flags.StringVar(&link, "link", "", "where they are tracked")
	flags.StringVar(&until, "until", "", "last `DAY` on which they are, such as 2027-01-31")
	return cmd
}

func pruneCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "prune RUN",
		Short: "Take deviations off a target file that no longer fail",
		Long: `Takes each entry off the deviations of a target file whose clauses no longer fail in
the run: they pass, do not apply, or are no clauses any more. An entry stays while one
of its clauses fails or could not be judged.`,
		Example: `  authconform prune reports/runs/last --target staging.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return errors.New("--target FILE is required: the target file to take entries off")
			}
			r, list, err := runAndTarget(args[0], file)
			if err != nil {
				return err
			}
			gone, err := list.remove(func(clause string) bool {
				return !slices.ContainsFunc(r.Verdicts, func(e reports.Entry) bool {
					return (verdict.Deviation{Clause: clause}).Lists(e.ID) &&
						!slices.Contains([]verdict.Verdict{verdict.PASS, verdict.STALE, verdict.NOT_APPLICABLE}, e.Verdict)
				})
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d deviations taken off\n", file, len(gone))
			for _, clause := range gone {
				fmt.Fprintln(cmd.OutOrStdout(), " ", clause)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "target", "", "target `FILE` to take entries off")
	return cmd
}

// runAndTarget reads a run over one exchange, and the target file of that exchange.
func runAndTarget(dir, file string) (*reports.Report, *deviationList, error) {
	runs, err := reports.Read(dir)
	if err != nil {
		return nil, nil, err
	}
	list, err := readDeviationList(file)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range runs {
		if r.Exchange == list.exchange {
			return r, list, nil
		}
	}
	return nil, nil, fmt.Errorf("the run in %s does not cover the exchange %q of %s", dir, list.exchange, file)
}

// deviation is an entry as it is written.
type deviation struct {
	Clause, Reason, Owner, Link, Expires string
}

// deviationList edits the deviations of a target file line by line: comments, order
// and spelling of all else stay.
type deviationList struct {
	file, exchange string
	lines          []string // with their newlines
	key            int      // line of "deviations:", from 0; -1 where there is none
	empty          bool     // the key holds no entry
	clauses        []string
	starts         []int // line of each entry
	column         int   // of the dashes
}

func readDeviationList(file string) (*deviationList, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var root struct {
		Exchange   string    `yaml:"exchange"`
		Deviations yaml.Node `yaml:"deviations"`
	}
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	l := &deviationList{file: file, exchange: root.Exchange, key: -1, lines: strings.SplitAfter(string(text), "\n")}
	l.lines = l.lines[:len(l.lines)-1] // what follows the last newline
	l.key = slices.IndexFunc(l.lines, func(line string) bool { return strings.HasPrefix(line, "deviations:") })
	l.empty = len(root.Deviations.Content) == 0
	if !l.empty && root.Deviations.Style&yaml.FlowStyle != 0 {
		return nil, fmt.Errorf("%s:%d: write the deviations as a list with one entry below the other, so that it can be edited", file,
			root.Deviations.Line)
	}
	for _, entry := range root.Deviations.Content {
		var d struct {
			Clause string `yaml:"clause"`
		}
		if err := entry.Decode(&d); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, entry.Line, err)
		}
		l.clauses, l.starts = append(l.clauses, d.Clause), append(l.starts, entry.Line-1)
		l.column = strings.IndexByte(l.lines[entry.Line-1], '-')
	}
	return l, nil
}

// names tells whether an entry is about exactly this clause.
func (l *deviationList) names(clause string) bool { return slices.Contains(l.clauses, clause) }

// add writes new entries before those that are there.
func (l *deviationList) add(entries []deviation) error {
	if len(entries) == 0 {
		return nil
	}
	at := len(l.lines)
	switch {
	case !l.empty:
		at = l.starts[0]
	case l.key >= 0:
		l.lines[l.key], at = "deviations:\n", l.key+1
	default:
		l.lines = append(l.lines, "deviations:\n")
		at++
	}
	indent := l.column
	if l.empty {
		indent = 2
	}
	var text []string
	for _, d := range entries {
		dash := "- "
		for _, member := range [][2]string{{"clause", d.Clause}, {"reason", d.Reason}, {"owner", d.Owner}, {"link", d.Link},
			{"expires", d.Expires}} {
			if member[1] == "" {
				continue
			}
			text = append(text, strings.Repeat(" ", indent)+dash+member[0]+": "+scalar(member[0], member[1])+"\n")
			dash = "  "
		}
	}
	return l.write(slices.Insert(l.lines, at, text...))
}

// scalar spells a text as YAML on one line. A day is a day without quotes.
func scalar(member, text string) string {
	if member == "expires" {
		return text
	}
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.Join(strings.Fields(text), " ")}
	if strings.ContainsAny(text, "$:#{}[]\"'&*!|>%@`,?-") {
		node.Style = yaml.DoubleQuotedStyle
	}
	encoded, _ := yaml.Marshal(&node) // of a scalar it cannot fail
	return strings.TrimSpace(string(encoded))
}

// remove takes the entries off whose clause goes, and names them.
func (l *deviationList) remove(goes func(clause string) bool) (gone []string, err error) {
	drop := map[int]bool{}
	for i, start := range l.starts {
		if !goes(l.clauses[i]) {
			continue
		}
		gone = append(gone, l.clauses[i])
		drop[start] = true
		for line := start + 1; line < len(l.lines) && l.within(l.lines[line]); line++ {
			drop[line] = true
		}
	}
	if len(gone) == 0 {
		return nil, nil
	}
	if len(gone) == len(l.clauses) {
		drop[l.key] = true
	}
	var left []string
	for i, line := range l.lines {
		if !drop[i] {
			left = append(left, line)
		}
	}
	return gone, l.write(left)
}

// within tells whether a line goes on with an entry.
func (l *deviationList) within(line string) bool {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	return strings.TrimSpace(line) != "" && indent > l.column
}

// write replaces the file, if it is still YAML.
func (l *deviationList) write(lines []string) error {
	text := strings.Join(lines, "")
	var any map[string]any
	if err := yaml.Unmarshal([]byte(text), &any); err != nil {
		return fmt.Errorf("%s cannot be edited without breaking it, and was left as it is: %w", l.file, err)
	}
	info, err := os.Stat(l.file)
	if err != nil {
		return err
	}
	return os.WriteFile(l.file, []byte(text), info.Mode().Perm())
}
