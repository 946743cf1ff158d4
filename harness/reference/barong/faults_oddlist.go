package barong

import (
	"slices"

	"authconform/harness/reference/kit"
)

// oddFaults are those that were made up by kind, before it was seen which of them the suite notices.
func oddFaults() []kit.Fault {
	return slices.Concat(oddCodeFaults(), oddSessionFaults(), oddMailFaults(), oddRightFaults(), oddLimitFaults())
}

func oddCodeFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddThirdWrongCodeCounts, Text: "The third wrong code in a row is right.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddCodesForgottenAtLogOut, Text: "Used codes count again after a log-out.",
			Operations: list{"deleteSession", "createSession"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddCodesForgottenByPassword, Text: "Used codes count again after a wrong password.",
			Operations: list{"createSession"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddCodesForgottenWithFactor, Text: "Used codes count again when the second factor was switched off.",
			Operations: list{"disableOTP", "enableOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddCodesForgottenByWrong, Text: "A wrong code makes used ones count again.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddReplayThirdTime, Text: "A used code is rejected once and counts after that.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddCodeNewInNextStep, Text: "A used code counts again in the next time step.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddCodesByAddress, Text: "Used codes are remembered for each User-Agent by itself.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddCodesBySession, Text: "Used codes are remembered for each session by itself.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddDeletionCodeCounts, Text: "The code that deleted an API key counts again.",
			Operations: list{"deleteKey", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddChangeCodeCounts, Text: "The code that changed an API key counts again.",
			Operations: list{"updateKey", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddServiceCodeCounts, Text: "The code that made a key of a service account counts again.",
			Operations: list{"createServiceAccountKey", "verifyOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddDisableCodeCounts, Text: "The code that switched the second factor off counts again.",
			Operations: list{"disableOTP", "enableOTP"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddRejectedKeyCodeCounts, Text: "A code that an unknown key rejected counts again.",
			Operations: list{"deleteKey", "updateKey"}, Outcomes: list{"second-factor-replayed"},
		},
		{
			ID: faultOddForeignAtSwitchOff, Text: "The code of another user switches the second factor off.",
			Operations: list{"disableOTP"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddForeignAtKey, Text: "The code of another user makes an API key.",
			Operations: list{"createKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddAnyAtKeyDeletion, Text: "Any six digits delete an API key.",
			Operations: list{"deleteKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddAnyAtKeyChange, Text: "Any six digits change an API key.",
			Operations: list{"updateKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddAnyAtServiceKey, Text: "Any six digits change and delete a key of a service account.",
			Operations: list{"updateServiceAccountKey", "deleteServiceAccountKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddAnyAtAccountDeletion, Text: "Any six digits close an account.",
			Operations: list{"deleteCurrentUser"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddCodeList, Text: "One right code in a list of codes opens a session.",
			Operations: list{"createSession"}, Outcomes: list{"second-factor-required"},
		},
		{
			ID: faultOddFactorSecretsAlike, Text: "Secrets of authenticator apps begin alike.",
			Operations: list{"generateQRCode"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddFactorSecretFromUID, Text: "The secret of an authenticator app is the hash of the user's uid.",
			Operations: list{"generateQRCode"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddRejectedGenerateReplaces, Text: "A rejected request for a QR code replaces the secret.",
			Operations: list{"generateQRCode"}, Outcomes: list{"already-enabled"},
		},
		{
			ID: faultOddRejectedSwitchOff, Text: "A wrong code is rejected and switches the second factor off.",
			Operations: list{"disableOTP"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddRejectedSwitchOn, Text: "A wrong code is rejected and switches the second factor on.",
			Operations: list{"enableOTP"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddRejectedDeletion, Text: "A wrong code is rejected and closes the account.",
			Operations: list{"deleteCurrentUser"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddRejectedKeyDeletion, Text: "A wrong code is rejected and deletes the key.",
			Operations: list{"deleteKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddRejectedKeyMade, Text: "A wrong code is rejected and makes a key.",
			Operations: list{"createKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddRejectedKeyChange, Text: "A wrong code is rejected and changes the key.",
			Operations: list{"updateKey"}, Outcomes: list{"second-factor-wrong"},
		},
		{
			ID: faultOddResetEndsFactor, Text: "A reset of the password switches the second factor off.",
			Operations: list{"confirmPasswordReset", "createSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddChangeEndsFactor, Text: "A change of the password switches the second factor off.",
			Operations: list{"changePassword", "createSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddKnownClientNeedsNoCode, Text: "A client that passed the second factor once needs no code again.",
			Operations: list{"createSession"}, Outcomes: list{"second-factor-required"},
		},
		{
			ID: faultOddLiveSessionNeedsNoCode, Text: "A log-in that brings a live session of the user needs no code.",
			Operations: list{"createSession"}, Outcomes: list{"second-factor-required"},
		},
		{
			ID: faultOddEmailCaseNeedsNoCode, Text: "A log-in with the e-mail address in capitals needs no code.",
			Operations: list{"createSession"}, Outcomes: list{"second-factor-required"},
		},
		{
			ID: faultOddEmailListNeedsNoCode, Text: "A log-in with the e-mail address in a list needs no code.",
			Operations: list{"createSession"}, Outcomes: list{"second-factor-required"},
		},
	}
}

func oddSessionFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddLogInRevives, Text: "A log-in revives the sessions that the user logged out of.",
			Operations: list{"createSession", "deleteSession", "getCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddLogOutOfNewest, Text: "A log-out ends the newest session of the user.",
			Operations: list{"deleteSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddEndedGetsToken, Text: "A session that was logged out still gets a token of AuthZ.",
			Operations: list{"authorizeRead"}, Outcomes: list{"dead-session"},
		},
		{
			ID: faultOddEndedReads, Text: "A session that was logged out still reads.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"dead-session"},
		},
		{
			ID: faultOddEndedWrites, Text: "A session that was logged out still changes things.",
			Operations: list{"createLabel"}, Outcomes: list{"dead-session"},
		},
		{
			ID: faultOddResetSparesNewest, Text: "A reset of the password ends all sessions but the newest.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddEnableSparesOlder, Text: "Switching the second factor on ends all other sessions but the one before its own.",
			Operations: list{"enableOTP"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddBannedKeepsSession, Text: "The sessions of a banned user go on.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"user-not-active"},
		},
		{
			ID: faultOddLockedKeepsSession, Text: "The sessions of a locked user go on.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"user-not-active"},
		},
		{
			ID: faultOddClosedReads, Text: "The session of a closed account still reads.",
			Operations: list{"deleteCurrentUser", "getCurrentUser"}, Outcomes: list{"user-not-active"},
		},
		{
			ID: faultOddClosedWrites, Text: "The session of a closed account still changes things.",
			Operations: list{"deleteCurrentUser", "createLabel"}, Outcomes: list{"user-not-active"},
		},
		{
			ID: faultOddNetworkOfEight, Text: "A session goes on in the network of its first eight bits.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"session-mismatch"},
		},
		{
			ID: faultOddAgentBeginning, Text: "Of the User-Agent the first eight characters are compared.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"session-mismatch"},
		},
		{
			ID: faultOddAgentCase, Text: "The User-Agent is compared without regard to case.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"session-mismatch"},
		},
		{
			ID: faultOddAgentAbsent, Text: "A call without User-Agent may use any session.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"session-mismatch"},
		},
		{
			ID: faultOddMismatchReads, Text: "A client of another kind may read with a session.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"session-mismatch"},
		},
		{
			ID: faultOddMismatchWrites, Text: "A client of another kind may change things with a session.",
			Operations: list{"createLabel"}, Outcomes: list{"session-mismatch"},
		},
		{
			ID: faultOddSIDInQuery, Text: "A session's id counts in the query.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"unauthenticated"},
		},
		{
			ID: faultOddSIDInField, Text: "A session's id counts in the header field X-Session-Id.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"unauthenticated"},
		},
		{
			ID: faultOddCSRFOfAnySession, Text: "The CSRF token of another user counts.",
			Operations: list{"createLabel", "disableOTP"}, Outcomes: list{"csrf-mismatch"},
		},
		{
			ID: faultOddCSRFOfEarlier, Text: "The CSRF token of an earlier log-in counts in the session that went on.",
			Operations: list{"createLabel"}, Outcomes: list{"csrf-mismatch"},
		},
		{
			ID: faultOddCSRFInQuery, Text: "A CSRF token counts in the query.",
			Operations: list{"createLabel", "disableOTP"}, Outcomes: list{"csrf-missing"},
		},
		{
			ID: faultOddCSRFIsSID, Text: "The session's id counts as CSRF token.",
			Operations: list{"createLabel"}, Outcomes: list{"csrf-mismatch"},
		},
		{
			ID: faultOddCSRFForForms, Text: "A form needs no CSRF token.",
			Operations: list{"createLabel"}, Outcomes: list{"csrf-missing"},
		},
		{
			ID: faultOddCSRFForOrigin, Text: "A request with an Origin needs no CSRF token.",
			Operations: list{"createLabel"}, Outcomes: list{"csrf-missing"},
		},
		{
			ID: faultOddCSRFForAjax, Text: "A request that says to be a script's needs no CSRF token.",
			Operations: list{"createLabel"}, Outcomes: list{"csrf-missing"},
		},
		{
			ID: faultOddCSRFFromSID, Text: "The CSRF token is the beginning of the session's id.",
			Operations: list{"createSession", "getCurrentUser", "createUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddCSRFCounts, Text: "CSRF tokens count up.",
			Operations: list{"createSession", "getCurrentUser", "createUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddCookieForAYear, Text: "The cookie of a session lives for a year.",
			Operations: list{"createSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddRejectedPasswordOpens, Text: "A wrong password is rejected and sets the cookie of a session.",
			Operations: list{"createSession"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultOddThirdPasswordOpens, Text: "The third wrong password in a row opens a session.",
			Operations: list{"createSession"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultOddThrottledOpens, Text: "A throttled log-in sets the cookie of a session.",
			Operations: list{"createSession"}, Outcomes: list{"throttled"}, Profiles: only31,
		},
		{
			ID: faultOddResetOpens, Text: "A reset of the password sets the cookie of a session.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"ok"},
		},
	}
}
