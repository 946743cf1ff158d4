package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports/compare"
)

var updateCrossed = flag.Bool("update", false, "write the generated files anew: fixtures/<exchange>/crossed.yaml, "+
	"schemas/<exchange>/leases.yaml")

// crossing is what a suite in one profile finds on a server in another.
type crossing struct {
	Suite  string   `yaml:"suite"`  // profile of the suite
	Server string   `yaml:"server"` // profile of the reference
	Red    []string `yaml:"red"`    // clauses that are neither PASS nor NOT_APPLICABLE
}

// crossedExits are the exchanges and what a crossed run ends with: where the
// profiles differ in SHOULD clauses alone it is conformant all the same.
var crossedExits = map[string]int{
	"barong":     verdict.ExitNotConformant,
	"coinrabbit": verdict.ExitConformant,
	"kiiex":      verdict.ExitNotConformant,
	"kiiexap":    verdict.ExitNotConformant,
	"onlyoffice": verdict.ExitNotConformant,
}

func crossedFixture(exchange string) string {
	return filepath.Join("..", "..", "..", "fixtures", exchange, "crossed.yaml")
}

// TestCrossedProfiles runs the suite in each profile against the reference in
// each: the matching runs pass every clause, the crossed ones are red exactly on
// the clauses whose documents and release differ.
func TestCrossedProfiles(t *testing.T) {
	for exchange, exit := range crossedExits {
		t.Run(exchange, func(t *testing.T) {
			got := crossings(t, exchange, exit)
			fixture := crossedFixture(exchange)
			if *updateCrossed {
				text, err := yaml.Marshal(got)
				if err != nil {
					t.Fatal(err)
				}
				text = append([]byte("# What each profile's suite finds on the other profile's reference.\n# Generated: go test "+
					"./harness/cmd/authconform -run Crossed -update\n"), text...)
				if err := os.WriteFile(fixture, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(listed(t, exchange), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the crossed runs are not red where %s says; if that is meant: go test ./harness/cmd/authconform -run Crossed "+
					"-update\n%s", fixture, diff)
			}
		})
	}
}

// listed reads the committed list.
func listed(t *testing.T, exchange string) []crossing {
	t.Helper()
	text, err := os.ReadFile(crossedFixture(exchange))
	if err != nil {
		t.Fatal(err)
	}
	var want []crossing
	if err := yaml.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

// crossings runs each profile's suite on each profile's reference.
func crossings(t *testing.T, exchange string, exit int) []crossing {
	t.Helper()
	c, err := runner.Contract(exchange)
	if err != nil {
		t.Fatal(err)
	}
	var got []crossing
	for _, server := range c.Profiles {
		for _, suite := range c.Profiles {
			got = append(got, crossing{Suite: suite, Server: server})
		}
	}
	folder, keys := t.TempDir(), t.TempDir()
	if res := run(t, nil, "keygen", filepath.Join(keys, "release.key")); res.code != 0 {
		t.Fatal(res)
	}
	t.Run("runs", func(t *testing.T) {
		for i := range got {
			t.Run(got[i].Suite+" on "+got[i].Server, func(t *testing.T) {
				t.Parallel()
				got[i].Red = cross(t, exchange, got[i], exit, filepath.Join(folder, got[i].Suite+" on "+got[i].Server))
			})
		}
	})
	for _, x := range got {
		own := filepath.Join(folder, x.Suite+" on "+x.Suite)
		if red := worse(t, own, filepath.Join(folder, x.Suite+" on "+x.Server)); !slices.Equal(red, x.Red) {
			t.Errorf("suite %s: the difference between the servers %s and %s is not what the crossed run finds red:\n%s",
				x.Suite, x.Suite, x.Server, cmp.Diff(x.Red, red))
		}
	}
	for _, profile := range c.Profiles { // no verdict of ours but follows from its evidence
		if res := certify(t, filepath.Join(folder, profile+" on "+profile), keys); res.code != 0 {
			t.Errorf("profile %s cannot be certified: %s", profile, res)
		}
	}
	for i := range got { // a shape that nothing came to says no more than the clause that did not come to it
		got[i].Red = slices.DeleteFunc(got[i].Red, func(red string) bool {
			return strings.HasPrefix(red, exchange+".shape.") && strings.HasSuffix(red, " "+string(verdict.UNTESTABLE))
		})
	}
	return slices.DeleteFunc(got, func(x crossing) bool { return x.Suite == x.Server })
}

// worse lists what `authconform diff` finds newly broken, or no longer judged.
func worse(t *testing.T, old, new string) (red []string) {
	t.Helper()
	res := run(t, nil, "diff", old, new, "--format", "json")
	var d compare.Difference
	if err := json.Unmarshal([]byte(res.stdout), &d); err != nil {
		t.Fatalf("%v\n%s", err, res)
	}
	for _, c := range slices.Concat(d.Exchanges[0].Failures, d.Exchanges[0].Lost) {
		red = append(red, c.Clause+" "+string(c.New))
	}
	slices.Sort(red)
	return red
}

// cross runs one profile's suite on one profile's reference and lists what is red.
func cross(t *testing.T, exchange string, x crossing, exit int, out string) (red []string) {
	t.Helper()
	file, _ := servedOf(t, exchange, runner.ServeOptions{Profile: x.Server})
	res := run(t, nil, "run", exchange, "--target", file, "--profile", x.Suite, "--evidence", "all", "--out", out)
	for id, v := range verdicts(report(t, out)) {
		if v != verdict.PASS && v != verdict.NOT_APPLICABLE {
			red = append(red, id+" "+string(v))
		}
	}
	slices.Sort(red)
	if x.Suite == x.Server {
		if res.code != verdict.ExitConformant || len(red) != 0 {
			t.Errorf("profile %s on its own reference: exit %d, red: %v", x.Suite, res.code, red)
		}
	} else if res.code != exit {
		t.Errorf("suite %s on server %s: exit %d, want %d", x.Suite, x.Server, res.code, exit)
	}
	return red
}

// because says why clauses are red on the other profile although the contract
// has the same answer for their own operation and outcome in both.
var because = map[string]string{
	"barong.create-phone.malformed":                  "release 3.1 limits requests about phones",
	"barong.create-phone.no-members":                 "release 3.1 limits requests about phones",
	"barong.create-session.first-step-disguised":     "release 3.1 limits log-ins",
	"barong.create-session.first-step-encoded":       "release 3.1 limits log-ins",
	"barong.create-session.first-step-members":       "release 3.1 limits log-ins",
	"barong.create-session.first-step-respelt":       "release 3.1 limits log-ins",
	"barong.otp.stays-spent":                         "release 3.1 limits log-ins",
	"barong.password-reset.token-once":               "what shows it, a log-in, is answered otherwise",
	"barong.phones.sent-again":                       "release 3.1 wants 30 seconds between two codes",
	"barong.send-phone-code.malformed":               "release 3.1 limits requests about phones",
	"barong.send-phone-code.no-members":              "release 3.1 limits requests about phones",
	"barong.sessions.parallel":                       "release 3.1 limits log-ins",
	"barong.verify-phone.malformed":                  "release 3.1 limits requests about phones",
	"barong.verify-phone.no-members":                 "release 3.1 limits requests about phones",
	"kiiex.code.wrong-then-right":                    "it gets a wrong code refused first, and that refusal differs",
	"kiiex.lock.either-way":                          "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.lock.again":                               "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.lock.lasts":                               "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.lock.not-before":                          "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.lock.others":                              "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.lock.password":                            "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.lock.told":                                "it gets wrong log-ins refused first, and that refusal differs",
	"kiiex.login.locked":                             "what shows it, the refusal of a call without a session, differs",
	"kiiex.logout.ends":                              "what shows it, the refusal of a call without a session, differs",
	"kiiex.logout.ends-second-factor":                "what shows it, the refusal of a call without a session, differs",
	"kiiex.logout.in-every-carrier":                  "what shows it, the refusal of a call without a session, differs",
	"kiiex.logout.stays-ended":                       "what shows it, the refusal of a call without a session, differs",
	"kiiex.logout.other-sessions":                    "what shows it, the refusal of a call without a session, differs",
	"kiiex.logout.other-users":                       "what shows it, the refusal of a call without a session, differs",
	"kiiex.required.opens":                           "how a call carries its code differs",
	"kiiexap.code.right":                             "it signs in first, and the casing of that answer differs",
	"kiiexap.code.wrong-then-right":                  "it signs in first, and the casing of that answer differs",
	"kiiexap.logout.ends":                            "it signs in first, and the casing of that answer differs",
	"kiiexap.logout.ends-second-factor":              "it signs in first, and the casing of that answer differs",
	"kiiexap.logout.other-users":                     "it signs in first, and the casing of that answer differs",
	"kiiexap.ping.ended-session":                     "it signs in first, and the casing of that answer differs",
	"kiiexap.session.opens":                          "it signs in first, and the casing of that answer differs",
	"kiiexap.session.prolonged":                      "it signs in first, and the casing of that answer differs",
	"onlyoffice.login-settings.attempt-count":        "what shows it, the answer to too many attempts, differs",
	"onlyoffice.login-settings.attempt-count-higher": "what shows it, the answer to too many attempts, differs",
	"onlyoffice.login-settings.block-time":           "what shows it, the answer to too many attempts, differs",
	"onlyoffice.login-settings.check-period":         "what shows it, the answer to too many attempts, differs",
}

// TestCrossedRedIsWhereTheProfilesDiffer holds the list against the contract: red
// is a clause that only the suite's profile has, or one whose answer differs, or
// has a reason of its own. What is UNTESTABLE met a difference on its way.
func TestCrossedRedIsWhereTheProfilesDiffer(t *testing.T) {
	for exchange := range crossedExits {
		st, err := findSuite(exchange)
		if err != nil {
			t.Fatal(err)
		}
		c, err := runner.Contract(exchange)
		if err != nil {
			t.Fatal(err)
		}
		list, err := runner.Clauses(st)
		if err != nil {
			t.Fatal(err)
		}
		infos := map[string]clause.Info{}
		for _, info := range list {
			infos[info.ID] = info
		}
		for _, x := range listed(t, exchange) {
			for _, red := range x.Red {
				id, found, _ := strings.Cut(red, " ")
				info := infos[id]
				op, _ := c.Operation(info.Operation)
				differs := !slices.Contains(info.Profiles, x.Server) || !sameAnswer(op, contract.Outcome(info.Outcome), x.Suite, x.Server)
				if !differs && because[id] == "" && found != string(verdict.UNTESTABLE) {
					t.Errorf("suite %s on server %s: %s is red, but both profiles have the same answer for it", x.Suite, x.Server, id)
				}
			}
		}
	}
}

func sameAnswer(op *contract.Operation, outcome contract.Outcome, one, other string) bool {
	a, _ := op.Answer(outcome, one)
	b, _ := op.Answer(outcome, other)
	return a == b || a.Status == b.Status && a.SchemaFile == b.SchemaFile && a.Body == b.Body &&
		slices.Equal(a.ErrorKeys, b.ErrorKeys) && reflect.DeepEqual(a.Headers, b.Headers)
}
