package attest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/harness/journal"
	"authconform/reports"
)

// Leaks gives, by exchange, what names the credential in a refusal; nil for none.
type Leaks func(exchange string) func(*httpclient.Call, contract.Outcome) string

// Verified is what the check of a bundle found.
type Verified struct {
	KeyID       string      `json:"key_id"`
	Trusted     bool        `json:"trusted"` // the key was given, and not only taken from the bundle
	Certificate Certificate `json:"certificate"`
	Basis       Basis       `json:"basis"`
	Problems    []string    `json:"problems"` // empty for a bundle that is what it says
}

func (v *Verified) problem(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// Verify checks a bundle from its folder alone. key is whom its reader trusts; nil
// takes the key that lies in the bundle, which shows that nothing was altered since,
// but not by whom it was signed. The error is for what is no bundle at all.
func Verify(ctx context.Context, dir string, key *Key, leaks Leaks) (*Verified, error) {
	text, err := os.ReadFile(filepath.Join(dir, AttestationFile))
	if err != nil {
		return nil, fmt.Errorf("%s is no bundle: %w; `authconform certify RUN` makes one of a run", dir, err)
	}
	v := &Verified{Trusted: key != nil, Problems: []string{}}
	if key == nil {
		if key, err = ReadKey(filepath.Join(dir, KeyFile)); err != nil {
			v.problem("%v", err)
			return v, nil
		}
	}
	v.KeyID, _ = key.KeyID()
	statement, err := open(ctx, text, key)
	if err != nil {
		v.problem("%s: %v", AttestationFile, err)
	}
	if statement == nil {
		return v, nil
	}
	if err := v.digests(dir, statement); err != nil {
		return nil, err
	}
	runs, err := reports.Read(dir)
	if err != nil {
		v.problem("%v", err)
		return v, nil
	}
	for _, r := range runs {
		v.run(dir, evidence(dir, r, runs), r, leaks)
	}
	v.summaries(dir, runs, statement)
	return v, nil
}

// digests compares the files with what was signed.
func (v *Verified) digests(dir string, s *Statement) error {
	files, err := subjects(dir)
	if err != nil {
		return err
	}
	signed := map[string]string{}
	for _, f := range s.Subject {
		signed[f.Name] = f.Digest["sha256"]
	}
	for _, f := range files {
		switch sum, ok := signed[f.Name]; {
		case !ok:
			v.problem("%s: the attestation does not cover this file: it was added afterwards", f.Name)
		case sum != f.Digest["sha256"]:
			v.problem("%s: its SHA-256 is %s, and %s was signed: it was altered afterwards", f.Name, f.Digest["sha256"], sum)
		}
		delete(signed, f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(signed)) {
		v.problem("%s: it was signed, and is missing", name)
	}
	return nil
}

// run comes to the verdicts on one exchange anew, and compares the report with them.
func (v *Verified) run(dir, evidence string, r *reports.Report, leaks Leaks) {
	fsys := os.DirFS(filepath.Join(dir, ContractFolder))
	c, err := contract.Load(fsys, r.Exchange)
	if err != nil {
		v.problem("%s: the contract in the bundle does not load: %v", r.Exchange, err)
		return
	}
	clauses, err := clausesOf(fsys, r)
	if err != nil {
		v.problem("%s: %v", r.Exchange, err)
		return
	}
	deviations, err := reports.ReadDeviations(filepath.Join(evidence, reports.TargetFile))
	if err != nil {
		v.problem("%s: %v", r.Exchange, err)
		return
	}
	calls, err := journal.Open(evidence)
	if err != nil {
		v.problem("%s: %v", r.Exchange, err)
		return
	}
	defer calls.Close()
	d := deriver{
		contract: c, judge: expect.NewJudge(c, r.Profile, leaks(r.Exchange)), calls: calls, basis: &v.Basis,
		report: func(problem string) { v.problem("%s", problem) },
	}
	if err := d.check(); err != nil {
		v.problem("%s: %v", r.Exchange, err)
		return
	}
	promises, err := contract.Version(fsys)
	if err != nil {
		v.problem("%s: %v", r.Exchange, err)
		return
	}
	for _, f := range calls.Findings() {
		if !slices.Contains(r.Findings, f) {
			v.problem("%s: the report leaves out a finding that was recorded (%s)", r.Exchange, f)
		}
	}
	again, err := reports.Build(reports.Run{
		Tool: r.Tool, RunID: r.RunID, Exchange: r.Exchange, Profile: r.Profile, Promises: promises, Target: r.Target,
		Started: r.Started, Finished: r.Finished, Strict: r.Strict, Procs: r.Procs, Seed: r.Seed,
		Clauses: clauses, Results: calls.Results(), Findings: r.Findings, Deviations: deviations, Known: c.KnownIn(r.Profile),
		Grids: c.Grids,
	})
	if err != nil {
		v.problem("%s: %v", r.Exchange, err)
		return
	}
	if r.Interrupted {
		again.Interrupt()
	}
	v.compare(r, again)
}

// clausesOf reads the clause list of the bundle. A clause stands in the source where
// the report says, which no verdict rests on.
func clausesOf(fsys fs.FS, r *reports.Report) ([]reports.Clause, error) {
	text, err := fs.ReadFile(fsys, r.Exchange+"/clauses.yaml")
	if err != nil {
		return nil, err
	}
	var infos []clause.Info
	if err := yaml.Unmarshal(text, &infos); err != nil {
		return nil, fmt.Errorf("the clause list in the bundle: %w", err)
	}
	reported := map[string]reports.Entry{}
	order := map[string]int{}
	for i, e := range r.Verdicts {
		reported[e.ID], order[e.ID] = e, i
	}
	var all []reports.Clause
	for _, info := range infos {
		if !slices.Contains(info.Profiles, r.Profile) {
			continue
		}
		e := reported[info.ID]
		info.File, info.Line = e.File, e.Line
		all = append(all, reports.Clause{Info: info, Selected: true})
	}
	slices.SortStableFunc(all, func(a, b reports.Clause) int { return cmp.Compare(order[a.ID], order[b.ID]) })
	return all, nil
}

// compare says where a report is not what its evidence comes to.
func (v *Verified) compare(r, again *reports.Report) {
	reported := map[string]reports.Entry{}
	for _, e := range r.Verdicts {
		reported[e.ID] = e
	}
	for _, want := range again.Verdicts {
		got, ok := reported[want.ID]
		delete(reported, want.ID)
		switch {
		case !ok:
			v.problem("clause %s: the clause list has it, and the report leaves it out; its evidence makes it %s", want.ID, want.Verdict)
		case got.Verdict != want.Verdict:
			v.problem("clause %s: the report says %s, and its evidence makes it %s", want.ID, got.Verdict, want.Verdict)
		case !same(got, want):
			v.problem("clause %s: the report tells it otherwise than its evidence and the clause list", want.ID)
		}
	}
	for _, id := range sortedKeys(reported) {
		v.problem("clause %s: the report has it, and the clause list of profile %s does not", id, r.Profile)
	}
	if r.ExitCode != again.ExitCode {
		v.problem("%s: the report says exit code %d, and its evidence makes it %d (%s)", r.Exchange, r.ExitCode, again.ExitCode, again.Meaning)
	}
	plain, derived := *r, *again
	plain.Verdicts, derived.Verdicts = nil, nil
	if r.SchemaVersion != again.SchemaVersion {
		v.problem("%s: the report has format %d, and this authconform writes %d: verify the bundle with authconform %s, which certified it",
			r.Exchange, r.SchemaVersion, again.SchemaVersion, r.Tool.Version)
	} else if !same(plain, derived) {
		v.problem("%s: the head of the report (counts, meaning, baseline) is not what its verdicts come to", r.Exchange)
	}
}

// same compares as the report writes them.
func same(a, b any) bool {
	one, errA := json.Marshal(a)
	other, errB := json.Marshal(b)
	return errors.Join(errA, errB) == nil && bytes.Equal(one, other)
}

// summaries compares what tells the result in short.
func (v *Verified) summaries(dir string, runs []*reports.Report, s *Statement) {
	if want := predicate(runs, s.Predicate.Configuration); !same(want, s.Predicate) {
		v.problem("%s: its result is not that of the report", AttestationFile)
	}
	whole, err := reports.Encode(runs)
	if got, readErr := os.ReadFile(filepath.Join(dir, reports.JSONFile)); errors.Join(err, readErr) != nil || !bytes.Equal(got, whole) {
		v.problem("%s: it holds more, or another sum, than the reports of its exchanges", reports.JSONFile)
	}
	text, err := os.ReadFile(filepath.Join(dir, CertificateFile))
	if err == nil {
		err = json.Unmarshal(text, &v.Certificate)
	}
	if err != nil {
		v.problem("%s: %v", CertificateFile, err)
		return
	}
	var findings []Finding
	for _, r := range runs {
		findings = append(findings, finding(r))
	}
	if !same(findings, v.Certificate.Exchanges) || v.Certificate.ExitCode != exitCode(runs) {
		v.problem("%s: its findings are not those of the report", CertificateFile)
	}
	svg, shields := badge(exitCode(runs))
	for name, want := range map[string][]byte{BadgeFile: svg, ShieldsFile: shields} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			v.problem("%s: it does not show the result of the report", name)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
