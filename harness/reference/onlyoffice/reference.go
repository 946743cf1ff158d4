package onlyoffice

import (
	"slices"
	"time"

	"authconform/harness/reference/kit"
)

// Reference is what the harness is told of this back end.
var Reference = kit.Reference{Exchange: "onlyoffice", Start: startReference, Faults: allFaults}

var pools = kit.Pools{
	Small: map[string]int{
		roleOwner: 1, roleAdmin: 8, roleRoomAdmin: 4, roleUser: 40, roleTOTP: 60, roleDisabled: 4, rolePhone: 8, roleNoPhone: 8,
	},
	Large: map[string]int{
		roleOwner: 1, roleAdmin: 64, roleRoomAdmin: 32, roleUser: 600, roleTOTP: 600, roleDisabled: 16, rolePhone: 24, roleNoPhone: 32,
	},
}

func startReference(o kit.Options) (*kit.Instance, error) {
	server, err := New(Config{Profile: o.Profile, Faults: o.Faults, Pool: pools.Of(o), HashIterations: o.HashIterations()})
	if err != nil {
		return nil, err
	}
	instance := server.Instance()
	instance.Captcha, instance.Features = server.CaptchaResponse(), map[string]bool{"captcha": true, "sms": true}
	instance.PasswordLimit = kit.Limit{Attempts: 5, Window: time.Minute, Block: time.Minute}
	instance.CodeLimit = instance.PasswordLimit
	instance.SMSAddress = kit.TextMessages
	return instance, nil
}

// surface is what the faults that every back end can have need to know.
var surface = kit.Surface{
	Credentials: list{"Cookie", "Authorization"}, Guarded: list{"/settings/tfaapp", "/security/activeconnections", "/settings/cookiesettings"},
	Opaque: true, Inside: list{"getTfaSettings", opSetTFA, opConnections, opGetCookies}, FirstSteps: list{opLogin},
	Limited: list{opLogin, opCodeLogin, opValidate},
	Mails:   list{"sendUserPassword"},
	Codings: list{opCodeLogin, opValidate}, Narrow: documentedOnly, Passwords: list{opLogin, opCodeLogin},
	Sent: list{opCodeLogin}, SentWrong: list{"second-factor-wrong"},
	Proofs: list{opValidate, "changeUserPassword", "checkConfirm"}, Unproven: list{"unauthenticated", "confirm-invalid"},
	Codes: list{opCodeLogin, opValidate}, CodesOnce: documentedOnly, Unguarded: true, Limiter: true,
}

// allFaults are the faults of this back end's own and those of every one. A limit that counts
// the attempts at all accounts together is none of them: it lets nobody log in, so that a
// run judges next to nothing and ends with exit 3.
func allFaults() []kit.Fault {
	common := slices.DeleteFunc(kit.CommonFaults(surface), func(f kit.Fault) bool { return f.ID == kit.FaultLimitOfEverybody })
	return slices.Concat(Faults(), oddFaults(), common)
}
