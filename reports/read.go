package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Read reads the reports of a run: path is a run folder or its report.json. A run
// over several exchanges gives one report for each.
func Read(path string) ([]*Report, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, JSONFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reports: %w; name the folder of a run, or its %s", err, JSONFile)
	}
	runs, err := Decode(text)
	if err != nil {
		return nil, fmt.Errorf("reports: %s: %w", path, err)
	}
	return runs, nil
}

// Decode reads the text of a report.json.
func Decode(text []byte) ([]*Report, error) {
	var whole struct {
		Report
		Runs []*Report `json:"runs"`
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, fmt.Errorf("it is no report: %w", err)
	}
	runs := whole.Runs
	if len(runs) == 0 {
		runs = []*Report{&whole.Report}
	}
	for _, r := range runs {
		if r != nil && r.Lost == "" {
			r.Lost = whole.Lost
		}
	}
	for _, r := range runs {
		switch {
		case r == nil || r.SchemaVersion < 1 || r.Exchange == "" || r.Verdicts == nil:
			return nil, fmt.Errorf("it is no report: schema_version, exchange and verdicts are all required")
		case r.SchemaVersion > SchemaVersion:
			return nil, fmt.Errorf("its schema_version is %d, and this authconform reads up to %d: use a newer one", r.SchemaVersion, SchemaVersion)
		}
		r.unlist()
	}
	return runs, nil
}

// Encode gives the text of report.json back.
func Encode(runs []*Report) ([]byte, error) {
	var b bytes.Buffer
	if len(runs) == 1 {
		err := JSON(&b, runs[0])
		return b.Bytes(), err
	}
	s, err := Combine(runs)
	if err != nil {
		return nil, err
	}
	err = compact(&b, s.listed())
	return b.Bytes(), err
}

// Visible spells out what a terminal would act upon, a document must not hold or a
// reader could not see.
func Visible(s string) string { return visible(s) }
