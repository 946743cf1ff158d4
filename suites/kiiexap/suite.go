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
	Serves:   map[string]string{client.Lockable: client.User},
	Settings: settings,
	Features: map[string]conform.Feature{"signed-headers": client.SignedHeaders(), "basic": client.BasicAuthentication()},
	Path:     client.Pathed(settings),
	Send:     client.Send,
	Leak:     client.Leak,
	Knock:    client.Knock,
	Drift:    client.Drift,
	// The servers of the published OpenAPI; apstage.proxy.kiiex.io is its staging.
	ProductionHosts: []string{"alphaprod.proxy.kiiex.io"},
}

var settings = client.Settings("bearer", "/ap", map[string]string{
	"AuthenticateUser": "/AuthenticateUser", "Authenticate": "/Authenticate", "Authenticate2fa": "/Authenticate2FA", "LogOut": "/LogOut",
	"GetUserDevices": "/GetUserDevices", "Ping": "/Ping",
})

// roles leaves out the one for Activate2FA, which this surface does not have.
func roles() map[string]string {
	all := client.Roles()
	delete(all, client.Unenrolled)
	return all
}
