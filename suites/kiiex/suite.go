// Package kiiex puts the promises of KIIEX's legacy API about signing in, second
// factors and sessions to a target: document 000 in profile "documented", the
// AlphaPoint platform behind it in profile "alphapoint".
package kiiex

import (
	"authconform/harness/conform"
	"authconform/harness/target"
	"authconform/suites/alphapoint"
)

// Suite is the suite of the legacy surface.
var Suite = conform.Suite{
	Exchange: "kiiex",
	Specs:    alphapoint.Specs,
	Roles:    alphapoint.Roles(),
	Settings: settings(map[string]string{
		"AuthenticateUser": "/authenticateuser", "Validate2fa": "/validate2fa", "LogOut": "/logout",
		"GetValidate2faRequiredEndpoints": "/getvalidate2farequiredendpoints", "RegisterNewDevice": "/registernewdevice",
		"GetUserDevices": "/getuserdevices", "GetUserConfig": "/getuserconfig", "Ping": "/ping", "RequiredEndpoint": "/{endpoint}",
	}),
	Features: map[string]conform.Feature{"signed-headers": alphapoint.SignedHeaders()},
	Path:     alphapoint.Path,
	Leak:     alphapoint.Leak,
}

// settings adds the one of the calls that need a code, which only this surface has.
func settings(paths map[string]string) map[string]target.Setting {
	all := alphapoint.Settings("api-key", paths)
	name, setting := alphapoint.RequiredPayload()
	all[name] = setting
	return all
}
