package reports

import (
	"fmt"
	"os"
	"time"

	"go.yaml.in/yaml/v3"

	"authconform/harness/verdict"
)

// ReadDeviations reads the deviations of a target file that was read and checked
// before: the one that a run keeps beside its reports.
func ReadDeviations(path string) ([]verdict.Deviation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	var file struct {
		Deviations []struct {
			Clause, Reason, Link, Expires string
		} `yaml:"deviations"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reports: %s: %w", path, err)
	}
	var all []verdict.Deviation
	for _, d := range file.Deviations {
		day, err := time.Parse(time.DateOnly, d.Expires)
		if err != nil {
			return nil, fmt.Errorf("reports: %s: the deviation of %s expires on no date", path, d.Clause)
		}
		all = append(all, verdict.Deviation{Clause: d.Clause, Reason: d.Reason, Link: d.Link, Expires: day.AddDate(0, 0, 1)})
	}
	return all, nil
}
