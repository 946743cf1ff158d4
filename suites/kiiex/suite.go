// Package kiiex puts the promises of KIIEX's legacy API about signing in, second
// factors and sessions to a target: document 000 in profile "documented", the
// AlphaPoint platform behind it in profile "alphapoint".
package kiiex

import (
	"authconform/harness/conform"
	"authconform/harness/target"
	"authconform/suites/alphapoint"
	"authconform/suites/alphapoint/client"
)

// Suite is the suite of the legacy surface.
var Suite = conform.Suite{
	Exchange: "kiiex",
	Specs:    alphapoint.Specs,
	Roles:    client.Roles(),
	UsedUp:   []string{client.Unenrolled, client.Lockable},
	Serves:   map[string]string{client.Lockable: client.User},
	Becomes:  map[string]string{client.Unenrolled: client.TOTP},
	Settings: settings,
	Features: map[string]conform.Feature{"signed-headers": client.SignedHeaders()},
	Path:     client.Pathed(settings),
	Send:     client.Send,
	Leak:     client.Leak,
	Knock:    client.Knock,
	Letter:   client.Letter,
	Drift:    client.Drift,
	// The legacy page "Authenticate 2FA", request sample.
	ProductionHosts: []string{"api.kiiex.com"},
}

var settings = withPayload(map[string]string{
	"AuthenticateUser": "/authenticateuser", "Validate2fa": "/validate2fa", "LogOut": "/logout",
	"GetValidate2faRequiredEndpoints": "/getvalidate2farequiredendpoints", "RegisterNewDevice": "/registernewdevice",
	"GetUserDevices": "/getuserdevices", "GetUserConfig": "/getuserconfig", "Ping": "/ping", "RequiredEndpoint": "/{endpoint}",
	"Authenticate2fa": "/authenticate2fa", "Activate2fa": "/activate2fa",
})

// withPayload adds the one of the calls that need a code, which only this surface has.
func withPayload(paths map[string]string) map[string]target.Setting {
	all := client.Settings("api-key", "", paths)
	name, setting := client.RequiredPayload()
	all[name] = setting
	return all
}
