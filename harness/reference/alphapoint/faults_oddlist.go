package alphapoint

import "authconform/harness/reference/kit"

// Faults that were made up by kind, before it was seen which of them the suites notice:
// edges of the second factor, what a refusal leaves behind, sessions that outlive what ends
// them, limits that somebody resets, rights, secrets that can be guessed or are told.
const (
	faultOddThirdWrongCodeOpens     = "odd-third-wrong-code-opens"
	faultOddRefusedCodeOpens        = "odd-rejected-code-opens"
	faultOddRefusedLoginOpens       = "odd-rejected-log-in-opens"
	faultOddPendingLivesLong        = "odd-pending-log-in-lives-for-an-hour"
	faultOddForeignAtActivation     = "odd-foreign-code-at-activation"
	faultOddForeignAtValidation     = "odd-foreign-code-at-validation"
	faultOddAnyAtValidation         = "odd-any-code-at-validation"
	faultOddWideAtValidation        = "odd-window-wide-at-validation"
	faultOddWideAtActivation        = "odd-window-wide-at-activation"
	faultOddReplayAtSecond          = "odd-validated-code-counts-at-log-in"
	faultOddReplayAfterActivation   = "odd-activation-code-counts-again"
	faultOddForgottenByLogOut       = "odd-used-codes-forgotten-at-log-out"
	faultOddForgottenByFirstStep    = "odd-used-codes-forgotten-at-first-step"
	faultOddValidationOfUser        = "odd-validation-counts-in-every-session"
	faultOddValidationOfAnybody     = "odd-validation-counts-for-anybody"
	faultOddRefusedValidationCounts = "odd-rejected-validation-counts"
	faultOddRefusedActivationCounts = "odd-rejected-activation-counts"
	faultOddWrongActivationUnenrols = "odd-wrong-activation-switches-off"
	faultOddLimitUnenrols           = "odd-limit-switches-factor-off"
	faultOddLogOutOfNewest          = "odd-log-out-ends-newest"
	faultOddLogOutGrace             = "odd-log-out-after-a-call"
	faultOddEndedReadsConfig        = "odd-ended-session-reads-configuration"
	faultOddEndedValidates          = "odd-ended-session-validates"
	faultOddEndedRegisters          = "odd-ended-session-registers"
	faultOddEndedGuarded            = "odd-ended-session-calls-guarded"
	faultOddEndedInCookie           = "odd-ended-session-in-cookie"
	faultOddEndedInQuery            = "odd-ended-session-in-query"
	faultOddLoginRevives            = "odd-log-in-revives-sessions"
	faultOddPendingReadsConfig      = "odd-pending-log-in-reads-configuration"
	faultOddPendingValidates        = "odd-pending-log-in-validates"
	faultOddPendingRegisters        = "odd-pending-log-in-registers"
	faultOddPendingGuarded          = "odd-pending-log-in-calls-guarded"
	faultOddIdleTooLong             = "odd-session-lives-two-hours"
	faultOddLimitByNonce            = "odd-limit-by-nonce"
	faultOddLimitByKey              = "odd-limit-by-api-key"
	faultOddLimitByPassword         = "odd-limit-by-password"
	faultOddValidationUnlimited     = "odd-validation-unlimited"
	faultOddActivationUnlimited     = "odd-activation-unlimited"
	faultOddWrappedUnlimited        = "odd-guarded-unlimited"
	faultOddBasicUnlimited          = "odd-basic-unlimited"
	faultOddCodeLimitPerCall        = "odd-code-limit-per-call"
	faultOddLockPerWay              = "odd-lock-counts-ways-apart"
	faultOddLockResetByAnybody      = "odd-lock-reset-by-success-of-anybody"
	faultOddLockForgetsInAMinute    = "odd-lock-forgets-in-a-minute"
	faultOddDevicesOfName           = "odd-devices-of-user-name"
	faultOddDevicesOfZero           = "odd-devices-of-user-zero"
	faultOddDevicesOfNegative       = "odd-devices-of-negative-id"
	faultOddRegistersForOther       = "odd-device-registered-for-member"
	faultOddOlderDeviceCode         = "odd-older-device-code-counts"
	faultOddRefusedRegistration     = "odd-rejected-device-registered"
	faultOddWrongSpendsDeviceCode   = "odd-wrong-code-spends-device-code"
	faultOddDeviceCodeOfApp         = "odd-app-code-registers-device"
	faultOddDeviceCodeLogsIn        = "odd-device-code-is-second-factor"
	faultOddUnknownKeyTold          = "odd-unknown-api-key-told"
	faultOddUnknownIDTold           = "odd-unknown-user-id-told"
	faultOddLockedToldByField       = "odd-locked-account-told-by-field"
	faultOddThirdAttemptTells       = "odd-third-attempt-tells"
	faultOddUnknownUnlimited        = "odd-unknown-user-unlimited"
	faultOddKnownGetsCookie         = "odd-known-user-gets-cookie"
	faultOddDeviceCodesCount        = "odd-device-codes-count-up"
	faultOddSecretInConfig          = "odd-secret-in-configuration"
	faultOddCodeInDevices           = "odd-code-in-device-list"
	faultOddAPISecretAtLogin        = "odd-api-secret-at-log-in"
	faultOddRefusedMethodLogsOut    = "odd-rejected-method-logs-out"
	faultOddSignedByOther           = "odd-signed-with-secret-of-another"
	faultOddSignedByKey             = "odd-signed-with-key-itself"
	faultOddSignedByNothing         = "odd-signed-with-empty-secret"
	faultOddSignedByID              = "odd-signed-with-user-id"
	faultOddSignedByDigest          = "odd-signed-without-secret"
	faultOddSignedNonceAlone        = "odd-nonce-signed-alone"
	faultOddPasswordOfOther         = "odd-password-of-another"
	faultOddPasswordIsLogin         = "odd-user-name-as-password"
)

func oddFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddThirdWrongCodeOpens, Text: "The third wrong code in a row opens a session.",
			Operations: list{opSecond}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddRefusedCodeOpens, Text: "A wrong code is rejected and opens a session whose token a header field names.",
			Operations: list{opSecond, opDevices}, Outcomes: list{outCodeWrong, outUnauth},
		},
		{
			ID: faultOddRefusedLoginOpens, Text: "A rejected log-in names a token in a header field that opens calls.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddPendingLivesLong, Text: "A pending log-in waits for its code for an hour.",
			Operations: list{opSecond}, Outcomes: list{outNotPending},
		},
		{
			ID: faultOddForeignAtActivation, Text: "The code of another user activates.",
			Operations: list{opActivate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddForeignAtValidation, Text: "The code of another user is validated.",
			Operations: list{opValidate}, Outcomes: list{outCodeWrong},
		},
		{ID: faultOddAnyAtValidation, Text: "Any code is validated.", Operations: list{opValidate}, Outcomes: list{outCodeWrong}},
		{
			ID: faultOddWideAtValidation, Text: "Codes ten steps away are validated.",
			Operations: list{opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddWideAtActivation, Text: "Codes ten steps away activate.",
			Operations: list{opActivate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddReplayAtSecond, Text: "A code that was validated counts at the log-in.",
			Operations: list{opValidate, opSecond}, Outcomes: list{outReplayed},
		},
		{
			ID: faultOddReplayAfterActivation, Text: "The code of the activation counts at the log-in.",
			Operations: list{opActivate, opSecond}, Outcomes: list{outReplayed},
		},
		{
			ID: faultOddForgottenByLogOut, Text: "Used codes count again after a log-out.",
			Operations: list{opSecond, opLogOut}, Outcomes: list{outReplayed},
		},
		{
			ID: faultOddForgottenByFirstStep, Text: "Used codes count again after a first step.",
			Operations: list{opSecond, opLogin}, Outcomes: list{outReplayed},
		},
		{
			ID: faultOddValidationOfUser, Text: "A code that one session validated opens the guarded calls of all of the user's.",
			Operations: list{opGuarded}, Outcomes: list{outCodeNeeded}, Profiles: documentedOnly,
		},
		{
			ID: faultOddValidationOfAnybody, Text: "A code that one user validated opens the guarded calls of another.",
			Operations: list{opGuarded}, Outcomes: list{outCodeNeeded}, Profiles: documentedOnly,
		},
		{
			ID: faultOddRefusedValidationCounts, Text: "A rejected validation opens a guarded call all the same.",
			Operations: list{opGuarded, opValidate}, Outcomes: list{outCodeNeeded, outCodeWrong}, Profiles: documentedOnly,
		},
		{
			ID: faultOddRefusedActivationCounts, Text: "A wrong code is rejected and activates the second factor.",
			Operations: list{opActivate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddWrongActivationUnenrols, Text: "A wrong code at the activation switches a second factor off.",
			Operations: list{opActivate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddLimitUnenrols, Text: "Too many wrong codes switch the second factor off.",
			Operations: list{opSecond}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddLogOutOfNewest, Text: "A log-out ends the session that was opened last.",
			Operations: list{opLogOut}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddLogOutGrace, Text: "A session is good for one more call after its log-out.",
			Operations: list{opLogOut, opDevices}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddEndedReadsConfig, Text: "An ended session still reads the configuration.",
			Operations: list{opConfig}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddEndedValidates, Text: "An ended session still validates codes.",
			Operations: list{opValidate}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddEndedRegisters, Text: "An ended session still registers a device.",
			Operations: list{opRegister}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddEndedGuarded, Text: "An ended session still reaches a guarded call.",
			Operations: list{opGuarded}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddEndedInCookie, Text: "An ended session counts as a cookie.",
			Operations: list{opDevices, opLogOut}, Outcomes: list{outUnauth, outOK},
		},
		{
			ID: faultOddEndedInQuery, Text: "An ended session counts in the query.",
			Operations: list{opDevices, opLogOut}, Outcomes: list{outUnauth, outOK},
		},
		{
			ID: faultOddLoginRevives, Text: "A log-in makes the ended sessions of its user count again.",
			Operations: list{opLogin, opDevices}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddPendingReadsConfig, Text: "A pending log-in reads the configuration.",
			Operations: list{opConfig}, Outcomes: list{outPending, outUnauth},
		},
		{
			ID: faultOddPendingValidates, Text: "A pending log-in validates codes.",
			Operations: list{opValidate}, Outcomes: list{outPending, outUnauth},
		},
		{
			ID: faultOddPendingRegisters, Text: "A pending log-in registers a device.",
			Operations: list{opRegister}, Outcomes: list{outPending, outUnauth},
		},
		{
			ID: faultOddPendingGuarded, Text: "A pending log-in reaches a guarded call.",
			Operations: list{opGuarded}, Outcomes: list{outPending, outUnauth},
		},
		{
			ID: faultOddIdleTooLong, Text: "A session without a call for two hours goes on.",
			Operations: list{opDevices}, Outcomes: list{outUnauth},
		},
		{ID: faultOddLimitByNonce, Text: "A limit is counted by the nonce.", Operations: list{opLogin}, Outcomes: list{outThrottled}},
		{
			ID: faultOddLimitByKey, Text: "A limit is counted by the API key that was sent.",
			Operations: list{opLogin}, Outcomes: list{outThrottled},
		},
		{
			ID: faultOddLimitByPassword, Text: "A limit is counted by the password that was tried.",
			Operations: list{opLogin, opBasic}, Outcomes: list{outThrottled},
		},
		{
			ID: faultOddValidationUnlimited, Text: "Wrong codes at the validation are never limited.",
			Operations: list{opValidate}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddActivationUnlimited, Text: "Wrong codes at the activation are never limited.",
			Operations: list{opActivate}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddWrappedUnlimited, Text: "Wrong codes at guarded calls are never limited.",
			Operations: list{opGuarded}, Outcomes: list{outCodeLimit}, Profiles: platformOnly,
		},
		{
			ID: faultOddBasicUnlimited, Text: "Wrong passwords by Basic are never limited.",
			Operations: list{opBasic}, Outcomes: list{outThrottled}, Profiles: platformOnly,
		},
		{
			ID: faultOddCodeLimitPerCall, Text: "Wrong codes are counted for each call apart.",
			Operations: list{opValidate, opSecond}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddLockPerWay, Text: "Wrong passwords and wrong signatures are counted apart towards the lock.",
			Operations: list{opLogin}, Outcomes: list{outLocked},
		},
		{
			ID: faultOddLockResetByAnybody, Text: "A success of anybody starts the count towards the lock anew.",
			Operations: list{opLogin}, Outcomes: list{outLocked},
		},
		{
			ID: faultOddLockForgetsInAMinute, Text: "Wrong log-ins of a minute ago do not count towards the lock.",
			Operations: list{opLogin}, Outcomes: list{outLocked},
		},
		{
			ID: faultOddDevicesOfName, Text: "The member userName decides whose devices are listed.",
			Operations: list{opDevices}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddDevicesOfZero, Text: "The user id 0 lists everybody's devices.",
			Operations: list{opDevices}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddDevicesOfNegative, Text: "The sign of a user id is checked with it and dropped after that.",
			Operations: list{opDevices}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddRegistersForOther, Text: "An undocumented UserId says whose device is registered.",
			Operations: list{opRegister}, Outcomes: list{outOK, outDeviceCode},
		},
		{
			ID: faultOddOlderDeviceCode, Text: "The code of an earlier log-in registers a device.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode},
		},
		{
			ID: faultOddRefusedRegistration, Text: "A device is rejected for its code and registered.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode},
		},
		{
			ID: faultOddWrongSpendsDeviceCode, Text: "A wrong code makes the mailed one invalid.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode, outOK},
		},
		{
			ID: faultOddDeviceCodeOfApp, Text: "A code of the app registers a device.",
			Operations: list{opRegister}, Outcomes: list{outDeviceCode},
		},
		{
			ID: faultOddDeviceCodeLogsIn, Text: "The mailed code for a device passes for a code of the app.",
			Operations: list{opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddUnknownKeyTold, Text: "A header field tells that an API key is unknown.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{ID: faultOddUnknownIDTold, Text: "The body tells that a user id is unknown.", Operations: list{opLogin}, Outcomes: list{outBad}},
		{
			ID: faultOddLockedToldByField, Text: "A header field tells of a wrong password that its account is locked.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddThirdAttemptTells, Text: "The third wrong password of an unknown user is answered otherwise.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddUnknownUnlimited, Text: "Wrong passwords of unknown users are never limited.",
			Operations: list{opLogin}, Outcomes: list{outBad, outThrottled},
		},
		{
			ID: faultOddKnownGetsCookie, Text: "A wrong password of a known user sets a cookie.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddDeviceCodesCount, Text: "The mailed codes for devices count up.",
			Operations: list{opRegister, opDevices}, Outcomes: list{outOK},
		},
		{
			ID: faultOddSecretInConfig, Text: "The configuration shows the secret of the app.",
			Operations: list{opConfig, opDevices}, Outcomes: list{outOK},
		},
		{
			ID: faultOddCodeInDevices, Text: "The list of devices shows the mailed code for a new one.",
			Operations: list{opRegister, opDevices}, Outcomes: list{outOK},
		},
		{
			ID: faultOddAPISecretAtLogin, Text: "The log-in shows the secret of the API key.",
			Operations: list{opLogin}, Outcomes: list{outOK},
		},
		{
			ID: faultOddRefusedMethodLogsOut, Text: "A log-out by a method that is refused ends the session.",
			Operations: list{opLogOut}, Outcomes: list{outMethod}, Profiles: documentedOnly,
		},
		{
			ID: faultOddSignedByOther, Text: "A signature made with the secret of another user is accepted.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddSignedByKey, Text: "A signature made with the API key in place of its secret is accepted.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddSignedByNothing, Text: "A signature made with an empty secret is accepted.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddSignedByID, Text: "A signature made with the user id in place of the secret is accepted.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddSignedByDigest, Text: "The digest of what is signed is accepted as its signature.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddSignedNonceAlone, Text: "A signature of the nonce alone is accepted.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{ID: faultOddPasswordOfOther, Text: "The password of any user is accepted.", Operations: list{opLogin}, Outcomes: list{outBad}},
		{
			ID: faultOddPasswordIsLogin, Text: "The user name is accepted as the password.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
	}
}
