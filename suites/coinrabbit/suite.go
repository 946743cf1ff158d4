// Package coinrabbit puts the promises of the CoinRabbit partner API about its
// second factor and the log-ins around it to a target. The vendor's page
// (document 004) contradicts itself and prints no refusal: what it leaves open is
// a setting, a refusal is judged first by what it did to the account, and the
// standards' statuses are asked only in profile "strict". No spec calls anything
// that moves money.
package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// Profiles of the contract.
const (
	documented = "documented"
	strict     = "strict"
)

// jwtFeature is the feature of user tokens that are JWTs.
const jwtFeature = "jwt"

// Suite is the CoinRabbit suite.
var Suite = conform.Suite{
	Exchange: "coinrabbit",
	Specs:    specs,
	Roles:    client.Roles,
	Settings: client.Settings,
	Features: map[string]conform.Feature{
		jwtFeature: {Text: "x-user-token is a JWT, as public clients read it; the page does not say what it is", Present: jwtPresent},
	},
	Path:    client.Path,
	Send:    client.Send,
	Needs:   client.Needs,
	Knock:   client.Knock,
	Letter:  client.Letter,
	Drift:   client.Drift,
	PutBack: client.PutBack,
	Provide: client.Provide,
	Tallies: true, // the page prints no refusal
	// The public API page; the second is the vendor's trading API.
	ProductionHosts: []string{"api.coinrabbit.io", "exchange.coinrabbit.io"},
}

// specs builds the tree. Each area has a file of its name.
func specs(s *conform.Context) {
	p := client.New(s)
	for _, area := range []struct {
		name  string
		build func(*client.Client)
	}{
		{"2FA secret", secret}, {"2FA activation", activate}, {"2FA deactivation", deactivate}, {"user token", userToken},
		{"sending of codes", sendCode}, {"verification of codes", verifyCode}, {"log-in by the partner", partnerLogin},
		{"log-in with a verification token", login}, {"limits", throttle}, {"requests of any form", families},
	} {
		Describe(area.name, func() { area.build(p) })
	}
}

// families are what the three operations that the page prints have in common with
// those of other exchanges.
func families(p *client.Client) {
	var subjects []family.Subject
	for _, s := range []subject{creating(p), activating(p), deactivating(p)} {
		ready := func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			t := s.ready(ctx)
			t.On = s.operation != p.CreateSecret // the control switches it on, or a refusal did not switch it off
			return t.by, func() conform.Request { return t.request }
		}
		subjects = append(subjects, family.Subject{Operation: s.operation, Ready: ready, SingleUse: s.operation != p.CreateSecret})
	}
	family.Bodies(p.Context, subjects)
	family.Methods(p.Context, subjects)
	attacks(p, subjects)
}
