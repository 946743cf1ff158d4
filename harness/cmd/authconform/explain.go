package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/grid"
	"authconform/harness/mutation"
	"authconform/harness/runner"
	"authconform/harness/source"
)

func explainCommand() *cobra.Command {
	var profile string
	var quick bool
	cmd := &cobra.Command{
		Use:   "explain CLAUSE|EXCHANGE",
		Short: "Tell all there is to know of one clause, or draw the grids of an exchange",
		Long: `Prints what a clause promises, how much it weighs and why, the answer it expects,
the passages it rests on, the file and line of its spec, the faults it notices, and
how to run it alone. The faults are found by putting the clause to the embedded
reference with one fault at a time, which takes some seconds; --quick leaves that out.

Of an exchange it prints the grids: tables such as "a code that was spent here, presented
there", with the clauses that judge each cell, or why none does.`,
		Example: `  authconform explain onlyoffice.login.wrong-password
  authconform explain barong.sessions.replayed --profile 3.1
  authconform explain kiiex.lock.told --quick
  authconform explain barong`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if st, err := findSuite(args[0]); err == nil {
				return explainGrids(cmd.OutOrStdout(), st)
			}
			st, info, err := findClause(args[0])
			if err != nil {
				return err
			}
			c, err := runner.Contract(st.Exchange)
			if err != nil {
				return err
			}
			if profile == "" {
				profile = info.Profiles[0]
			}
			if profile, err = runner.Profile(c, profile); err != nil {
				return err
			}
			if !slices.Contains(info.Profiles, profile) {
				return fmt.Errorf("clause %s does not hold in profile %q; it holds in: %s", info.ID, profile, strings.Join(info.Profiles, ", "))
			}
			e := explanation{w: cmd.OutOrStdout(), contract: c, info: info, profile: profile}
			e.promise()
			e.expected()
			e.sources()
			if !quick {
				proof, err := mutation.ProveClause(cmd.Context(), st, profile, info.ID)
				if err != nil {
					return err
				}
				e.faults(proof)
			}
			e.alone()
			if grids := c.Grids.Of(info.ID); len(grids) > 0 {
				e.line("grids", "it stands in %s; `authconform explain %s` draws them", strings.Join(names(grids), ", "), st.Exchange)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&profile, "profile", "", "`PROFILE` of the contract; the clause's first without it")
	cmd.Flags().BoolVar(&quick, "quick", false, "do not look which faults the clause notices")
	return cmd
}

// explainGrids draws all grids of an exchange.
func explainGrids(w io.Writer, st conform.Suite) error {
	c, err := runner.Contract(st.Exchange)
	if err != nil {
		return err
	}
	clauses, err := runner.Clauses(st)
	if err != nil {
		return err
	}
	printGrids(w, c.Grids, clauses)
	return nil
}

func names(grids grid.List) []string {
	var ids []string
	for _, g := range grids {
		ids = append(ids, g.ID)
	}
	return ids
}

// findClause looks a clause up by its id, in all profiles.
func findClause(id string) (conform.Suite, clause.Info, error) {
	exchange, _, _ := strings.Cut(id, ".")
	st, err := findSuite(exchange)
	if err != nil {
		return st, clause.Info{}, fmt.Errorf("unknown clause %q: %w", id, err)
	}
	clauses, err := runner.Clauses(st)
	if err != nil {
		return st, clause.Info{}, err
	}
	if i := slices.IndexFunc(clauses, func(c clause.Info) bool { return c.ID == id }); i >= 0 {
		return st, clauses[i], nil
	}
	return st, clause.Info{}, fmt.Errorf("unknown clause %q; %s; `authconform list %s` lists all", id, nearest(id, clauses), exchange)
}

// nearest names the clauses of the same area, or else some of the exchange.
func nearest(id string, clauses []clause.Info) string {
	area := id[:strings.LastIndexByte("."+id, '.')]
	var near []string
	for _, c := range clauses {
		if strings.HasPrefix(c.ID, area) {
			near = append(near, c.ID)
		}
	}
	if len(near) == 0 {
		return "no clause begins like it"
	}
	slices.Sort(near)
	if len(near) > 12 {
		near = append(near[:12], "...")
	}
	return "near it are: " + strings.Join(near, ", ")
}

// explanation prints one clause.
type explanation struct {
	w        io.Writer
	contract *contract.Contract
	info     clause.Info
	profile  string
}

func (e explanation) line(label, format string, args ...any) {
	fmt.Fprintf(e.w, "%-11s %s\n", label, fmt.Sprintf(format, args...))
}

func (e explanation) promise() {
	fmt.Fprintf(e.w, "%s\n\n  %s\n\n", e.info.ID, e.info.Text)
	e.line("level", "%s: %s", e.info.Level, whyLevel(e.info))
	e.line("profiles", "%s", strings.Join(e.info.Profiles, ", "))
	for _, s := range e.contract.Baseline {
		if slices.Contains(e.info.Baseline, s.ID) {
			e.line("baseline", "%s: %s (%s)", s.ID, s.Text, s.Authority)
		}
	}
	e.line("spec", "%s", e.info.Place())
}

// whyLevel says in words what the level rests on.
func whyLevel(info clause.Info) string {
	sure := map[contract.Provenance]string{
		contract.Documented: "the vendor documents it", contract.Tested: "a test of the vendor asserts it",
		contract.Observed: "the named release does it", contract.Standard: "a standard asks for it",
		contract.Inferred: "it was inferred, never seen",
	}
	var reasons []string
	for p := range strings.SplitSeq(info.Provenance, ", ") {
		reasons = append(reasons, sure[contract.Provenance(p)])
	}
	why := strings.Join(reasons, "; ")
	switch info.Level {
	case clause.MUST:
		return why + ". A breach is FAIL"
	case clause.SHOULD:
		return why + ". A breach is WARN, red with --strict"
	}
	return why + ". It is only recorded"
}

func (e explanation) expected() {
	op, _ := e.contract.Operation(e.info.Operation)
	answer, _ := op.Answer(contract.Outcome(e.info.Outcome), e.profile)
	e.line("operation", "%s %s (%s)", op.Method, op.Path, op.ID)
	e.line("outcome", "%s, in profile %s:", e.info.Outcome, e.profile)
	e.line("  status", "%s", answer.StatusText())
	if answer.SchemaFile != "" {
		e.line("  body", "schemas/%s/%s", e.contract.Exchange, answer.SchemaFile)
	} else {
		e.line("  body", "%s", answer.Body)
	}
	if len(answer.MediaTypes) > 0 {
		e.line("  type", "%s", strings.Join(answer.MediaTypes, " or "))
	}
	for _, name := range slices.Sorted(maps.Keys(answer.Headers)) {
		rule := answer.Headers[name]
		text := rule.Presence
		if rule.Pattern != nil {
			text += ", matches " + rule.Pattern.String()
		}
		e.line("  header", "%s: %s", name, text)
	}
	if len(answer.ErrorKeys) > 0 {
		e.line("  error", "%s at %s", strings.Join(answer.ErrorKeys, " or "), e.contract.ErrorPointer)
	}
}

func (e explanation) sources() {
	var standards []string
	for _, reference := range source.Split(e.info.Source) {
		passage, err := e.contract.Sources.Resolve(reference)
		if err != nil || passage.Standard {
			standards = append(standards, reference)
			continue
		}
		fmt.Fprintf(e.w, "\n%s (%s)\n", reference, passage.Place)
		for text := range strings.SplitSeq(passage.Text, "\n") {
			fmt.Fprintf(e.w, "  | %s\n", text)
		}
	}
	fmt.Fprintln(e.w)
	if len(standards) > 0 {
		e.line("standards", "%s", strings.Join(standards, "; "))
	}
}

func (e explanation) faults(proof *mutation.ClauseProof) {
	if proof.Tried+proof.WireTried == 0 {
		e.line("faults", "none were put to it: it does not apply to the reference as it is set up")
		return
	}
	e.line("faults", "it notices %d of %d behaviour faults that name its operation or outcome, and %d of %d wire faults of its response",
		len(proof.Killed), proof.Tried, proof.WireKilled, proof.WireTried)
	for _, f := range proof.Killed {
		e.line("", "%s: %s", f.ID, f.Text)
	}
}

func (e explanation) alone() {
	e.line("run alone", "authconform run %s --profile %s --focus '%s' --target FILE", e.contract.Exchange, e.profile, e.info.ID)
}
