package barong

import "authconform/harness/reference/kit"

// holdingFaults concern what an account holds: labels, profiles, phones,
// documents, stored data, its log and its end.
func holdingFaults() []kit.Fault {
	type list = []string
	ok := list{"ok"}
	return []kit.Fault{
		{
			ID: faultLabelTriggerPrefix, Text: "A label whose key only begins like a trigger changes the state of the account.",
			Operations: list{"createLabel", "enableOTP"}, Outcomes: ok,
		},
		{
			ID: faultLabelPrivateEditable, Text: "A private label can be changed by its user.",
			Operations: list{"updateLabel"}, Outcomes: list{"private"},
		},
		{
			ID: faultLabelPrivateDeletable, Text: "A private label can be deleted by its user.",
			Operations: list{"deleteLabel"}, Outcomes: list{"private"},
		},
		{
			ID: faultLabelForeignVisible, Text: "Labels of other users are shown.",
			Operations: list{"getLabel", "listLabels"}, Outcomes: list{"not-found", "ok"},
		},
		{
			ID: faultLabelParallelDuplicates, Text: "Parallel requests make the same label more than once.",
			Operations: list{"createLabel"}, Outcomes: list{"key-taken", "ok"},
		},
		{ID: faultLabelCaseKept, Text: "The key of a label keeps its capital letters.", Operations: list{"createLabel"}, Outcomes: ok},
		{ID: faultProfileTwice, Text: "A second profile is made.", Operations: list{"createProfile"}, Outcomes: list{"exists"}},
		{
			ID: faultProfileUnmasked, Text: "Last name and date of birth are shown in clear.",
			Operations: list{"getProfiles", "createProfile"}, Outcomes: ok,
		},
		{
			ID: faultProfileEditableAfterSubmission, Text: "A submitted profile can still be changed.",
			Operations: list{"updateProfile"}, Outcomes: list{"not-editable"},
		},
		{
			ID: faultPhoneAnyCode, Text: "Any code verifies a phone although codes are sent.",
			Operations: list{"verifyPhone"}, Outcomes: list{"code-wrong"},
		},
		{
			ID: faultPhoneNumberShared, Text: "A verified number can be verified by another account too.",
			Operations: list{"createPhone", "verifyPhone"}, Outcomes: list{"number-taken"},
		},
		{ID: faultPhoneUnmasked, Text: "Phone numbers are shown in full.", Operations: list{"listPhones"}, Outcomes: ok},
		{
			ID: faultPhoneVerifyWithoutLabel, Text: "A verified phone sets no label and no level.",
			Operations: list{"verifyPhone"}, Outcomes: ok,
		},
		{
			ID: faultPhoneResendAtOnce, Text: "A phone code is sent again within 30 seconds.",
			Operations: list{"sendPhoneCode"}, Outcomes: list{"too-fast"}, Profiles: list{Release31},
		},
		{
			ID: faultDeleteWithoutPassword, Text: "An account is deleted whatever the password.",
			Operations: list{"deleteCurrentUser"}, Outcomes: list{"bad-credentials"},
		},
		{
			ID: faultDeleteWithoutCode, Text: "An account with the second factor on is deleted without a code.",
			Operations: list{"deleteCurrentUser"}, Outcomes: list{"second-factor-required", "second-factor-wrong"},
		},
		{
			ID: faultDeleteDoesNothing, Text: "A deletion is answered and not carried out.",
			Operations: list{"deleteCurrentUser"}, Outcomes: ok,
		},
		{
			ID: faultDeletedEmailFree, Text: "The e-mail address of a deleted account can be signed up again.",
			Operations: list{"deleteCurrentUser", "createUser"}, Outcomes: list{"ok", "email-taken"},
		},
		{ID: faultActivityOfOthers, Text: "The log shows what others did.", Operations: list{"listActivity"}, Outcomes: ok},
		{
			ID: faultActivityIgnoresPaging, Text: "The log is shown whole, whatever page and limit say.",
			Operations: list{"listActivity"}, Outcomes: ok,
		},
		{ID: faultActivityOldestFirst, Text: "The log begins with the oldest entry.", Operations: list{"listActivity"}, Outcomes: ok},
		{ID: faultActivityTotalWrong, Text: "The header Total counts the page alone.", Operations: list{"listActivity"}, Outcomes: ok},
		{
			ID: faultActivityIgnoresTime, Text: "The log is shown whole, whatever time_from and time_to say.",
			Operations: list{"listActivity"}, Outcomes: ok,
		},
		{
			ID: faultActivityWithoutSignUp, Text: "The log does not say when the account was signed up.",
			Operations: list{"listActivity"}, Outcomes: ok,
		},
		{
			ID: faultUsernameBoundsRefused, Text: "The shortest and the longest user name that are allowed are refused.",
			Operations: list{"createUser"}, Outcomes: ok,
		},
		{
			ID: faultStorageAnyTitle, Text: "The data storage takes titles that are not set up.",
			Operations: list{"createDataStorage"}, Outcomes: list{"title-unknown"},
		},
		{
			ID: faultDocumentLimitOff, Text: "Any number of documents is taken.",
			Operations: list{"createDocument"}, Outcomes: list{"limit-ahead"},
		},
		{
			ID: faultDocumentExpiredAccepted, Text: "A document that has expired is taken.",
			Operations: list{"createDocument"}, Outcomes: list{"already-expired"},
		},
		{
			ID: faultKYCAnswersObject, Text: "The call-back of KYCAID is answered with an object.",
			Operations: list{"receiveKYC"}, Outcomes: list{"ok", "unavailable"},
		},
		{
			ID: faultWhitelinkSpent, Text: "A whitelink token lets in one address alone.",
			Operations: list{"createWhitelist"}, Outcomes: ok,
		},
		{
			ID: faultUserObeysMembers, Text: "A user gets the role, state and level that he sends with his data.",
			Operations: list{"updateCurrentUser"}, Outcomes: ok,
		},
		{
			ID: faultLabelScopeObeyed, Text: "A user makes a private label by naming its scope.",
			Operations: list{"createLabel"}, Outcomes: ok,
		},
		{
			ID: faultProfileStateObeyed, Text: "A profile takes the state that its user sends.",
			Operations: list{"updateProfile"}, Outcomes: ok,
		},
		{
			ID: faultPostcodeCutAtTwelve, Text: "Postcodes of more than twelve characters are refused.",
			Operations: list{"createProfile", "updateProfile"}, Outcomes: ok,
		},
		{
			ID: faultLabelKeyOfPrivateTaken, Text: "A public label cannot have the key of a private one.",
			Operations: list{"createLabel"}, Outcomes: ok,
		},
		{
			ID: faultFirstValidatorAlone, Text: "A value of the wrong type is refused with the first of its keys alone.",
			Operations: list{"createPhone", "sendPhoneCode", "listActivity", "listKeys", "listServiceAccountKeys"},
			Outcomes:   list{"channel-type", "page-not-integer", "limit-not-integer"}, Profiles: releases,
		},
	}
}
