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
	faultAnyCodeAccepted: codeOf(func(v *venue, who kit.Identity) any { return v.code(who, 5000) }),
	faultReplayedCodeAccepted: func(v *venue) string {
		who := v.who(roleTOTP)
		code := v.code(who, 0)
		return seen(v.second(v.firstStep(who), code), v.second(v.firstStep(who), code))
	},
	faultCodeCountsOncePerCall: func(v *venue) string {
		who := v.who(roleTOTP)
		code := v.code(who, 0)
		session := v.session(who, v.second(v.firstStep(who), code))
		return seen(v.call("/validate2fa", map[string]any{"TFaType": "Google", "Code": code}, session))
	},
	faultForeignCodeAccepted: codeOf(func(v *venue, _ kit.Identity) any { return v.code(v.nth(roleTOTP, 1), 0) }),
	faultWindowTooWide:       codeOf(func(v *venue, who kit.Identity) any { return v.code(who, -8) }),
	faultWindowFarTooWide:    codeOf(func(v *venue, who kit.Identity) any { return v.code(who, -60) }),
	faultSpacedCodeAccepted:  changed(func(code string) any { return code[:3] + " " + code[3:] }),
	faultFullWidthCodeAccepted: changed(func(code string) any {
		return strings.Map(func(c rune) rune { return c - '0' + '０' }, code)
	}),
	faultLongCodeAccepted: changed(func(code string) any { return code + "0" }),
	faultAbsentCodeAccepted: func(v *venue) string {
		return seen(v.call(v.path("Authenticate2FA"), map[string]any{}, v.firstStep(v.who(roleTOTP))))
	},
	faultNullCodeAccepted:    fixed(nil),
	faultEmptyCodeAccepted:   fixed(""),
	faultNumberCodeAccepted:  codeOf(func(v *venue, who kit.Identity) any { return v.numeral(who) }),
	faultArrayCodeAccepted:   fixed([]string{"123456"}),
	faultObjectCodeAccepted:  fixed(map[string]any{"$ne": ""}),
	faultBooleanCodeAccepted: fixed(true),
	faultCodeInQueryAccepted: func(v *venue) string {
		who := v.who(roleTOTP)
		return seen(v.call(v.path("Authenticate2FA")+"?Code="+v.code(who, 0), map[string]any{}, v.firstStep(who)))
	},
	faultParallelUsesAllAccepted: func(v *venue) string {
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
	faultSecondStepWithoutFirst: func(v *venue) string {
		who := v.who(roleTOTP)
		return seen(v.second(v.gateway(who), v.code(who, 0)))
	},
	faultPendingLoginReusable: func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		first := v.second(header, v.code(who, 0))
		return seen(first, v.second(header, v.code(who, 1)))
	},
	faultPendingLoginNeverExpires: func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		v.Clock.Advance(pendingFor)
		return seen(v.second(header, v.code(who, 0)))
	},
	faultActivationWithWrongCode: func(v *venue) string {
		who := v.who(roleUnenrolled)
		return seen(v.call("/activate2fa", map[string]any{"Code": v.code(who, 5000)}, v.signIn(who)))
	},
	faultActivationWithoutEffect: func(v *venue) string {
		who := v.who(roleUnenrolled)
		return seen(v.call("/activate2fa", map[string]any{"Code": v.code(who, 0)}, v.signIn(who)), v.login(who))
	},

	// Calls that need a code.
	faultValidationLasts: func(v *venue) string {
		who := v.who(roleTOTP)
		session := v.bothSteps(who)
		v.call("/validate2fa", map[string]any{"TFaType": "Google", "Code": v.code(who, 0)}, session)
		return seen(v.call("/"+guarded[0], map[string]any{}, session), v.call("/"+guarded[0], map[string]any{}, session))
	},
	faultRequiredEndpointWithoutCode:  guardedCall(1, plain, guarded...),
	faultOneRequiredEndpointUnguarded: guardedCall(1, plain, guarded...),
	faultWrapperWithoutCodeAccepted:   guardedCall(1, wrapped(func(*venue, kit.Identity) any { return "" }), guarded[0]),
	faultAnyWrappedCodeAccepted:       guardedCall(1, wrapped(func(v *venue, who kit.Identity) any { return v.code(who, 5000) }), guarded[0]),
	faultForeignWrappedCodeAccepted: guardedCall(1, wrapped(func(v *venue,
		_ kit.Identity) any {
		return v.code(v.nth(roleTOTP, 1), 0)
	}), guarded[0]),
	faultWrappedNumberAccepted: guardedCall(1, wrapped(func(v *venue, who kit.Identity) any { return v.numeral(who) }), guarded[0]),
	faultWrappedCodeReusable:   guardedCall(2, wrapped(func(v *venue, who kit.Identity) any { return v.code(who, 0) }), guarded[0]),
	faultValidationOpenToAnybody: func(v *venue) string {
		who := v.who(roleTOTP)
		v.bothSteps(who) // whom the open call is then taken to be
		return seen(v.call("/validate2fa", map[string]any{"TFaType": "Google", "Code": v.code(who, 0)}, v.gateway(who)))
	},
	faultRequiredEndpointsInOtherCase: func(v *venue) string {
		return seen(v.call("/getvalidate2farequiredendpoints", map[string]any{}, nil))
	},
	faultRequiredEndpointsHidden: func(v *venue) string {
		return seen(v.call("/getvalidate2farequiredendpoints", map[string]any{}, nil))
	},

	// Locked accounts.
	faultLockedAccountLetIn:         loginOf(roleLocked),
	faultLockSaysAuthenticated:      loginOf(roleLocked),
	faultLockNotTold:                loginOf(roleLocked),
	faultLockToldWithoutCredentials: func(v *venue) string { who := v.who(roleLocked); return seen(v.password(who, who.Login, "wrong")) },
	faultAccountNeverLocked:         locked(func(v *venue, who kit.Identity) []reply { return []reply{v.login(who)} }),
	faultAccountLockedTooEarly: func(v *venue) string {
		who := v.who(roleUser)
		v.lock(who, lockAfter-1)
		return seen(v.login(who))
	},
	faultAccountLockedTooLate: locked(func(v *venue, who kit.Identity) []reply { return []reply{v.login(who)} }),
	faultLockOpenToPassword: locked(func(v *venue, who kit.Identity) []reply {
		return []reply{v.password(who, who.Login, who.Password)}
	}),
	faultLockOpenedByRightCredentials: locked(func(v *venue, who kit.Identity) []reply { return []reply{v.login(who), v.login(who)} }),
	faultLockEndsByItself: locked(func(v *venue, who kit.Identity) []reply {
		v.Clock.Advance(time.Hour)
		return []reply{v.login(who)}
	}),
	faultLockHoldsEverybody: locked(func(v *venue, _ kit.Identity) []reply { return []reply{v.login(v.nth(roleUser, 1))} }),
	faultLockedAccountOpenToSignedHeaders: func(v *venue) string {
		who := v.who(roleLocked)
		return seen(v.devices(signedHeader(who), who))
	},

	// Log-in.
	faultTokenBeforeSecondFactor: loginOf(roleTOTP),
	faultSecondFactorSkipped:     loginOf(roleTOTP),
	faultSecretShownAtLogin:      loginOf(roleTOTP),
	faultPasswordCaseFolded: func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.password(who, who.Login, swapCase(who.Password)))
	},
	faultPasswordCutShortAccepted: func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.password(who, who.Login, who.Password[:10]))
	},
	faultUnknownUserToldByBody:        wrongUser,
	faultUnknownUserToldByStatus:      wrongUser,
	faultUnknownUserToldByHeader:      wrongUser,
	faultUnknownUserToldByHeaderValue: wrongUser,
	faultUnknownUserToldByLength:      wrongUser,
	faultSecondFactorToldBeforePassword: func(v *venue) string {
		who := v.who(roleTOTP)
		return seen(v.password(who, who.Login, "wrong"))
	},

	// Signatures.
	faultAnySignatureAccepted: loginWith("Signature", "x"),
	faultSignatureCaseFolded: signature(func(who kit.Identity) string {
		return strings.ToUpper(macOf(who.APISecret, fixedNonce+who.ID+who.APIKey))
	}),
	faultSignatureCutShortAccepted: signature(func(who kit.Identity) string {
		return macOf(who.APISecret,
			fixedNonce+who.ID+who.APIKey)[:32]
	}),
	faultSignedInAnyOrder:       signature(func(who kit.Identity) string { return macOf(who.APISecret, who.ID+fixedNonce+who.APIKey) }),
	faultSignedWithoutUser:      signature(func(who kit.Identity) string { return macOf(who.APISecret, fixedNonce+who.APIKey) }),
	faultSignedWithoutNonce:     signature(func(who kit.Identity) string { return macOf(who.APISecret, who.ID+who.APIKey) }),
	faultEmptySignatureAccepted: loginWith("Signature", ""),
	faultMissingNonceAccepted: func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.login(who, "Nonce", nil, "Signature", macOf(who.APISecret, who.ID+who.APIKey)))
	},
	faultUserIDNotBound: func(v *venue) string {
		who, other := v.who(roleUser), v.nth(roleUser, 1)
		return seen(v.login(who, "UserId", other.ID, "UserName", nil, "Signature", macOf(who.APISecret, fixedNonce+other.ID+who.APIKey)))
	},
	faultUserNameNotBound: func(v *venue) string {
		return seen(v.login(v.who(roleUser), "UserName", v.nth(roleUser, 1).Login))
	},
	faultNumbersReadAsText: func(v *venue) string {
		who := v.who(roleUser)
		return seen(v.login(who, "UserId", json.Number(who.ID)))
	},

	// What every call carries.
	faultGatewayOpen: func(v *venue) string {
		return seen(v.call(v.path("AuthenticateUser"), signedBody(v.who(roleUser)), nil))
	},
	faultForeignGatewayCredentialAccepted: func(v *venue) string {
		return seen(v.call(v.path("AuthenticateUser"), signedBody(v.who(roleUser)), v.gateway(v.nth(roleUser, 1))))
	},
	faultSignedHeadersNotVerified: func(v *venue) string {
		who := v.who(roleUser)
		header := signedHeader(who)
		header.Set("Signature", strings.Repeat("0", 64))
		return seen(v.devices(header, who))
	},
	faultBasicPasswordIgnored: func(v *venue) string {
		pair := base64.StdEncoding.EncodeToString([]byte(v.who(roleUser).Login + ":wrong"))
		return seen(v.send("GET", "/ap/Authenticate", "application/json", nil, http.Header{"Authorization": {"Basic " + pair}}))
	},
	faultUnsignedJWTAccepted: bearer(func(_, claims, _ string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + claims + "."
	}),
	faultJWTSignatureNotVerified: bearer(func(head, claims, mac string) string { return head + "." + claims + "." + swapCase(mac) }),

	// Sessions.
	faultTokenAliveAfterLogout:  survives(func(v *venue, _ kit.Identity, session http.Header) { v.logOutOf(session) }),
	faultLogoutEndsEverySession: survives(func(v *venue, _ kit.Identity, _ http.Header) { v.logOutOf(v.signIn(v.nth(roleUser, 1))) }),
	faultLogoutEndsAllOfTheUser: survives(func(v *venue, who kit.Identity, _ http.Header) {
		v.logOutOf(v.signIn(who))
	}),
	faultAnySessionTokenAccepted: func(v *venue) string {
		who := v.who(roleUser)
		header := v.signIn(who)
		header.Set(sessionHeader, "made-up")
		return v.alive(header, who)
	},
	faultPrivateCallsOpen: func(v *venue) string { who := v.who(roleUser); return v.alive(v.gateway(who), who) },
	faultPendingLoginOpensCalls: func(v *venue) string {
		who := v.who(roleTOTP)
		return v.alive(v.firstStep(who), who)
	},
	faultSessionNeverEnds: survives(func(v *venue, _ kit.Identity, _ http.Header) { v.Clock.Advance(sessionIdle) }),
	faultSessionNotProlongedByUse: survives(func(v *venue, who kit.Identity, session http.Header) {
		v.Clock.Advance(sessionIdle * 2 / 3)
		v.devices(session, who)
		v.Clock.Advance(sessionIdle * 2 / 3)
	}),
	faultSuccessWithCode: func(v *venue) string { return seen(v.logOutOf(v.signIn(v.who(roleUser)))) },
	faultTokenUnchangedBetweenLogins: func(v *venue) string {
		who := v.who(roleUser)
		first, second := v.login(who), v.login(who)
		return fmt.Sprint(first.text("SessionToken") == second.text("SessionToken"))
	},
	faultSessionTokenAdoptedFromClient: func(v *venue) string {
		who := v.who(roleUser)
		header := v.gateway(who)
		header.Set(sessionHeader, "planted")
		return fmt.Sprint(v.call(v.path("AuthenticateUser"), signedBody(who), header).text("SessionToken") == "planted")
	},

	// Rights and devices.
	faultForeignDevicesShown: func(v *venue) string {
		return seen(v.devices(v.signIn(v.who(roleUser)), v.nth(roleUser, 1)))
	},
	faultForeignConfigurationShown: func(v *venue) string {
		other := v.nth(roleUser, 1)
		return seen(v.call("/getuserconfig", map[string]any{"userId": json.Number(other.ID)}, v.signIn(v.who(roleUser))))
	},
	faultAnyDeviceCodeAccepted:     registration(1, func(string, string) string { return "made-up" }),
	faultForeignDeviceCodeAccepted: registration(1, func(_, foreign string) string { return foreign }),
	faultDeviceCodeReusable:        registration(2, func(mailed, _ string) string { return mailed }),
	faultDeviceNotRegistered:       registration(1, func(mailed, _ string) string { return mailed }),

	// Refusals.
	faultRefusalSaysAuthenticated: refusals,
	faultRefusalCarriesToken:      refusals,
	faultUnreadRequestGetsToken:   refusals,
	faultClosedCallGivesToken:     refusals,
	faultRefusalWith200:           refusals,
	faultBadCredentialsAs400:      refusals,
	faultWrongCodeAs400:           refusals,
	faultUnauthenticatedAs403:     refusals,
	faultForbiddenAs401:           refusals,
	faultChallengeMissing:         refusals,
	faultRefusalWithCodeZero:      refusals,
	faultRefusalWithAnotherCode:   refusals,
	faultMalformedBodyAccepted:    refusals,
	faultMediaTypeIgnored:         refusals,
	faultMethodIgnored:            refusals,

	// Limits.
	faultLimitNeverReached:         failed(5, 0),
	faultLimitNeverReleased:        failed(6, time.Hour),
	faultLimitOneTooMany:           failed(5, 0),
	faultLimitOneTooFew:            failed(4, 0),
	faultRightCredentialsPassBlock: failed(6, 0),
	faultOverLimitCacheable:        failed(6, 0),
	faultOverLimitAsHTML:           failed(6, 0),
	faultCounterResetByLoginCase: func(v *venue) string {
		who := v.who(roleUser)
		for range 5 {
			v.password(who, who.Login, "wrong")
		}
		return seen(v.password(who, strings.ToUpper(who.Login), who.Password))
	},
	faultCounterTrustsClientAddress: func(v *venue) string {
		who := v.who(roleUser)
		v.fail(who, 5)
		header := v.gateway(who)
		header.Set("X-Forwarded-For", "203.0.113.9")
		return seen(v.call(v.path("AuthenticateUser"), signedBody(who), header))
	},
	faultSecondFactorLimitNeverReached: func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		for range 5 {
			v.second(header, v.code(who, 5000))
		}
		return seen(v.second(header, v.code(who, 0)))
	},
	faultCounterResetByNewLogin: func(v *venue) string {
		who := v.who(roleTOTP)
		header := v.firstStep(who)
		for range 5 {
			v.second(header, v.code(who, 5000))
		}
		return seen(v.second(v.firstStep(who), v.code(who, 0)))
	},
}
