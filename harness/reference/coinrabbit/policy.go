package coinrabbit

// Profiles.
const (
	Documented = "documented"
	Strict     = "strict"
)

// policy is every decision on which the profiles differ. Sections are those of
// the fact file.
type policy struct {
	statuses       bool   // refusals have the statuses of the standards; else 200 (3 Envelope)
	partnerPath    string // plural as printed, singular as every client has it (2.4)
	createPath     string // that of the activation as printed, or its own (2.1)
	createNeedsKey bool   // 2.3
	bySMS          bool   // where codes go; the page does not say (2.7)

	// Names of the members that no public text gives (2.7).
	typeMember, recipientMember, codeMember string
}

const (
	activatePath   = "/v2/auth/2fa/activate"
	deactivatePath = "/v2/auth/2fa/deactivate"
	loginPath      = "/v2/auth/login"
	sendPath       = "/v2/utils/verification-code/send"
	verifyPath     = "/v2/utils/verification-code/verify"
)

func policyOf(profile string) (policy, bool) {
	switch profile {
	case Documented:
		return policy{
			partnerPath: "/v2/auth/partners", createPath: activatePath,
			typeMember: "type", recipientMember: "email", codeMember: "code",
		}, true
	case Strict:
		return policy{
			statuses: true, partnerPath: "/v2/auth/partner", createPath: "/v2/auth/2fa/secret", createNeedsKey: true, bySMS: true,
			typeMember: "message_type", recipientMember: "phone", codeMember: "verification_code",
		}, true
	}
	return policy{}, false
}

// Settings are what a target file says of a portal in this profile.
func (s *Server) Settings() map[string]string {
	p := s.policy
	settings := map[string]string{
		"partner-key": s.key, "partner-login-path": p.partnerPath, "login-path": loginPath,
		"send-code-path": sendPath, "deactivate-path": deactivatePath, "message-type-login": typeLogin,
		"message-type-member": p.typeMember, "recipient-member": p.recipientMember, "code-member": p.codeMember,
		"create-secret-path": p.createPath, "create-secret-api-key": "no", "code-delivery": "email",
	}
	if p.createNeedsKey {
		settings["create-secret-api-key"] = "yes"
	}
	if p.bySMS {
		settings["code-delivery"] = "sms"
	} else {
		settings["new-user"] = "{n}@partner.example"
	}
	return settings
}
