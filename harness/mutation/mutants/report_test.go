package mutants

import (
	"strings"
	"testing"
)

// TestMarkdown: the page of scores has a row for each reference and each file, with killed
// of killed and survived.
func TestMarkdown(t *testing.T) {
	var results []Result
	for i, state := range []State{Killed, Killed, Killed, Survived, Equivalent, Unreached} {
		file := "a/one.go"
		if i == 0 {
			file = "a/two.go"
		}
		results = append(results, Result{Mutant: Mutant{Package: "a", File: file}, State: state})
	}
	var b strings.Builder
	if err := newReport(Options{}, nil, results).Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"| a | 3 | 1 | 1 | 1 | 0 | 0 | 75.0 % |",
		"| a/one.go | 2 | 1 | 1 | 1 | 0 | 0 | 66.7 % |", "| a/two.go | 1 | 0 | 0 | 0 | 0 | 0 | 100.0 % |",
	} {
		if !strings.Contains(b.String(), row+"\n") {
			t.Errorf("no row %s in\n%s", row, &b)
		}
	}
}
