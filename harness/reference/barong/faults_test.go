package barong

import (
	"maps"
	"slices"
	"testing"

	"authconform/harness/reference/kit/kittest"
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
		maps.Copy(all, area)
	}
	return all
}

func TestEveryFaultIsConsulted(t *testing.T) { kittest.Consulted(t, append(Faults(), oddFaults()...)) }

func TestFaultsAreWellFormed(t *testing.T) {
	ids := slices.Clone(authzOperations)
	for _, op := range operations() {
		ids = append(ids, op.id)
	}
	kittest.WellFormed(t, append(Faults(), oddFaults()...), ids, 300)
}

// Every fault, in every profile it belongs to, changes an answer a client sees.
func TestEveryFaultIsSeen(t *testing.T) {
	kittest.EachSeen(t, Faults(), profiles, allScenarios(), func(t *testing.T, one scenario, profile string, faults ...string) string {
		config := openConfig()
		if one.config != nil {
			one.config(&config)
		}
		config.Profile, config.Faults = profile, faults
		return one.see(startWith(t, config))
	})
}
