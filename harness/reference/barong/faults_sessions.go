package barong

import (
	"slices"

	"authconform/harness/reference/kit"
)

// guarded are the protected operations with one of the methods; none: all.
func guarded(methods ...string) list {
	var ids list
	for _, op := range operations() {
		if op.protected() && (methods == nil || slices.Contains(methods, op.method)) {
			ids = append(ids, op.id)
		}
	}
	return ids
}

func sessionFaults() []kit.Fault {
	right, mismatch, missing := list{outOK}, list{outMismatch}, list{"csrf-missing"}
	me := list{"getCurrentUser", "authorizeRead"}
	writes := append(guarded("POST", "PUT", "PATCH", "DELETE"), "authorizeWrite")
	openers := list{"createSession", "createUser", "confirmEmail"}
	return []kit.Fault{
		{
			ID: faultSessionBeforeSecondFactor, Text: "A log-in refused for want of a right code opens a session.",
			Operations: list{"createSession"}, Outcomes: list{outRequired, outWrong},
		},
		{
			ID: faultSessionAliveAfterLogout, Text: "A session goes on after log-out.",
			Operations: list{"deleteSession"}, Outcomes: list{outOK, "dead-session"},
		},
		{
			ID: faultLogoutNeedsNothing, Text: "Log-out without a session succeeds.",
			Operations: list{"deleteSession"}, Outcomes: list{"not-found"},
		},
		{
			ID: faultLogoutKeepsSID, Text: "Log-out answers with the old session id.",
			Operations: list{"deleteSession"}, Outcomes: right, Profiles: releases,
		},
		{ID: faultLogoutKillsAll, Text: "Log-out ends every session of the user.", Operations: list{"deleteSession"}, Outcomes: right},
		{
			ID: faultResetKeepsSessions, Text: "Sessions go on after a password reset.",
			Operations: list{"confirmPasswordReset"}, Outcomes: right,
		},
		{
			ID: faultEnableKeepsOtherSessions, Text: "Other sessions go on when the second factor is switched on.",
			Operations: list{"enableOTP"}, Outcomes: right,
		},
		{
			ID: faultEnableKillsOwnSession, Text: "Switching the second factor on ends the session it was done in.",
			Operations: list{"enableOTP"}, Outcomes: right,
		},
		{
			ID: faultChangeKillsSessions, Text: "A password change ends the other sessions.",
			Operations: list{"changePassword"}, Outcomes: right,
		},
		{
			ID: faultDisableKillsSessions, Text: "Switching the second factor off ends the other sessions.",
			Operations: list{"disableOTP"}, Outcomes: right,
		},
		{ID: faultSessionIgnoresUserAgent, Text: "A session goes on with another User-Agent.", Operations: me, Outcomes: mismatch},
		{
			ID: faultSessionSurvivesMismatch, Text: "A session goes on after another client tried to use it.",
			Operations: me, Outcomes: mismatch,
		},
		{ID: faultSessionIgnoresAddress, Text: "A session goes on from another network.", Operations: me, Outcomes: mismatch},
		{
			ID: faultSessionBindsExactAddress, Text: "A session is refused from another address of its network.",
			Operations: me, Outcomes: right,
		},
		{ID: faultSessionNeverExpires, Text: "A session that nobody used for long goes on.", Operations: me, Outcomes: mismatch},
		{
			ID: faultSessionDoesNotSlide, Text: "A session ends half an hour after log-in however much it is used.",
			Operations: me, Outcomes: right,
		},
		{
			ID: faultMadeUpSIDAdopted, Text: "A session id that the client made up becomes the session's.",
			Operations: list{"createSession", "createUser"}, Outcomes: right,
		},
		{
			ID: faultCSRFNotChecked, Text: "No CSRF token is asked for.",
			Operations: writes, Outcomes: list{"csrf-missing", "csrf-mismatch"},
		},
		{ID: faultCSRFBeginning, Text: "The beginning of a CSRF token counts.", Operations: list{"createLabel"}, Outcomes: list{"csrf-mismatch"}},
		{ID: faultCSRFLonger, Text: "Only the beginning of a CSRF token is looked at.", Operations: list{"createLabel"},
			Outcomes: list{"csrf-mismatch"}},
		{ID: faultCSRFAnyCase, Text: "A CSRF token counts in any case.", Operations: list{"createLabel"}, Outcomes: list{"csrf-mismatch"}},
		{ID: faultCSRFAnyValue, Text: "Any text is a CSRF token.", Operations: writes, Outcomes: list{"csrf-mismatch"}},
		{
			ID: faultCSRFSkippedForPut, Text: "PUT needs no CSRF token.",
			Operations: append(guarded("PUT"), "authorizeWrite"), Outcomes: missing,
		},
		{
			ID: faultCSRFSkippedForDelete, Text: "DELETE needs no CSRF token.",
			Operations: append(guarded("DELETE"), "authorizeWrite"), Outcomes: missing,
		},
		{
			ID: faultCSRFSkippedForPatch, Text: "PATCH needs no CSRF token.",
			Operations: append(guarded("PATCH"), "authorizeWrite"), Outcomes: missing,
		},
		{
			ID: faultCSRFTokenOfOtherSession, Text: "The CSRF token of another session of the user counts.",
			Operations: writes, Outcomes: list{"csrf-mismatch"},
		},
		{
			ID: faultCSRFTokenNotRenewed, Text: "A log-in answers with the CSRF token of the last one.",
			Operations: list{"createSession"}, Outcomes: right,
		},
		{ID: faultCookieReadableByScripts, Text: "The session cookie is not HttpOnly.", Operations: openers, Outcomes: right},
		{ID: faultCookieNotSecure, Text: "The session cookie is not Secure.", Operations: openers, Outcomes: right, Profiles: only31},
		{
			ID: faultDeletedUserKeepsSession, Text: "The sessions of a deleted user go on.",
			Operations: list{"deleteCurrentUser", "getCurrentUser"}, Outcomes: list{"user-not-active"},
		},
	}
}
