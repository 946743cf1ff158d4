package barong

import "authconform/harness/contract"

// Outcomes of Barong that several areas name.
const (
	deadSession     = contract.Outcome("dead-session")
	csrfMissing     = contract.Outcome("csrf-missing")
	csrfMismatch    = contract.Outcome("csrf-mismatch")
	tokenRefused    = contract.Outcome("token-refused")
	noMembers       = contract.Outcome("no-members")
	alreadyEnabled  = contract.Outcome("already-enabled")
	notEnabled      = contract.Outcome("not-enabled")
	captchaRequired = contract.Outcome("captcha-required")
)
