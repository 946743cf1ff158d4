package barong

import "authconform/harness/reference/kit"

func keyFaults() []kit.Fault {
	me, right := list{"getCurrentUser", "authorizeRead"}, list{outOK}
	signature, expired := list{"signature-wrong"}, list{"nonce-expired"}
	return []kit.Fault{
		{ID: "key-signature-ignored", Text: "The signature of an API key is not verified.", Operations: me, Outcomes: signature},
		{ID: "key-signature-upper-case-accepted", Text: "A signature in capital letters counts.", Operations: me, Outcomes: signature},
		{ID: "key-nonce-stale-accepted", Text: "A nonce of the past counts.", Operations: me, Outcomes: expired},
		{ID: "key-nonce-future-accepted", Text: "A nonce of the future counts.", Operations: me, Outcomes: expired},
		{ID: "key-nonce-not-checked-as-number", Text: "A nonce that is no number counts.", Operations: me, Outcomes: list{"nonce-invalid"}},
		{ID: "key-missing-header-falls-back", Text: "With a header field of the key missing the cookie counts.", Operations: me, Outcomes: list{"api-key-headers"}},
		{ID: "key-of-other-secret", Text: "Any secret of the owner signs.", Operations: me, Outcomes: signature},
		{ID: "key-inactive-accepted", Text: "An inactive key counts.", Operations: append(list{"updateKey"}, me...), Outcomes: list{"api-key-inactive"}},
		{ID: "key-alive-after-disable", Text: "API keys stay active when the second factor is switched off.", Operations: append(list{"disableOTP"}, me...), Outcomes: list{"api-key-inactive"}},
		{ID: "key-back-after-enable", Text: "Switching the second factor on again brings dead API keys back.", Operations: append(list{"enableOTP"}, me...), Outcomes: list{"api-key-inactive"}},
		{ID: "key-alive-after-delete", Text: "A deleted API key counts.", Operations: append(list{"deleteKey"}, me...), Outcomes: list{"api-key-unknown"}},
		{ID: "key-without-2fa", Text: "API keys are made without a second factor.", Operations: list{"createKey"}, Outcomes: list{"second-factor-unavailable"}},
		{ID: "key-without-code", Text: "API keys are made and changed without a code.", Operations: list{"createKey", "deleteKey", "updateKey"}, Outcomes: list{"missing-totp-code", outWrong}},
		{ID: "key-secret-listed", Text: "Lists of API keys show the secrets.", Operations: list{"listKeys", "updateKey"}, Outcomes: right},
		{ID: "key-foreign-editable", Text: "The API keys of others can be changed.", Operations: list{"updateKey", "deleteKey"}, Outcomes: list{"not-found"}},
		{ID: "key-pending-owner", Text: "A user who is not confirmed can make API keys.", Operations: list{"createKey"}, Outcomes: list{"holder-pending"}},
		{ID: "key-bad-algorithm-saved", Text: "A refused API key is stored all the same.", Operations: list{"createKey"}, Outcomes: list{"algorithm-unknown"}},
		{ID: "service-key-foreign-account", Text: "The service accounts of others can be given keys.", Operations: list{
			"updateServiceAccountKey", "deleteServiceAccountKey", "createServiceAccountKey", "listServiceAccountKeys",
		}, Outcomes: list{"account-unknown"}},
		{ID: "service-key-alive-after-disable", Text: "The keys of service accounts stay active when their owner switches the second factor off.", Operations: append(list{"disableOTP"}, me...), Outcomes: list{"api-key-inactive"}},
		{ID: "key-wrong-not-spent", Text: "A refused algorithm leaves the code unspent.", Operations: list{"createKey"}, Outcomes: list{"algorithm-unknown"}},
	}
}

func rightFaults() []kit.Fault {
	me, refused, right := list{"getCurrentUser"}, list{outRefused}, list{outOK}
	return []kit.Fault{
		{ID: "bearer-not-checked", Text: "The application asks for no token.", Operations: guarded(), Outcomes: refused},
		{ID: "bearer-payload-not-verified", Text: "A changed payload counts with the old signature.", Operations: me, Outcomes: refused},
		{ID: "bearer-any-subject", Text: "A token made for another purpose counts.", Operations: me, Outcomes: refused},
		{ID: "bearer-expired-accepted", Text: "An expired token counts.", Operations: me, Outcomes: refused},
		{ID: "bearer-hs256-accepted", Text: "A token signed with HS256 counts.", Operations: me, Outcomes: refused},
		{ID: "bearer-lower-case-type", Text: "The type of the Authorization field counts in lower case.", Operations: me, Outcomes: refused},
		{ID: "token-role-escalated", Text: "The token calls everybody a superadmin.", Operations: list{"authorizeRead"}, Outcomes: right},
		{ID: "token-lifetime-day", Text: "The token lives for a day.", Operations: list{"authorizeRead"}, Outcomes: right},
		{ID: "admin-open-to-member", Text: "A member may use the admin module.", Operations: list{"authorizeAdmin"}, Outcomes: list{"forbidden"}},
		{ID: "management-open", Text: "The management module is open.", Operations: list{"authorizeManagement"}, Outcomes: list{"forbidden"}},
		{ID: "public-path-gets-token", Text: "A path that needs no session is given a token.", Operations: list{"authorizePublic"}, Outcomes: right},
		{ID: "restriction-ignored", Text: "Restricted addresses are let in.", Operations: list{"getCurrentUser", "authorizeRead", "authorizePublic"}, Outcomes: list{
			"restricted-ip", "restricted-subnet", "maintenance", "login-blocked",
		}},
		{ID: "options-refused", Text: "A preflight needs a session.", Operations: list{"authorizeRead"}, Outcomes: list{"preflight"}, Profiles: only31},
		{ID: "unauthenticated-as-403", Text: "A missing session is answered 403.", Operations: append(guarded("GET"), "authorizeRead"), Outcomes: list{"unauthenticated"}},
	}
}

func limiterFaults() []kit.Fault {
	throttled := list{"throttled"}
	row := func(id, text string, operations ...string) kit.Fault {
		if operations == nil {
			operations = list{"createSession"}
		}
		return kit.Fault{ID: id, Text: text, Operations: operations, Outcomes: throttled, Profiles: only31}
	}
	return []kit.Fault{
		row("limit-never-reached", "Passwords can be guessed without limit."),
		row("limit-one-too-many", "One request more than the limit is let through."),
		row("limit-one-too-few", "The last request within the limit is refused."),
		row("limit-never-released", "A limit once reached is never released."),
		row("right-password-passes", "The right password is accepted while the limit is reached."),
		row("email-key-missing", "Log-ins are not counted by e-mail address."),
		row("ip-key-missing", "Log-ins are not counted by network address."),
		row("email-case-escapes", "Log-ins are counted by spelling of the e-mail address."),
		row("email-blanks-escape", "Blanks in the e-mail address escape the count."),
		row("trusts-x-real-ip", "Log-ins are counted by the address a client claims in X-Real-IP."),
		row("counts-per-connection", "Log-ins are counted per connection."),
		row("parallel-escapes", "Parallel requests are counted too late."),
		row("throttled-with-retry-after", "A 429 has a Retry-After."),
		row("throttled-as-json", "A 429 calls itself JSON."),
		row("password-change-unlimited", "Password changes are not limited.", "changePassword"),
		row("phones-unlimited", "Phone operations are not limited.", phoneOperations()...),
		row("password-limit-per-user", "Password changes of one session limit the user's other sessions.", "changePassword"),
		{ID: "limit-in-old-release", Text: "A release without limiter answers 429.", Operations: list{"createSession"}, Outcomes: list{outBad}, Profiles: notLimited},
	}
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
