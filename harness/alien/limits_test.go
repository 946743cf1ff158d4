package alien_test

import (
	"testing"

	"authconform/harness/alien"
	"authconform/harness/verdict"
)

// A limit that is answered as a wrong attempt is as good as one of status 429, whether or
// not the target file says so; one that is not there, or that lets the right credentials
// pass, is not.
func TestLimitsAreJudgedByWhatBecomesOfTheRightCredentials(t *testing.T) {
	silent := func(a *alien.Alien) *alien.Alien {
		delete(a.Target.Settings, "limit-status")
		return a
	}
	spares := alien.Desk("limit-spares-right", alien.HeldAlike)
	for name, c := range map[string]struct {
		alien *alien.Alien
		focus string
		exit  int
	}{
		"in other words":                 {alien.Venue("", alien.HeldIs401), "kiiex.throttle.*", verdict.ExitConformant},
		"in other words, not declared":   {silent(alien.Venue("", alien.HeldIs401)), "kiiex.throttle.*", verdict.ExitConformant},
		"in other words, no limit":       {alien.Venue("no-limit", alien.HeldIs401), "kiiex.throttle.parallel", verdict.ExitNotConformant},
		"in other words, codes no limit": {alien.Venue("no-limit", alien.HeldIs401), "kiiex.throttle.codes", verdict.ExitNotConformant},
		"alike":                          {alien.Desk("", alien.HeldAlike), "kiiexap.throttle.*", verdict.ExitConformant},
		"alike, not declared":            {silent(alien.Desk("", alien.HeldAlike)), "kiiexap.throttle.*", verdict.ExitConformant},
		"alike, no limit":                {alien.Desk("no-limit", alien.HeldAlike), "kiiexap.throttle.parallel", verdict.ExitNotConformant},
		"alike, spares the right":        {spares, "kiiexap.throttle.parallel", verdict.ExitNotConformant},
		"alike, reached by the right":    {spares, "kiiexap.throttle.reached", verdict.ExitNotConformant},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := try(t, c.alien, c.focus)
			if err != nil {
				t.Fatal(err)
			}
			if report.ExitCode != c.exit {
				t.Errorf("exit code %d, want %d: %s", report.ExitCode, c.exit, report.Meaning)
			}
			for _, v := range report.Verdicts {
				if v.Verdict == verdict.FAIL || v.Verdict == verdict.WARN {
					t.Log(describe(v))
				}
			}
		})
	}
}
