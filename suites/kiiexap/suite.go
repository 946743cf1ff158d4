// Package kiiexap puts the promises of KIIEX's Trading API under /ap about signing
// in, second factors and sessions to a target: document 001 in profile
// "documented", the AlphaPoint platform behind it in profile "alphapoint".
package kiiexap

import (
	"authconform/harness/conform"
	"authconform/suites/alphapoint"
	"authconform/suites/alphapoint/client"
)

// Suite is the suite of the /ap surface.
var Suite = conform.Suite{
	Exchange: "kiiexap",
	Specs:    alphapoint.Specs,
	Roles:    roles(),
	Settings: client.Settings("bearer", map[string]string{
		"Authenticate": "/ap/Authenticate", "Authenticate2fa": "/ap/Authenticate2FA", "LogOut": "/ap/LogOut",
		"GetUserDevices": "/ap/GetUserDevices", "Ping": "/ap/Ping",
	}),
	Features: map[string]conform.Feature{"signed-headers": client.SignedHeaders(), "basic": client.BasicAuthentication()},
	Path:     client.Path,
	Leak:     client.Leak,
	// The servers of the published OpenAPI; apstage.proxy.kiiex.io is its staging.
	ProductionHosts: []string{"alphaprod.proxy.kiiex.io"},
}

// roles leaves out the one for Activate2FA, which this surface does not have.
func roles() map[string]string {
	all := client.Roles()
	delete(all, client.Unenrolled)
	return all
}
