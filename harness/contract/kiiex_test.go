package contract_test

import (
	"slices"
	"testing"

	"authconform/harness/contract"
	"authconform/schemas"
)

// The published request of KIIEX's AuthenticateUser is a oneOf with one member,
// none of whose properties is required.
func TestOneAlternativeIsNoChoice(t *testing.T) {
	c, err := contract.Load(schemas.FS, "kiiexap")
	if err != nil {
		t.Fatal(err)
	}
	login, _ := c.Operation("AuthenticateUser")
	var names []string
	for _, m := range login.Body.Members {
		names = append(names, m.Name)
		if m.Required || !slices.Equal(m.Types, []string{"string"}) {
			t.Errorf("%s: required %v, types %v; want an optional string", m.Name, m.Required, m.Types)
		}
	}
	if want := []string{"APIKey", "Signature", "UserId", "UserName", "Nonce"}; !slices.Equal(names, want) {
		t.Errorf("members %v, want %v", names, want)
	}
}

// The statuses that KIIEX's pages name, and nothing else, are documented: what
// rests on a standard or an inference can be no MUST.
func TestKiiexDocumentedStatuses(t *testing.T) {
	for exchange, id := range map[string]string{"kiiex": "Authenticate2fa", "kiiexap": "AuthenticateUser"} {
		c, err := contract.Load(schemas.FS, exchange)
		if err != nil {
			t.Fatal(err)
		}
		op, _ := c.Operation(id)
		if op.NamedOnly {
			t.Errorf("%s is documented in full", id)
		}
		for _, outcome := range op.Outcomes() {
			answer, ok := op.Answer(outcome, "documented")
			if ok && answer.Provenance == contract.Documented && answer.Class != 4 && !slices.Contains([]int{200, 400, 401}, answer.Status) {
				t.Errorf("%s %s: status %d is not on KIIEX's page", id, outcome, answer.Status)
			}
			if ok && answer.Status >= 403 && answer.Provenance.SupportsMust() {
				t.Errorf("%s %s: status %d must not be a MUST", id, outcome, answer.Status)
			}
		}
	}
}
