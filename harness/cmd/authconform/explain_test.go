package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/verdict"
)

var spec = regexp.MustCompile(`(?m)^spec +(\S+):(\d+)$`)

// TestExplainTellsAllOfAClause: whoever holds a red clause's id gets to its
// sentence, its answer, its source, its spec and its faults in one command.
func TestExplainTellsAllOfAClause(t *testing.T) {
	got := run(t, nil, "explain", "onlyoffice.login.wrong-password")
	if got.code != verdict.ExitConformant {
		t.Fatal(got)
	}
	for _, want := range []string{
		"MUST: the vendor documents it", "POST /api/2.0/authentication (authenticateMe)", "bad-credentials, in profile documented",
		"401 Unauthorized", "schemas/onlyoffice/error-documented.schema.json", "onlyoffice",
		"bad-credentials-as-400", "--focus 'onlyoffice.login.wrong-password'",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the explanation lacks %q\n%s", want, got)
		}
	}
	place := spec.FindStringSubmatch(got.stdout)
	if place == nil {
		t.Fatalf("the explanation names no file and line\n%s", got)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", place[1]))
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(place[2])
	if line := strings.Split(string(text), "\n")[number-1]; !strings.Contains(line, "onlyoffice.login.wrong-password") {
		t.Errorf("%s:%d does not state the clause: %s", place[1], number, line)
	}
}

func TestExplainInAnotherProfile(t *testing.T) {
	got := run(t, nil, "explain", "onlyoffice.login.wrong-password", "--profile", "3.7", "--quick")
	if got.code != verdict.ExitConformant || !strings.Contains(got.stdout, "in profile 3.7") || strings.Contains(got.stdout, "faults") {
		t.Error(got)
	}
}

func TestExplainRefusesWhatThereIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"an unknown clause":   {[]string{"onlyoffice.login.wrong-passwort"}, []string{"onlyoffice.login.wrong-passwort", "onlyoffice.login."}},
		"an unknown exchange": {[]string{"kraken.login.x"}, []string{"kraken"}},
		"no clause id":        {[]string{"login"}, []string{"login"}},
		"an unknown profile":  {[]string{"onlyoffice.login.wrong-password", "--profile", "9"}, []string{`"9"`, "documented, 3.7"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, nil, append([]string{"explain"}, c.args...)...)
			if got.code != verdict.ExitUsage {
				t.Fatal(got)
			}
			for _, want := range c.want {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("the message lacks %q\n%s", want, got)
				}
			}
		})
	}
}

// TestExplainDrawsGrids: of an exchange it draws each grid, with its cells in words below.
func TestExplainDrawsGrids(t *testing.T) {
	got := run(t, nil, "explain", "onlyoffice")
	if got.code != verdict.ExitConformant {
		t.Fatal(got)
	}
	for _, want := range []string{
		"replay: A one-time code that one operation accepted", `spent at \ presented at`, "enumeration:", "limits:",
		"  backup code, log-in: onlyoffice.code.backup-reused\n", "  texted code, confirmation: A texted code is taken at the log-in alone.\n",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the grids lack %q\n%s", want, got)
		}
	}
	if one := run(t, nil, "explain", "onlyoffice.code.backup-reused", "--quick"); !strings.Contains(one.stdout, "it stands in replay") {
		t.Errorf("the explanation of a clause does not name its grids\n%s", one)
	}
}
