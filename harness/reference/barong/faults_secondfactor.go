package barong

import "authconform/harness/reference/kit"

// Outcomes that many faults touch, as the contract names them.
const (
	outOK       = "ok"
	outWrong    = "second-factor-wrong"
	outReplayed = "second-factor-replayed"
	outRequired = "second-factor-required"
	outBad      = "bad-credentials"
	outMismatch = "session-mismatch"
	outRefused  = "token-refused"
)

func secondFactorFaults() []kit.Fault {
	wrong, replayed, right := list{outWrong}, list{outReplayed}, list{outOK}
	login, verify, enable, generate := list{"createSession"}, list{"verifyOTP"}, list{"enableOTP"}, list{"generateQRCode"}
	both := list{"verifyOTP", "createSession"}
	return []kit.Fault{
		{ID: faultOTPAnyCodeAccepted, Text: "Any code that is not blank is right.", Operations: list{
			"createSession", "enableOTP", "disableOTP", "verifyOTP", "createKey", "updateKey", "deleteKey", "deleteCurrentUser",
			"createServiceAccountKey",
		}, Outcomes: wrong},
		{
			ID: faultOTPSkippedWhenAbsent, Text: "A log-in without otp_code succeeds though the second factor is on.",
			Operations: login, Outcomes: list{outRequired},
		},
		{
			ID: faultOTPBlankSkips, Text: "A log-in with a blank otp_code succeeds though the second factor is on.",
			Operations: login, Outcomes: list{outRequired},
		},
		{
			ID: faultOTPReplayAccepted, Text: "A right code counts twice.",
			Operations: list{"createSession", "verifyOTP", "disableOTP", "createKey"}, Outcomes: replayed,
		},
		{
			ID: faultOTPEnableCodeReusableAtLogin, Text: "The code that switched the second factor on counts again at log-in.",
			Operations: list{"enableOTP", "createSession"}, Outcomes: replayed,
		},
		{
			ID: faultOTPWrongNotRemembered, Text: "A wrong code sent again is only wrong again.",
			Operations: list{"verifyOTP", "enableOTP", "createSession"}, Outcomes: replayed,
		},
		{
			ID: faultOTPMemoryForever, Text: "Codes are remembered longer than 90 seconds.",
			Operations: verify, Outcomes: list{outReplayed, outWrong},
		},
		{
			ID: faultOTPOnlyLastRemembered, Text: "Of the codes of a user only the last one is remembered.",
			Operations: list{"createSession", "verifyOTP", "createKey"}, Outcomes: replayed,
		},
		{
			ID: faultOTPLogInCodeNotSpent, Text: "A code that opened a session is not remembered as used.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: replayed,
		},
		{
			ID: faultOTPKeyCodeNotSpent, Text: "A code that made an API key is not remembered as used.",
			Operations: list{"createKey", "verifyOTP"}, Outcomes: replayed,
		},
		{ID: faultOTPMemoryShort, Text: "Codes are remembered for 30 seconds only.", Operations: verify, Outcomes: replayed},
		{
			ID: faultOTPMemoryPerOperation, Text: "A code spent at one operation counts at another.",
			Operations: list{"createSession", "verifyOTP", "createKey"}, Outcomes: replayed,
		},
		{ID: faultOTPPaddedReplay, Text: "White space around it makes a spent code new.", Operations: both, Outcomes: replayed},
		{
			ID: faultOTPForeignCode, Text: "The code of another user counts.",
			Operations: list{"createSession", "verifyOTP"}, Outcomes: wrong,
		},
		{ID: faultOTPWindowTenSteps, Text: "Codes of ten time steps around now count.", Operations: verify, Outcomes: wrong},
		{
			ID: faultOTPWindowCurrentOnly, Text: "Codes of the previous and the next time step are refused.",
			Operations: verify, Outcomes: right,
		},
		{
			ID: faultOTPFirstSixDigits, Text: "Only the first six digits of a longer code are compared.",
			Operations: verify, Outcomes: wrong,
		},
		{ID: faultOTPFullWidthDigits, Text: "Full-width digits count as digits.", Operations: verify, Outcomes: wrong},
		{ID: faultOTPParallelAllAccepted, Text: "Of parallel log-ins with one code all succeed.", Operations: login, Outcomes: replayed},
		{
			ID: faultOTPEnableWithoutKey, Text: "The second factor can be switched on before there is a secret.",
			Operations: enable, Outcomes: wrong,
		},
		{ID: faultOTPEnableWithWrongCode, Text: "A wrong code switches the second factor on.", Operations: enable, Outcomes: wrong},
		{
			ID: faultOTPGenerateWhileOn, Text: "A new secret is shown while the second factor is on.",
			Operations: generate, Outcomes: list{"already-enabled"},
		},
		{ID: faultOTPGenerateKeepsSecret, Text: "A second QR code shows the same secret.", Operations: generate, Outcomes: right},
		{
			ID: faultOTPOldSecretAlive, Text: "Codes of a replaced secret count.",
			Operations: list{"generateQRCode", "enableOTP"}, Outcomes: list{outOK, outWrong},
		},
		{ID: faultOTPWeakSecret, Text: "The secret has ten bytes.", Operations: generate, Outcomes: right},
		{ID: faultOTPURLOfOtherUser, Text: "The otpauth URI names another account.", Operations: generate, Outcomes: right},
		{ID: faultOTPVerifyDisables, Text: "Verifying a code switches the second factor off.", Operations: verify, Outcomes: right},
		{
			ID: faultOTPVerifyWhenOffOk, Text: "Codes are verified though the second factor is off.",
			Operations: verify, Outcomes: list{"not-enabled"},
		},
		{
			ID: faultOTPDisableWithoutCode, Text: "Any code switches the second factor off.",
			Operations: list{"disableOTP"}, Outcomes: wrong,
		},
		{
			ID: faultOTPDisableDeletesSecret, Text: "Switching the second factor off deletes the secret.",
			Operations: list{"disableOTP", "enableOTP"}, Outcomes: right,
		},
		{
			ID: faultOTPFlagUnchanged, Text: "The member otp of a user stays as it was.",
			Operations: list{"enableOTP", "disableOTP"}, Outcomes: right,
		},
		{ID: faultOTPLabelMissing, Text: "Switching the second factor on leaves no label.", Operations: enable, Outcomes: right},
		{ID: faultOTPWrongReadsReplayed, Text: "A fresh wrong code is answered like a spent one.", Operations: both, Outcomes: wrong},
		{
			ID: faultOTPCheckedBeforePassword, Text: "The second factor is asked for though the password is wrong.",
			Operations: login, Outcomes: list{outBad},
		},
		{ID: faultSecondFactorWrongAs401, Text: "A wrong code at log-in is answered 401.", Operations: login, Outcomes: wrong},
	}
}
