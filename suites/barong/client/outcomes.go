package client

import "authconform/harness/contract"

// Outcomes of Barong that several areas name.
const (
	DeadSession     = contract.Outcome("dead-session")
	CsrfMissing     = contract.Outcome("csrf-missing")
	CsrfMismatch    = contract.Outcome("csrf-mismatch")
	TokenRefused    = contract.Outcome("token-refused")
	NoMembers       = contract.Outcome("no-members")
	AlreadyEnabled  = contract.Outcome("already-enabled")
	NotEnabled      = contract.Outcome("not-enabled")
	CaptchaRequired = contract.Outcome("captcha-required")
)
