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
		{ID: "session-before-second-factor", Text: "A log-in refused for want of a right code opens a session.", Operations: list{"createSession"}, Outcomes: list{outRequired, outWrong}},
		{ID: "session-alive-after-logout", Text: "A session goes on after log-out.", Operations: list{"deleteSession"}, Outcomes: list{outOK, "dead-session"}},
		{ID: "logout-needs-nothing", Text: "Log-out without a session succeeds.", Operations: list{"deleteSession"}, Outcomes: list{"not-found"}},
		{ID: "logout-keeps-sid", Text: "Log-out answers with the old session id.", Operations: list{"deleteSession"}, Outcomes: right, Profiles: releases},
		{ID: "logout-kills-all", Text: "Log-out ends every session of the user.", Operations: list{"deleteSession"}, Outcomes: right},
		{ID: "reset-keeps-sessions", Text: "Sessions go on after a password reset.", Operations: list{"confirmPasswordReset"}, Outcomes: right},
		{ID: "enable-keeps-other-sessions", Text: "Other sessions go on when the second factor is switched on.", Operations: list{"enableOTP"}, Outcomes: right},
		{ID: "enable-kills-own-session", Text: "Switching the second factor on ends the session it was done in.", Operations: list{"enableOTP"}, Outcomes: right},
		{ID: "change-kills-sessions", Text: "A password change ends the other sessions.", Operations: list{"changePassword"}, Outcomes: right},
		{ID: "disable-kills-sessions", Text: "Switching the second factor off ends the other sessions.", Operations: list{"disableOTP"}, Outcomes: right},
		{ID: "session-ignores-user-agent", Text: "A session goes on with another User-Agent.", Operations: me, Outcomes: mismatch},
		{ID: "session-survives-mismatch", Text: "A session goes on after another client tried to use it.", Operations: me, Outcomes: mismatch},
		{ID: "session-ignores-address", Text: "A session goes on from another network.", Operations: me, Outcomes: mismatch},
		{ID: "session-binds-exact-address", Text: "A session is refused from another address of its network.", Operations: me, Outcomes: right},
		{ID: "session-never-expires", Text: "A session that nobody used for long goes on.", Operations: me, Outcomes: mismatch},
		{ID: "session-does-not-slide", Text: "A session ends half an hour after log-in however much it is used.", Operations: me, Outcomes: right},
		{ID: "made-up-sid-adopted", Text: "A session id that the client made up becomes the session's.", Operations: list{"createSession", "createUser"}, Outcomes: right},
		{ID: "csrf-not-checked", Text: "No CSRF token is asked for.", Operations: writes, Outcomes: list{"csrf-missing", "csrf-mismatch"}},
		{ID: "csrf-any-value", Text: "Any text is a CSRF token.", Operations: writes, Outcomes: list{"csrf-mismatch"}},
		{ID: "csrf-skipped-for-put", Text: "PUT needs no CSRF token.", Operations: append(guarded("PUT"), "authorizeWrite"), Outcomes: missing},
		{ID: "csrf-skipped-for-delete", Text: "DELETE needs no CSRF token.", Operations: append(guarded("DELETE"), "authorizeWrite"), Outcomes: missing},
		{ID: "csrf-skipped-for-patch", Text: "PATCH needs no CSRF token.", Operations: append(guarded("PATCH"), "authorizeWrite"), Outcomes: missing},
		{ID: "csrf-token-of-other-session", Text: "The CSRF token of another session of the user counts.", Operations: writes, Outcomes: list{"csrf-mismatch"}},
		{ID: "csrf-token-not-renewed", Text: "A log-in answers with the CSRF token of the last one.", Operations: list{"createSession"}, Outcomes: right},
		{ID: "cookie-readable-by-scripts", Text: "The session cookie is not HttpOnly.", Operations: openers, Outcomes: right},
		{ID: "cookie-not-secure", Text: "The session cookie is not Secure.", Operations: openers, Outcomes: right, Profiles: only31},
		{ID: "deleted-user-keeps-session", Text: "The sessions of a deleted user go on.", Operations: list{"deleteCurrentUser", "getCurrentUser"}, Outcomes: list{"user-not-active"}},
	}
}
