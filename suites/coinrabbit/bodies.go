package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/probe"
	"authconform/harness/suite"
)

// brokenBodies puts the probes that hold for every call alike to the three calls
// that the page prints.
func brokenBodies(p *api) {
	ready := func(s subject) func(context.Context) (*suite.Actor, func() suite.Request) {
		return func(ctx context.Context) (*suite.Actor, func() suite.Request) {
			GinkgoHelper()
			t := s.ready(ctx)
			t.on = s.operation != p.createSecret // the control switches it on, or a refusal did not switch it off
			return t.by, func() suite.Request { return t.request }
		}
	}
	var subjects []probe.Subject
	for _, s := range []subject{p.creating(), p.activating(), p.deactivating()} {
		subjects = append(subjects, probe.Subject{Operation: s.operation, Ready: ready(s), Spends: s.operation != p.createSecret})
	}
	probe.Bodies(p.Context, subjects)
	probe.Methods(p.Context, subjects)
}
