package alphapoint

import (
	"slices"
	"strconv"
	"time"

	"authconform/harness/reference/kit"
)

// LegacyReference and TradingReference are what the harness is told of KIIEX's two
// surfaces.
var (
	LegacyReference  = referenceOf(Legacy)
	TradingReference = referenceOf(Trading)
)

var pools = kit.Pools{
	Small: map[string]int{roleUser: 60, roleTOTP: 60, roleUnenrolled: 12, roleLocked: 2, roleLockable: 8},
}

func referenceOf(surface string) kit.Reference {
	return kit.Reference{
		Exchange: surface,
		Start:    func(o kit.Options) (*kit.Instance, error) { return startReference(surface, o) },
		Settings: settings,
		Faults: func() []kit.Fault {
			return slices.Concat(Faults(surface), oddOn(surface), kit.CommonFaults(surfaceOf(surface)))
		},
	}
}

// codeMethod is how Authenticate2FA takes a code.
const codeMethod = "code-method"

var settings = []kit.Setting{
	{Name: codeMethod, Text: "whether Authenticate2FA takes a code in a body (POST) or as ?Code= (GET)", Values: []string{"POST", "GET"}},
}

// surfaceOf is what the faults that every back end can have need to know.
func surfaceOf(surface string) kit.Surface {
	s := kit.Surface{
		Credentials: list{"Apikey", "Aptoken", "Authorization", pendingHTTPHeader, "Nonce", "Signature", "Userid", "Cookie", "X-Session-Token"},
		Guarded:     list{"getuserdevices", "getuserconfig"}, Opaque: true, Inside: list{opDevices, opConfig},
		FirstSteps: list{opLogin, opBasic}, Limited: list{opLogin, opSecond}, Limiter: true, Unguarded: true, Codes: list{opSecond},
		Codings: list{opSecond}, Passwords: list{opLogin, opBasic}, Proofs: list{opLogin, opDevices, opRegister},
		Unproven: list{outBad, outDeviceCode, outUnauth},
	}
	if surface == Trading {
		s.Inside, s.MixedCase, s.Proofs = list{opDevices}, true, list{opLogin, opDevices}
		return s
	}
	s.FirstSteps, s.Digits, s.Passwords = list{opLogin}, true, list{opLogin}
	return s
}

// pendingHTTPHeader is pendingHeader as net/http spells it.
const pendingHTTPHeader = "Pending2fatoken"

func startReference(surface string, o kit.Options) (*kit.Instance, error) {
	server, err := New(Config{
		Surface: surface, Profile: o.Profile, Faults: o.Faults, Pool: pools.Of(o), HashIterations: o.HashIterations(),
		CodeInQuery: o.Set[codeMethod] == "GET",
	})
	if err != nil {
		return nil, err
	}
	platform := o.Profile == Platform
	instance := server.Instance()
	instance.Features = map[string]bool{"signed-headers": platform}
	if surface == Trading {
		instance.Features["basic"] = platform
	}
	instance.Settings = map[string]string{"gateway": server.Gateway(), "lock-after": strconv.Itoa(lockAfter)}
	if server.inQuery {
		instance.Settings[codeMethod] = "GET"
	}
	instance.PasswordLimit = kit.Limit{Attempts: attemptRule.Attempts, Window: time.Minute, Block: time.Minute}
	instance.CodeLimit = instance.PasswordLimit
	return instance, nil
}
