package coinrabbit

import "authconform/harness/reference/kit"

// Operations and outcomes a fault can touch, as the contract names them.
const (
	opPartner    = "partnerLogin"
	opLogin      = "login"
	opSend       = "sendCode"
	opVerify     = "verifyCode"
	opCreate     = "createSecret"
	opActivate   = "activate"
	opDeactivate = "deactivate"

	outOK          = "ok"
	outUnauth      = "unauthenticated"
	outChallenged  = "challenged"
	outInvalid     = "invalid"
	outInvalidType = "invalid-type"
	outCodeWrong   = "code-wrong"
	outFactorWrong = "second-factor-wrong"
	outReplayed    = "second-factor-replayed"
	outNotVerified = "verification-refused"
	outSecret      = "secret-refused"
	outActive      = "already-active"
	outUnavailable = "unavailable"
	outThrottled   = "throttled"
)

// list is short for a row's members.
type list = []string

var (
	byCode     = list{opActivate, opDeactivate}
	strictOnly = list{Strict}
)

// Faults are the defects that can be seeded, in the order of the areas they
// belong to.
func Faults() []kit.Fault {
	var all []kit.Fault
	for _, area := range [][]kit.Fault{codeFaults(), secretFaults(), verificationFaults(), credentialFaults(), limitFaults(), answerFaults()} {
		all = append(all, area...)
	}
	return all
}

func codeFaults() []kit.Fault {
	wrong := list{outFactorWrong}
	return []kit.Fault{
		{ID: "any-code-accepted", Text: "Any code that is not empty is accepted.", Operations: byCode, Outcomes: wrong},
		{ID: "activation-without-code", Text: "The factor is switched on without a code.", Operations: list{opActivate}, Outcomes: list{outInvalid}},
		{ID: "deactivation-without-code", Text: "The factor is switched off without a code.", Operations: list{opDeactivate}, Outcomes: list{outInvalid}},
		{ID: "replayed-code-accepted", Text: "A code is accepted more than once.", Operations: byCode, Outcomes: list{outReplayed}},
		{ID: "second-factor-of-another-user-accepted", Text: "A code of another user's app is accepted.", Operations: byCode, Outcomes: wrong},
		{ID: "code-of-dead-secret-accepted", Text: "Codes of a secret count after its factor was switched off.", Operations: byCode, Outcomes: wrong},
		{ID: "window-far-too-wide", Text: "Codes up to an hour away from now are accepted.", Operations: byCode, Outcomes: wrong},
		{ID: "long-code-accepted", Text: "Only the first six digits of a longer code are compared.", Operations: byCode, Outcomes: wrong},
		{ID: "spaced-code-accepted", Text: "White space anywhere in a code is dropped.", Operations: byCode, Outcomes: wrong},
		{ID: "number-code-accepted", Text: "A code sent as a JSON number is read as text.", Operations: byCode, Outcomes: list{outInvalidType}},
		{ID: "code-list-accepted", Text: "Of a list of codes the last counts.", Operations: byCode, Outcomes: list{outInvalidType}},
		{ID: "activation-without-effect", Text: "An activation is confirmed and not carried out.", Operations: list{opActivate}, Outcomes: list{outOK}},
		{ID: "deactivation-without-effect", Text: "A deactivation is confirmed and not carried out.", Operations: list{opDeactivate}, Outcomes: list{outOK}},
		{ID: "refused-activation-counts", Text: "An activation with a wrong code is refused and carried out.", Operations: list{opActivate}, Outcomes: wrong},
		{ID: "refused-deactivation-counts", Text: "A deactivation with a wrong code is refused and carried out.", Operations: list{opDeactivate}, Outcomes: wrong},
		{ID: "deactivation-while-off-accepted", Text: "A deactivation is confirmed while the factor is off.", Operations: list{opDeactivate}, Outcomes: list{outUnavailable}},
	}
}

func secretFaults() []kit.Fault {
	created, refused, active := list{outOK}, list{outSecret}, list{outActive}
	return []kit.Fault{
		{ID: "weak-secret", Text: "A secret has 80 bits.", Operations: list{opCreate}, Outcomes: created},
		{ID: "secret-of-120-bits", Text: "A secret has 120 bits, as many as the printed example.", Operations: list{opCreate}, Outcomes: created},
		{ID: "secret-not-base32", Text: "A secret is not Base32.", Operations: list{opCreate}, Outcomes: created},
		{ID: "same-secret-for-everybody", Text: "Every user gets the same secret.", Operations: list{opCreate}, Outcomes: created},
		{ID: "same-secret-each-time", Text: "A user gets the same secret each time.", Operations: list{opCreate}, Outcomes: created},
		{ID: "client-secret-accepted", Text: "Any secret that the client sends is accepted.", Operations: list{opActivate}, Outcomes: refused},
		{ID: "short-client-secret-accepted", Text: "A short secret that the client sends is accepted.", Operations: list{opActivate}, Outcomes: refused},
		{ID: "secret-of-another-user-accepted", Text: "A secret that was created for another user is accepted.", Operations: list{opActivate}, Outcomes: refused},
		{ID: "replaced-secret-accepted", Text: "A secret is accepted after another was created.", Operations: list{opActivate}, Outcomes: refused},
		{ID: "live-secret-shown-again", Text: "Creating a secret while the factor is on shows the live one.", Operations: list{opCreate}, Outcomes: active},
		{ID: "creation-replaces-live-secret", Text: "Creating a secret while the factor is on replaces the live one.", Operations: list{opCreate}, Outcomes: active},
		{ID: "creation-switches-factor-off", Text: "Creating a secret while the factor is on switches it off.", Operations: list{opCreate}, Outcomes: active},
		{ID: "second-activation-accepted", Text: "A new secret is activated over a live one without a code of it.", Operations: list{opActivate, opCreate}, Outcomes: active},
		{ID: "secret-cacheable", Text: "Caches may keep the answer with the secret.", Operations: list{opCreate}, Outcomes: created},
		{ID: "secret-repeated-on-activation", Text: "The answer to an activation repeats the secret.", Operations: list{opActivate}, Outcomes: list{outOK}},
	}
}

func verificationFaults() []kit.Fault {
	refused, bearers := list{outNotVerified}, list{opActivate, opDeactivate, opLogin}
	return []kit.Fault{
		{ID: "any-verification-token-accepted", Text: "Any verification token is accepted.", Operations: byCode, Outcomes: refused},
		{ID: "verification-token-not-needed", Text: "A body without a verification token is accepted.", Operations: byCode, Outcomes: list{outInvalid}},
		{ID: "empty-verification-token-accepted", Text: "An empty verification token is accepted.", Operations: byCode, Outcomes: list{outInvalid}},
		{ID: "verification-token-reusable", Text: "A verification token is accepted more than once.", Operations: bearers, Outcomes: refused},
		{ID: "verification-token-of-another-type-accepted", Text: "A verification token of another message type is accepted.", Operations: bearers, Outcomes: refused},
		{ID: "verification-token-of-another-user-accepted", Text: "A verification token of another user is accepted.", Operations: byCode, Outcomes: refused},
		{ID: "expired-verification-token-accepted", Text: "A verification token never expires.", Operations: bearers, Outcomes: refused},
		{ID: "any-verification-code-accepted", Text: "Any verification code is accepted.", Operations: list{opVerify}, Outcomes: list{outCodeWrong}},
		{ID: "verification-code-reusable", Text: "A verification code is accepted more than once.", Operations: list{opVerify}, Outcomes: list{outCodeWrong}},
		{ID: "replaced-code-accepted", Text: "A verification code is accepted after a newer one was sent.", Operations: list{opVerify}, Outcomes: list{outCodeWrong}},
		{ID: "expired-code-accepted", Text: "A verification code never expires.", Operations: list{opVerify}, Outcomes: list{outCodeWrong}},
		{ID: "code-of-another-type-accepted", Text: "A verification code of another message type is accepted.", Operations: list{opVerify}, Outcomes: list{outCodeWrong}},
		{ID: "code-of-another-user-accepted", Text: "A verification code of another user is accepted.", Operations: list{opVerify}, Outcomes: list{outCodeWrong}},
		{ID: "parallel-uses-all-accepted", Text: "Parallel uses of one verification code or token are all accepted.", Operations: list{opVerify, opLogin}, Outcomes: list{outCodeWrong, outNotVerified}},
		{ID: "code-in-answer", Text: "The answer to sending a code holds the code.", Operations: list{opSend}, Outcomes: list{outOK}},
		{ID: "unknown-address-told", Text: "Sending a code tells that an address has no account.", Operations: list{opSend}, Outcomes: list{outOK, outInvalid}},
		{ID: "unknown-message-type-accepted", Text: "A code is sent for a message type that there is not.", Operations: list{opSend, opVerify}, Outcomes: list{outInvalid}},
	}
}

func credentialFaults() []kit.Fault {
	refused, users := list{outUnauth}, list{opCreate, opActivate, opDeactivate}
	return []kit.Fault{
		{ID: "missing-user-token-accepted", Text: "A call without a user token acts for the account of the verification token.", Operations: users, Outcomes: refused},
		{ID: "call-without-headers-trusted", Text: "A call with neither header is taken for one of the program's own.", Operations: users, Outcomes: refused},
		{ID: "unreadable-user-token-accepted", Text: "A user token that cannot be read acts for the account of the verification token.", Operations: users, Outcomes: refused},
		{ID: "missing-api-key-accepted", Text: "A call without the partner's key is served.", Operations: list{opPartner, opLogin, opSend, opVerify, opActivate, opDeactivate}, Outcomes: refused},
		{ID: "any-api-key-accepted", Text: "Any partner key will do.", Operations: list{opPartner, opLogin, opSend, opVerify, opActivate, opDeactivate}, Outcomes: refused},
		{ID: "api-key-as-user-token", Text: "The partner's key is taken for a user token.", Operations: users, Outcomes: refused},
		{ID: "verification-token-as-user-token", Text: "A verification token is taken for a user token.", Operations: users, Outcomes: refused},
		{ID: "user-token-taken-from-query", Text: "A user token in the query is accepted.", Operations: users, Outcomes: refused},
		{ID: "unsigned-user-token-accepted", Text: "A user token with alg none is accepted.", Operations: users, Outcomes: refused},
		{ID: "oddly-spelt-none-accepted", Text: "A user token with alg nOnE is accepted.", Operations: users, Outcomes: refused},
		{ID: "stripped-signature-accepted", Text: "A user token without a signature is accepted.", Operations: users, Outcomes: refused},
		{ID: "user-token-signature-ignored", Text: "The signature of a user token is not checked.", Operations: users, Outcomes: refused},
		{ID: "key-in-token-trusted", Text: "A user token signed with a key that it brings along is accepted.", Operations: users, Outcomes: refused},
		{ID: "expired-user-token-accepted", Text: "A user token counts after it expired.", Operations: users, Outcomes: refused},
		{ID: "user-token-without-expiry", Text: "A user token says no expiry.", Operations: list{opPartner, opLogin}, Outcomes: list{outOK}},
		{ID: "user-token-unchanged-between-logins", Text: "Two log-ins give the same user token.", Operations: list{opPartner, opLogin}, Outcomes: list{outOK}},
	}
}

func limitFaults() []kit.Fault {
	limited := list{outThrottled}
	return []kit.Fault{
		{ID: "guesses-never-limited", Text: "Wrong codes are never limited.", Operations: byCode, Outcomes: limited},
		{ID: "one-guess-too-many", Text: "One more wrong code than the limit is answered.", Operations: byCode, Outcomes: limited},
		{ID: "one-guess-too-few", Text: "One wrong code less than the limit is answered.", Operations: byCode, Outcomes: list{outFactorWrong, outThrottled}},
		{ID: "right-code-passes-limit", Text: "A right code is accepted while the limit holds.", Operations: byCode, Outcomes: limited},
		{ID: "limit-never-released", Text: "The limit never ends.", Operations: byCode, Outcomes: list{outOK, outThrottled}},
		{ID: "guesses-counted-per-session", Text: "A new log-in brings new guesses.", Operations: byCode, Outcomes: limited},
		{ID: "guesses-counted-per-verification", Text: "A new verification token brings new guesses.", Operations: byCode, Outcomes: limited},
		{ID: "guesses-counted-per-claimed-address", Text: "An address that the client claims brings new guesses.", Operations: byCode, Outcomes: limited},
		{ID: "guesses-forgotten-with-new-secret", Text: "A new secret brings new guesses.", Operations: list{opActivate, opCreate}, Outcomes: limited},
		{ID: "verifying-never-limited", Text: "Wrong verification codes are never limited.", Operations: list{opVerify}, Outcomes: limited},
		{ID: "sending-never-limited", Text: "Codes are sent without limit.", Operations: list{opSend}, Outcomes: limited},
		{ID: "retry-after-missing", Text: "A limited answer does not say when to come back.", Operations: list{opActivate, opDeactivate, opVerify, opSend}, Outcomes: limited, Profiles: strictOnly},
		{ID: "retry-after-too-long", Text: "A limited answer says an hour too much.", Operations: byCode, Outcomes: limited, Profiles: strictOnly},
	}
}

func answerFaults() []kit.Fault {
	all := list{opPartner, opLogin, opSend, opVerify, opCreate, opActivate, opDeactivate}
	refusals := list{outUnauth, outInvalid, outInvalidType, outCodeWrong, outFactorWrong, outReplayed, outNotVerified, outSecret, outActive, outUnavailable}
	return []kit.Fault{
		{ID: "refusal-says-true", Text: "Refusals say result true.", Operations: all, Outcomes: refusals},
		{ID: "internals-in-refusals", Text: "Refusals show the place in the program.", Operations: all, Outcomes: refusals},
		{ID: "refusal-repeats-input", Text: "Refusals repeat what was sent, codes and secrets included.", Operations: byCode, Outcomes: refusals},
		{ID: "refusal-with-200", Text: "Refusals are sent with status 200.", Operations: all, Outcomes: refusals, Profiles: strictOnly},
		{ID: "unauthenticated-as-403", Text: "A missing credential is answered 403.", Operations: all, Outcomes: list{outUnauth}, Profiles: strictOnly},
		{ID: "forbidden-as-404", Text: "A refused request is answered 404.", Operations: list{opCreate, opActivate, opDeactivate, opLogin}, Outcomes: list{outNotVerified, outActive}, Profiles: strictOnly},
		{ID: "challenge-missing", Text: "An answer 401 lacks WWW-Authenticate.", Operations: list{opPartner, opCreate, opActivate, opDeactivate}, Outcomes: list{outChallenged}, Profiles: strictOnly},
	}
}
