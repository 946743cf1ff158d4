// Package doctor tells what a target file lacks, and what that costs: it rehearses
// the run on the exchange's reference with no more than the file has.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/reference"
	"authconform/harness/runner"
	"authconform/harness/secret"
	"authconform/harness/target"
	"authconform/harness/verdict"
	"authconform/reports"
)

// Examination is what a target file lacks, and what becomes of the clauses
// without it.
type Examination struct {
	Suite    conform.Suite
	Target   *target.Target
	Gaps     []string // settings without value and default
	Features []string // not declared
	Roles    []string // of no identity
	// Estimates are how long the accounts keep a run waiting, by role.
	Estimates []runner.Estimate
	Silent    error // why the target gives no answer; nil when it does
	// Mail is what became of the one mail that the target was made to send; nil for none.
	Mail *conform.Delivery
	// Prospects are the clauses that cannot be judged on the target, by reason; those
	// of most clauses first.
	Prospects []Prospect
}

// Prospect is why clauses cannot be judged.
type Prospect struct {
	Verdict verdict.Verdict
	Reason  string
	Clauses []string
	Musts   int // how many of them are MUST
}

// Testable tells whether every clause can be judged, or needs a feature that the
// target does not have.
func (e *Examination) Testable() bool {
	readable := e.Mail == nil || e.Mail.Readable
	return readable && !slices.ContainsFunc(e.Prospects, func(p Prospect) bool { return p.Verdict != verdict.NOT_APPLICABLE })
}

// Examine reads and guards a target file of one of the suites, signs in at the target
// once for each role unless offline, and rehearses the run. A *runner.UsageError means
// that the file cannot be used.
func Examine(ctx context.Context, suites []conform.Suite, file string, offline bool) (*Examination, error) {
	vault := secret.New()
	exchanges := map[string]target.Exchange{}
	contracts := map[string]*contract.Contract{}
	for _, st := range suites {
		c, err := runner.Contract(st.Exchange)
		if err != nil {
			return nil, err
		}
		exchanges[st.Exchange], contracts[st.Exchange] = runner.ExchangeOf(st, c), c
	}
	t, err := target.Load(file, target.Options{Exchanges: exchanges, Secret: vault.Register, Environ: os.Environ()})
	if err == nil {
		err = t.Guard()
	}
	if err != nil {
		return nil, &runner.UsageError{Err: err}
	}
	st := suites[slices.IndexFunc(suites, func(st conform.Suite) bool { return st.Exchange == t.Exchange })]
	e := &Examination{Suite: st, Target: t, Gaps: st.Gaps(t)}
	for _, name := range sortedNames(st.Features) {
		if _, declared := t.Feature(name); !declared {
			e.Features = append(e.Features, name)
		}
	}
	made := madeRoles(st, t)
	for _, role := range sortedNames(st.Roles) {
		if !slices.Contains(made, role) && !slices.ContainsFunc(t.Identities,
			func(i target.Identity) bool { return slices.Contains(i.Roles, role) }) {
			e.Roles = append(e.Roles, role)
		}
	}
	if e.Estimates, err = runner.Estimates(st, contracts[t.Exchange], t); err != nil {
		return nil, err
	}
	if !offline {
		plan := runner.Plan{Version: runner.Version(), Profile: t.Profile}
		if e.Silent = runner.Preflight(ctx, plan, st, contracts[t.Exchange], t, vault); e.Silent != nil {
			return e, nil
		}
		if e.Mail, err = runner.TryMail(ctx, plan, st, contracts[t.Exchange], t, vault); err != nil {
			return nil, err
		}
	}
	e.Prospects, err = rehearse(ctx, st, contracts[t.Exchange], t)
	return e, err
}

// rehearse runs the suite against its reference with no more than the target file
// has: what cannot be judged there for want of something cannot be on the target.
func rehearse(ctx context.Context, st conform.Suite, c *contract.Contract, t *target.Target) ([]Prospect, error) {
	instance, err := reference.New(st.Exchange, reference.Options{Profile: t.Profile})
	if err != nil {
		return nil, err
	}
	served, err := runner.Serve(instance.Handler, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer served.Close()
	dir, err := os.MkdirTemp("", "authconform-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	stand := runner.TargetOf(st, c, t.Profile, instance, served.URL)
	reduce(stand, t, st)
	file := filepath.Join(dir, "target.yaml")
	if err := stand.Write(file, runner.SecretSettings(st)...); err != nil {
		return nil, err
	}
	report, err := runner.Run(ctx, st, runner.Options{
		TargetFile: file, Profile: t.Profile, Out: filepath.Join(dir, "run"), Version: runner.Version(),
		RealTime: t.Clock.AdvanceURL == "",
	})
	if ctx.Err() != nil {
		return nil, errors.New("interrupted: the rehearsal on the reference did not come to its end")
	}
	if err != nil {
		return nil, fmt.Errorf("the rehearsal on the reference failed: %w", err)
	}
	return prospects(report, t), nil
}

// reduce takes from a target file of the reference what another one lacks.
func reduce(stand, t *target.Target, st conform.Suite) {
	for name := range stand.Settings {
		if st.Setting(t, name) == "" {
			delete(stand.Settings, name)
		}
	}
	for name := range stand.Features {
		if present, _ := t.Feature(name); !present {
			delete(stand.Features, name)
		}
	}
	stand.Identities = castOf(stand.Identities, t.Identities)
	switch {
	case t.Inbox == nil:
		stand.Inbox = nil
	case t.Inbox.SMSAddress == "":
		stand.Inbox.SMSAddress = ""
	}
	if t.Captcha.Response == "" {
		stand.Captcha.Response = ""
	}
	if t.Limits.Password == nil {
		stand.Limits.Password = nil
	}
	if t.Limits.SecondFactor == nil {
		stand.Limits.SecondFactor = nil
	}
	stand.Limits.MaxWait = t.Limits.MaxWait
	stand.Allow.Disruptive = t.Disruptive()
}

// castOf picks, for each identity of a target file, one of the reference with the
// first of its roles that is still to be had, and takes from it what the other
// lacks.
func castOf(all, wanted []target.Identity) []target.Identity {
	var cast []target.Identity
	free := slices.Clone(all)
	for _, want := range wanted {
		at := slices.IndexFunc(free, func(i target.Identity) bool {
			return slices.ContainsFunc(i.Roles, func(role string) bool { return slices.Contains(want.Roles, role) })
		})
		if at < 0 {
			continue
		}
		one := free[at]
		free = slices.Delete(free, at, at+1)
		if want.Password == "" {
			one.Password = ""
		}
		if want.Phone == "" {
			one.Phone = ""
		}
		cast = append(cast, one)
	}
	return cast
}

func madeRoles(st conform.Suite, t *target.Target) []string {
	if st.Makes == nil {
		return nil
	}
	return st.Makes(t)
}

func prospects(report *reports.Report, t *target.Target) []Prospect {
	var list []Prospect
	for _, entry := range report.Verdicts {
		if !slices.Contains([]verdict.Verdict{verdict.UNTESTABLE, verdict.ERROR, verdict.NOT_RUN, verdict.NOT_APPLICABLE}, entry.Verdict) {
			continue
		}
		reason := entry.Reason
		if entry.Verdict == verdict.NOT_APPLICABLE {
			var judged bool
			if reason, judged = ofFeature(reason, t); judged {
				continue
			}
		}
		if _, after, cut := strings.Cut(reason, " — "); cut {
			reason = after
		}
		at := slices.IndexFunc(list, func(p Prospect) bool { return p.Verdict == entry.Verdict && p.Reason == reason })
		if at < 0 {
			at = len(list)
			list = append(list, Prospect{Verdict: entry.Verdict, Reason: reason})
		}
		list[at].Clauses = append(list[at].Clauses, entry.ID)
		if entry.Level == "MUST" {
			list[at].Musts++
		}
	}
	slices.SortStableFunc(list, func(a, b Prospect) int { return len(b.Clauses) - len(a.Clauses) })
	return list
}

var quotedFeature = regexp.MustCompile(`the feature "([^"]+)"`)

// ofFeature says of a feature what the target file says of it, for the reference that
// stands in for the target may lack it: one that the file declares true is judged on
// the target all the same.
func ofFeature(reason string, t *target.Target) (told string, judged bool) {
	found := quotedFeature.FindStringSubmatch(reason)
	if found == nil {
		return reason, false
	}
	present, declared := t.Feature(found[1])
	switch {
	case !declared:
		return fmt.Sprintf("the target file does not declare the feature %q", found[1]), false
	case present:
		return "", true
	}
	return fmt.Sprintf("the target file declares the feature %q absent; the run checks that the target does not show it", found[1]), false
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
