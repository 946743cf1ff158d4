// Package attest makes a certificate of a run folder, and checks one from the folder
// alone: the signature, the digest of each file, and every verdict, which it comes to
// anew from the recorded calls by the contract in the bundle.
package attest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authconform/harness/verdict"
	"authconform/reports"
)

// The files that make a run folder a bundle.
const (
	AttestationFile = "attestation.json" // the signed statement
	CertificateFile = "certificate.json" // for people: what was examined, and how it was found
	KeyFile         = "key.pub"
	BadgeFile       = "badge.svg"
	ShieldsFile     = "badge.json" // an endpoint of shields.io
	ContractFolder  = "contract"   // the contract, the clause list and what both rest on, as the run used them
)

// About is what the reader of a certificate wants to know that a run does not.
type About struct {
	Product    string `json:"product" yaml:"product"`
	Version    string `json:"version" yaml:"version"`
	Deployment string `json:"deployment" yaml:"deployment"`
	Contact    string `json:"contact" yaml:"contact"`
}

// Certificate says what was examined, and how it was found.
type Certificate struct {
	About
	Issued    time.Time    `json:"issued"`
	Tool      reports.Tool `json:"tool"`
	RunID     string       `json:"run_id"`
	ExitCode  int          `json:"exit_code"`
	Exchanges []Finding    `json:"exchanges"`
	Scope     string       `json:"scope"`
}

// Finding is what a run says of one exchange.
type Finding struct {
	Exchange string                  `json:"exchange"`
	Profile  string                  `json:"profile"`
	Target   string                  `json:"target"`
	Started  time.Time               `json:"started"`
	Finished time.Time               `json:"finished"`
	ExitCode int                     `json:"exit_code"`
	Meaning  string                  `json:"meaning"`
	Counts   map[verdict.Verdict]int `json:"counts"`
	Baseline string                  `json:"baseline"`
}

const scope = "Black-box evidence of how one deployment answered on one day. It is no certification by the bodies whose standards it names."

// Options of Certify.
type Options struct {
	About   About
	Key     *Key
	Proof   string // a proof.json of `authconform prove`, or the folder of one; "" for none
	Schemas fs.FS  // rooted at the schemas folder, as the run used it
	Leaks   Leaks
	Now     time.Time
}

// Certify makes a run folder a bundle. It signs nothing that Verify would not accept:
// a run whose evidence does not carry its verdicts is refused.
func Certify(ctx context.Context, dir string, o Options) (*Certificate, error) {
	runs, err := reports.Read(dir)
	if err != nil {
		return nil, err
	}
	if err := certifiable(dir, runs, o.About); err != nil {
		return nil, err
	}
	c := certificate(runs, o)
	if err := writeBundle(dir, runs, c, o); err != nil {
		return nil, err
	}
	files, err := subjects(dir)
	if err != nil {
		return nil, err
	}
	s := &Statement{Type: statementType, PredicateType: predicateType, Subject: files, Predicate: predicate(runs, configuration(files))}
	text, err := sign(ctx, s, o.Key)
	if err != nil {
		return nil, err
	}
	attestation := filepath.Join(dir, AttestationFile)
	if err := os.WriteFile(attestation, text, 0o644); err != nil {
		return nil, err
	}
	found, err := Verify(ctx, dir, o.Key, o.Leaks)
	if err != nil {
		return nil, err
	}
	if len(found.Problems) > 0 {
		os.Remove(attestation)
		return nil, fmt.Errorf("the run cannot be certified, because its evidence does not carry its report:\n  %s",
			strings.Join(found.Problems, "\n  "))
	}
	return c, nil
}

func certifiable(dir string, runs []*reports.Report, about About) error {
	if about.Product == "" || about.Version == "" || about.Deployment == "" || about.Contact == "" {
		return fmt.Errorf("a certificate names product, version, deployment and contact: give all four as flags, or in %s beside the run",
			AboutFile)
	}
	for _, r := range runs {
		if r.Lost != "" || r.Interrupted {
			return fmt.Errorf("the run over %s is not whole (%s): a certificate is for a whole run", r.Exchange, r.Meaning)
		}
		if n := r.Counts[verdict.FILTERED]; n > 0 {
			return fmt.Errorf("the run left out %d clauses of %s (--focus): a certificate is for a whole run", n, r.Exchange)
		}
		if journals, _ := filepath.Glob(filepath.Join(evidence(dir, r, runs), "journal-*.ndjson")); len(journals) == 0 {
			return fmt.Errorf("the run kept no journal of %s, from which a verdict could be derived anew: repeat it with --evidence all", r.Exchange)
		}
		if _, err := os.Stat(filepath.Join(evidence(dir, r, runs), reports.TargetFile)); err != nil {
			return fmt.Errorf("the run kept no %s of %s: only a run of `authconform run` can be certified", reports.TargetFile, r.Exchange)
		}
	}
	return nil
}

// AboutFile may hold, in the run folder, what the flags of certify say.
const AboutFile = "about.yaml"

// evidence is the folder with the journals and the target file of one exchange.
func evidence(dir string, r *reports.Report, runs []*reports.Report) string {
	if len(runs) > 1 {
		return filepath.Join(dir, r.Exchange)
	}
	return dir
}

func certificate(runs []*reports.Report, o Options) *Certificate {
	c := &Certificate{
		About: o.About, Issued: o.Now.UTC().Truncate(time.Second), Tool: runs[0].Tool, RunID: runs[0].RunID, ExitCode: exitCode(runs),
		Scope: scope,
	}
	for _, r := range runs {
		c.Exchanges = append(c.Exchanges, finding(r))
	}
	return c
}

func finding(r *reports.Report) Finding {
	return Finding{
		Exchange: r.Exchange, Profile: r.Profile, Target: r.Target, Started: r.Started, Finished: r.Finished,
		ExitCode: r.ExitCode, Meaning: r.Meaning, Counts: r.Counts, Baseline: r.Baseline.String(),
	}
}

// writeBundle adds to a run folder what Verify needs beside the run.
func writeBundle(dir string, runs []*reports.Report, c *Certificate, o Options) error {
	text, err := encode(c)
	if err != nil {
		return err
	}
	svg, shields := badge(exitCode(runs))
	files := map[string][]byte{CertificateFile: text, KeyFile: o.Key.pem(), BadgeFile: svg, ShieldsFile: shields}
	if o.Proof != "" {
		file := o.Proof
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			file = filepath.Join(file, reports.ProofFile)
		}
		if files[reports.ProofFile], err = os.ReadFile(file); err != nil {
			return fmt.Errorf("--proof: %w", err)
		}
	}
	if err := contractFiles(files, runs, o.Schemas); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// contractFiles takes the folders of the exchanges, and of all that is no exchange:
// contracts share schemas, and cite standards.
func contractFiles(files map[string][]byte, runs []*reports.Report, schemas fs.FS) error {
	return fs.WalkDir(schemas, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, statErr := fs.Stat(schemas, path.Join(name, "openapi.yaml"))
			covered := slices.ContainsFunc(runs, func(r *reports.Report) bool { return r.Exchange == name })
			if statErr == nil && !covered || name == "config" || name == "report" {
				return fs.SkipDir
			}
			return nil
		}
		files[ContractFolder+"/"+name], err = fs.ReadFile(schemas, name)
		return err
	})
}

// configuration of the test: the contract and the target file.
func configuration(files []Subject) []Subject {
	return slices.DeleteFunc(slices.Clone(files), func(s Subject) bool {
		return !strings.HasPrefix(s.Name, ContractFolder+"/") && path.Base(s.Name) != reports.TargetFile
	})
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}
