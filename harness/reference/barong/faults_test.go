package barong

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authconform/harness/reference/kit"
)

// scenario does what shows one fault and tells what a client saw.
type scenario struct {
	see    func(*deployment) string
	config func(*Config) // nil: the open deployment as it is
}

// allScenarios are the scenarios of every area.
func allScenarios() map[string]scenario {
	all := map[string]scenario{}
	for _, area := range []map[string]scenario{
		secondFactorScenarios, sessionScenarios, credentialScenarios, mailScenarios, keyScenarios, rightScenarios,
		captchaScenarios, limiterScenarios, labelScenarios, profileScenarios, phoneScenarios, documentScenarios,
		accountScenarios, activityScenarios, infoScenarios,
	} {
		for id, one := range area {
			all[id] = one
		}
	}
	return all
}

// A switch nobody reads would be a fault that survives for the wrong reason, and
// a read of an unknown id would never be true.
func TestEveryFaultIsConsulted(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, found := range regexp.MustCompile(`faults\.On\("([^"]+)"\)`).FindAllSubmatch(source, -1) {
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
	operationIDs := slices.Clone(authzOperations)
	for _, op := range operations() {
		operationIDs = append(operationIDs, op.id)
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
			if !slices.Contains(operationIDs, op) {
				t.Errorf("fault %s names operation %q, which does not exist", fault.ID, op)
			}
		}
	}
}

// Every fault, in every profile it belongs to, changes an answer a client sees.
func TestEveryFaultIsSeen(t *testing.T) {
	scenarios := allScenarios()
	for _, fault := range Faults() {
		one, found := scenarios[fault.ID]
		if !found {
			t.Errorf("fault %s has no scenario", fault.ID)
			continue
		}
		for _, profile := range profiles {
			if fault.In(profile) {
				t.Run(fault.ID+"/"+profile, func(t *testing.T) { seen(t, one, profile, fault.ID) })
			}
		}
	}
	for id := range scenarios {
		if !slices.ContainsFunc(Faults(), func(f kit.Fault) bool { return f.ID == id }) {
			t.Errorf("scenario %s is for no fault", id)
		}
	}
}

func seen(t *testing.T, one scenario, profile, fault string) {
	observe := func(faults ...string) string {
		config := openConfig()
		if one.config != nil {
			one.config(&config)
		}
		config.Profile, config.Faults = profile, faults
		return one.see(startWith(t, config))
	}
	right, wrong := observe(), observe(fault)
	if right == wrong {
		t.Errorf("with and without the fault the answer is %s", right)
	}
	if again := observe(); again != right {
		t.Errorf("the scenario is not repeatable: %s, then %s", right, again)
	}
}
