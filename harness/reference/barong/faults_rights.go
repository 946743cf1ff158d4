package barong

import "authconform/harness/reference/kit"

func keyFaults() []kit.Fault {
	me, right := list{"getCurrentUser", "authorizeRead"}, list{outOK}
	signature, expired := list{"signature-wrong"}, list{"nonce-expired"}
	return []kit.Fault{
		{ID: faultKeySignatureIgnored, Text: "The signature of an API key is not verified.", Operations: me, Outcomes: signature},
		{ID: faultKeySignatureOfKid, Text: "A signature over the kid alone counts.", Operations: me, Outcomes: signature},
		{ID: faultKeySignatureUpperCaseAccepted, Text: "A signature in capital letters counts.", Operations: me, Outcomes: signature},
		{ID: faultKeyNonceStaleAccepted, Text: "A nonce of the past counts.", Operations: me, Outcomes: expired},
		{ID: faultKeyNonceFutureAccepted, Text: "A nonce of the future counts.", Operations: me, Outcomes: expired},
		{ID: faultKeyNonceNotCheckedAsNumber, Text: "A nonce that is no number counts.", Operations: me, Outcomes: list{"nonce-invalid"}},
		{
			ID: faultKeyMissingHeaderFallsBack, Text: "With a header field of the key missing the cookie counts.",
			Operations: me, Outcomes: list{"api-key-headers"},
		},
		{ID: faultKeyOfOtherSecret, Text: "Any secret of the owner signs.", Operations: me, Outcomes: signature},
		{
			ID: faultKeyInactiveAccepted, Text: "An inactive key counts.",
			Operations: append(list{"updateKey"}, me...), Outcomes: list{"api-key-inactive"},
		},
		{
			ID: faultKeyAliveAfterDisable, Text: "API keys stay active when the second factor is switched off.",
			Operations: append(list{"disableOTP"}, me...), Outcomes: list{"api-key-inactive"},
		},
		{
			ID: faultKeyBackAfterEnable, Text: "Switching the second factor on again brings dead API keys back.",
			Operations: append(list{"enableOTP"}, me...), Outcomes: list{"api-key-inactive"},
		},
		{
			ID: faultKeyAliveAfterDelete, Text: "A deleted API key counts.",
			Operations: append(list{"deleteKey"}, me...), Outcomes: list{"api-key-unknown"},
		},
		{
			ID: faultKeyWithout2fa, Text: "API keys are made without a second factor.",
			Operations: list{"createKey"}, Outcomes: list{"second-factor-unavailable"},
		},
		{
			ID: faultKeyWithoutCode, Text: "API keys are made and changed without a code.",
			Operations: list{"createKey", "deleteKey", "updateKey"}, Outcomes: list{"missing-totp-code", outWrong},
		},
		{
			ID: faultKeySecretListed, Text: "Lists of API keys show the secrets.",
			Operations: list{"listKeys", "updateKey"}, Outcomes: right,
		},
		{
			ID: faultKeyForeignEditable, Text: "The API keys of others can be changed.",
			Operations: list{"updateKey", "deleteKey"}, Outcomes: list{"not-found"},
		},
		{
			ID: faultKeyPendingOwner, Text: "A user who is not confirmed can make API keys.",
			Operations: list{"createKey"}, Outcomes: list{"holder-pending"},
		},
		{
			ID: faultKeyBadAlgorithmSaved, Text: "A refused API key is stored all the same.",
			Operations: list{"createKey"}, Outcomes: list{"algorithm-unknown"},
		},
		{ID: faultServiceKeyForeignAccount, Text: "The service accounts of others can be given keys.", Operations: list{
			"updateServiceAccountKey", "deleteServiceAccountKey", "createServiceAccountKey", "listServiceAccountKeys",
		}, Outcomes: list{"account-unknown"}},
		{
			ID: faultServiceKeyAliveAfterDisable, Text: "The keys of service accounts stay active when their owner switches the second factor off.",
			Operations: append(list{"disableOTP"}, me...), Outcomes: list{"api-key-inactive"},
		},
		{
			ID: faultKeyWrongNotSpent, Text: "A refused algorithm leaves the code unspent.",
			Operations: list{"createKey"}, Outcomes: list{"algorithm-unknown"},
		},
	}
}

func rightFaults() []kit.Fault {
	me, refused, right := list{"getCurrentUser"}, list{outRefused}, list{outOK}
	return []kit.Fault{
		{ID: faultBearerNotChecked, Text: "The application asks for no token.", Operations: guarded(), Outcomes: refused},
		{ID: faultBearerPayloadNotVerified, Text: "A changed payload counts with the old signature.", Operations: me, Outcomes: refused},
		{ID: faultBearerAnySubject, Text: "A token made for another purpose counts.", Operations: me, Outcomes: refused},
		{ID: faultBearerExpiredAccepted, Text: "An expired token counts.", Operations: me, Outcomes: refused},
		{ID: faultBearerHs256Accepted, Text: "A token signed with HS256 counts.", Operations: me, Outcomes: refused},
		{
			ID: faultBearerLowerCaseType, Text: "The type of the Authorization field counts in lower case.",
			Operations: me, Outcomes: refused,
		},
		{ID: faultTokenRoleEscalated, Text: "The token calls everybody a superadmin.", Operations: list{"authorizeRead"}, Outcomes: right},
		{ID: faultTokenLifetimeDay, Text: "The token lives for a day.", Operations: list{"authorizeRead"}, Outcomes: right},
		{
			ID: faultAdminOpenToMember, Text: "A member may use the admin module.",
			Operations: list{"authorizeAdmin"}, Outcomes: list{"forbidden"},
		},
		{
			ID: faultManagementOpen, Text: "The management module is open.",
			Operations: list{"authorizeManagement"}, Outcomes: list{"forbidden"},
		},
		{
			ID: faultPublicPathGetsToken, Text: "A path that needs no session is given a token.",
			Operations: list{"authorizePublic"}, Outcomes: right,
		},
		{ID: faultRestrictionIgnored, Text: "Restricted addresses are let in.",
			Operations: list{"getCurrentUser", "authorizeRead", "authorizePublic"}, Outcomes: list{
				"restricted-ip", "restricted-subnet", "maintenance", "login-blocked",
			}},
		{
			ID: faultOptionsRefused, Text: "A preflight needs a session.",
			Operations: list{"authorizeRead"}, Outcomes: list{"preflight"}, Profiles: only31,
		},
		{
			ID: faultUnauthenticatedAs403, Text: "A missing session is answered 403.",
			Operations: append(guarded("GET"), "authorizeRead"), Outcomes: list{"unauthenticated"},
		},
	}
}

func limiterFaults() []kit.Fault {
	faults := []kit.Fault{
		{ID: faultLimitNeverReached, Text: "Passwords can be guessed without limit."},
		{ID: faultLimitOneTooMany, Text: "One request more than the limit is let through."},
		{ID: faultLimitOneTooFew, Text: "The last request within the limit is refused."},
		{ID: faultLimitNeverReleased, Text: "A limit once reached is never released."},
		{ID: faultRightPasswordPasses, Text: "The right password is accepted while the limit is reached."},
		{ID: faultEmailKeyMissing, Text: "Log-ins are not counted by e-mail address."},
		{ID: faultIPKeyMissing, Text: "Log-ins are not counted by network address."},
		{ID: faultEmailCaseEscapes, Text: "Log-ins are counted by spelling of the e-mail address."},
		{ID: faultEmailBlanksEscape, Text: "Blanks in the e-mail address escape the count."},
		{ID: faultTrustsXRealIP, Text: "Log-ins are counted by the address a client claims in X-Real-IP."},
		{ID: faultCountsPerConnection, Text: "Log-ins are counted per connection."},
		{ID: faultParallelEscapes, Text: "Parallel requests are counted too late."},
		{ID: faultThrottledAsJSON, Text: "A 429 calls itself JSON."},
		{ID: faultPasswordChangeUnlimited, Text: "Password changes are not limited.", Operations: list{"changePassword"}},
		{ID: faultPhonesUnlimited, Text: "Phone operations are not limited.", Operations: phoneOperations()},
		{
			ID: faultPasswordLimitPerUser, Text: "Password changes of one session limit the user's other sessions.",
			Operations: list{"changePassword"},
		},
	}
	for i := range faults {
		if faults[i].Operations == nil {
			faults[i].Operations = list{"createSession"}
		}
		faults[i].Outcomes, faults[i].Profiles = list{"throttled"}, only31
	}
	return append(faults, kit.Fault{
		ID: faultLimitInOldRelease, Text: "A release without limiter answers 429.",
		Operations: list{"createSession"}, Outcomes: list{outBad}, Profiles: notLimited,
	})
}

func phoneOperations() list {
	var ids list
	for _, op := range phoneRoutes() {
		if op.method == "POST" {
			ids = append(ids, op.id)
		}
	}
	return ids
}
