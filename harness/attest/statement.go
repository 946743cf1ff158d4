package attest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"authconform/harness/verdict"
	"authconform/reports"
)

// The types of what is signed: https://github.com/in-toto/attestation/tree/main/spec
const (
	payloadType   = "application/vnd.in-toto+json"
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://in-toto.io/attestation/test-result/v0.1"
)

// Statement is an in-toto statement over the files of a bundle.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// Subject is one file of a bundle, by its path with slashes.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"` // by algorithm; sha256 in hexadecimal
}

// Predicate is the test-result predicate.
type Predicate struct {
	Result        string    `json:"result"` // PASSED, WARNED or FAILED
	Configuration []Subject `json:"configuration"`
	PassedTests   []string  `json:"passedTests"`
	WarnedTests   []string  `json:"warnedTests"`
	FailedTests   []string  `json:"failedTests"`
}

// predicate sums up a run. A clause that was not judged is neither passed nor failed.
func predicate(runs []*reports.Report, configuration []Subject) Predicate {
	p := Predicate{Result: "PASSED", Configuration: configuration, PassedTests: []string{}, WarnedTests: []string{}, FailedTests: []string{}}
	for _, r := range runs {
		for _, e := range r.Verdicts {
			switch e.Verdict {
			case verdict.PASS:
				p.PassedTests = append(p.PassedTests, e.ID)
			case verdict.WARN, verdict.KNOWN:
				p.WarnedTests = append(p.WarnedTests, e.ID)
			case verdict.FAIL, verdict.STALE:
				p.FailedTests = append(p.FailedTests, e.ID)
			}
		}
	}
	switch {
	case exitCode(runs) != verdict.ExitConformant:
		p.Result = "FAILED"
	case len(p.WarnedTests) > 0:
		p.Result = "WARNED"
	}
	return p
}

func exitCode(runs []*reports.Report) int {
	var codes []int
	for _, r := range runs {
		codes = append(codes, r.ExitCode)
	}
	return verdict.Worst(codes...)
}

// subjects are all regular files of a bundle but the attestation itself, by path.
func subjects(dir string) ([]Subject, error) {
	var all []Subject
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == AttestationFile {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file: a bundle holds nothing else", path)
		}
		sum, err := digest(path)
		all = append(all, Subject{Name: filepath.ToSlash(name), Digest: map[string]string{"sha256": sum}})
		return err
	})
	return all, err
}

func digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sign puts a statement into a DSSE envelope.
func sign(ctx context.Context, s *Statement, k *Key) ([]byte, error) {
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	signer, err := dsse.NewEnvelopeSigner(k)
	if err != nil {
		return nil, err
	}
	envelope, err := signer.SignPayload(ctx, payloadType, payload)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(envelope, "", "  ")
}

// open takes a statement out of its envelope. An envelope that the key did not sign
// still gives its statement, with the error.
func open(ctx context.Context, text []byte, k *Key) (*Statement, error) {
	var envelope dsse.Envelope
	if err := json.Unmarshal(text, &envelope); err != nil {
		return nil, fmt.Errorf("it is no DSSE envelope: %w", err)
	}
	payload, err := envelope.DecodeB64Payload()
	if err != nil {
		return nil, fmt.Errorf("its payload is no base64: %w", err)
	}
	var s Statement
	switch err := json.Unmarshal(payload, &s); {
	case err != nil:
		return nil, fmt.Errorf("its payload is no statement: %w", err)
	case envelope.PayloadType != payloadType || s.Type != statementType || s.PredicateType != predicateType:
		return nil, fmt.Errorf("it holds a %s with a %s, not an in-toto statement with a test result", s.Type, s.PredicateType)
	}
	verifier, err := dsse.NewEnvelopeVerifier(k)
	if err != nil {
		return &s, err
	}
	if _, err := verifier.Verify(ctx, &envelope); err != nil {
		id, _ := k.KeyID()
		return &s, fmt.Errorf("the signature is not valid for the key %s: the statement was altered, or signed by another key", short(id))
	}
	return &s, nil
}

func short(id string) string { return id[:16] }
