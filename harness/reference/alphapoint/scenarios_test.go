package alphapoint

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// scenario does what shows one fault and tells what a client saw.
type scenario func(*venue) string

// codeOf sends what code makes as the second step of a log-in.
func codeOf(code func(v *venue, who kit.Identity) any) scenario {
	return func(v *venue) string {
		who := v.who(roleTOTP)
		value := code(v, who)
		return seen(v.second(v.firstStep(who), value))
	}
}

func fixed(code any) scenario { return codeOf(func(*venue, kit.Identity) any { return code }) }

// changed spells the right code in another way.
func changed(spell func(string) any) scenario {
	return codeOf(func(v *venue, who kit.Identity) any { return spell(v.code(who, 0)) })
}

// signature signs in with another signature than the right one.
func signature(sign func(who kit.Identity) string) scenario {
	return func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.login(who, "Signature", sign(who)))
	}
}

func loginWith(changes ...any) scenario {
	return func(v *venue) string { return seen(v.login(v.who(roleUser), changes...)) }
}

func loginOf(role string) scenario {
	return func(v *venue) string { return seen(v.login(v.who(role))) }
}

// wrongUser compares the refusals of a wrong password and of an unknown user.
func wrongUser(v *venue) string {
	by := v.who(roleUser)
	return seen(v.password(by, by.Login, "wrong"), v.password(by, "nobody@kiiex.example", "wrong"))
}

// locked locks an account and tells what do sees.
func locked(do func(v *venue, who kit.Identity) []reply) scenario {
	return func(v *venue) string {
		who := v.who(roleUser)
		v.lock(who, lockAfter)
		return seen(do(v, who)...)
	}
}

// failed signs in rightly after some wrong log-ins and a pause.
func failed(times int, pause time.Duration) scenario {
	return func(v *venue) string {
		who := v.who(roleUser)
		v.fail(who, times)
		v.Clock.Advance(pause)
		return seen(v.login(who))
	}
}

// survives signs in, does something, and tells whether the session counts.
func survives(do func(v *venue, who kit.Identity, session http.Header)) scenario {
	return func(v *venue) string {
		who := v.who(roleUser)
		session := v.signIn(who)
		do(v, who, session)
		return v.alive(session, who)
	}
}

// refusals are one of each kind that both surfaces know.
func refusals(v *venue) string {
	who, other := v.who(roleUser), v.nth(roleUser, 1)
	session := v.signIn(other)
	totp := v.who(roleTOTP)
	body, _ := json.Marshal(signedBody(who))
	replies := []reply{
		v.fail(who, 1),
		v.second(v.firstStep(totp), v.code(totp, 5000)),
		v.call(v.path("AuthenticateUser"), signedBody(who), nil),
		v.devices(v.gateway(who), who),
		v.devices(session, who),
		v.send("POST", v.path("AuthenticateUser"), "application/json", []byte(`{"APIKey":`), v.gateway(who)),
		v.send("POST", v.path("GetUserDevices"), "application/json", []byte(`[`), session),
		v.send("POST", v.path("AuthenticateUser"), "text/html", body, v.gateway(who)),
		v.send("PUT", v.path("AuthenticateUser"), "application/json", body, v.gateway(who)),
	}
	if v.surface == Legacy {
		replies = append(replies, v.call("/"+guarded[0], map[string]any{}, session))
	}
	return seen(replies...)
}

// guardedCall calls the endpoints that need a code, with the same body.
func guardedCall(times int, body func(v *venue, who kit.Identity) any, names ...string) scenario {
	return func(v *venue) string {
		who := v.who(roleTOTP)
		session := v.bothSteps(who)
		content := body(v, who)
		var replies []reply
		for range times {
			for _, name := range names {
				replies = append(replies, v.call("/"+name, content, session))
			}
		}
		return seen(replies...)
	}
}

func plain(*venue, kit.Identity) any { return map[string]any{} }

func wrapped(code func(v *venue, who kit.Identity) any) func(*venue, kit.Identity) any {
	return func(v *venue, who kit.Identity) any {
		return map[string]any{"TfaType": "Google", "TFaCode": code(v, who), "Payload": "{}"}
	}
}

// registration registers a device with the code that code chooses, and lists what there is.
func registration(times int, code func(mailed, foreign string) string) scenario {
	return func(v *venue) string {
		who, other := v.who(roleUser), v.nth(roleUser, 1)
		session := v.signIn(who)
		v.signIn(other)
		value := code(v.byLogin[who.Login].deviceCode, v.byLogin[other.Login].deviceCode)
		var replies []reply
		for range times {
			replies = append(replies, v.call(v.path("RegisterNewDevice"), map[string]any{"HashCode": "4711", "PendingEmailCode": value}, session))
		}
		return seen(append(replies, v.devices(session, who))...)
	}
}

func swapCase(text string) string {
	if lower := strings.ToLower(text); lower != text {
		return lower
	}
	return strings.ToUpper(text)
}

// bearer calls AuthenticateUser with a JWT made from the right one.
func bearer(forge func(head, claims, mac string) string) scenario {
	return func(v *venue) string {
		who := v.who(roleUser)
		parts := strings.Split(who.Token, ".")
		header := http.Header{"Authorization": {"Bearer " + forge(parts[0], parts[1], parts[2])}}
		return seen(v.call(v.path("AuthenticateUser"), signedBody(who), header))
	}
}
