package reports

import "testing"

// TestNoLineBeginsWithACommand: what is broken into lines was harmless as one.
func TestNoLineBeginsWithACommand(t *testing.T) {
	if got, want := wrap("a header says ::error::a and more", 14, "  "), "a header\n  says ::error::a\n  and more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
