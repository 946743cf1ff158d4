package alphapoint

import "authconform/harness/reference/kit"

func codeFaults() []kit.Fault {
	codes, wrong, badType := list{opSecond, opValidate, opActivate}, list{outCodeWrong}, list{outInvalidType}
	second := list{opSecond}
	return []kit.Fault{
		{ID: faultAnyCodeAccepted, Text: "Any code that is not empty is accepted.", Operations: codes, Outcomes: wrong},
		{
			ID: faultReplayedCodeAccepted, Text: "A code is accepted more than once.",
			Operations: list{opSecond, opValidate}, Outcomes: list{outReplayed},
		},
		{
			ID: faultCodeCountsOncePerCall, Text: "A code that one call used up is accepted by another.",
			Operations: list{opValidate, opGuarded}, Outcomes: list{outReplayed},
		},
		{ID: faultForeignCodeAccepted, Text: "The current code of another user is accepted.", Operations: codes, Outcomes: wrong},
		{ID: faultWindowTooWide, Text: "Codes ten time steps away from now are accepted.", Operations: second, Outcomes: wrong},
		{ID: faultWindowFarTooWide, Text: "Codes up to an hour away from now are accepted.", Operations: second, Outcomes: wrong},
		{ID: faultSpacedCodeAccepted, Text: "White space anywhere in a code is dropped.", Operations: second, Outcomes: wrong},
		{ID: faultFullWidthCodeAccepted, Text: "A code in full-width digits is accepted.", Operations: second, Outcomes: wrong},
		{ID: faultLongCodeAccepted, Text: "Only the first six digits of a longer code are compared.", Operations: second, Outcomes: wrong},
		{ID: faultAbsentCodeAccepted, Text: "A request without a code is accepted.", Operations: codes, Outcomes: list{outInvalid}},
		{ID: faultNullCodeAccepted, Text: "A null code is accepted.", Operations: codes, Outcomes: list{outInvalid}},
		{ID: faultEmptyCodeAccepted, Text: "An empty code is accepted.", Operations: codes, Outcomes: list{outInvalid}},
		{ID: faultNumberCodeAccepted, Text: "A code sent as a JSON number is read as text.", Operations: second, Outcomes: badType},
		{ID: faultArrayCodeAccepted, Text: "A code sent as a JSON array is accepted.", Operations: codes, Outcomes: badType},
		{ID: faultObjectCodeAccepted, Text: "A code sent as a JSON object is accepted.", Operations: codes, Outcomes: badType},
		{ID: faultBooleanCodeAccepted, Text: "A code sent as a JSON boolean is accepted.", Operations: second, Outcomes: badType},
		{ID: faultCodeInQueryAccepted, Text: "A code in the URL is accepted.", Operations: second, Outcomes: list{outInvalid}},
		{
			ID: faultParallelUsesAllAccepted, Text: "Parallel uses of one code are all accepted.",
			Operations: second, Outcomes: list{outReplayed},
		},
		{
			ID: faultSecondStepWithoutFirst, Text: "A code alone opens a session, without a first step.",
			Operations: second, Outcomes: list{outNotPending},
		},
		{
			ID: faultPendingLoginReusable, Text: "A pending log-in opens more than one session.",
			Operations: second, Outcomes: list{outNotPending},
		},
		{
			ID: faultPendingLoginNeverExpires, Text: "A pending log-in waits for its code for ever.",
			Operations: second, Outcomes: list{outNotPending},
		},
		{
			ID: faultActivationWithWrongCode, Text: "A wrong code activates the second factor.",
			Operations: list{opActivate}, Outcomes: wrong,
		},
		{
			ID: faultActivationWithoutEffect, Text: "The second factor is said to be active and is not.",
			Operations: list{opActivate}, Outcomes: list{outOK},
		},
		{
			ID: faultValidationLasts, Text: "One validated code opens any number of calls that need one.",
			Operations: list{opGuarded}, Outcomes: list{outCodeNeeded}, Profiles: documentedOnly,
		},
	}
}

// wrapperFaults are about codes that calls carry themselves.
func wrapperFaults() []kit.Fault {
	guarded, wrong, needed := list{opGuarded}, list{outCodeWrong}, list{outCodeNeeded}
	return []kit.Fault{
		{
			ID: faultOneRequiredEndpointUnguarded, Text: "One of the calls that need a code works without one.",
			Operations: guarded, Outcomes: needed,
		},
		{
			ID: faultWrapperWithoutCodeAccepted, Text: "A wrapper without a code opens the call.",
			Operations: guarded, Outcomes: needed, Profiles: platformOnly,
		},
		{
			ID: faultAnyWrappedCodeAccepted, Text: "The code in a wrapper is not checked.",
			Operations: guarded, Outcomes: wrong, Profiles: platformOnly,
		},
		{
			ID: faultForeignWrappedCodeAccepted, Text: "The current code of another user is accepted in a wrapper.",
			Operations: guarded, Outcomes: wrong, Profiles: platformOnly,
		},
		{
			ID: faultWrappedNumberAccepted, Text: "A code sent as a JSON number is read as text in a wrapper.",
			Operations: guarded, Outcomes: wrong, Profiles: platformOnly,
		},
		{
			ID: faultWrappedCodeReusable, Text: "A code is accepted in more than one wrapper.",
			Operations: guarded, Outcomes: list{outReplayed}, Profiles: platformOnly,
		},
	}
}

func lockFaults() []kit.Fault {
	login, locked := list{opLogin}, list{outLocked}
	return []kit.Fault{
		{ID: faultLockedAccountLetIn, Text: "A locked account can log in.", Operations: login, Outcomes: locked},
		{ID: faultAccountNeverLocked, Text: "No number of wrong log-ins locks an account.", Operations: login, Outcomes: locked},
		{
			ID: faultAccountLockedTooEarly, Text: "One wrong log-in less than declared locks an account.",
			Operations: login, Outcomes: list{outLocked, outOK},
		},
		{
			ID: faultAccountLockedTooLate, Text: "One wrong log-in more than declared is what locks an account.",
			Operations: login, Outcomes: locked,
		},
		{
			ID: faultLockSaysAuthenticated, Text: "A locked account is told that it is locked, and authenticated.",
			Operations: login, Outcomes: locked,
		},
		{
			ID: faultLockNotTold, Text: "The right credentials of a locked account are answered as wrong ones.",
			Operations: login, Outcomes: locked,
		},
		{
			ID: faultLockToldWithoutCredentials, Text: "A wrong password is told that the account is locked.",
			Operations: login, Outcomes: list{outBad},
		},
		{
			ID: faultLockOpenToPassword, Text: "The password opens an account that wrong signatures locked.",
			Operations: login, Outcomes: locked,
		},
		{
			ID: faultLockOpenedByRightCredentials, Text: "The right credentials, refused once, unlock the account.",
			Operations: login, Outcomes: locked,
		},
		{ID: faultLockEndsByItself, Text: "A locked account is open again after an hour.", Operations: login, Outcomes: locked},
		{
			ID: faultLockHoldsEverybody, Text: "One locked account keeps everybody out.",
			Operations: login, Outcomes: list{outLocked, outOK},
		},
		{
			ID: faultLockedAccountOpenToSignedHeaders, Text: "Signed headers open calls for a locked account.",
			Operations: list{opDevices}, Outcomes: list{outUnauth}, Profiles: platformOnly,
		},
	}
}

func loginFaults() []kit.Fault {
	first, bad := list{opLogin, opBasic}, list{outBad}
	return []kit.Fault{
		{
			ID: faultTokenBeforeSecondFactor, Text: "The first step answers with a usable session token.",
			Operations: first, Outcomes: list{outPending},
		},
		{
			ID: faultSecondFactorSkipped, Text: "The first step alone opens a session for a user with a second factor.",
			Operations: first, Outcomes: list{outPending},
		},
		{
			ID: faultSecretShownAtLogin, Text: "The secret of an enrolled app is shown at the first step.",
			Operations: list{opLogin}, Outcomes: list{outPending},
		},
		{ID: faultPasswordCaseFolded, Text: "Passwords are compared without regard to case.", Operations: list{opLogin}, Outcomes: bad},
		{ID: faultPasswordCutShortAccepted, Text: "The beginning of a password is accepted.", Operations: list{opLogin}, Outcomes: bad},
		{
			ID: faultUnknownUserToldByBody, Text: "The body of a refused log-in tells that the user is unknown.",
			Operations: list{opLogin}, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByStatus, Text: "The status of a refused log-in tells that the user is unknown.",
			Operations: list{opLogin}, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByHeader, Text: "A header of a refused log-in tells that the user is unknown.",
			Operations: list{opLogin}, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByHeaderValue, Text: "The value of a header field tells that the user is unknown.",
			Operations: list{opLogin}, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByLength, Text: "The length of a refused log-in tells that the user is unknown.",
			Operations: list{opLogin}, Outcomes: bad,
		},
		{
			ID: faultSecondFactorToldBeforePassword, Text: "A wrong password is refused differently for a user with a second factor.",
			Operations: list{opLogin}, Outcomes: bad,
		},
	}
}

func signatureFaults() []kit.Fault {
	login, bad := list{opLogin}, list{outBad}
	return []kit.Fault{
		{ID: faultAnySignatureAccepted, Text: "The signature is not verified.", Operations: login, Outcomes: bad},
		{ID: faultSignatureCaseFolded, Text: "A signature in upper-case hexadecimal is accepted.", Operations: login, Outcomes: bad},
		{ID: faultSignatureCutShortAccepted, Text: "The beginning of a signature is accepted.", Operations: login, Outcomes: bad},
		{ID: faultSignedInAnyOrder, Text: "Nonce, user id and API key may be signed in any order.", Operations: login, Outcomes: bad},
		{ID: faultSignedWithoutUser, Text: "A signature of nonce and API key alone is accepted.", Operations: login, Outcomes: bad},
		{ID: faultSignedWithoutNonce, Text: "A signature of user id and API key alone is accepted.", Operations: login, Outcomes: bad},
		{
			ID: faultEmptySignatureAccepted, Text: "An empty or missing signature is accepted.",
			Operations: login, Outcomes: list{outIncomplete},
		},
		{ID: faultMissingNonceAccepted, Text: "A request without a nonce is accepted.", Operations: login, Outcomes: list{outIncomplete}},
		{
			ID: faultUserIDNotBound, Text: "The API key of one user opens the account of another.",
			Operations: login, Outcomes: bad, Profiles: platformOnly,
		},
		{ID: faultUserNameNotBound, Text: "The user name need not be the API key's.", Operations: login, Outcomes: bad},
		{
			ID: faultNumbersReadAsText, Text: "Members sent as numbers are read as texts.",
			Operations: login, Outcomes: list{outInvalidType},
		},
	}
}

func gatewayFaults(surface string) []kit.Fault {
	keyed, unauth := list{opLogin, opSecond}, list{outUnauth}
	faults := []kit.Fault{
		{
			ID: faultGatewayOpen, Text: "Calls need neither API key nor bearer token.",
			Operations: keyed, Outcomes: unauth, Profiles: documentedOnly,
		},
		{
			ID: faultForeignGatewayCredentialAccepted, Text: "The API key or bearer token of one user goes with the log-in of another.",
			Operations: list{opLogin, opDevices}, Outcomes: list{outBad, outUnauth}, Profiles: documentedOnly,
		},
		{
			ID: faultSignedHeadersNotVerified, Text: "Signed headers open calls whatever the signature.",
			Operations: list{opDevices}, Outcomes: unauth, Profiles: platformOnly,
		},
		{
			ID: faultBasicPasswordIgnored, Text: "Basic authentication takes any password.",
			Operations: list{opBasic}, Outcomes: list{outBad}, Profiles: platformOnly,
		},
	}
	if surface == Trading {
		faults = append(faults,
			kit.Fault{ID: faultUnsignedJWTAccepted, Text: "A bearer token with alg none is accepted.", Operations: keyed, Outcomes: unauth,
				Profiles: documentedOnly},
			kit.Fault{ID: faultJWTSignatureNotVerified, Text: "The signature of a bearer token is not verified.", Operations: keyed,
				Outcomes: unauth, Profiles: documentedOnly})
	}
	return faults
}

func sessionFaults(surface string) []kit.Fault {
	unauth := list{outUnauth}
	faults := []kit.Fault{
		{
			ID: faultTokenAliveAfterLogout, Text: "A session counts after its log-out.",
			Operations: list{opLogOut, opDevices}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultLogoutEndsEverySession, Text: "A log-out ends the sessions of everybody.",
			Operations: list{opLogOut}, Outcomes: list{outOK},
		},
		{ID: faultAnySessionTokenAccepted, Text: "Any session token opens calls.", Operations: list{opDevices}, Outcomes: unauth},
		{
			ID: faultPrivateCallsOpen, Text: "Calls that need a session are open to anybody.",
			Operations: list{opDevices, opConfig}, Outcomes: unauth,
		},
		{
			ID: faultPendingLoginOpensCalls, Text: "A log-in whose second factor is pending opens calls.",
			Operations: list{opLogin, opDevices}, Outcomes: list{outPending, outUnauth},
		},
		{ID: faultSessionNeverEnds, Text: "A session without a call for an hour goes on.", Operations: list{opDevices}, Outcomes: unauth},
		{
			ID: faultSessionNotProlongedByUse, Text: "A session ends an hour after the log-in, however much it is used.",
			Operations: list{opDevices}, Outcomes: list{outOK},
		},
		{
			ID: faultSuccessWithCode, Text: "A successful standard response carries an error code.",
			Operations: list{opLogOut}, Outcomes: list{outOK},
		},
	}
	perLogin := []kit.Fault{
		{
			ID: faultLogoutEndsAllOfTheUser, Text: "A log-out ends the user's other sessions too.",
			Operations: list{opLogOut}, Outcomes: list{outOK},
		},
		{
			ID: faultTokenUnchangedBetweenLogins, Text: "Each log-in of a user gives the same session token.",
			Operations: list{opLogin}, Outcomes: list{outOK},
		},
		{
			ID: faultSessionTokenAdoptedFromClient, Text: "A log-in adopts the session token that the client sends.",
			Operations: list{opLogin}, Outcomes: list{outOK},
		},
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
		{
			ID: faultForeignDevicesShown, Text: "A user can list the devices of another.",
			Operations: list{opDevices}, Outcomes: list{outForbidden},
		},
		{
			ID: faultForeignConfigurationShown, Text: "A user can read the configuration of another.",
			Operations: list{opConfig}, Outcomes: list{outForbidden},
		},
		{
			ID: faultValidationOpenToAnybody, Text: "Codes can be validated without a session.",
			Operations: list{opValidate}, Outcomes: list{outUnauth},
		},
		{
			ID: faultRequiredEndpointWithoutCode, Text: "Calls that need a code work without one.",
			Operations: list{opGuarded}, Outcomes: list{outCodeNeeded},
		},
		{
			ID: faultRequiredEndpointsInOtherCase, Text: "The names of the calls that need a code are in upper case.",
			Operations: list{opRequired}, Outcomes: list{outOK},
		},
		{
			ID: faultRequiredEndpointsHidden, Text: "No call is said to need a code.",
			Operations: list{opRequired, opGuarded}, Outcomes: list{outOK, outCodeNeeded},
		},
		{
			ID: faultAnyDeviceCodeAccepted, Text: "Any code registers a device.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode},
		},
		{
			ID: faultForeignDeviceCodeAccepted, Text: "The code that was mailed to another user registers a device.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode},
		},
		{
			ID: faultDeviceCodeReusable, Text: "The code for a new device can be used again.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode},
		},
		{ID: faultDeviceNotRegistered, Text: "A registered device is not listed.", Operations: list{opRegister}, Outcomes: list{outOK}},
	}
}

func refusalFaults() []kit.Fault {
	open := list{opLogin, opSecond}
	return []kit.Fault{
		{
			ID: faultRefusalSaysAuthenticated, Text: "A refused log-in says authenticated: true.",
			Operations: open, Outcomes: list{outBad, outCodeWrong},
		},
		{
			ID: faultRefusalCarriesToken, Text: "A refused log-in carries a session token.",
			Operations: open, Outcomes: list{outBad, outCodeWrong},
		},
		{
			ID: faultUnreadRequestGetsToken, Text: "The refusal of a request that cannot be read carries a session token.",
			Operations: open, Outcomes: list{outMalformed, outInvalid, outInvalidType, outIncomplete, outBad, outCodeWrong},
		},
		{
			ID: faultClosedCallGivesToken, Text: "The refusal of a call without a session, right or code carries a session token.",
			Operations: list{opDevices, opGuarded, opRegister}, Outcomes: list{outUnauth, outForbidden, outCodeNeeded},
		},
		{
			ID: faultRefusalWith200, Text: "Refusals are sent with status 200.",
			Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outBad, outCodeWrong, outUnauth}, Profiles: documentedOnly,
		},
		{
			ID: faultBadCredentialsAs400, Text: "Wrong credentials are answered 400.",
			Operations: list{opLogin}, Outcomes: list{outBad}, Profiles: documentedOnly,
		},
		{
			ID: faultWrongCodeAs400, Text: "A wrong code is answered 400.",
			Operations: list{opSecond}, Outcomes: list{outCodeWrong}, Profiles: documentedOnly,
		},
		{
			ID: faultUnauthenticatedAs403, Text: "A missing key, token or session is answered 403.",
			Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outUnauth}, Profiles: documentedOnly,
		},
		{
			ID: faultForbiddenAs401, Text: "A missing right is answered 401.",
			Operations: list{opDevices, opGuarded}, Outcomes: list{outForbidden, outCodeNeeded}, Profiles: documentedOnly,
		},
		{
			ID: faultChallengeMissing, Text: "A 401 does not say how to authenticate.",
			Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{"challenged"}, Profiles: documentedOnly,
		},
		{
			ID: faultRefusalWithCodeZero, Text: "A standard response of a refusal has the code of a success.",
			Operations: list{opDevices}, Outcomes: list{outUnauth, outForbidden}, Profiles: platformOnly,
		},
		{
			ID: faultRefusalWithAnotherCode, Text: "A standard response of a refusal has a code that its text does not go with.",
			Operations: list{opDevices}, Outcomes: list{outUnauth, outForbidden}, Profiles: platformOnly,
		},
		{
			ID: faultMalformedBodyAccepted, Text: "A body that is no JSON object is taken for a right one.",
			Operations: list{opDevices}, Outcomes: list{outMalformed},
		},
		{
			ID: faultMediaTypeIgnored, Text: "JSON is read out of any media type.",
			Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outMediaType}, Profiles: documentedOnly,
		},
		{
			ID: faultMethodIgnored, Text: "Calls are answered whatever the method.",
			Operations: list{opLogin, opSecond, opDevices}, Outcomes: list{outMethod}, Profiles: documentedOnly,
		},
	}
}

func limitFaults() []kit.Fault {
	login, throttled := list{opLogin}, list{outThrottled}
	return []kit.Fault{
		{ID: faultLimitNeverReached, Text: "Log-in attempts are never limited.", Operations: login, Outcomes: throttled},
		{ID: faultLimitNeverReleased, Text: "A block never ends.", Operations: login, Outcomes: list{outThrottled, outOK}},
		{ID: faultLimitOneTooMany, Text: "One attempt more than declared is accepted.", Operations: login, Outcomes: throttled},
		{
			ID: faultLimitOneTooFew, Text: "One attempt less than declared is accepted.",
			Operations: login, Outcomes: list{outThrottled, outBad},
		},
		{
			ID: faultRightCredentialsPassBlock, Text: "The right credentials are accepted while the limit holds.",
			Operations: login, Outcomes: throttled,
		},
		{ID: faultCounterResetByLoginCase, Text: "The case of the user name starts a new count.", Operations: login, Outcomes: throttled},
		{
			ID: faultCounterTrustsClientAddress, Text: "An address that the client claims starts a new count.",
			Operations: login, Outcomes: throttled,
		},
		{
			ID: faultSecondFactorLimitNeverReached, Text: "Wrong codes are never limited.",
			Operations: list{opSecond}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultCounterResetByNewLogin, Text: "A new first step starts a new count of wrong codes.",
			Operations: list{opSecond}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOverLimitCacheable, Text: "Caches are told to keep the answer to too many attempts.",
			Operations: login, Outcomes: throttled,
		},
		{
			ID: faultOverLimitAsHTML, Text: "The answer to too many attempts is an HTML page.",
			Operations: login, Outcomes: throttled, Profiles: platformOnly,
		},
	}
}
