package barong

import "authconform/harness/reference/kit"

func credentialFaults() []kit.Fault {
	login, bad := list{"createSession"}, list{outBad}
	return []kit.Fault{
		{ID: "unknown-email-told-by-key", Text: "An unknown e-mail address is told by its own key.", Operations: login, Outcomes: bad},
		{ID: "unknown-email-told-by-status", Text: "An unknown e-mail address is told by its own status.", Operations: login, Outcomes: bad},
		{ID: "unknown-email-told-by-header", Text: "An unknown e-mail address is told by a header field.", Operations: login, Outcomes: bad},
		{ID: "unknown-email-told-by-length", Text: "An unknown e-mail address is told by the length of the body.", Operations: login, Outcomes: bad},
		{ID: "reset-request-tells-unknown", Text: "A request for a reset mail tells an unknown e-mail address by its body.", Operations: list{"requestPasswordReset"}, Outcomes: list{"unknown-email"}, Profiles: releases},
		{ID: "confirmation-request-tells-active", Text: "A request for a confirmation mail tells whether there is an account to confirm.", Operations: list{"requestEmailConfirmation"}, Outcomes: list{"already-active", "unknown-email"}, Profiles: releases},
		{ID: "any-password-accepted", Text: "Any password is right.", Operations: login, Outcomes: bad},
		{ID: "password-case-folded", Text: "The password counts in any case.", Operations: login, Outcomes: bad},
		{ID: "password-cut-at-eight", Text: "Only the first eight bytes of a password count.", Operations: login, Outcomes: bad},
		{ID: "banned-let-in", Text: "A banned user can log in.", Operations: login, Outcomes: list{"banned"}},
		{ID: "deleted-let-in", Text: "A deleted user can log in.", Operations: login, Outcomes: list{"deleted"}},
		{ID: "locked-let-in", Text: "A locked user can log in.", Operations: login, Outcomes: list{"locked"}},
		{ID: "email-case-matters", Text: "The e-mail address counts at log-in only in the case it was stored.", Operations: login, Outcomes: list{outOK}},
		{ID: "pending-refused", Text: "A user who has not confirmed the e-mail address cannot log in.", Operations: login, Outcomes: list{outOK}},
		{ID: "bad-credentials-as-400", Text: "Wrong credentials are answered 400.", Operations: login, Outcomes: bad},
		{ID: "bad-credentials-with-200", Text: "Wrong credentials are answered 200.", Operations: login, Outcomes: bad},
		{ID: "error-with-200", Text: "Refusals are sent with status 200.", Operations: list{"createSession", "createLabel", "getCurrentUser"}, Outcomes: list{outBad, "key-taken", "unauthenticated"}},
	}
}

func mailFaults() []kit.Fault {
	reset, confirm, right := list{"confirmPasswordReset"}, list{"confirmEmail"}, list{outOK}
	weak := list{"password-weak", "password-requirements"}
	return []kit.Fault{
		{ID: "reset-token-reusable", Text: "A reset link counts twice.", Operations: reset, Outcomes: list{"token-used"}},
		{ID: "older-reset-link-alive", Text: "A reset link counts though a newer one was mailed.", Operations: reset, Outcomes: list{"token-used"}},
		{ID: "reset-token-never-expires", Text: "A reset link counts after its hour.", Operations: reset, Outcomes: list{"token-expired"}},
		{ID: "confirm-token-never-expires", Text: "A confirmation link counts after its hour.", Operations: confirm, Outcomes: list{"token-expired"}},
		{ID: "reset-takes-confirmation-token", Text: "A confirmation link sets a new password.", Operations: reset, Outcomes: list{"token-wrong-kind"}},
		{ID: "confirm-takes-reset-token", Text: "A reset link confirms the e-mail address.", Operations: confirm, Outcomes: list{"token-wrong-kind"}},
		{ID: "token-signature-ignored", Text: "The signature of tokens is not verified.", Operations: list{"confirmPasswordReset", "confirmEmail", "getCurrentUser"}, Outcomes: list{"token-forged", outRefused}},
		{ID: "token-alg-none-accepted", Text: "Tokens that say they have no signature count.", Operations: list{"confirmPasswordReset", "confirmEmail", "getCurrentUser"}, Outcomes: list{"token-algorithm", outRefused}},
		{ID: "reset-ignores-mismatch", Text: "A reset takes two different passwords.", Operations: reset, Outcomes: list{"passwords-differ"}},
		{ID: "reset-weak-accepted", Text: "A reset takes a weak password.", Operations: reset, Outcomes: weak},
		{ID: "change-weak-accepted", Text: "A change takes a weak password.", Operations: list{"changePassword"}, Outcomes: weak},
		{ID: "signup-weak-accepted", Text: "A sign-up takes a weak password.", Operations: list{"createUser"}, Outcomes: weak},
		{ID: "refused-reset-spends-token", Text: "A reset refused for the password uses the link up.", Operations: reset, Outcomes: list{"password-weak"}},
		{ID: "reset-keeps-old-password", Text: "A reset answers well and sets no password.", Operations: reset, Outcomes: right},
		{ID: "change-keeps-old-password", Text: "A change answers well and sets no password.", Operations: list{"changePassword"}, Outcomes: right},
		{ID: "change-without-old", Text: "The old password is not checked at a change.", Operations: list{"changePassword"}, Outcomes: list{outBad}},
		{ID: "change-same-accepted", Text: "The old password is taken as the new one.", Operations: list{"changePassword"}, Outcomes: list{"unchanged"}},
		{ID: "confirm-twice-ok", Text: "A confirmation link counts again.", Operations: confirm, Outcomes: list{"already-confirmed"}},
		{ID: "confirm-does-not-activate", Text: "A confirmed user stays pending.", Operations: confirm, Outcomes: right},
		{ID: "resent-confirmation-revokes-first", Text: "A second confirmation mail revokes the first.", Operations: list{"confirmEmail", "requestEmailConfirmation"}, Outcomes: right},
		{ID: "mail-to-unknown", Text: "A reset mail is sent to an address without an account.", Operations: list{"requestPasswordReset"}, Outcomes: list{"unknown-email"}, Profiles: releases},
		{ID: "email-taken-accepted", Text: "An e-mail address can be signed up twice.", Operations: list{"createUser"}, Outcomes: list{"email-taken"}},
		{ID: "referral-not-checked", Text: "Any referral is taken.", Operations: list{"createUser"}, Outcomes: list{"referral-unknown", "referral-malformed"}},
		{ID: "data-too-long-accepted", Text: "Data beyond its limit is stored.", Operations: list{"updateCurrentUser", "createUser"}, Outcomes: list{"data-too-long"}},
	}
}

func captchaFaults() []kit.Fault {
	all := list{"requestPasswordReset", "requestEmailConfirmation", "createUser", "createSession"}
	return []kit.Fault{
		{ID: "captcha-ignored", Text: "No captcha is asked for.", Operations: all, Outcomes: list{"captcha-refused"}},
		{ID: "captcha-skipped-when-absent", Text: "A captcha is checked only when it is sent.", Operations: all, Outcomes: list{"captcha-required"}},
		{ID: "captcha-not-on-reset", Text: "One of the protected operations asks for no captcha.", Operations: list{"requestPasswordReset"}, Outcomes: list{"captcha-required", "captcha-refused"}},
		{ID: "captcha-kept-with-code", Text: "A log-in with the second factor's code needs another captcha.", Operations: list{"createSession"}, Outcomes: list{outOK}, Profiles: only31},
	}
}
