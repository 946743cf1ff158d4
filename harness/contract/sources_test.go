package contract_test

import (
	"strings"
	"testing"

	"authconform/harness/contract"
)

func TestSourcesResolve(t *testing.T) {
	if _, err := contract.Load(folder(sound), "ex"); err != nil {
		t.Error(err)
	}
	for name, test := range map[string]struct{ old, new, want string }{
		"of an operation": {"x-source: guide#2", "x-source: guide#3",
			`ex/openapi.yaml:44: me: source "guide#3": schemas/guide/SOURCES.md has no anchor "3"`},
		"of an answer": {"guide#seen", "guide#sein",
			`ex/openapi.yaml:40: login: x-outcomes/bad-credentials: source "guide#sein": schemas/guide/SOURCES.md has no anchor`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := contract.Load(folder(strings.Replace(sound, test.old, test.new, 1)), "ex")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v does not say %q", err, test.want)
			}
		})
	}
}
