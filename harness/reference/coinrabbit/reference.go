package coinrabbit

import (
	"slices"
	"time"

	"authconform/harness/reference/kit"
)

// Reference is what the harness is told of this back end.
var Reference = kit.Reference{Exchange: "coinrabbit", Start: startReference, Faults: allFaults}

// smallRun is how many accounts serve a few specs.
const smallRun = 60

func startReference(o kit.Options) (*kit.Instance, error) {
	config := Config{Profile: o.Profile, Faults: o.Faults}
	if o.Small {
		config.Accounts = smallRun
	}
	server, err := New(config)
	if err != nil {
		return nil, err
	}
	instance := server.Instance()
	instance.Settings, instance.Features = server.Settings(), map[string]bool{"jwt": true}
	instance.CodeLimit = kit.Limit{Attempts: codeRule.Attempts, Window: time.Minute, Block: time.Minute}
	instance.SMSAddress = kit.TextMessages
	return instance, nil
}

// surface is what the faults that every back end can have need to know.
var surface = kit.Surface{
	Credentials: list{"X-Api-Key", "X-User-Token", "Authorization", "Cookie"}, Guarded: list{"2fa"},
	Inside: list{opCreate, opActivate, opDeactivate}, Limited: append(list{opVerify}, byCode...), Limiter: true, Unguarded: true,
	Codings: byCode, Sent: list{opVerify}, SentWrong: list{outCodeWrong},
	Proofs: list{opActivate, opDeactivate, opLogin}, Unproven: list{outNotVerified},
}

// allFaults are the faults of this back end's own and those of every one.
func allFaults() []kit.Fault { return slices.Concat(Faults(), oddFaults(), kit.CommonFaults(surface)) }
