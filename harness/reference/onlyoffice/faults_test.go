package onlyoffice

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sourceFiles are the files of the package that are not tests.
func sourceFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// A switch nobody reads would be a fault that survives for the wrong reason, and
// a read of an unknown id would never be true.
func TestEveryFaultIsConsulted(t *testing.T) {
	read := map[string]bool{}
	for _, name := range sourceFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`faults\.On\("([^"]+)"\)`).FindAllSubmatch(text, -1) {
			read[string(found[1])] = true
		}
	}
	for _, fault := range Faults() {
		if !read[fault.ID] {
			t.Errorf("fault %s is not read anywhere", fault.ID)
		}
		delete(read, fault.ID)
	}
	for id := range read {
		t.Errorf("%s is read but not in the registry", id)
	}
}

func TestFaultsAreWellFormed(t *testing.T) {
	known := map[string]bool{}
	for _, op := range operations() {
		known[op.id] = true
	}
	seen := map[string]bool{}
	for _, fault := range Faults() {
		if seen[fault.ID] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(fault.ID) {
			t.Errorf("fault id %q is used twice or is no slug", fault.ID)
		}
		seen[fault.ID] = true
		if !strings.HasSuffix(fault.Text, ".") || len(fault.Outcomes) == 0 || len(fault.Operations) == 0 {
			t.Errorf("fault %s lacks a sentence, operations or outcomes", fault.ID)
		}
		for _, op := range fault.Operations {
			if !known[op] {
				t.Errorf("fault %s names operation %q, which does not exist", fault.ID, op)
			}
		}
	}
	if len(seen) < 45 {
		t.Errorf("%d faults, want at least 45", len(seen))
	}
}

// Every fault, in every profile it belongs to, changes an answer a client sees.
func TestEveryFaultIsSeen(t *testing.T) {
	for _, fault := range Faults() {
		observe, known := scenarios[fault.ID]
		if !known {
			t.Errorf("fault %s has no scenario", fault.ID)
			continue
		}
		for _, profile := range both {
			if !fault.In(profile) {
				continue
			}
			t.Run(fault.ID+"/"+profile, func(t *testing.T) {
				right, wrong := observe(start(t, profile)), observe(start(t, profile, fault.ID))
				if right == wrong {
					t.Errorf("with and without the fault the answer is %s", right)
				}
				if again := observe(start(t, profile)); again != right {
					t.Errorf("the scenario is not repeatable: %s, then %s", right, again)
				}
			})
		}
	}
	for id := range scenarios {
		if !slices.ContainsFunc(Faults(), func(f kitFault) bool { return f.ID == id }) {
			t.Errorf("scenario %s is for no fault", id)
		}
	}
}
