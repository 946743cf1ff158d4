package glob_test

import (
	"path"
	"testing"

	"authconform/harness/glob"
)

func TestFitsIsMatch(t *testing.T) {
	for _, g := range []string{"", "*", "a.b", "a.*", "*.b", "a.?", "a.[bc]", `a\.b`, "a.b*", "a.[b", "ab.*", "*a*"} {
		for _, id := range []string{"", "a", "a.b", "a.c", "a.bc", "ab.c", "b.a", `a\.b`} {
			want, err := path.Match(g, id)
			if got := glob.Fits(g, id); got != (want && err == nil) {
				t.Errorf("Fits(%q, %q) is %v; path.Match says %v, %v", g, id, got, want, err)
			}
		}
	}
}
