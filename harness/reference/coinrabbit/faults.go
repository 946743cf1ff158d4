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
		{ID: faultAnyCodeAccepted, Text: "Any code that is not empty is accepted.", Operations: byCode, Outcomes: wrong},
		{
			ID: faultActivationWithoutCode, Text: "The factor is switched on without a code.",
			Operations: list{opActivate}, Outcomes: list{outInvalid},
		},
		{
			ID: faultDeactivationWithoutCode, Text: "The factor is switched off without a code.",
			Operations: list{opDeactivate}, Outcomes: list{outInvalid},
		},
		{ID: faultReplayedCodeAccepted, Text: "A code is accepted more than once.", Operations: byCode, Outcomes: list{outReplayed}},
		{
			ID: faultSecondFactorOfAnotherUserAccepted, Text: "A code of another user's app is accepted.",
			Operations: byCode, Outcomes: wrong,
		},
		{
			ID: faultCodeOfDeadSecretAccepted, Text: "Codes of a secret count after its factor was switched off.",
			Operations: byCode, Outcomes: wrong,
		},
		{ID: faultWindowFarTooWide, Text: "Codes up to an hour away from now are accepted.", Operations: byCode, Outcomes: wrong},
		{ID: faultLongCodeAccepted, Text: "Only the first six digits of a longer code are compared.", Operations: byCode, Outcomes: wrong},
		{ID: faultSpacedCodeAccepted, Text: "White space anywhere in a code is dropped.", Operations: byCode, Outcomes: wrong},
		{
			ID: faultNumberCodeAccepted, Text: "A code sent as a JSON number is read as text.",
			Operations: byCode, Outcomes: list{outInvalidType},
		},
		{ID: faultCodeListAccepted, Text: "Of a list of codes the last counts.", Operations: byCode, Outcomes: list{outInvalidType}},
		{
			ID: faultActivationWithoutEffect, Text: "An activation is confirmed and not carried out.",
			Operations: list{opActivate}, Outcomes: list{outOK},
		},
		{
			ID: faultDeactivationWithoutEffect, Text: "A deactivation is confirmed and not carried out.",
			Operations: list{opDeactivate}, Outcomes: list{outOK},
		},
		{
			ID: faultRefusedActivationCounts, Text: "An activation with a wrong code is refused and carried out.",
			Operations: list{opActivate}, Outcomes: wrong,
		},
		{
			ID: faultRefusedDeactivationCounts, Text: "A deactivation with a wrong code is refused and carried out.",
			Operations: list{opDeactivate}, Outcomes: wrong,
		},
		{
			ID: faultDeactivationWhileOffAccepted, Text: "A deactivation is confirmed while the factor is off.",
			Operations: list{opDeactivate}, Outcomes: list{outUnavailable},
		},
	}
}

func secretFaults() []kit.Fault {
	created, refused, active := list{outOK}, list{outSecret}, list{outActive}
	return []kit.Fault{
		{ID: faultWeakSecret, Text: "A secret has 80 bits.", Operations: list{opCreate}, Outcomes: created},
		{
			ID: faultSecretOf120Bits, Text: "A secret has 120 bits, as many as the printed example.",
			Operations: list{opCreate}, Outcomes: created,
		},
		{ID: faultSecretNotBase32, Text: "A secret is not Base32.", Operations: list{opCreate}, Outcomes: created},
		{ID: faultSameSecretForEverybody, Text: "Every user gets the same secret.", Operations: list{opCreate}, Outcomes: created},
		{ID: faultSameSecretEachTime, Text: "A user gets the same secret each time.", Operations: list{opCreate}, Outcomes: created},
		{
			ID: faultClientSecretAccepted, Text: "Any secret that the client sends is accepted.",
			Operations: list{opActivate}, Outcomes: refused,
		},
		{
			ID: faultShortClientSecretAccepted, Text: "A short secret that the client sends is accepted.",
			Operations: list{opActivate}, Outcomes: refused,
		},
		{
			ID: faultSecretOfAnotherUserAccepted, Text: "A secret that was created for another user is accepted.",
			Operations: list{opActivate}, Outcomes: refused,
		},
		{
			ID: faultReplacedSecretAccepted, Text: "A secret is accepted after another was created.",
			Operations: list{opActivate}, Outcomes: refused,
		},
		{
			ID: faultLiveSecretShownAgain, Text: "Creating a secret while the factor is on shows the live one.",
			Operations: list{opCreate}, Outcomes: active,
		},
		{
			ID: faultCreationReplacesLiveSecret, Text: "Creating a secret while the factor is on replaces the live one.",
			Operations: list{opCreate}, Outcomes: active,
		},
		{
			ID: faultCreationSwitchesFactorOff, Text: "Creating a secret while the factor is on switches it off.",
			Operations: list{opCreate}, Outcomes: active,
		},
		{
			ID: faultSecondActivationAccepted, Text: "A new secret is activated over a live one without a code of it.",
			Operations: list{opActivate, opCreate}, Outcomes: active,
		},
		{ID: faultSecretCacheable, Text: "Caches may keep the answer with the secret.", Operations: list{opCreate}, Outcomes: created},
		{
			ID: faultSecretRepeatedOnActivation, Text: "The answer to an activation repeats the secret.",
			Operations: list{opActivate}, Outcomes: list{outOK},
		},
	}
}

func verificationFaults() []kit.Fault {
	refused, bearers := list{outNotVerified}, list{opActivate, opDeactivate, opLogin}
	return []kit.Fault{
		{ID: faultAnyVerificationTokenAccepted, Text: "Any verification token is accepted.", Operations: byCode, Outcomes: refused},
		{
			ID: faultVerificationTokenNotNeeded, Text: "A body without a verification token is accepted.",
			Operations: byCode, Outcomes: list{outInvalid},
		},
		{
			ID: faultEmptyVerificationTokenAccepted, Text: "An empty verification token is accepted.",
			Operations: byCode, Outcomes: list{outInvalid},
		},
		{
			ID: faultVerificationTokenReusable, Text: "A verification token is accepted more than once.",
			Operations: bearers, Outcomes: refused,
		},
		{
			ID: faultVerificationTokenOfAnotherTypeAccepted, Text: "A verification token of another message type is accepted.",
			Operations: bearers, Outcomes: refused,
		},
		{
			ID: faultVerificationTokenOfAnotherUserAccepted, Text: "A verification token of another user is accepted.",
			Operations: byCode, Outcomes: refused,
		},
		{ID: faultExpiredVerificationTokenAccepted, Text: "A verification token never expires.", Operations: bearers, Outcomes: refused},
		{
			ID: faultAnyVerificationCodeAccepted, Text: "Any verification code is accepted.",
			Operations: list{opVerify}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultVerificationCodeReusable, Text: "A verification code is accepted more than once.",
			Operations: list{opVerify}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultReplacedCodeAccepted, Text: "A verification code is accepted after a newer one was sent.",
			Operations: list{opVerify}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultExpiredCodeAccepted, Text: "A verification code never expires.",
			Operations: list{opVerify}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultCodeOfAnotherTypeAccepted, Text: "A verification code of another message type is accepted.",
			Operations: list{opVerify}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultCodeOfAnotherUserAccepted, Text: "A verification code of another user is accepted.",
			Operations: list{opVerify}, Outcomes: list{outCodeWrong},
		},
		{
			ID: faultParallelUsesAllAccepted, Text: "Parallel uses of one verification code or token are all accepted.",
			Operations: list{opVerify, opLogin}, Outcomes: list{outCodeWrong, outNotVerified},
		},
		{ID: faultCodeInAnswer, Text: "The answer to sending a code holds the code.", Operations: list{opSend}, Outcomes: list{outOK}},
		{
			ID: faultUnknownAddressTold, Text: "Sending a code tells that an address has no account.",
			Operations: list{opSend}, Outcomes: list{outOK, outInvalid},
		},
		{
			ID: faultUnknownMessageTypeAccepted, Text: "A code is sent for a message type that there is not.",
			Operations: list{opSend, opVerify}, Outcomes: list{outInvalid},
		},
	}
}

func credentialFaults() []kit.Fault {
	refused, users := list{outUnauth}, list{opCreate, opActivate, opDeactivate}
	return []kit.Fault{
		{
			ID: faultMissingUserTokenAccepted, Text: "A call without a user token acts for the account of the verification token.",
			Operations: users, Outcomes: refused,
		},
		{
			ID: faultCallWithoutHeadersTrusted, Text: "A call with neither header is taken for one of the program's own.",
			Operations: users, Outcomes: refused,
		},
		{
			ID: faultUnreadableUserTokenAccepted, Text: "A user token that cannot be read acts for the account of the verification token.",
			Operations: users, Outcomes: refused,
		},
		{
			ID: faultMissingAPIKeyAccepted, Text: "A call without the partner's key is served.",
			Operations: list{opPartner, opLogin, opSend, opVerify, opActivate, opDeactivate}, Outcomes: refused,
		},
		{
			ID: faultAnyAPIKeyAccepted, Text: "Any partner key will do.",
			Operations: list{opPartner, opLogin, opSend, opVerify, opActivate, opDeactivate}, Outcomes: refused,
		},
		{ID: faultAPIKeyAsUserToken, Text: "The partner's key is taken for a user token.", Operations: users, Outcomes: refused},
		{
			ID: faultVerificationTokenAsUserToken, Text: "A verification token is taken for a user token.",
			Operations: users, Outcomes: refused,
		},
		{ID: faultUserTokenTakenFromQuery, Text: "A user token in the query is accepted.", Operations: users, Outcomes: refused},
		{ID: faultUnsignedUserTokenAccepted, Text: "A user token with alg none is accepted.", Operations: users, Outcomes: refused},
		{ID: faultOddlySpeltNoneAccepted, Text: "A user token with alg nOnE is accepted.", Operations: users, Outcomes: refused},
		{ID: faultStrippedSignatureAccepted, Text: "A user token without a signature is accepted.", Operations: users, Outcomes: refused},
		{ID: faultUserTokenSignatureIgnored, Text: "The signature of a user token is not checked.", Operations: users, Outcomes: refused},
		{
			ID: faultKeyInTokenTrusted, Text: "A user token signed with a key that it brings along is accepted.",
			Operations: users, Outcomes: refused,
		},
		{
			ID: faultRSAKeyInTokenTrusted, Text: "A user token signed with the RSA key that it brings along is accepted.",
			Operations: users, Outcomes: refused,
		},
		{
			ID: faultTokenByGuessableKey, Text: "A user token signed with the word secret is accepted.",
			Operations: users, Outcomes: refused,
		},
		{ID: faultExpiredUserTokenAccepted, Text: "A user token counts after it expired.", Operations: users, Outcomes: refused},
		{
			ID: faultUserTokenWithoutExpiry, Text: "A user token says no expiry.",
			Operations: list{opPartner, opLogin}, Outcomes: list{outOK},
		},
		{
			ID: faultUserTokenUnchangedBetweenLogins, Text: "Two log-ins give the same user token.",
			Operations: list{opPartner, opLogin}, Outcomes: list{outOK},
		},
	}
}

func limitFaults() []kit.Fault {
	limited := list{outThrottled}
	return []kit.Fault{
		{ID: faultGuessesNeverLimited, Text: "Wrong codes are never limited.", Operations: byCode, Outcomes: limited},
		{ID: faultOneGuessTooMany, Text: "One more wrong code than the limit is answered.", Operations: byCode, Outcomes: limited},
		{
			ID: faultOneGuessTooFew, Text: "One wrong code less than the limit is answered.",
			Operations: byCode, Outcomes: list{outFactorWrong, outThrottled},
		},
		{ID: faultRightCodePassesLimit, Text: "A right code is accepted while the limit holds.", Operations: byCode, Outcomes: limited},
		{ID: faultLimitNeverReleased, Text: "The limit never ends.", Operations: byCode, Outcomes: list{outOK, outThrottled}},
		{ID: faultGuessesCountedPerSession, Text: "A new log-in brings new guesses.", Operations: byCode, Outcomes: limited},
		{
			ID: faultGuessesCountedPerVerification, Text: "A new verification token brings new guesses.",
			Operations: byCode, Outcomes: limited,
		},
		{
			ID: faultGuessesCountedPerClaimedAddress, Text: "An address that the client claims brings new guesses.",
			Operations: byCode, Outcomes: limited,
		},
		{
			ID: faultGuessesForgottenWithNewSecret, Text: "A new secret brings new guesses.",
			Operations: list{opActivate, opCreate}, Outcomes: limited,
		},
		{
			ID: faultVerifyingNeverLimited, Text: "Wrong verification codes are never limited.",
			Operations: list{opVerify}, Outcomes: limited,
		},
		{ID: faultSendingNeverLimited, Text: "Codes are sent without limit.", Operations: list{opSend}, Outcomes: limited},
		{
			ID: faultRetryAfterMissing, Text: "A limited answer does not say when to come back.",
			Operations: list{opActivate, opDeactivate, opVerify, opSend}, Outcomes: limited, Profiles: strictOnly,
		},
		{
			ID: faultRetryAfterTooLong, Text: "A limited answer says an hour too much.",
			Operations: byCode, Outcomes: limited, Profiles: strictOnly,
		},
	}
}

func answerFaults() []kit.Fault {
	all := list{opPartner, opLogin, opSend, opVerify, opCreate, opActivate, opDeactivate}
	refusals := list{outUnauth, outInvalid, outInvalidType, outCodeWrong, outFactorWrong, outReplayed, outNotVerified, outSecret,
		outActive, outUnavailable}
	return []kit.Fault{
		{ID: faultRefusalSaysTrue, Text: "Refusals say result true.", Operations: all, Outcomes: refusals},
		{ID: faultInternalsInRefusals, Text: "Refusals show the place in the program.", Operations: all, Outcomes: refusals},
		{
			ID: faultRefusalRepeatsInput, Text: "Refusals repeat what was sent, codes and secrets included.",
			Operations: byCode, Outcomes: refusals,
		},
		{ID: faultRefusalWith200, Text: "Refusals are sent with status 200.", Operations: all, Outcomes: refusals, Profiles: strictOnly},
		{
			ID: faultUnauthenticatedAs403, Text: "A missing credential is answered 403.",
			Operations: all, Outcomes: list{outUnauth}, Profiles: strictOnly,
		},
		{
			ID: faultForbiddenAs404, Text: "A refused request is answered 404.",
			Operations: list{opCreate, opActivate, opDeactivate, opLogin}, Outcomes: list{outNotVerified, outActive}, Profiles: strictOnly,
		},
		{
			ID: faultChallengeMissing, Text: "An answer 401 lacks WWW-Authenticate.",
			Operations: list{opPartner, opCreate, opActivate, opDeactivate}, Outcomes: list{outChallenged}, Profiles: strictOnly,
		},
	}
}
