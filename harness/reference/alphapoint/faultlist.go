package alphapoint

import "authconform/harness/reference/kit"

func codeFaults() []kit.Fault {
	codes, wrong, badType := list{opSecond, opValidate, opActivate}, list{outCodeWrong}, list{outInvalidType}
	second := list{opSecond}
	return []kit.Fault{
		{ID: "any-code-accepted", Text: "Any code that is not empty is accepted.", Operations: codes, Outcomes: wrong},
		{ID: "replayed-code-accepted", Text: "A code is accepted more than once.", Operations: list{opSecond, opValidate}, Outcomes: list{outReplayed}},
		{ID: "code-counts-once-per-call", Text: "A code that one call used up is accepted by another.", Operations: list{opValidate, opGuarded}, Outcomes: list{outReplayed}},
		{ID: "foreign-code-accepted", Text: "The current code of another user is accepted.", Operations: codes, Outcomes: wrong},
		{ID: "window-too-wide", Text: "Codes ten time steps away from now are accepted.", Operations: second, Outcomes: wrong},
		{ID: "window-far-too-wide", Text: "Codes up to an hour away from now are accepted.", Operations: second, Outcomes: wrong},
		{ID: "spaced-code-accepted", Text: "White space anywhere in a code is dropped.", Operations: second, Outcomes: wrong},
		{ID: "full-width-code-accepted", Text: "A code in full-width digits is accepted.", Operations: second, Outcomes: wrong},
		{ID: "long-code-accepted", Text: "Only the first six digits of a longer code are compared.", Operations: second, Outcomes: wrong},
		{ID: "absent-code-accepted", Text: "A request without a code is accepted.", Operations: codes, Outcomes: list{outInvalid}},
		{ID: "null-code-accepted", Text: "A null code is accepted.", Operations: codes, Outcomes: list{outInvalid}},
		{ID: "empty-code-accepted", Text: "An empty code is accepted.", Operations: codes, Outcomes: list{outInvalid}},
		{ID: "number-code-accepted", Text: "A code sent as a JSON number is read as text.", Operations: second, Outcomes: badType},
		{ID: "array-code-accepted", Text: "A code sent as a JSON array is accepted.", Operations: codes, Outcomes: badType},
		{ID: "object-code-accepted", Text: "A code sent as a JSON object is accepted.", Operations: codes, Outcomes: badType},
		{ID: "boolean-code-accepted", Text: "A code sent as a JSON boolean is accepted.", Operations: second, Outcomes: badType},
		{ID: "code-in-query-accepted", Text: "A code in the URL is accepted.", Operations: second, Outcomes: list{outInvalid}},
		{ID: "parallel-uses-all-accepted", Text: "Parallel uses of one code are all accepted.", Operations: second, Outcomes: list{outReplayed}},
		{ID: "second-step-without-first", Text: "A code alone opens a session, without a first step.", Operations: second, Outcomes: list{outNotPending}},
		{ID: "pending-login-reusable", Text: "A pending log-in opens more than one session.", Operations: second, Outcomes: list{outNotPending}},
		{ID: "pending-login-never-expires", Text: "A pending log-in waits for its code for ever.", Operations: second, Outcomes: list{outNotPending}},
		{ID: "activation-with-wrong-code", Text: "A wrong code activates the second factor.", Operations: list{opActivate}, Outcomes: wrong},
		{ID: "activation-without-effect", Text: "The second factor is said to be active and is not.", Operations: list{opActivate}, Outcomes: list{outOK}},
		{ID: "validation-lasts", Text: "One validated code opens any number of calls that need one.", Operations: list{opGuarded}, Outcomes: list{outCodeNeeded}, Profiles: documentedOnly},
	}
}

// wrapperFaults are about codes that calls carry themselves.
func wrapperFaults() []kit.Fault {
	guarded, wrong, needed := list{opGuarded}, list{outCodeWrong}, list{outCodeNeeded}
	return []kit.Fault{
		{ID: "one-required-endpoint-unguarded", Text: "One of the calls that need a code works without one.", Operations: guarded, Outcomes: needed},
		{ID: "wrapper-without-code-accepted", Text: "A wrapper without a code opens the call.", Operations: guarded, Outcomes: needed, Profiles: platformOnly},
		{ID: "any-wrapped-code-accepted", Text: "The code in a wrapper is not checked.", Operations: guarded, Outcomes: wrong, Profiles: platformOnly},
		{ID: "foreign-wrapped-code-accepted", Text: "The current code of another user is accepted in a wrapper.", Operations: guarded, Outcomes: wrong, Profiles: platformOnly},
		{ID: "wrapped-number-accepted", Text: "A code sent as a JSON number is read as text in a wrapper.", Operations: guarded, Outcomes: wrong, Profiles: platformOnly},
		{ID: "wrapped-code-reusable", Text: "A code is accepted in more than one wrapper.", Operations: guarded, Outcomes: list{outReplayed}, Profiles: platformOnly},
	}
}

func lockFaults() []kit.Fault {
	login, locked := list{opLogin}, list{outLocked}
	return []kit.Fault{
		{ID: "locked-account-let-in", Text: "A locked account can log in.", Operations: login, Outcomes: locked},
		{ID: "account-never-locked", Text: "No number of wrong log-ins locks an account.", Operations: login, Outcomes: locked},
		{ID: "account-locked-too-early", Text: "One wrong log-in less than declared locks an account.", Operations: login, Outcomes: list{outLocked, outOK}},
		{ID: "account-locked-too-late", Text: "One wrong log-in more than declared is what locks an account.", Operations: login, Outcomes: locked},
		{ID: "lock-says-authenticated", Text: "A locked account is told that it is locked, and authenticated.", Operations: login, Outcomes: locked},
		{ID: "lock-not-told", Text: "The right credentials of a locked account are answered as wrong ones.", Operations: login, Outcomes: locked},
		{ID: "lock-told-without-credentials", Text: "A wrong password is told that the account is locked.", Operations: login, Outcomes: list{outBad}},
		{ID: "lock-open-to-password", Text: "The password opens an account that wrong signatures locked.", Operations: login, Outcomes: locked},
		{ID: "lock-opened-by-right-credentials", Text: "The right credentials, refused once, unlock the account.", Operations: login, Outcomes: locked},
		{ID: "lock-ends-by-itself", Text: "A locked account is open again after an hour.", Operations: login, Outcomes: locked},
		{ID: "lock-holds-everybody", Text: "One locked account keeps everybody out.", Operations: login, Outcomes: list{outLocked, outOK}},
		{ID: "locked-account-open-to-signed-headers", Text: "Signed headers open calls for a locked account.", Operations: list{opDevices}, Outcomes: list{outUnauth}, Profiles: platformOnly},
	}
}

func loginFaults() []kit.Fault {
	first, bad := list{opLogin, opBasic}, list{outBad}
	return []kit.Fault{
		{ID: "token-before-second-factor", Text: "The first step answers with a usable session token.", Operations: first, Outcomes: list{outPending}},
		{ID: "second-factor-skipped", Text: "The first step alone opens a session for a user with a second factor.", Operations: first, Outcomes: list{outPending}},
		{ID: "secret-shown-at-login", Text: "The secret of an enrolled app is shown at the first step.", Operations: list{opLogin}, Outcomes: list{outPending}},
		{ID: "password-case-folded", Text: "Passwords are compared without regard to case.", Operations: list{opLogin}, Outcomes: bad},
		{ID: "password-cut-short-accepted", Text: "The beginning of a password is accepted.", Operations: list{opLogin}, Outcomes: bad},
		{ID: "unknown-user-told-by-body", Text: "The body of a refused log-in tells that the user is unknown.", Operations: list{opLogin}, Outcomes: bad},
		{ID: "unknown-user-told-by-status", Text: "The status of a refused log-in tells that the user is unknown.", Operations: list{opLogin}, Outcomes: bad},
		{ID: "unknown-user-told-by-header", Text: "A header of a refused log-in tells that the user is unknown.", Operations: list{opLogin}, Outcomes: bad},
		{ID: "unknown-user-told-by-length", Text: "The length of a refused log-in tells that the user is unknown.", Operations: list{opLogin}, Outcomes: bad},
		{ID: "second-factor-told-before-password", Text: "A wrong password is refused differently for a user with a second factor.", Operations: list{opLogin}, Outcomes: bad},
	}
}

func signatureFaults() []kit.Fault {
	login, bad := list{opLogin}, list{outBad}
	return []kit.Fault{
		{ID: "any-signature-accepted", Text: "The signature is not verified.", Operations: login, Outcomes: bad},
		{ID: "signature-case-folded", Text: "A signature in upper-case hexadecimal is accepted.", Operations: login, Outcomes: bad},
		{ID: "signature-cut-short-accepted", Text: "The beginning of a signature is accepted.", Operations: login, Outcomes: bad},
		{ID: "signed-in-any-order", Text: "Nonce, user id and API key may be signed in any order.", Operations: login, Outcomes: bad},
		{ID: "signed-without-user", Text: "A signature of nonce and API key alone is accepted.", Operations: login, Outcomes: bad},
		{ID: "signed-without-nonce", Text: "A signature of user id and API key alone is accepted.", Operations: login, Outcomes: bad},
		{ID: "empty-signature-accepted", Text: "An empty or missing signature is accepted.", Operations: login, Outcomes: list{outIncomplete}},
		{ID: "missing-nonce-accepted", Text: "A request without a nonce is accepted.", Operations: login, Outcomes: list{outIncomplete}},
		{ID: "user-id-not-bound", Text: "The API key of one user opens the account of another.", Operations: login, Outcomes: bad, Profiles: platformOnly},
		{ID: "user-name-not-bound", Text: "The user name need not be the API key's.", Operations: login, Outcomes: bad},
		{ID: "numbers-read-as-text", Text: "Members sent as numbers are read as texts.", Operations: login, Outcomes: list{outInvalidType}},
	}
}

func gatewayFaults(surface string) []kit.Fault {
	keyed, unauth := list{opLogin, opSecond}, list{outUnauth}
	faults := []kit.Fault{
		{ID: "gateway-open", Text: "Calls need neither API key nor bearer token.", Operations: keyed, Outcomes: unauth, Profiles: documentedOnly},
		{ID: "foreign-gateway-credential-accepted", Text: "The API key or bearer token of one user goes with the log-in of another.", Operations: list{opLogin, opDevices}, Outcomes: list{outBad, outUnauth}, Profiles: documentedOnly},
		{ID: "signed-headers-not-verified", Text: "Signed headers open calls whatever the signature.", Operations: list{opDevices}, Outcomes: unauth, Profiles: platformOnly},
		{ID: "basic-password-ignored", Text: "Basic authentication takes any password.", Operations: list{opBasic}, Outcomes: list{outBad}, Profiles: platformOnly},
	}
	if surface == Trading {
		faults = append(faults,
			kit.Fault{ID: "unsigned-jwt-accepted", Text: "A bearer token with alg none is accepted.", Operations: keyed, Outcomes: unauth, Profiles: documentedOnly},
			kit.Fault{ID: "jwt-signature-not-verified", Text: "The signature of a bearer token is not verified.", Operations: keyed, Outcomes: unauth, Profiles: documentedOnly})
	}
	return faults
}

func sessionFaults(surface string) []kit.Fault {
	unauth := list{outUnauth}
	faults := []kit.Fault{
		{ID: "token-alive-after-logout", Text: "A session counts after its log-out.", Operations: list{opLogOut, opDevices}, Outcomes: list{outOK, outUnauth}},
		{ID: "logout-ends-every-session", Text: "A log-out ends the sessions of everybody.", Operations: list{opLogOut}, Outcomes: list{outOK}},
		{ID: "any-session-token-accepted", Text: "Any session token opens calls.", Operations: list{opDevices}, Outcomes: unauth},
		{ID: "private-calls-open", Text: "Calls that need a session are open to anybody.", Operations: list{opDevices, opConfig}, Outcomes: unauth},
		{ID: "pending-login-opens-calls", Text: "A log-in whose second factor is pending opens calls.", Operations: list{opLogin, opDevices}, Outcomes: list{outPending, outUnauth}},
		{ID: "session-never-ends", Text: "A session without a call for an hour goes on.", Operations: list{opDevices}, Outcomes: unauth},
		{ID: "session-not-prolonged-by-use", Text: "A session ends an hour after the log-in, however much it is used.", Operations: list{opDevices}, Outcomes: list{outOK}},
		{ID: "success-with-code", Text: "A successful standard response carries an error code.", Operations: list{opLogOut}, Outcomes: list{outOK}},
	}
	perLogin := []kit.Fault{
		{ID: "logout-ends-all-of-the-user", Text: "A log-out ends the user's other sessions too.", Operations: list{opLogOut}, Outcomes: list{outOK}},
		{ID: "token-unchanged-between-logins", Text: "Each log-in of a user gives the same session token.", Operations: list{opLogin}, Outcomes: list{outOK}},
		{ID: "session-token-adopted-from-client", Text: "A log-in adopts the session token that the client sends.", Operations: list{opLogin}, Outcomes: list{outOK}},
	}
	for _, f := range perLogin {
		if surface == Trading { // documented there: the bearer token is the session
			f.Profiles = platformOnly
		}
		faults = append(faults, f)
	}
	return faults
}

func rightFaults() []kit.Fault {
	return []kit.Fault{
		{ID: "foreign-devices-shown", Text: "A user can list the devices of another.", Operations: list{opDevices}, Outcomes: list{outForbidden}},
		{ID: "foreign-configuration-shown", Text: "A user can read the configuration of another.", Operations: list{opConfig}, Outcomes: list{outForbidden}},
		{ID: "validation-open-to-anybody", Text: "Codes can be validated without a session.", Operations: list{opValidate}, Outcomes: list{outUnauth}},
		{ID: "required-endpoint-without-code", Text: "Calls that need a code work without one.", Operations: list{opGuarded}, Outcomes: list{outCodeNeeded}},
		{ID: "required-endpoints-in-other-case", Text: "The names of the calls that need a code are in upper case.", Operations: list{opRequired}, Outcomes: list{outOK}},
		{ID: "required-endpoints-hidden", Text: "No call is said to need a code.", Operations: list{opRequired, opGuarded}, Outcomes: list{outOK, outCodeNeeded}},
		{ID: "any-device-code-accepted", Text: "Any code registers a device.", Operations: list{opRegister}, Outcomes: list{outDeviceCode}},
		{ID: "foreign-device-code-accepted", Text: "The code that was mailed to another user registers a device.", Operations: list{opRegister}, Outcomes: list{outDeviceCode}},
		{ID: "device-code-reusable", Text: "The code for a new device can be used again.", Operations: list{opRegister}, Outcomes: list{outDeviceCode}},
		{ID: "device-not-registered", Text: "A registered device is not listed.", Operations: list{opRegister}, Outcomes: list{outOK}},
	}
}

func refusalFaults() []kit.Fault {
	open := list{opLogin, opSecond}
	return []kit.Fault{
		{ID: "refusal-says-authenticated", Text: "A refused log-in says authenticated: true.", Operations: open, Outcomes: list{outBad, outCodeWrong}},
		{ID: "refusal-carries-token", Text: "A refused log-in carries a session token.", Operations: open, Outcomes: list{outBad, outCodeWrong}},
		{ID: "unread-request-gets-token", Text: "The refusal of a request that cannot be read carries a session token.", Operations: open, Outcomes: list{outMalformed, outInvalid, outInvalidType, outIncomplete, outBad, outCodeWrong}},
		{ID: "closed-call-gives-token", Text: "The refusal of a call without a session, right or code carries a session token.", Operations: list{opDevices, opGuarded, opRegister}, Outcomes: list{outUnauth, outForbidden, outCodeNeeded}},
		{ID: "refusal-with-200", Text: "Refusals are sent with status 200.", Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outBad, outCodeWrong, outUnauth}, Profiles: documentedOnly},
		{ID: "bad-credentials-as-400", Text: "Wrong credentials are answered 400.", Operations: list{opLogin}, Outcomes: list{outBad}, Profiles: documentedOnly},
		{ID: "wrong-code-as-400", Text: "A wrong code is answered 400.", Operations: list{opSecond}, Outcomes: list{outCodeWrong}, Profiles: documentedOnly},
		{ID: "unauthenticated-as-403", Text: "A missing key, token or session is answered 403.", Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outUnauth}, Profiles: documentedOnly},
		{ID: "forbidden-as-401", Text: "A missing right is answered 401.", Operations: list{opDevices, opGuarded}, Outcomes: list{outForbidden, outCodeNeeded}, Profiles: documentedOnly},
		{ID: "challenge-missing", Text: "A 401 does not say how to authenticate.", Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{"challenged"}, Profiles: documentedOnly},
		{ID: "refusal-with-code-zero", Text: "A standard response of a refusal has the code of a success.", Operations: list{opDevices}, Outcomes: list{outUnauth, outForbidden}, Profiles: platformOnly},
		{ID: "refusal-with-another-code", Text: "A standard response of a refusal has a code that its text does not go with.", Operations: list{opDevices}, Outcomes: list{outUnauth, outForbidden}, Profiles: platformOnly},
		{ID: "malformed-body-accepted", Text: "A body that is no JSON object is taken for a right one.", Operations: list{opDevices}, Outcomes: list{outMalformed}},
		{ID: "media-type-ignored", Text: "JSON is read out of any media type.", Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outMediaType}, Profiles: documentedOnly},
		{ID: "method-ignored", Text: "Calls are answered whatever the method.", Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outMethod}, Profiles: documentedOnly},
	}
}

func limitFaults() []kit.Fault {
	login, throttled := list{opLogin}, list{outThrottled}
	return []kit.Fault{
		{ID: "limit-never-reached", Text: "Log-in attempts are never limited.", Operations: login, Outcomes: throttled},
		{ID: "limit-never-released", Text: "A block never ends.", Operations: login, Outcomes: list{outThrottled, outOK}},
		{ID: "limit-one-too-many", Text: "One attempt more than declared is accepted.", Operations: login, Outcomes: throttled},
		{ID: "limit-one-too-few", Text: "One attempt less than declared is accepted.", Operations: login, Outcomes: list{outThrottled, outBad}},
		{ID: "right-credentials-pass-block", Text: "The right credentials are accepted while the limit holds.", Operations: login, Outcomes: throttled},
		{ID: "counter-reset-by-login-case", Text: "The case of the user name starts a new count.", Operations: login, Outcomes: throttled},
		{ID: "counter-trusts-client-address", Text: "An address that the client claims starts a new count.", Operations: login, Outcomes: throttled},
		{ID: "second-factor-limit-never-reached", Text: "Wrong codes are never limited.", Operations: list{opSecond}, Outcomes: list{outCodeLimit}},
		{ID: "counter-reset-by-new-login", Text: "A new first step starts a new count of wrong codes.", Operations: list{opSecond}, Outcomes: list{outCodeLimit}},
		{ID: "over-limit-cacheable", Text: "Caches are told to keep the answer to too many attempts.", Operations: login, Outcomes: throttled},
		{ID: "over-limit-as-html", Text: "The answer to too many attempts is an HTML page.", Operations: login, Outcomes: throttled, Profiles: platformOnly},
	}
}
