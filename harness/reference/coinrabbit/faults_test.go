package coinrabbit

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A switch nobody reads would be a fault that survives for the wrong reason, and
// a read of an unknown id would never be true.
func TestEveryFaultIsConsulted(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
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
	var known []string
	for _, op := range operations(policy{}) {
		known = append(known, op.id)
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
			if !slices.Contains(known, op) {
				t.Errorf("fault %s names operation %q, which does not exist", fault.ID, op)
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d faults, want at least 30", len(seen))
	}
}

// Every fault, in every profile it belongs to, changes what a client sees on a
// tour of everything that a correct server refuses or grants.
func TestEveryFaultIsSeen(t *testing.T) {
	for _, profile := range both {
		right, again := tour(start(t, profile)), tour(start(t, profile))
		if right != again {
			t.Fatalf("the tour is not repeatable in profile %s:\n%s\n%s", profile, right, again)
		}
		for _, fault := range Faults() {
			if fault.In(profile) && tour(start(t, profile, fault.ID)) == right {
				t.Errorf("profile %s: nothing on the tour shows fault %s", profile, fault.ID)
			}
		}
	}
}

// What a correct server grants and refuses; the rest of the tour is refused.
func TestTourOfACorrectServer(t *testing.T) {
	granted := []string{"partner log-in", "another token each time", "token expires", "secret", "160 bits", "kept from caches", "new secret each time",
		"secret of its own for each user", "activation", "live secret stays", "deactivation", "anew", "log-in by code", "unknown address answered alike",
		"right code after one guess less", "limit ends", "expired token replaced", "activation shows nothing", "refusals show nothing"}
	for _, profile := range both {
		for line := range strings.Lines(tour(start(t, profile))) {
			step, answer, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if got := strings.HasPrefix(answer, "yes"); got != slices.Contains(granted, step) {
				t.Errorf("profile %s, %s: %s", profile, step, answer)
			}
		}
	}
}
