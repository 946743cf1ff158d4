package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"authconform/harness/door"
	"authconform/harness/verdict"
)

var updateCrossed = flag.Bool("update", false, "write fixtures/<exchange>/crossed.yaml anew")

// crossing is what a suite in one profile finds on a server in another.
type crossing struct {
	Suite  string   `yaml:"suite"`  // profile of the suite
	Server string   `yaml:"server"` // profile of the reference
	Red    []string `yaml:"red"`    // clauses that are neither PASS nor NOT_APPLICABLE
}

// TestCrossedProfiles runs the suite in each profile against the reference in
// each: the matching runs pass every clause, the crossed ones are red exactly on
// the clauses whose documents and release differ.
func TestCrossedProfiles(t *testing.T) {
	fixture := filepath.Join("..", "..", "..", "fixtures", "onlyoffice", "crossed.yaml")
	var got []crossing
	for _, server := range []string{"documented", "3.7"} {
		for _, suite := range []string{"documented", "3.7"} {
			file, _ := served(t, door.ServeOptions{Profile: server})
			out := filepath.Join(t.TempDir(), "out")
			res := run(t, nil, "run", "onlyoffice", "--target", file, "--profile", suite, "--out", out, "--procs", "2")
			var red []string
			for id, v := range verdicts(report(t, out)) {
				if v != verdict.PASS && v != verdict.NOT_APPLICABLE {
					red = append(red, id+" "+string(v))
				}
			}
			slices.Sort(red)
			if suite == server {
				if res.code != verdict.ExitConformant || len(red) != 0 {
					t.Errorf("profile %s on its own reference: exit %d, red: %v", suite, res.code, red)
				}
				continue
			}
			if res.code != verdict.ExitNotConformant {
				t.Errorf("suite %s on server %s: exit %d, want 1", suite, server, res.code)
			}
			got = append(got, crossing{Suite: suite, Server: server, Red: red})
		}
	}
	if *updateCrossed {
		text, err := yaml.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		text = append([]byte("# What each profile's suite finds on the other profile's reference.\n# Generated: go test ./harness/cmd/authconform -run Crossed -update\n"), text...)
		if err := os.WriteFile(fixture, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(fixture)
	if err != nil {
		t.Fatal(err)
	}
	var want []crossing
	if err := yaml.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the crossed runs are not red where %s says; if that is meant: go test ./harness/cmd/authconform -run Crossed -update\n%s", fixture, diff)
	}
}
