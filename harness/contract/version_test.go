package contract_test

import (
	"regexp"
	"strconv"
	"testing"

	"authconform/harness/contract"
	"authconform/schemas"
)

// TestVersionsCountUp: the change log has each version once, the newest first, down to 1.
func TestVersionsCountUp(t *testing.T) {
	text, err := schemas.FS.ReadFile(contract.ChangeLog)
	if err != nil {
		t.Fatal(err)
	}
	headings := regexp.MustCompile(`(?m)^## (.*)$`).FindAllSubmatch(text, -1)
	newest, err := contract.Version(schemas.FS)
	if err != nil || newest != len(headings) {
		t.Fatalf("version %d of %d headings: %v", newest, len(headings), err)
	}
	for i, h := range headings {
		if want := regexp.MustCompile(`^` + strconv.Itoa(newest-i) + ` \(\d{4}-\d\d-\d\d\)$`); !want.Match(h[1]) {
			t.Errorf("heading %q, want %s", h[1], want)
		}
	}
}
