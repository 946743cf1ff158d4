package alphapoint

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var surfaces = []string{Legacy, Trading}

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
	known := map[string]bool{}
	for _, surface := range surfaces {
		for _, fault := range Faults(surface) {
			known[fault.ID] = true
			if !read[fault.ID] {
				t.Errorf("fault %s is not read anywhere", fault.ID)
			}
		}
	}
	for id := range read {
		if !known[id] {
			t.Errorf("%s is read but not in the registry", id)
		}
	}
	if len(known) < 40 {
		t.Errorf("%d faults on both surfaces, want at least 40", len(known))
	}
}

func TestFaultsAreWellFormed(t *testing.T) {
	for _, surface := range surfaces {
		has := map[string]bool{}
		for _, op := range operations(surface) {
			has[op.id] = true
		}
		seen := map[string]bool{}
		for _, fault := range Faults(surface) {
			if seen[fault.ID] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(fault.ID) {
				t.Errorf("%s: fault id %q is used twice or is no slug", surface, fault.ID)
			}
			seen[fault.ID] = true
			if !strings.HasSuffix(fault.Text, ".") || len(fault.Outcomes) == 0 || slices.ContainsFunc(fault.Operations, func(id string) bool { return !has[id] }) {
				t.Errorf("%s: fault %s lacks a sentence or outcomes, or names an operation that is not there", surface, fault.ID)
			}
		}
	}
}

// A fault belongs to a profile when the server starts with it there, and to no
// other.
func TestFaultsOfProfiles(t *testing.T) {
	for _, surface := range surfaces {
		for _, profile := range []string{Documented, Platform} {
			for _, fault := range Faults(surface) {
				_, err := New(Config{Surface: surface, Profile: profile, Faults: []string{fault.ID}, Pool: map[string]int{roleUser: 1}})
				if (err == nil) != fault.In(profile) {
					t.Errorf("%s in %s: fault %s: %v", surface, profile, fault.ID, err)
				}
			}
		}
	}
	for name, config := range map[string]Config{
		"surface": {Surface: "barong"}, "profile": {Surface: Legacy, Profile: "3.7"},
		"fault": {Surface: Legacy, Faults: []string{"no-such"}}, "role": {Surface: Legacy, Pool: map[string]int{"admin": 1}},
	} {
		if _, err := New(config); err == nil {
			t.Errorf("an unknown %s is taken", name)
		}
	}
}
