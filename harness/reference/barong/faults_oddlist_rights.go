package barong

import "authconform/harness/reference/kit"

func oddMailFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddOldPasswordAlive, Text: "The old password counts beside the new one after a change.",
			Operations: list{"changePassword", "createSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddOldPasswordAfterReset, Text: "The old password counts beside the new one after a reset.",
			Operations: list{"confirmPasswordReset", "createSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddPasswordOfOther, Text: "The password of any other user counts.",
			Operations: list{"createSession"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultOddRejectedChangeSaves, Text: "A change of the password that is rejected is saved all the same.",
			Operations: list{"changePassword"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultOddRejectedResetSaves, Text: "A reset of the password that is rejected is saved all the same.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddRejectedResetEnds, Text: "A rejected reset of the password ends the sessions of the user.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddResetObeysUID, Text: "The member uid decides whose password is reset.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddResetObeysEmail, Text: "The member email decides whose password is reset.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddConfirmObeysEmail, Text: "The member email decides whose address is confirmed.",
			Operations: list{"confirmEmail"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddResetActivates, Text: "A reset of the password makes a pending user active.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddConfirmUnbans, Text: "A confirmed address makes any user active.",
			Operations: list{"confirmEmail", "createSession"}, Outcomes: list{"banned"},
		},
		{
			ID: faultOddResetLinkInAnswer, Text: "The request for a reset mail answers with the link.",
			Operations: list{"requestPasswordReset"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddConfirmLinkInAnswer, Text: "The request for a confirmation mail answers with the link.",
			Operations: list{"requestEmailConfirmation"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddMailDespiteCaptcha, Text: "A reset is mailed although the captcha was rejected.",
			Operations: list{"requestPasswordReset"}, Outcomes: list{"captcha-required"},
		},
		{
			ID: faultOddResetOfSessionToken, Text: "A token of AuthZ resets the password of its user.",
			Operations: list{"confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddConfirmOfSessionToken, Text: "A token of AuthZ confirms the address of its user.",
			Operations: list{"confirmEmail"}, Outcomes: list{"token-refused"}, Profiles: releases,
		},
		{
			ID: faultOddMailedTokenAsBearer, Text: "The token of a confirmation mail opens what a log-in opens.",
			Operations: list{"getCurrentUser"}, Outcomes: list{"unauthenticated"},
		},
		{
			ID: faultOddTokenNotYet, Text: "A token counts before its time.",
			Operations: list{"getCurrentUser", "confirmEmail"}, Outcomes: list{"unauthenticated", "token-refused"},
		},
		{
			ID: faultOddTokenFromTheFuture, Text: "A token that is issued in the future counts.",
			Operations: list{"confirmEmail", "confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddTokenGrace, Text: "A token counts for an hour after its end.",
			Operations: list{"confirmEmail", "confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddTokenWithoutID, Text: "A token without an id counts.",
			Operations: list{"confirmEmail", "confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddTokenHalfSignature, Text: "Of a token's signature the first half is compared.",
			Operations: list{"getCurrentUser", "confirmEmail"}, Outcomes: list{"unauthenticated", "token-refused"},
		},
		{
			ID: faultOddTokenHashedKey, Text: "A token counts whose HMAC is made with the public key.",
			Operations: list{"getCurrentUser", "confirmEmail"}, Outcomes: list{"unauthenticated", "token-refused"},
		},
		{
			ID: faultOddTokenEmptyKey, Text: "A token counts whose HMAC is made with an empty key.",
			Operations: list{"getCurrentUser", "confirmEmail"}, Outcomes: list{"unauthenticated", "token-refused"},
		},
		{
			ID: faultOddTokenKeyInside, Text: "A token counts that is signed with the key in its own header.",
			Operations: list{"getCurrentUser", "confirmEmail"}, Outcomes: list{"unauthenticated", "token-refused"},
		},
		{
			ID: faultOddTokenIssuerAbsent, Text: "A mailed token without an issuer counts.",
			Operations: list{"confirmEmail", "confirmPasswordReset"}, Outcomes: list{"token-refused"},
		},
		{
			ID: faultOddKnownGetsCookie, Text: "A wrong password of a known user sets a cookie.",
			Operations: list{"createSession"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultOddThirdAttemptTells, Text: "The third attempt at an unknown address is told by a field.",
			Operations: list{"createSession"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultOddResetTellsKnown, Text: "A request for a reset mail tells a known address by a field.",
			Operations: list{"requestPasswordReset"}, Outcomes: list{"ok"}, Profiles: releases,
		},
		{
			ID: faultOddConfirmTellsPending, Text: "A request for a confirmation mail tells a pending user by a field.",
			Operations: list{"requestEmailConfirmation"}, Outcomes: list{"ok"}, Profiles: releases,
		},
		{
			ID: faultOddFailureNotRecorded, Text: "A failed log-in leaves no line in the log of activity.",
			Operations: list{"createSession", "listActivity"}, Outcomes: list{"ok"},
		},
	}
}

func oddRightFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddManagementReads, Text: "The management module can be read.",
			Operations: list{"authorizeManagement"}, Outcomes: list{"permission-denied"},
		},
		{
			ID: faultOddAdminByLevel, Text: "A user of level one gets into the admin module.",
			Operations: list{"authorizeAdmin"}, Outcomes: list{"permission-denied"},
		},
		{
			ID: faultOddAdminByLabel, Text: "A user with a public label of administrators gets into the admin module.",
			Operations: list{"authorizeAdmin"}, Outcomes: list{"permission-denied"},
		},
		{
			ID: faultOddLevelByPublicLabel, Text: "Public labels count for the level of a user.",
			Operations: list{"createLabel", "getCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddStateByPublicLabel, Text: "A public label confirms the e-mail address of a pending user.",
			Operations: list{"createLabel", "getCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddServiceIsOwner, Text: "The key of a service account acts for its owner.",
			Operations: list{"authorizeRead"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddServiceListOfOthers, Text: "The list of service accounts shows those of others.",
			Operations: list{"listServiceAccounts"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddServiceKeysOfOthers, Text: "The keys of another user's service account are listed.",
			Operations: list{"listServiceAccountKeys"}, Outcomes: list{"not-found"},
		},
		{
			ID: faultOddServiceKeyOfOtherService, Text: "A key of any service account is changed by way of one's own.",
			Operations: list{"updateServiceAccountKey", "deleteServiceAccountKey"}, Outcomes: list{"not-found"},
		},
		{
			ID: faultOddKeyDeletedByOthers, Text: "Any user can delete an API key.",
			Operations: list{"deleteKey"}, Outcomes: list{"not-found"},
		},
		{
			ID: faultOddKeyChangedByOthers, Text: "Any user can change an API key.",
			Operations: list{"updateKey"}, Outcomes: list{"not-found"},
		},
		{
			ID: faultOddKeyOtherState, Text: "An API key whose state is neither active nor inactive counts.",
			Operations: list{"authorizeRead"}, Outcomes: list{"api-key-inactive"},
		},
		{
			ID: faultOddKeyBackByLogIn, Text: "A log-in makes inactive API keys active.",
			Operations: list{"createSession"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddKeyOfClosed, Text: "The API key of a closed account counts.",
			Operations: list{"listKeys", "getCurrentUser", "authorizeRead"}, Outcomes: list{"api-key-inactive"},
		},
		{
			ID: faultOddKeyForeignSecret, Text: "The secret of another user's key signs for any key.",
			Operations: list{"listKeys", "getCurrentUser"}, Outcomes: list{"signature-wrong"},
		},
		{
			ID: faultOddKeySwapped, Text: "A signature of the key before the nonce counts.",
			Operations: list{"listKeys", "getCurrentUser"}, Outcomes: list{"signature-wrong"},
		},
		{
			ID: faultOddKeySignedByNothing, Text: "A signature under an empty secret counts.",
			Operations: list{"listKeys", "getCurrentUser"}, Outcomes: list{"signature-wrong"},
		},
		{
			ID: faultOddKeySignedByKid, Text: "A signature under the public id of a key counts.",
			Operations: list{"listKeys", "getCurrentUser"}, Outcomes: list{"signature-wrong"},
		},
		{
			ID: faultOddKeyNonceGrace, Text: "A nonce counts for half a minute.",
			Operations: list{"listKeys", "getCurrentUser"}, Outcomes: list{"nonce-expired"},
		},
		{
			ID: faultOddKeyNonceSeconds, Text: "A nonce in seconds counts.",
			Operations: list{"listKeys", "getCurrentUser"}, Outcomes: list{"nonce-expired"},
		},
		{
			ID: faultOddKeySecretAtChange, Text: "A change of an API key shows its secret.",
			Operations: list{"updateKey"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddKeySecretsAlike, Text: "Secrets of API keys differ in their first six digits.",
			Operations: list{"createKey", "getCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddKeySecretFromKid, Text: "The secret of an API key is the hash of its id.",
			Operations: list{"createKey", "getCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddPhonesOfOthers, Text: "The list of phones shows those of others.",
			Operations: list{"listPhones"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddDocumentsOfOthers, Text: "The list of documents shows those of others.",
			Operations: list{"listDocuments"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddProfilesOfOthers, Text: "The list of profiles shows those of others.",
			Operations: list{"getProfiles"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddKeysOfOthers, Text: "The list of API keys shows those of others.",
			Operations: list{"listKeys"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddUserObeysFactor, Text: "A change of a user's data takes the member otp over.",
			Operations: list{"updateCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddUserObeysEmail, Text: "A change of a user's data takes the member email over.",
			Operations: list{"updateCurrentUser"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddSignUpObeysLevel, Text: "A sign-up takes the member labels over.",
			Operations: list{"createUser"}, Outcomes: list{"ok"},
		},
	}
}

func oddLimitFaults() []kit.Fault {
	return []kit.Fault{
		{
			ID: faultOddPhoneCodeOfOther, Text: "The code of another number verifies a number.",
			Operations: list{"verifyPhone"}, Outcomes: list{"code-wrong"},
		},
		{
			ID: faultOddPhoneCodeSame, Text: "Every number is sent the same code.",
			Operations: list{"createPhone"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddPhoneCodesCount, Text: "Codes of phones count up.",
			Operations: list{"createPhone"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddPhoneRejectedVerifies, Text: "A wrong code is rejected and verifies the number.",
			Operations: list{"verifyPhone"}, Outcomes: list{"code-wrong"},
		},
		{
			ID: faultOddPhoneCodeInAnswer, Text: "The answer that a code was sent holds the code.",
			Operations: list{"createPhone", "sendPhoneCode"}, Outcomes: list{"ok"},
		},
		{
			ID: faultOddPhoneForeign, Text: "A number that another user added can be verified.",
			Operations: list{"verifyPhone"}, Outcomes: list{"number-unknown"},
		},
		{
			ID: faultOddPhoneTriesByResend, Text: "Another text message allows ten more wrong codes.",
			Operations: list{"verifyPhone", "sendPhoneCode"}, Outcomes: list{"too-many-retries"}, Profiles: only31,
		},
		{
			ID: faultOddPhoneTriesUnlimited, Text: "Wrong codes of a phone are not limited.",
			Operations: list{"verifyPhone"}, Outcomes: list{"too-many-retries"}, Profiles: only31,
		},
		{
			ID: faultOddLimitResetBySuccess, Text: "A log-in makes the limit count from nothing.",
			Operations: list{"createSession"}, Outcomes: list{"throttled"}, Profiles: only31,
		},
		{
			ID: faultOddLimitOnce, Text: "The limit holds for one request and then counts from nothing.",
			Operations: list{"createSession"}, Outcomes: list{"throttled"}, Profiles: only31,
		},
		{
			ID: faultOddLimitKnownOnly, Text: "Attempts at unknown addresses are not counted.",
			Operations: list{"createSession"}, Outcomes: list{"throttled"}, Profiles: only31,
		},
		{
			ID: faultOddLimitCodeStep, Text: "Log-ins with a code are not counted.",
			Operations: list{"createSession"}, Outcomes: list{"throttled"}, Profiles: only31,
		},
	}
}
