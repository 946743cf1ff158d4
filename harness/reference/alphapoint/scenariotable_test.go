package alphapoint

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"authconform/harness/reference/kit"
)

// scenarios are those of TestEveryFaultIsSeen, by fault.
var scenarios = map[string]scenario{
	// Codes.
	"any-code-accepted": codeOf(func(v *venue, who kit.Identity) any { return v.code(who, 5000) }),
	"replayed-code-accepted": func(v *venue) string {
		who := v.who(roleTOTP)
		code := v.code(who, 0)
		return seen(v.second(v.firstStep(who), code), v.second(v.firstStep(who), code))
	},
	"code-counts-once-per-call": func(v *venue) string {
		who := v.who(roleTOTP)
		code := v.code(who, 0)
		session := v.session(who, v.second(v.firstStep(who), code))
		return seen(v.call("/validate2fa", map[string]any{"TFaType": "Google", "Code": code}, session))
	},
	"foreign-code-accepted": codeOf(func(v *venue, _ kit.Identity) any { return v.code(v.nth(roleTOTP, 1), 0) }),
	"window-too-wide":       codeOf(func(v *venue, who kit.Identity) any { return v.code(who, -8) }),
	"window-far-too-wide":   codeOf(func(v *venue, who kit.Identity) any { return v.code(who, -60) }),
	"spaced-code-accepted":  changed(func(code string) any { return code[:3] + " " + code[3:] }),
	"full-width-code-accepted": changed(func(code string) any {
		return strings.Map(func(c rune) rune { return c - '0' + '０' }, code)
	}),
	"long-code-accepted": changed(func(code string) any { return code + "0" }),
	"absent-code-accepted": func(v *venue) string {
		return seen(v.call(v.path("Authenticate2FA"), map[string]any{}, v.firstStep(v.who(roleTOTP))))
	},
	"null-code-accepted":    fixed(nil),
	"empty-code-accepted":   fixed(""),
	"number-code-accepted":  codeOf(func(v *venue, who kit.Identity) any { return v.numeral(who) }),
	"array-code-accepted":   fixed([]string{"123456"}),
	"object-code-accepted":  fixed(map[string]any{"$ne": ""}),
	"boolean-code-accepted": fixed(true),
	"code-in-query-accepted": func(v *venue) string {
		who := v.who(roleTOTP)
		return seen(v.call(v.path("Authenticate2FA")+"?Code="+v.code(who, 0), map[string]any{}, v.firstStep(who)))
	},
	"parallel-uses-all-accepted": func(v *venue) string {
		who := v.who(roleTOTP)
		header, code := v.firstStep(who), v.code(who, 0)
		replies := make([]reply, 8)
		var group sync.WaitGroup
		for i := range replies {
			group.Go(func() { replies[i] = v.second(header, code) })
		}
		group.Wait()
		accepted := slices.DeleteFunc(replies, func(r reply) bool { return r.text("SessionToken") == "" })
		return fmt.Sprint("one accepted: ", len(accepted) == 1)
	},
	"second-step-without-first": func(v *venue) string {
		who := v.who(roleTOTP)
		return seen(v.second(v.gateway(who), v.code(who, 0)))
	},
	"pending-login-reusable": func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		first := v.second(header, v.code(who, 0))
		return seen(first, v.second(header, v.code(who, 1)))
	},
	"pending-login-never-expires": func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		v.clock.Advance(pendingFor)
		return seen(v.second(header, v.code(who, 0)))
	},
	"activation-with-wrong-code": func(v *venue) string {
		who := v.who(roleUnenrolled)
		return seen(v.call("/activate2fa", map[string]any{"Code": v.code(who, 5000)}, v.signIn(who)))
	},
	"activation-without-effect": func(v *venue) string {
		who := v.who(roleUnenrolled)
		return seen(v.call("/activate2fa", map[string]any{"Code": v.code(who, 0)}, v.signIn(who)), v.login(who))
	},

	// Calls that need a code.
	"validation-lasts": func(v *venue) string {
		who := v.who(roleTOTP)
		session := v.bothSteps(who)
		v.call("/validate2fa", map[string]any{"TFaType": "Google", "Code": v.code(who, 0)}, session)
		return seen(v.call("/"+guarded[0], map[string]any{}, session), v.call("/"+guarded[0], map[string]any{}, session))
	},
	"required-endpoint-without-code":  guardedCall(1, plain, guarded...),
	"one-required-endpoint-unguarded": guardedCall(1, plain, guarded...),
	"wrapper-without-code-accepted":   guardedCall(1, wrapped(func(*venue, kit.Identity) any { return "" }), guarded[0]),
	"any-wrapped-code-accepted":       guardedCall(1, wrapped(func(v *venue, who kit.Identity) any { return v.code(who, 5000) }), guarded[0]),
	"foreign-wrapped-code-accepted":   guardedCall(1, wrapped(func(v *venue, _ kit.Identity) any { return v.code(v.nth(roleTOTP, 1), 0) }), guarded[0]),
	"wrapped-number-accepted":         guardedCall(1, wrapped(func(v *venue, who kit.Identity) any { return v.numeral(who) }), guarded[0]),
	"wrapped-code-reusable":           guardedCall(2, wrapped(func(v *venue, who kit.Identity) any { return v.code(who, 0) }), guarded[0]),
	"validation-open-to-anybody": func(v *venue) string {
		who := v.who(roleTOTP)
		v.bothSteps(who) // whom the open call is then taken to be
		return seen(v.call("/validate2fa", map[string]any{"TFaType": "Google", "Code": v.code(who, 0)}, v.gateway(who)))
	},
	"required-endpoints-in-other-case": func(v *venue) string {
		return seen(v.call("/getvalidate2farequiredendpoints", map[string]any{}, nil))
	},
	"required-endpoints-hidden": func(v *venue) string {
		return seen(v.call("/getvalidate2farequiredendpoints", map[string]any{}, nil))
	},

	// Locked accounts.
	"locked-account-let-in":         loginOf(roleLocked),
	"lock-says-authenticated":       loginOf(roleLocked),
	"lock-not-told":                 loginOf(roleLocked),
	"lock-told-without-credentials": func(v *venue) string { who := v.who(roleLocked); return seen(v.password(who, who.Login, "wrong")) },
	"account-never-locked":          locked(func(v *venue, who kit.Identity) []reply { return []reply{v.login(who)} }),
	"account-locked-too-early": func(v *venue) string {
		who := v.who(roleUser)
		v.lock(who, lockAfter-1)
		return seen(v.login(who))
	},
	"account-locked-too-late": locked(func(v *venue, who kit.Identity) []reply { return []reply{v.login(who)} }),
	"lock-open-to-password": locked(func(v *venue, who kit.Identity) []reply {
		return []reply{v.password(who, who.Login, who.Password)}
	}),
	"lock-opened-by-right-credentials": locked(func(v *venue, who kit.Identity) []reply { return []reply{v.login(who), v.login(who)} }),
	"lock-ends-by-itself": locked(func(v *venue, who kit.Identity) []reply {
		v.clock.Advance(time.Hour)
		return []reply{v.login(who)}
	}),
	"lock-holds-everybody": locked(func(v *venue, _ kit.Identity) []reply { return []reply{v.login(v.nth(roleUser, 1))} }),
	"locked-account-open-to-signed-headers": func(v *venue) string {
		who := v.who(roleLocked)
		return seen(v.devices(signedHeader(who), who))
	},

	// Log-in.
	"token-before-second-factor": loginOf(roleTOTP),
	"second-factor-skipped":      loginOf(roleTOTP),
	"secret-shown-at-login":      loginOf(roleTOTP),
	"password-case-folded": func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.password(who, who.Login, swapCase(who.Password)))
	},
	"password-cut-short-accepted": func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.password(who, who.Login, who.Password[:10]))
	},
	"unknown-user-told-by-body":   wrongUser,
	"unknown-user-told-by-status": wrongUser,
	"unknown-user-told-by-header": wrongUser,
	"unknown-user-told-by-length": wrongUser,
	"second-factor-told-before-password": func(v *venue) string {
		who := v.who(roleTOTP)
		return seen(v.password(who, who.Login, "wrong"))
	},

	// Signatures.
	"any-signature-accepted": loginWith("Signature", "x"),
	"signature-case-folded": signature(func(who kit.Identity) string {
		return strings.ToUpper(macOf(who.APISecret, fixedNonce+who.ID+who.APIKey))
	}),
	"signature-cut-short-accepted": signature(func(who kit.Identity) string { return macOf(who.APISecret, fixedNonce+who.ID+who.APIKey)[:32] }),
	"signed-in-any-order":          signature(func(who kit.Identity) string { return macOf(who.APISecret, who.ID+fixedNonce+who.APIKey) }),
	"signed-without-user":          signature(func(who kit.Identity) string { return macOf(who.APISecret, fixedNonce+who.APIKey) }),
	"signed-without-nonce":         signature(func(who kit.Identity) string { return macOf(who.APISecret, who.ID+who.APIKey) }),
	"empty-signature-accepted":     loginWith("Signature", ""),
	"missing-nonce-accepted": func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.login(who, "Nonce", nil, "Signature", macOf(who.APISecret, who.ID+who.APIKey)))
	},
	"user-id-not-bound": func(v *venue) string {
		who, other := v.who(roleUser), v.nth(roleUser, 1)
		return seen(v.login(who, "UserId", other.ID, "UserName", nil, "Signature", macOf(who.APISecret, fixedNonce+other.ID+who.APIKey)))
	},
	"user-name-not-bound": func(v *venue) string {
		return seen(v.login(v.who(roleUser), "UserName", v.nth(roleUser, 1).Login))
	},
	"numbers-read-as-text": func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.login(who, "UserId", json.Number(who.ID)))
	},

	// What every call carries.
	"gateway-open": func(v *venue) string {
		return seen(v.call(v.path("AuthenticateUser"), signedBody(v.who(roleUser)), nil))
	},
	"foreign-gateway-credential-accepted": func(v *venue) string {
		return seen(v.call(v.path("AuthenticateUser"), signedBody(v.who(roleUser)), v.gateway(v.nth(roleUser, 1))))
	},
	"signed-headers-not-verified": func(v *venue) string {
		who := v.who(roleUser)
		header := signedHeader(who)
		header.Set("Signature", strings.Repeat("0", 64))
		return seen(v.devices(header, who))
	},
	"basic-password-ignored": func(v *venue) string {
		pair := base64.StdEncoding.EncodeToString([]byte(v.who(roleUser).Login + ":wrong"))
		return seen(v.send("GET", "/ap/Authenticate", "application/json", nil, http.Header{"Authorization": {"Basic " + pair}}))
	},
	"unsigned-jwt-accepted": bearer(func(_, claims, _ string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + claims + "."
	}),
	"jwt-signature-not-verified": bearer(func(head, claims, mac string) string { return head + "." + claims + "." + swapCase(mac) }),

	// Sessions.
	"token-alive-after-logout":  survives(func(v *venue, _ kit.Identity, session http.Header) { v.logOutOf(session) }),
	"logout-ends-every-session": survives(func(v *venue, _ kit.Identity, _ http.Header) { v.logOutOf(v.signIn(v.nth(roleUser, 1))) }),
	"logout-ends-all-of-the-user": survives(func(v *venue, who kit.Identity, _ http.Header) {
		v.logOutOf(v.signIn(who))
	}),
	"any-session-token-accepted": func(v *venue) string {
		who := v.who(roleUser)
		header := v.signIn(who)
		header.Set(sessionHeader, "made-up")
		return v.alive(header, who)
	},
	"private-calls-open": func(v *venue) string { who := v.who(roleUser); return v.alive(v.gateway(who), who) },
	"pending-login-opens-calls": func(v *venue) string {
		who := v.who(roleTOTP)
		return v.alive(v.firstStep(who), who)
	},
	"session-never-ends": survives(func(v *venue, _ kit.Identity, _ http.Header) { v.clock.Advance(sessionIdle) }),
	"session-not-prolonged-by-use": survives(func(v *venue, who kit.Identity, session http.Header) {
		v.clock.Advance(sessionIdle * 2 / 3)
		v.devices(session, who)
		v.clock.Advance(sessionIdle * 2 / 3)
	}),
	"success-with-code": func(v *venue) string { return seen(v.logOutOf(v.signIn(v.who(roleUser)))) },
	"token-unchanged-between-logins": func(v *venue) string {
		who := v.who(roleUser)
		first, second := v.login(who), v.login(who)
		return fmt.Sprint(first.text("SessionToken") == second.text("SessionToken"))
	},
	"session-token-adopted-from-client": func(v *venue) string {
		who := v.who(roleUser)
		header := v.gateway(who)
		header.Set(sessionHeader, "planted")
		return fmt.Sprint(v.call(v.path("AuthenticateUser"), signedBody(who), header).text("SessionToken") == "planted")
	},

	// Rights and devices.
	"foreign-devices-shown": func(v *venue) string {
		return seen(v.devices(v.signIn(v.who(roleUser)), v.nth(roleUser, 1)))
	},
	"foreign-configuration-shown": func(v *venue) string {
		other := v.nth(roleUser, 1)
		return seen(v.call("/getuserconfig", map[string]any{"userId": json.Number(other.ID)}, v.signIn(v.who(roleUser))))
	},
	"any-device-code-accepted":     registration(1, func(string, string) string { return "made-up" }),
	"foreign-device-code-accepted": registration(1, func(_, foreign string) string { return foreign }),
	"device-code-reusable":         registration(2, func(mailed, _ string) string { return mailed }),
	"device-not-registered":        registration(1, func(mailed, _ string) string { return mailed }),

	// Refusals.
	"refusal-says-authenticated": refusals,
	"refusal-carries-token":      refusals,
	"unread-request-gets-token":  refusals,
	"closed-call-gives-token":    refusals,
	"refusal-with-200":           refusals,
	"bad-credentials-as-400":     refusals,
	"wrong-code-as-400":          refusals,
	"unauthenticated-as-403":     refusals,
	"forbidden-as-401":           refusals,
	"challenge-missing":          refusals,
	"refusal-with-code-zero":     refusals,
	"refusal-with-another-code":  refusals,
	"malformed-body-accepted":    refusals,
	"media-type-ignored":         refusals,
	"method-ignored":             refusals,

	// Limits.
	"limit-never-reached":          failed(5, 0),
	"limit-never-released":         failed(6, time.Hour),
	"limit-one-too-many":           failed(5, 0),
	"limit-one-too-few":            failed(4, 0),
	"right-credentials-pass-block": failed(6, 0),
	"over-limit-cacheable":         failed(6, 0),
	"over-limit-as-html":           failed(6, 0),
	"counter-reset-by-login-case": func(v *venue) string {
		who := v.who(roleUser)
		for range 5 {
			v.password(who, who.Login, "wrong")
		}
		return seen(v.password(who, strings.ToUpper(who.Login), who.Password))
	},
	"counter-trusts-client-address": func(v *venue) string {
		who := v.who(roleUser)
		v.fail(who, 5)
		header := v.gateway(who)
		header.Set("X-Forwarded-For", "203.0.113.9")
		return seen(v.call(v.path("AuthenticateUser"), signedBody(who), header))
	},
	"second-factor-limit-never-reached": func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		for range 5 {
			v.second(header, v.code(who, 5000))
		}
		return seen(v.second(header, v.code(who, 0)))
	},
	"counter-reset-by-new-login": func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		for range 5 {
			v.second(header, v.code(who, 5000))
		}
		return seen(v.second(v.firstStep(who), v.code(who, 0)))
	},
}
