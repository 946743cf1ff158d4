package runner

import (
	"context"
	"time"

	"authconform/harness/conform"
	"authconform/harness/target"
)

// learnDrift finds out whether the deployment takes an app's code of the step before, where
// its target file does not say: one that takes the current code alone keeps to RFC 6238.
func (r *runner) learnDrift(ctx context.Context) {
	if r.options.TargetFile == "" { // the embedded reference takes it
		return
	}
	w, err := openWire(r.Plan, r.target, r.vault, 0)
	if err != nil {
		return // so does the run, and says why
	}
	ctx, cancel := context.WithTimeout(ctx, driftPatience)
	defer cancel()
	d := apart(r.Plan, r.suite, r.contract, r.target, r.vault, w).Drift(ctx)
	if d == nil {
		return
	}
	r.accounts.Know(d.Tried)
	if r.Plan.NoDrift = d.Told && !d.Takes; r.Plan.NoDrift {
		keepToCurrent(r.target)
	}
}

// driftPatience bounds what finding out may take: two log-ins, or two mails.
const driftPatience = time.Minute

// keepToCurrent has a target sent no code but that of the current step.
func keepToCurrent(t *target.Target) {
	settings := map[string]string{conform.Tolerance: "0"}
	for name, value := range t.Settings {
		settings[name] = value
	}
	t.Settings = settings
}
