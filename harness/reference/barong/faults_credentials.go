package barong

import "authconform/harness/reference/kit"

func credentialFaults() []kit.Fault {
	login, bad := list{"createSession"}, list{outBad}
	return []kit.Fault{
		{ID: faultUnknownEmailToldByKey, Text: "An unknown e-mail address is told by its own key.", Operations: login, Outcomes: bad},
		{
			ID: faultUnknownEmailToldByStatus, Text: "An unknown e-mail address is told by its own status.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownEmailToldByHeader, Text: "An unknown e-mail address is told by a header field.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownEmailToldByHeaderValue, Text: "An unknown e-mail address is told by the value of a header field.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultUnknownEmailToldByLength, Text: "An unknown e-mail address is told by the length of the body.",
			Operations: login, Outcomes: bad,
		},
		{
			ID: faultResetRequestTellsUnknown, Text: "A request for a reset mail tells an unknown e-mail address by its body.",
			Operations: list{"requestPasswordReset"}, Outcomes: list{"unknown-email"}, Profiles: releases,
		},
		{
			ID: faultConfirmationRequestTellsActive, Text: "A request for a confirmation mail tells whether there is an account to confirm.",
			Operations: list{"requestEmailConfirmation"}, Outcomes: list{"already-active", "unknown-email"}, Profiles: releases,
		},
		{ID: faultAnyPasswordAccepted, Text: "Any password is right.", Operations: login, Outcomes: bad},
		{ID: faultPasswordTrimmed, Text: "Blanks around a password do not count.", Operations: login, Outcomes: bad},
		{ID: faultPasswordCaseFolded, Text: "The password counts in any case.", Operations: login, Outcomes: bad},
		{ID: faultPasswordCutAtEight, Text: "Only the first eight bytes of a password count.", Operations: login, Outcomes: bad},
		{ID: faultBannedLetIn, Text: "A banned user can log in.", Operations: login, Outcomes: list{"banned"}},
		{ID: faultDeletedLetIn, Text: "A deleted user can log in.", Operations: login, Outcomes: list{"deleted"}},
		{ID: faultLockedLetIn, Text: "A locked user can log in.", Operations: login, Outcomes: list{"locked"}},
		{
			ID: faultEmailCaseMatters, Text: "The e-mail address counts at log-in only in the case it was stored.",
			Operations: login, Outcomes: list{outOK},
		},
		{
			ID: faultPendingRefused, Text: "A user who has not confirmed the e-mail address cannot log in.",
			Operations: login, Outcomes: list{outOK},
		},
		{ID: faultBadCredentialsAs400, Text: "Wrong credentials are answered 400.", Operations: login, Outcomes: bad},
		{ID: faultBadCredentialsWith200, Text: "Wrong credentials are answered 200.", Operations: login, Outcomes: bad},
		{
			ID: faultErrorWith200, Text: "Refusals are sent with status 200.",
			Operations: list{"createSession", "createLabel", "getCurrentUser"}, Outcomes: list{outBad, "key-taken", "unauthenticated"},
		},
	}
}

func mailFaults() []kit.Fault {
	reset, confirm, right := list{"confirmPasswordReset"}, list{"confirmEmail"}, list{outOK}
	weak := list{"password-weak", "password-requirements"}
	return []kit.Fault{
		{ID: faultResetTokenReusable, Text: "A reset link counts twice.", Operations: reset, Outcomes: list{"token-used"}},
		{
			ID: faultOlderResetLinkAlive, Text: "A reset link counts though a newer one was mailed.",
			Operations: reset, Outcomes: list{"token-used"},
		},
		{ID: faultResetTokenNeverExpires, Text: "A reset link counts after its hour.", Operations: reset, Outcomes: list{"token-expired"}},
		{
			ID: faultConfirmTokenNeverExpires, Text: "A confirmation link counts after its hour.",
			Operations: confirm, Outcomes: list{"token-expired"},
		},
		{
			ID: faultResetTakesConfirmationToken, Text: "A confirmation link sets a new password.",
			Operations: reset, Outcomes: list{"token-wrong-kind"},
		},
		{
			ID: faultConfirmTakesResetToken, Text: "A reset link confirms the e-mail address.",
			Operations: confirm, Outcomes: list{"token-wrong-kind"},
		},
		{
			ID: faultTokenSignatureIgnored, Text: "The signature of tokens is not verified.",
			Operations: list{"confirmPasswordReset", "confirmEmail", "getCurrentUser"}, Outcomes: list{"token-forged", outRefused},
		},
		{
			ID: faultTokenAlgNoneAccepted, Text: "Tokens that say they have no signature count.",
			Operations: list{"confirmPasswordReset", "confirmEmail", "getCurrentUser"},
			Outcomes:   list{"token-unsigned", "token-algorithm", outRefused},
		},
		{
			ID: faultNoMail, Text: "No mail is sent, whatever the answer says.",
			Operations: list{"requestPasswordReset", "requestEmailConfirmation", "createUser"}, Outcomes: right,
		},
		{
			ID: faultSignUpObeysMembers, Text: "A sign-up takes the role, state and level that it is sent.",
			Operations: list{"createUser"}, Outcomes: right,
		},
		{
			ID: faultTokenAnyIssuer, Text: "Mailed tokens of another issuer count.",
			Operations: list{"confirmPasswordReset", "confirmEmail"}, Outcomes: list{"token-foreign-issuer"},
		},
		{
			ID: faultTokenAnyAudience, Text: "Mailed tokens for another audience count.",
			Operations: list{"confirmPasswordReset", "confirmEmail"}, Outcomes: list{"token-foreign-audience"},
		},
		{
			ID: faultMailedTokenForADay, Text: "Mailed tokens are good for a day.",
			Operations: list{"requestPasswordReset", "createUser"}, Outcomes: right,
		},
		{
			ID: faultMailedTokenForEver, Text: "Mailed tokens say nothing of when they expire.",
			Operations: list{"requestPasswordReset", "createUser"}, Outcomes: right,
		},
		{
			ID: faultTokenUnsignedReadsAlgorithm, Text: "A token with alg none and no signature is refused as one of another algorithm.",
			Operations: list{"confirmPasswordReset", "confirmEmail"}, Outcomes: list{"token-unsigned"}, Profiles: releases,
		},
		{
			ID: faultResetIgnoresMismatch, Text: "A reset takes two different passwords.",
			Operations: reset, Outcomes: list{"passwords-differ"},
		},
		{ID: faultResetWeakAccepted, Text: "A reset takes a weak password.", Operations: reset, Outcomes: weak},
		{ID: faultChangeWeakAccepted, Text: "A change takes a weak password.", Operations: list{"changePassword"}, Outcomes: weak},
		{ID: faultSignupWeakAccepted, Text: "A sign-up takes a weak password.", Operations: list{"createUser"}, Outcomes: weak},
		{
			ID: faultRefusedResetSpendsToken, Text: "A reset refused for the password uses the link up.",
			Operations: reset, Outcomes: list{"password-weak"},
		},
		{ID: faultResetKeepsOldPassword, Text: "A reset answers well and sets no password.", Operations: reset, Outcomes: right},
		{
			ID: faultChangeKeepsOldPassword, Text: "A change answers well and sets no password.",
			Operations: list{"changePassword"}, Outcomes: right,
		},
		{
			ID: faultChangeWithoutOld, Text: "The old password is not checked at a change.",
			Operations: list{"changePassword"}, Outcomes: list{outBad},
		},
		{
			ID: faultChangeSameAccepted, Text: "The old password is taken as the new one.",
			Operations: list{"changePassword"}, Outcomes: list{"unchanged"},
		},
		{ID: faultConfirmTwiceOk, Text: "A confirmation link counts again.", Operations: confirm, Outcomes: list{"already-confirmed"}},
		{ID: faultConfirmDoesNotActivate, Text: "A confirmed user stays pending.", Operations: confirm, Outcomes: right},
		{
			ID: faultResentConfirmationRevokesFirst, Text: "A second confirmation mail revokes the first.",
			Operations: list{"confirmEmail", "requestEmailConfirmation"}, Outcomes: right,
		},
		{
			ID: faultMailToUnknown, Text: "A reset mail is sent to an address without an account.",
			Operations: list{"requestPasswordReset"}, Outcomes: list{"unknown-email"}, Profiles: releases,
		},
		{
			ID: faultEmailTakenAccepted, Text: "An e-mail address can be signed up twice.",
			Operations: list{"createUser"}, Outcomes: list{"email-taken"},
		},
		{
			ID: faultReferralNotChecked, Text: "Any referral is taken.",
			Operations: list{"createUser"}, Outcomes: list{"referral-unknown", "referral-malformed"},
		},
		{
			ID: faultDataTooLongAccepted, Text: "Data beyond its limit is stored.",
			Operations: list{"updateCurrentUser", "createUser"}, Outcomes: list{"data-too-long"},
		},
	}
}

func captchaFaults() []kit.Fault {
	all := list{"requestPasswordReset", "requestEmailConfirmation", "createUser", "createSession"}
	return []kit.Fault{
		{ID: faultCaptchaIgnored, Text: "No captcha is asked for.", Operations: all, Outcomes: list{"captcha-refused"}},
		{
			ID: faultCaptchaSkippedWhenAbsent, Text: "A captcha is checked only when it is sent.",
			Operations: all, Outcomes: list{"captcha-required"},
		},
		{
			ID: faultCaptchaNotOnReset, Text: "One of the protected operations asks for no captcha.",
			Operations: list{"requestPasswordReset"}, Outcomes: list{"captcha-required", "captcha-refused"},
		},
		{
			ID: faultCaptchaKeptWithCode, Text: "A log-in with the second factor's code needs another captcha.",
			Operations: list{"createSession"}, Outcomes: list{outOK}, Profiles: only31,
		},
	}
}
