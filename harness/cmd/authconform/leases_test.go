package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"authconform/harness/conform"
	"authconform/harness/journal"
	"authconform/harness/runner"
	"authconform/suites"
)

// borrowed is, by clause and role, how many attempts each lease failed, and how many of
// those count towards a limit that nothing raises.
type borrowed map[string]map[string][]spent

type spent struct {
	failed, sent int
	few          bool // the clause makes do with fewer accounts
}

// take merges what a run's journals say, and keeps the most of each.
func (b borrowed) take(t *testing.T, dir string) {
	t.Helper()
	calls, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer calls.Close()
	results := calls.Results()
	if len(results) == 0 {
		t.Fatalf("%s holds no journal of results", dir)
	}
	for id, result := range results {
		seen := map[string]int{}
		for _, l := range result.Leases {
			if b[id] == nil {
				b[id] = map[string][]spent{}
			}
			i := seen[l.Role]
			seen[l.Role]++
			if i == len(b[id][l.Role]) {
				b[id][l.Role] = append(b[id][l.Role], spent{})
			}
			most := &b[id][l.Role][i]
			most.failed, most.sent, most.few = max(most.failed, l.Failed), max(most.sent, l.Sent), l.Few
		}
	}
}

func leasesFile(exchange string) string {
	return filepath.Join("..", "..", "..", "schemas", exchange, "leases.yaml")
}

// TestLeases: what leases.yaml declares is of clauses that there are, and no clause
// borrows more accounts than it declares, so that none waits for a second account
// while it keeps a first one from others. -update writes the files anew, from one
// run of each profile on its reference.
func TestLeases(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			if *updateCrossed {
				writeLeases(t, st)
				return // what this program holds is the file as it was
			}
			declared, err := runner.Claims(st.Exchange)
			if err != nil {
				t.Fatal(err)
			}
			infos, err := runner.Clauses(st)
			if err != nil {
				t.Fatal(err)
			}
			known := map[string]bool{}
			for _, info := range infos {
				known[info.ID] = true
			}
			for id := range declared {
				if !known[id] {
					t.Errorf("%s: there is no clause %s; renew the file with -update", leasesFile(st.Exchange), id)
				}
			}
			if st.Exchange != "kiiexap" { // one run shows it, and this one is short
				return
			}
			found := borrowed{}
			found.take(t, runOnce(t, st.Exchange, "", nil))
			for id, roles := range found {
				for role, fails := range roles {
					have := 0
					for _, c := range declared[id] {
						if c.Role == role {
							have++
						}
					}
					if len(fails) > have && id != takesAnother {
						t.Errorf("%s borrows %d accounts of role %s and declares %d; renew %s with -update", id, len(fails), role, have,
							leasesFile(st.Exchange))
					}
				}
			}
		})
	}
}

// takesAnother is the clause that takes another account where a code begins with a zero,
// which a number would lose: one time in ten.
const takesAnother = "kiiexap.code.json-number"

// runOnce runs a suite on its served reference and returns the run folder.
func runOnce(t *testing.T, exchange, profile string, set map[string]string) string {
	t.Helper()
	file, _ := servedOf(t, exchange, runner.ServeOptions{Profile: profile, Set: set})
	out := filepath.Join(t.TempDir(), "out")
	run(t, nil, "run", exchange, "--target", file, "--out", out, "--evidence", "all") // the journals say who borrowed
	return out
}

func writeLeases(t *testing.T, st conform.Suite) {
	t.Helper()
	c, err := runner.Contract(st.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	var set map[string]string
	if st.Exchange == "barong" { // where accounts sign up, hardly any is borrowed
		set = map[string]string{"sign-up": "closed"}
	}
	found := borrowed{}
	for _, profile := range c.Profiles {
		found.take(t, runOnce(t, st.Exchange, profile, set))
	}
	list := map[string][]map[string]int{}
	for id, roles := range found {
		for _, role := range slices.Sorted(maps.Keys(roles)) {
			for _, s := range roles[role] {
				one := map[string]int{role: s.failed}
				if s.sent > 0 {
					one["sends"] = s.sent
				}
				if s.few {
					one["few"] = 1
				}
				list[id] = append(list[id], one)
			}
		}
	}
	var text bytes.Buffer
	text.WriteString("# The accounts that each clause borrows, and how many attempts a target may count it fails\n" +
		"# with each (sends: of those, the ones that count towards a limit which nothing raises; few: 1: it makes do with\n" +
		"# fewer accounts of this role, where there are no more).\n" +
		"# Made by `go test ./harness/cmd/authconform -run Leases -update`; not edited by hand.\n")
	for _, id := range slices.Sorted(maps.Keys(list)) {
		line, err := yaml.Marshal(flow{id: list[id]})
		if err != nil {
			t.Fatal(err)
		}
		text.Write(line)
	}
	if err := os.WriteFile(leasesFile(st.Exchange), text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// flow is written on one line.
type flow map[string][]map[string]int

// MarshalYAML implements yaml.Marshaler.
func (f flow) MarshalYAML() (any, error) {
	var node yaml.Node
	if err := node.Encode(map[string][]map[string]int(f)); err != nil {
		return nil, err
	}
	node.Content[1].Style = yaml.FlowStyle
	return &node, nil
}
