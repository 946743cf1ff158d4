package alphapoint

// Surfaces, named as the exchanges are.
const (
	Legacy  = "kiiex"
	Trading = "kiiexap"
)

// Profiles.
const (
	Documented = "documented"
	Platform   = "alphapoint"
)

// policy is what a surface does in a profile.
type policy struct {
	failuresOn200 bool   // and every media type is read as JSON
	gateway       string // what each call must carry: "api-key", "bearer" or "none"
	camelCase     bool   // AuthenticateUser's answer, without a session token: the session is the JWT's
	pendingToken  bool   // a header carries the pending log-in; it belongs to the gateway's credential otherwise
	wrappedCodes  bool   // a guarded call carries its code itself; it wants Validate2FA before it otherwise
	signedHeaders bool   // Nonce, APIKey, Signature and UserId in place of a session
}

func policyOf(surface, profile string) (policy, bool) {
	switch {
	case profile == Platform && (surface == Legacy || surface == Trading):
		return policy{failuresOn200: true, gateway: "none", pendingToken: true, wrappedCodes: true, signedHeaders: true}, true
	case profile == Documented && surface == Legacy:
		return policy{gateway: "api-key"}, true
	case profile == Documented && surface == Trading:
		return policy{gateway: "bearer", camelCase: true}, true
	}
	return policy{}, false
}
