package onlyoffice

import "authconform/harness/reference/kit"

// oddFaults are those that were made up by kind, before it was seen which of them the suites notice.
func oddFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddThirdWrongCodeOpens, Text: "The third wrong code in a row opens a session.",
			Operations: list{opCodeLogin, opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddRefusedCodeOpens, Text: "A wrong code at a link is rejected and sets the cookie of a session.",
			Operations: list{opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddRefusedLoginOpens, Text: "A wrong password sets the cookie of a session.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddFirstStepCookie, Text: "The first step sets the cookie of a session under another name.",
			Operations: list{"getTfaSettings", opLogin}, Outcomes: list{outOK, outCodeNeeded},
		},
		{
			ID: faultOddForeignAtLink, Text: "The code of another user passes the link.",
			Operations: list{opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddAnyAtLink, Text: "Any code of six digits passes the link.",
			Operations: list{opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddLinkCodeForgotten, Text: "The code of a link counts at the log-in.",
			Operations: list{opCodeLogin, opValidate}, Outcomes: list{outCodeWrong}, Profiles: documentedOnly,
		},
		{
			ID: faultOddEnrolCodeForgotten, Text: "The code of the enrolment counts again.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeWrong}, Profiles: documentedOnly,
		},
		{
			ID: faultOddForgottenByLogOut, Text: "Used codes count again after a log-out.",
			Operations: list{opCodeLogin, opLogout}, Outcomes: list{outCodeWrong}, Profiles: documentedOnly,
		},
		{
			ID: faultOddForgottenByBackup, Text: "Used codes count again with new backup codes.",
			Operations: list{opCodeLogin, opNewCodes}, Outcomes: list{outCodeWrong}, Profiles: documentedOnly,
		},
		{
			ID: faultOddBackupRestored, Text: "Used backup codes count again after a log-out.",
			Operations: list{opCodeLogin, opLogout}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddBackupOfOther, Text: "A backup code of another user is accepted.",
			Operations: list{opCodeLogin, opValidate}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddBackupSpentByWrong, Text: "A wrong code spends a backup code.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeWrong},
		},
		{ID: faultOddBackupCountsUp, Text: "Backup codes count up.", Operations: list{"getTfaSettings", opNewCodes}, Outcomes: list{outOK}},
		{
			ID: faultOddBackupSame, Text: "Everybody has the same backup codes.",
			Operations: list{opNewCodes, opCodeLogin}, Outcomes: list{outOK, outCodeWrong},
		},
		{
			ID: faultOddBackupAlike, Text: "Backup codes differ in one character.",
			Operations: list{"getTfaSettings", opNewCodes}, Outcomes: list{outOK},
		},
		{
			ID: faultOddRefusedUnlink, Text: "An unlinking without a right is rejected and carried out.",
			Operations: list{opUnlink}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddUnlinkKeepsBackup, Text: "Backup codes count after the app was unlinked.",
			Operations: list{opUnlink, opCodeLogin}, Outcomes: list{outOK, outCodeWrong},
		},
		{
			ID: faultOddLimitUnenrols, Text: "Too many wrong codes unlink the app.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddLogOutOfNewest, Text: "A log-out ends the session that was opened last.",
			Operations: list{opLogout}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddEndedInQuery, Text: "An ended session counts in the query.",
			Operations: list{"getTfaSettings", opConnections, opSetTFA, opSetTFALink}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddEndedReadsSettings, Text: "An ended session still reads the settings of the second factor.",
			Operations: list{"getTfaSettings"}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddEndedRenewsCodes, Text: "An ended session still renews backup codes.",
			Operations: list{opNewCodes}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddEndedUnlinks, Text: "An ended session still unlinks the app.",
			Operations: list{opUnlink}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddLoginRevives, Text: "A log-in makes the ended sessions of its user count again.",
			Operations: list{opLogin, opConnections}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddPasswordEndsNewestOnly, Text: "A change of the password ends the session that was opened last.",
			Operations: list{opPassword}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddLogoutOthersKeepsOne, Text: "The log-out of all others spares the oldest.",
			Operations: list{opLogoutOthers}, Outcomes: list{outOK},
		},
		{
			ID: faultOddRefusedLogoutCounts, Text: "The log-out of a foreign connection is rejected and carried out.",
			Operations: list{opLogoutOne}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddRefusedSettings, Text: "Settings without a right are rejected and saved.",
			Operations: list{opSetLimits, opSetPasswords}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddRefusedCookies, Text: "A lifetime without a right is rejected and saved.",
			Operations: list{opSetCookies}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddRefusedTFA, Text: "Switching the second factor without a right is rejected and carried out.",
			Operations: list{opSetTFA}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddRoomAdminSettings, Text: "A room administrator changes the settings of the portal.",
			Operations: list{opSetLimits, opSetTFA, opSetCookies}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddRoomAdminLogsOut, Text: "A room administrator logs others out.",
			Operations: list{opLogoutUser}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddResetOpenToUser, Text: "A user resets the log-in settings.",
			Operations: list{opResetLimits}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddReadsOpenToUser, Text: "A user reads the log-in settings.",
			Operations: list{opGetLimits, opGetCookies}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddCodeLimitByWay, Text: "Wrong codes at the link and at the log-in are counted apart.",
			Operations: list{opCodeLogin, opValidate}, Outcomes: list{outCodeLimit, outThrottled},
		},
		{
			ID: faultOddLinkUnlimited, Text: "Wrong codes at the link are never limited.",
			Operations: list{opValidate}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddCodeLimitBySession, Text: "A new first step brings new guesses.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddCodeLimitByAnybody, Text: "A right code of anybody brings everybody new guesses.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddRightPassesCodeLimit, Text: "The right code is accepted while the limit holds.",
			Operations: list{opCodeLogin, opValidate}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddUnknownUnlimited, Text: "Wrong passwords of unknown users are never limited.",
			Operations: list{opLogin}, Outcomes: list{outBad, outThrottled},
		},
		{
			ID: faultOddThirdAttemptTells, Text: "The third wrong password of an unknown user is answered otherwise.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddKnownGetsCookie, Text: "A wrong password of a known user sets a cookie.",
			Operations: list{"getTfaSettings", opLogin}, Outcomes: list{outOK, outBad},
		},
		{
			ID: faultOddDisabledTold, Text: "A wrong password of a disabled account is told that it is disabled.",
			Operations: list{opLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddUnknownToldByCode, Text: "The log-in by code tells in a header field that a user is unknown.",
			Operations: list{opCodeLogin}, Outcomes: list{outBad},
		},
		{
			ID: faultOddUnknownToldBySMS, Text: "Sending a text tells in a header field that a user is unknown.",
			Operations: list{opSendSMS}, Outcomes: list{outBad},
		},
		{
			ID: faultOddUnknownGetsMail, Text: "An unknown address gets a mail too.",
			Operations: list{opPasswordMail}, Outcomes: list{outOK},
		},
		{
			ID: faultOddDisabledGetsMail, Text: "A disabled account gets a link for a new password.",
			Operations: list{opPasswordMail}, Outcomes: list{outOK},
		},
		{
			ID: faultOddMailDespiteRefusal, Text: "The mail is sent although the captcha was refused.",
			Operations: list{opPasswordMail}, Outcomes: list{outCaptcha},
		},
		{
			ID: faultOddMailDespiteForbidden, Text: "A user's mail for another is rejected and sent.",
			Operations: list{opPasswordMail}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddEmailMailDespite, Text: "A change of another's address is rejected and mailed.",
			Operations: list{opEmailMail}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddLinkInAnswer, Text: "A cookie of the answer holds the link that was mailed.",
			Operations: list{"getTfaSettings", opPasswordMail}, Outcomes: list{outOK},
		},
		{
			ID: faultOddOlderLink, Text: "A link for an earlier new address counts after a newer one was used.",
			Operations: list{opEmail}, Outcomes: list{outUnauth},
		},
		{
			ID: faultOddPasswordLinkForEmail, Text: "A link for a new password changes the address.",
			Operations: list{opEmail}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddAuthLinkForPassword, Text: "A link of the second factor changes the password.",
			Operations: list{opPassword}, Outcomes: list{outForbidden},
		},
		{
			ID: faultOddLinkDigest, Text: "The key of a link is the digest of its time.",
			Operations: list{"getTfaSettings", opPassword}, Outcomes: list{outOK, outUnauth},
		},
		{
			ID: faultOddLinkLivesLonger, Text: "A mailed link counts for two weeks.",
			Operations: list{opCheckLink, opPassword}, Outcomes: list{outLinkExpired, outUnauth},
		},
		{
			ID: faultOddRefusedPasswordSaved, Text: "A password below the demands is rejected and saved.",
			Operations: list{opPassword}, Outcomes: list{outInvalid},
		},
		{
			ID: faultOddRefusedPasswordSpends, Text: "A rejected password makes the link invalid.",
			Operations: list{opPassword}, Outcomes: list{outInvalid},
		},
		{
			ID: faultOddSMSCodeSame, Text: "A phone is sent the same code each time.",
			Operations: list{"getTfaSettings", opSendSMS}, Outcomes: list{outOK},
		},
		{
			ID: faultOddSMSCodesCount, Text: "The codes that are texted count up.",
			Operations: list{"getTfaSettings", opSendSMS}, Outcomes: list{outOK},
		},
		{
			ID: faultOddSMSCodeOfOther, Text: "The code that was texted to another phone is accepted.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddSMSLivesLonger, Text: "A code that was texted counts for an hour.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultOddSMSUnlimited, Text: "Wrong texted codes are never limited.",
			Operations: list{opCodeLogin}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddSMSLimitByResend, Text: "A newly texted code brings new guesses.",
			Operations: list{opCodeLogin, opSendSMS}, Outcomes: list{outCodeLimit},
		},
		{
			ID: faultOddSMSInAnswer, Text: "A cookie of the answer holds the code that was texted.",
			Operations: list{"getTfaSettings", opSendSMS}, Outcomes: list{outOK},
		},
		{
			ID: faultOddEventsShowTokens, Text: "The list of connections shows their tokens.",
			Operations: list{"getTfaSettings", opConnections}, Outcomes: list{outOK},
		},
		{
			ID: faultOddSecretsAlike, Text: "All secrets begin with the same characters.",
			Operations: list{"getTfaSettings", opLogin, opSetup}, Outcomes: list{outEnrolNeeded, outOK},
		},
	}
}
