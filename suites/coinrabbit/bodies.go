package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/suites/family"
)

// brokenBodies puts the probes that hold for every call alike to the three calls
// that the page prints.
func brokenBodies(p *api) {
	ready := func(s subject) func(context.Context) (*conform.Actor, func() conform.Request) {
		return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			t := s.ready(ctx)
			t.on = s.operation != p.createSecret // the control switches it on, or a refusal did not switch it off
			return t.by, func() conform.Request { return t.request }
		}
	}
	var subjects []family.Subject
	for _, s := range []subject{p.creating(), p.activating(), p.deactivating()} {
		subjects = append(subjects, family.Subject{Operation: s.operation, Ready: ready(s), SingleUse: s.operation != p.createSecret})
	}
	family.Bodies(p.Context, subjects)
	family.Methods(p.Context, subjects)
}
