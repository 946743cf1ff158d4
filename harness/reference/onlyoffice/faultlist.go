package onlyoffice

import "authconform/harness/reference/kit"

var documentedOnly = list{Documented}

func codeFaults() []kit.Fault {
	byCode := list{opCodeLogin, opValidate}
	wrong, badType := list{outCodeWrong}, list{outInvalidType}
	return []kit.Fault{
		{ID: faultAnyCodeAccepted, Text: "Any second-factor code that is not empty is accepted.", Operations: byCode, Outcomes: wrong},
		{
			ID: faultReplayedCodeAccepted, Text: "A time-based code is accepted more than once.",
			Operations: byCode, Outcomes: list{outCodeReplayed}, Profiles: documentedOnly,
		},
		{ID: faultForeignCodeAccepted, Text: "The current code of another user is accepted.", Operations: byCode, Outcomes: wrong},
		{ID: faultWindowFarTooWide, Text: "Codes up to an hour away from now are accepted.", Operations: byCode, Outcomes: wrong},
		{ID: faultSpacedCodeAccepted, Text: "White space anywhere in a code is dropped.", Operations: byCode, Outcomes: wrong},
		{ID: faultFullWidthCodeAccepted, Text: "A code in full-width digits is accepted.", Operations: byCode, Outcomes: wrong},
		{ID: faultLongCodeAccepted, Text: "Only the first six digits of a longer code are compared.", Operations: byCode, Outcomes: wrong},
		{ID: faultEmptyCodeAccepted, Text: "An empty code is accepted.", Operations: byCode, Outcomes: list{outCodeWrong, outInvalid}},
		{ID: faultNullCodeAccepted, Text: "A null code is accepted.", Operations: byCode, Outcomes: list{outCodeWrong, outInvalid}},
		{ID: faultNumberCodeAccepted, Text: "A code sent as a JSON number is read as text.", Operations: byCode, Outcomes: badType},
		{ID: faultArrayCodeAccepted, Text: "A code sent as a JSON array is accepted.", Operations: byCode, Outcomes: badType},
		{ID: faultBooleanCodeAccepted, Text: "A code sent as a JSON boolean is accepted.", Operations: byCode, Outcomes: badType},
		{
			ID: faultAbsentCodeSkipsSecondFactor, Text: "A log-in by code without the member code skips the second factor.",
			Operations: list{opCodeLogin}, Outcomes: wrong,
		},
		{ID: faultBackupCodeReusable, Text: "A backup code can be used again.", Operations: byCode, Outcomes: wrong},
		{ID: faultBackupCodesCaseFolded, Text: "Backup codes are compared without regard to case.", Operations: byCode, Outcomes: wrong},
		{ID: faultParallelUsesAllAccepted, Text: "Parallel uses of a one-use code are all accepted.", Operations: byCode, Outcomes: wrong},
		{
			ID: faultOldBackupCodesAliveAfterRenewal, Text: "Backup codes still count after they were replaced.",
			Operations: list{opNewCodes, opCodeLogin}, Outcomes: list{outOK, outCodeWrong},
		},
		{
			ID: faultOldSecretAliveAfterUnlink, Text: "Codes of the old secret still count after the app was unlinked.",
			Operations: list{opUnlink, opCodeLogin}, Outcomes: list{outOK, outCodeWrong},
		},
		{
			ID: faultEnrolmentWithoutCode, Text: "An empty or missing code confirms an enrolment.",
			Operations: byCode, Outcomes: list{outCodeWrong, outInvalid},
		},
		{ID: faultEnrolmentWithWrongCode, Text: "A wrong code confirms an enrolment.", Operations: byCode, Outcomes: wrong},
		{
			ID: faultSecretShownAfterEnrolment, Text: "The secret is shown again after the app was enrolled.",
			Operations: list{opLogin, opSetup}, Outcomes: list{outCodeNeeded, outUnavailable},
		},
		{
			ID: faultWeakSecret, Text: "The secret of an authenticator app has 80 bits.",
			Operations: list{opLogin, opSetup}, Outcomes: list{outEnrolNeeded, outOK}, Profiles: documentedOnly,
		},
		{ID: faultSMSCodeReusable, Text: "A code sent by text message can be used again.", Operations: list{opCodeLogin}, Outcomes: wrong},
	}
}

func loginFaults() []kit.Fault {
	login, bad := list{opLogin, opCodeLogin}, list{outBad}
	return []kit.Fault{
		{
			ID: faultTokenBeforeSecondFactor, Text: "The first step answers with a usable token.",
			Operations: list{opLogin}, Outcomes: list{outCodeNeeded, outEnrolNeeded},
		},
		{
			ID: faultCodeLoginWithoutSecondFactor, Text: "A log-in by code succeeds for a user without a second factor.",
			Operations: list{opCodeLogin}, Outcomes: list{outNoFactor},
		},
		{
			ID: faultSecondStepWithoutFirst, Text: "The second step by link needs no key of the first step.",
			Operations: list{opValidate, opSetup}, Outcomes: list{outUnauth},
		},
		{
			ID: faultTrustedAddressOverridesMandatory, Text: "A trusted address frees users for whom the second factor is mandatory.",
			Operations: login, Outcomes: list{outCodeNeeded, outEnrolNeeded},
		},
		{ID: faultDisabledAccountLetIn, Text: "A disabled account can log in.", Operations: login, Outcomes: list{outDisabled}},
		{
			ID: faultCaptchaIgnored, Text: "A wrong captcha response changes nothing.",
			Operations: list{opLogin, opPasswordMail}, Outcomes: list{outCaptcha},
		},
		{
			ID: faultCaptchaTypeNameRefused, Text: "The kind of a captcha may be a number only.",
			Operations: list{opLogin}, Outcomes: list{outOK}, Profiles: documentedOnly,
		},
		{
			ID: faultUnknownUserToldByBody, Text: "The message of a refused log-in tells that the user is unknown.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByStatus, Text: "The status of a refused log-in tells that the user is unknown.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByHeader, Text: "A header of a refused log-in tells that the user is unknown.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByHeaderValue, Text: "The value of a header field tells that the user is unknown.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByLength, Text: "The length of a refused log-in tells that the user is unknown.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownUserToldByPasswordMail, Text: "Asking for a password mail tells that the user is unknown.",
			Operations: list{opPasswordMail}, Outcomes: list{outOK},
		},
	}
}

func limitFaults() []kit.Fault {
	login, throttled := list{opLogin}, list{outThrottled}
	return []kit.Fault{
		{ID: faultLimitNeverReached, Text: "Password attempts are never limited.", Operations: login, Outcomes: throttled},
		{ID: faultLimitNeverReleased, Text: "A block never ends.", Operations: login, Outcomes: list{outThrottled, outOK}},
		{ID: faultLimitOneTooMany, Text: "One attempt more than set is accepted.", Operations: login, Outcomes: throttled},
		{ID: faultLimitOneTooFew, Text: "One attempt less than set is accepted.", Operations: login, Outcomes: list{outThrottled, outBad}},
		{
			ID: faultLimitIgnoresSettings, Text: "The limit stays at its default whatever the login settings say.",
			Operations: list{opSetLimits, opLogin}, Outcomes: list{outOK, outThrottled},
		},
		{
			ID: faultRightPasswordPassesBlock, Text: "The right password is accepted while its login is blocked.",
			Operations: login, Outcomes: throttled,
		},
		{
			ID: faultCounterResetByAnyRequest, Text: "Any other request resets the attempt counters.",
			Operations: login, Outcomes: throttled,
		},
		{ID: faultCounterResetByNewConnection, Text: "Attempts are counted per connection.", Operations: login, Outcomes: throttled},
		{
			ID: faultCounterResetByEmailCase, Text: "Attempts are counted per spelling of the e-mail address.",
			Operations: login, Outcomes: throttled,
		},
		{
			ID: faultCounterTrustsClientAddress, Text: "Attempts are counted per address the client claims in X-Forwarded-For and its kin.",
			Operations: login, Outcomes: throttled,
		},
		{ID: faultRetryAfterMissing, Text: "A 429 has no Retry-After.", Operations: login, Outcomes: throttled, Profiles: documentedOnly},
		{
			ID: faultRetryAfterZero, Text: "Retry-After is 0 while the block goes on.",
			Operations: login, Outcomes: throttled, Profiles: documentedOnly,
		},
		{
			ID: faultRetryAfterTooLong, Text: "Retry-After is an hour longer than the block.",
			Operations: login, Outcomes: throttled, Profiles: documentedOnly,
		},
		{
			ID: faultSecondFactorLimitNeverReached, Text: "Second-factor codes can be guessed without limit.",
			Operations: list{opCodeLogin, opValidate}, Outcomes: list{outCodeLimit, outThrottled},
		},
		{
			ID: faultPasswordMailLimitNeverReached, Text: "Password mails can be asked for without limit.",
			Operations: list{opPasswordMail}, Outcomes: throttled, Profiles: documentedOnly,
		},
		{
			ID: faultSettingsOutOfRangeAccepted, Text: "Settings outside their range are stored.",
			Operations: list{opSetLimits, opSetPasswords}, Outcomes: list{outInvalid},
		},
	}
}

func sessionFaults() []kit.Fault {
	ended := list{outOK, outAnonymous}
	return []kit.Fault{
		{
			ID: faultTokenUnchangedBetweenLogins, Text: "A new log-in answers with the token of the last one.",
			Operations: list{opLogin, opCodeLogin}, Outcomes: list{outOK},
		},
		{
			ID: faultTokenNeverExpires, Text: "A token counts after its expiry.",
			Operations: list{opCheckToken, opSetCookies}, Outcomes: ended,
		},
		{ID: faultTokenAliveAfterLogout, Text: "A token counts after log-out.", Operations: list{opLogout}, Outcomes: ended},
		{
			ID: faultTokenAliveAfterLogoutAll, Text: "Tokens count after all connections were logged out.",
			Operations: list{opLogoutAll, opLogoutUser, opLogoutOthers}, Outcomes: ended,
		},
		{
			ID: faultTokenAliveAfterConnectionLogout, Text: "A token counts after its connection was logged out.",
			Operations: list{opLogoutOne}, Outcomes: ended,
		},
		{
			ID: faultTokenAliveAfterPasswordChange, Text: "Tokens count after the password was changed.",
			Operations: list{opPassword}, Outcomes: ended,
		},
		{
			ID: faultTokenAliveAfterUnlink, Text: "Tokens count after the authenticator app was unlinked.",
			Operations: list{opUnlink}, Outcomes: ended,
		},
		{
			ID: faultTokenAliveAfterFactorSwitchedOn, Text: "Tokens count after a second factor was switched on.",
			Operations: list{opSetTFA, opSetTFALink}, Outcomes: ended,
		},
		{
			ID: faultTokenAliveAfterLifetimeChange, Text: "Tokens count after the session lifetime was changed.",
			Operations: list{opSetCookies}, Outcomes: ended,
		},
		{
			ID: faultEndedSessionAliveInHeader, Text: "A session that was ended counts as a bearer token.",
			Operations: list{opLogout, opLogoutAll, opLogoutOthers, opLogoutOne, opPassword, opUnlink}, Outcomes: ended,
		},
		{
			ID: faultExpiredSessionAliveInHeader, Text: "A session that has expired counts as a bearer token.",
			Operations: list{opSetCookies}, Outcomes: ended,
		},
		{
			ID: faultSessionCookieReadableByScripts, Text: "The session cookie is not HttpOnly.",
			Operations: list{opLogin, opCodeLogin, opValidate}, Outcomes: list{outOK, outActivated, outVerified},
		},
	}
}

func rightFaults() []kit.Fault {
	forbidden := list{outForbidden}
	return []kit.Fault{
		{
			ID: faultForeignTokenAccepted, Text: "The token of one user is accepted to act on another.",
			Operations: list{opUnlink, opEmailMail, opLogoutUser}, Outcomes: forbidden,
		},
		{
			ID: faultForeignConnectionLogout, Text: "A user can log out a connection of another.",
			Operations: list{opLogoutOne}, Outcomes: forbidden,
		},
		{ID: faultAdminOperationOpenToUser, Text: "Operations of administrators are open to every user.", Operations: list{
			opSetTFA, opSetTFALink, opGetLimits, opSetLimits, opResetLimits, opGetCookies, opSetCookies, opSetPasswords, opSetActivation,
		}, Outcomes: forbidden},
		{
			ID: faultOwnerFactorUnlinkableByAdmin, Text: "An administrator can unlink the owner's authenticator app.",
			Operations: list{opUnlink}, Outcomes: forbidden,
		},
		{
			ID: faultAdminTouchesOwnerFactor, Text: "An administrator can make the second factor mandatory for the owner.",
			Operations: list{opSetTFA, opSetTFALink}, Outcomes: forbidden,
		},
	}
}

func linkFaults() []kit.Fault {
	linked := list{opPassword, opEmail, opCheckLink}
	return []kit.Fault{
		{
			ID: faultConfirmKeyReusable, Text: "A single-use link counts again after its use.",
			Operations: linked, Outcomes: list{outUnauth, outLinkInvalid},
		},
		{
			ID: faultForeignConfirmLinkAccepted, Text: "The link of one user counts for another.",
			Operations: append(list{opValidate}, linked...), Outcomes: list{outUnauth, outForbidden, outLinkInvalid},
		},
		{
			ID: faultExpiredConfirmLinkAccepted, Text: "A link counts after its lifetime.",
			Operations: linked, Outcomes: list{outUnauth, outLinkExpired},
		},
		{
			ID: faultConfirmRoleIgnored, Text: "A link of any kind opens every operation that needs one.",
			Operations: list{opPassword, opEmail, opValidate, opSetup}, Outcomes: list{outForbidden},
		},
		{
			ID: faultLogInLinkUnchecked, Text: "A log-in link opens a session whatever its key is.",
			Operations: list{opLogin, opCodeLogin}, Outcomes: list{outNotFound},
		},
		{
			ID: faultWeakPasswordAccepted, Text: "A password below the portal's demands is stored.",
			Operations: list{opPassword}, Outcomes: list{outInvalid},
		},
		{
			ID: faultOldPasswordAcceptedAsNew, Text: "The old password is accepted as the new one.",
			Operations: list{opPassword}, Outcomes: list{outInvalid},
		},
	}
}

func errorFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultForbiddenAs401, Text: "A missing right is answered 401.",
			Operations: list{opSetTFA, opSetLimits, opSetCookies, opLogoutUser}, Outcomes: list{outForbidden},
		},
		{
			ID: faultUnauthenticatedAs403, Text: "A missing or dead token is answered 403.",
			Operations: list{opConnections, opSetTFA, opGetLimits, opPassword}, Outcomes: list{outUnauth},
		},
		{
			ID: faultBadCredentialsAs400, Text: "Wrong credentials are answered 400.",
			Operations: list{opLogin, opCodeLogin, opSendSMS}, Outcomes: list{outBad},
		},
		{
			ID: faultSecretsCacheable, Text: "Answers that carry secrets may be kept by caches.",
			Operations: list{opLogin, opCodeLogin, opSetup}, Outcomes: list{outOK}, Profiles: documentedOnly,
		},
		{
			ID: faultErrorWith200, Text: "Refusals are sent with status 200.",
			Operations: list{opLogin, opCodeLogin, opConnections}, Outcomes: list{outBad, outUnauth, outNotFound},
		},
	}
}
