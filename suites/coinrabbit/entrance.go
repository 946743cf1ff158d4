package coinrabbit

import (
	"context"
	"net/http"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// entrance is how callers are told apart: by the user token, beside the partner's key.
func entrance(p *client.Client) family.Entrance {
	field := func(name, prefix string) func(string) http.Header {
		return func(value string) http.Header { return http.Header{name: {prefix + value}} }
	}
	return family.Entrance{
		Carriers: []family.Carrier{
			{Name: "the user token", Present: field("X-User-Token", "")},
			{Name: "both credentials", Present: func(value string) http.Header { return client.Headers(value, value) }},
			{Name: "a bearer token", Present: field("Authorization", "Bearer ")},
			{Name: "a cookie", Present: func(value string) http.Header {
				return http.Header{"Cookie": {"x-user-token=" + value + "; token=" + value + "; session=" + value}}
			}},
		},
		Outsider: func(context.Context) *conform.Actor { return p.Partner() },
		Secrets:  func(*contract.Operation) []string { return []string{"X-User-Token", "X-Api-Key"} }, Inside: p.CreateSecret,
		Request: func(*identity.Identity) conform.Request { return client.Creation },
	}
}

// attacks are the families that try to get in, or to get more.
func attacks(p *client.Client, subjects []family.Subject) {
	family.Intruders(p.Context, entrance(p), subjects)
	family.Passive(p.Context, entrance(p), subjects[0], nil, family.Issues{p.CreateSecret.ID: {"*totp-secret"}},
		func(name string) bool { return name == p.Setting(client.TokenMember) })
}
