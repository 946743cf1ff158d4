package onlyoffice

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// scenario does what shows one fault and tells what a client saw.
type scenario func(*portal) string

func status(replies ...reply) string {
	var all []string
	for _, r := range replies {
		all = append(all, strconv.Itoa(r.status))
	}
	return strings.Join(all, " ")
}

// withCode logs an enrolled user in with a code made from the secret and the
// backup codes.
func withCode(code func(p *portal, secret string, backup []string) any) scenario {
	return func(p *portal) string {
		who := p.who(roleTOTP, 0)
		secret, _, backup := p.enrol(who)
		p.Clock.Advance(10 * time.Minute)
		value := code(p, secret, backup)
		return status(p.loginCode(who, "code", value), p.validate(who, value))
	}
}

func fixed(code any) scenario { return withCode(func(*portal, string, []string) any { return code }) }

// twice uses one code two times.
func twice(code func(p *portal, secret string, backup []string) string) scenario {
	return func(p *portal) string {
		who := p.who(roleTOTP, 0)
		secret, _, backup := p.enrol(who)
		value := code(p, secret, backup)
		return status(p.loginCode(who, "code", value), p.loginCode(who, "code", value))
	}
}

func firstCode(code any) scenario {
	return func(p *portal) string {
		who := p.who(roleTOTP, 0)
		return status(p.loginCode(who, "code", code), p.validate(who, code))
	}
}

func wrongUser(p *portal) string {
	body := func(login string) object { return object{"userName": login, "password": "wrong"} }
	known, unknown := p.call("POST", authPath, body(p.who(roleUser, 0).Login)), p.call("POST", authPath, body("nobody@portal.example"))
	return fmt.Sprint(status(known, unknown), known.raw == unknown.raw, len(known.raw) == len(unknown.raw),
		len(known.header) == len(unknown.header),
		known.header.Get("X-Reason") == unknown.header.Get("X-Reason"))
}

// blocked fails `before` times, then sends the right password after a pause.
func blocked(before int, pause time.Duration, between func(*portal)) scenario {
	return func(p *portal) string {
		who := p.who(roleUser, 0)
		p.fail(who.Login, before)
		if between != nil {
			between(p)
		}
		p.Clock.Advance(pause)
		last := p.login(who)
		return status(last) + " " + last.header.Get("Retry-After")
	}
}

// survives logs a user in, does something, and tells whether the token counts.
func survives(do func(p *portal, who kit.Identity, token string)) scenario {
	return func(p *portal) string {
		who := p.who(roleUser, 0)
		token := p.token(who)
		do(p, who, token)
		return fmt.Sprint(p.alive(token))
	}
}

func asUser(method, path string, body func(*portal) any) scenario {
	return func(p *portal) string {
		return status(p.call(method, prefix+path, body(p), bearer(p.token(p.who(roleUser, 0)))))
	}
}

func putAs(role, path string, body func(*portal) any) scenario {
	return func(p *portal) string {
		return status(p.call("PUT", prefix+path, body(p), bearer(p.token(p.who(role, 0)))))
	}
}

func none(*portal) any { return nil }

func linkUse(use func(p *portal, who, other kit.Identity, link option) []reply) scenario {
	return func(p *portal) string {
		who, other := p.who(roleUser, 0), p.who(roleUser, 1)
		return status(use(p, who, other, p.passwordLink(who))...)
	}
}

func passwordChange(password func(kit.Identity) string) scenario {
	return linkUse(func(p *portal, who, _ kit.Identity, link option) []reply {
		return []reply{p.changePassword(who, password(who), link)}
	})
}

func plainRefusals(p *portal) string {
	user := bearer(p.token(p.who(roleUser, 0)))
	return status(
		p.call("GET", prefix+"/settings/tfaapp", nil),
		p.call("GET", prefix+"/settings/cookiesettings", nil, user),
		p.fail(p.who(roleUser, 1).Login, 1),
	)
}

var scenarios = map[string]scenario{
	// Codes.
	faultAnyCodeAccepted: withCode(func(p *portal, secret string, _ []string) any { return p.codeAt(secret, 5000) }),
	faultReplayedCodeAccepted: twice(func(p *portal, secret string, _ []string) string {
		return p.freshCode(secret)
	}),
	faultForeignCodeAccepted: withCode(func(p *portal, _ string, _ []string) any {
		secret, _, _ := p.enrol(p.who(roleTOTP, 1))
		return p.freshCode(secret)
	}),
	faultWindowFarTooWide:   withCode(func(p *portal, secret string, _ []string) any { return p.codeAt(secret, -60) }),
	faultSpacedCodeAccepted: withCode(func(p *portal, secret string, _ []string) any { c := p.codeAt(secret, 0); return c[:3] + " " + c[3:] }),
	faultFullWidthCodeAccepted: withCode(func(p *portal, secret string, _ []string) any {
		return strings.Map(func(c rune) rune { return c - '0' + '０' }, p.codeAt(secret, 0))
	}),
	faultLongCodeAccepted:            withCode(func(p *portal, secret string, _ []string) any { return p.codeAt(secret, 0) + "0" }),
	faultEmptyCodeAccepted:           fixed(""),
	faultNullCodeAccepted:            fixed(nil),
	faultNumberCodeAccepted:          fixed(123456),
	faultArrayCodeAccepted:           fixed([]string{}),
	faultBooleanCodeAccepted:         fixed(true),
	faultAbsentCodeSkipsSecondFactor: func(p *portal) string { return status(p.loginCode(p.who(roleTOTP, 0))) },
	faultBackupCodeReusable:          twice(func(_ *portal, _ string, backup []string) string { return backup[0] }),
	faultBackupCodesCaseFolded:       withCode(func(_ *portal, _ string, backup []string) any { return swapCase(backup[0]) }),
	faultParallelUsesAllAccepted: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		_, _, backup := p.enrol(who)
		p.setAttemptCount(100)
		return fmt.Sprint(p.parallel(8, func() reply { return p.loginCode(who, "code", backup[0]) }) == 1)
	},
	faultOldBackupCodesAliveAfterRenewal: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		_, token, backup := p.enrol(who)
		p.call("PUT", prefix+"/settings/tfaappnewcodes", nil, bearer(token))
		return status(p.loginCode(who, "code", backup[0]))
	},
	faultOldSecretAliveAfterUnlink: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		secret, token, _ := p.enrol(who)
		p.call("PUT", prefix+"/settings/tfaappnewapp", object{"id": who.ID}, bearer(token))
		return status(p.loginCode(who, "code", p.freshCode(secret)))
	},
	faultEnrolmentWithoutCode:   firstCode(""),
	faultEnrolmentWithWrongCode: firstCode("000000"),
	faultSecretShownAfterEnrolment: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		first := p.stepOne(who)
		p.enrol(who)
		return fmt.Sprint(p.login(who).text("tfaKey") != "", status(p.call("GET", prefix+"/settings/tfaapp/setup", nil, first...)))
	},
	faultWeakSecret: func(p *portal) string { return fmt.Sprint(len(p.login(p.who(roleTOTP, 0)).text("tfaKey"))) },
	faultSMSCodeReusable: func(p *portal) string {
		smsPortal(p)
		who := p.who(rolePhone, 0)
		p.login(who)
		code := p.smsCode(who.Phone)
		return status(p.loginCode(who, "code", code), p.loginCode(who, "code", code))
	},

	// Log-in.
	faultTokenBeforeSecondFactor: func(p *portal) string { return fmt.Sprint(p.alive(p.login(p.who(roleTOTP, 0)).text("token"))) },
	faultCodeLoginWithoutSecondFactor: func(p *portal) string {
		return status(p.loginCode(p.who(roleUser, 0), "code", "000000"))
	},
	faultSecondStepWithoutFirst: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		return status(p.call("GET", prefix+"/settings/tfaapp/setup", nil, confirm("type", "TfaActivation", "uid", who.ID)))
	},
	faultTrustedAddressOverridesMandatory: func(p *portal) string { return fmt.Sprint(p.login(p.who(roleTOTP, 0)).response()["tfa"]) },
	faultDisabledAccountLetIn:             func(p *portal) string { return status(p.login(p.who(roleDisabled, 0))) },
	faultCaptchaTypeNameRefused:           func(p *portal) string { return status(p.login(p.who(roleUser, 0), "recaptchaType", "Default")) },
	faultLogInLinkUnchecked: func(p *portal) string {
		return status(p.call("POST", authPath, object{"confirmData": object{"email": p.who(roleUser, 0).Login, "key": "1.WRONG"}}))
	},
	faultCaptchaIgnored:               func(p *portal) string { return status(p.login(p.who(roleUser, 0), "recaptchaResponse", "x")) },
	faultUnknownUserToldByBody:        wrongUser,
	faultUnknownUserToldByStatus:      wrongUser,
	faultUnknownUserToldByHeader:      wrongUser,
	faultUnknownUserToldByHeaderValue: wrongUser,
	faultUnknownUserToldByLength:      wrongUser,
	faultUnknownUserToldByPasswordMail: func(p *portal) string {
		return status(p.call("POST", prefix+"/people/password", object{"email": "nobody@portal.example",
			"recaptchaResponse": p.CaptchaResponse()}))
	},

	// Limits.
	faultLimitNeverReached:        blocked(5, 0, nil),
	faultLimitNeverReleased:       func(p *portal) string { p.fail(p.who(roleUser, 0).Login, 6); return blocked(0, time.Hour, nil)(p) },
	faultLimitOneTooMany:          blocked(5, 0, nil),
	faultLimitOneTooFew:           blocked(4, 0, nil),
	faultLimitIgnoresSettings:     blocked(0, 0, func(p *portal) { p.setAttemptCount(2); p.fail(p.who(roleUser, 0).Login, 2) }),
	faultRightPasswordPassesBlock: blocked(6, 0, nil),
	faultCounterResetByAnyRequest: blocked(5, 0, func(p *portal) {
		p.call("GET", prefix+"/capabilities", nil)
	}),
	faultCounterResetByNewConnection: func(p *portal) string {
		who := p.who(roleUser, 0)
		p.fail(who.Login, 5)
		return status(p.callWith(newConnection(), "POST", authPath, credentials(who)))
	},
	faultCounterResetByEmailCase: func(p *portal) string {
		who := p.who(roleUser, 0)
		p.fail(who.Login, 5)
		who.Login = strings.ToUpper(who.Login)
		return status(p.login(who))
	},
	faultCounterTrustsClientAddress: func(p *portal) string {
		who := p.who(roleUser, 0)
		p.fail(who.Login, 5)
		return status(p.call("POST", authPath, credentials(who), header("X-Forwarded-For", "203.0.113.9")))
	},
	faultRetryAfterMissing: blocked(5, 0, nil),
	faultRetryAfterZero:    blocked(5, 0, nil),
	faultRetryAfterTooLong: blocked(5, 0, nil),
	faultSecondFactorLimitNeverReached: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		secret, _, _ := p.enrol(who)
		for range 5 {
			p.loginCode(who, "code", p.codeAt(secret, 500))
		}
		return status(p.loginCode(who, "code", p.codeAt(secret, 1)))
	},
	faultPasswordMailLimitNeverReached: func(p *portal) string {
		var last reply
		for range 6 {
			last = p.call("POST", prefix+"/people/password", object{"email": "nobody@portal.example", "recaptchaResponse": p.CaptchaResponse()})
		}
		return status(last)
	},
	faultSettingsOutOfRangeAccepted: putAs(roleAdmin, "/settings/security/loginsettings", func(*portal) any {
		return object{"attemptCount": 10000, "blockTime": 60, "checkPeriod": 60}
	}),

	// Sessions.
	faultTokenUnchangedBetweenLogins: func(p *portal) string {
		who := p.who(roleUser, 0)
		first, second := p.token(who), p.token(who)
		return fmt.Sprint(first == second)
	},
	faultTokenNeverExpires:           survives(func(p *portal, _ kit.Identity, _ string) { p.Clock.Advance(2 * sessionLifetime) }),
	faultExpiredSessionAliveInHeader: survives(func(p *portal, _ kit.Identity, _ string) { p.Clock.Advance(2 * sessionLifetime) }),
	faultEndedSessionAliveInHeader: survives(func(p *portal, _ kit.Identity, token string) {
		p.call("POST", authPath+"/logout", nil, cookie(sessionCookie, token))
	}),
	faultTokenAliveAfterLogout: survives(func(p *portal, _ kit.Identity, token string) {
		p.call("POST", authPath+"/logout", nil, cookie(sessionCookie, token))
	}),
	faultTokenAliveAfterLogoutAll: survives(func(p *portal, who kit.Identity, token string) {
		p.call("PUT", prefix+"/security/activeconnections/logoutall/"+who.ID, nil, bearer(token))
	}),
	faultTokenAliveAfterConnectionLogout: survives(func(p *portal, _ kit.Identity, token string) {
		p.call("PUT", prefix+"/security/activeconnections/logout/"+strconv.Itoa(p.lastEvent), nil, bearer(token))
	}),
	faultTokenAliveAfterPasswordChange: survives(func(p *portal, who kit.Identity, _ string) {
		p.changePassword(who, "new password", p.passwordLink(who))
	}),
	faultTokenAliveAfterUnlink: func(p *portal) string {
		who := p.who(roleTOTP, 0)
		_, token, _ := p.enrol(who)
		p.call("PUT", prefix+"/settings/tfaappnewapp", object{"id": who.ID}, bearer(token))
		return fmt.Sprint(p.alive(token))
	},
	faultTokenAliveAfterFactorSwitchedOn: survives(func(p *portal, _ kit.Identity, _ string) { smsPortal(p) }),
	faultTokenAliveAfterLifetimeChange: survives(func(p *portal, _ kit.Identity, _ string) {
		p.call("PUT", prefix+"/settings/cookiesettings", object{"lifeTime": 10, "enabled": true}, bearer(p.token(p.who(roleAdmin, 0))))
	}),
	faultSessionCookieReadableByScripts: func(p *portal) string {
		return fmt.Sprint(strings.Contains(p.login(p.who(roleUser, 0)).header.Get("Set-Cookie"), "HttpOnly"))
	},

	// Rights.
	faultForeignTokenAccepted: func(p *portal) string {
		return asUser(http.MethodPut, "/security/activeconnections/logoutall/"+p.who(roleUser, 1).ID, none)(p)
	},
	faultForeignConnectionLogout: func(p *portal) string {
		p.token(p.who(roleUser, 1))
		return asUser(http.MethodPut, "/security/activeconnections/logout/"+strconv.Itoa(p.lastEvent), none)(p)
	},
	faultAdminOperationOpenToUser: putAs(roleUser, "/settings/tfaapp", func(*portal) any { return object{"type": "None"} }),
	faultOwnerFactorUnlinkableByAdmin: putAs(roleAdmin, "/settings/tfaappnewapp", func(p *portal) any {
		return object{"id": p.who(roleOwner, 0).ID}
	}),
	faultAdminTouchesOwnerFactor: putAs(roleAdmin, "/settings/tfaapp", func(p *portal) any {
		return object{"type": "App", "mandatoryUsers": []string{p.who(roleOwner, 0).ID}}
	}),

	// Links.
	faultConfirmKeyReusable: linkUse(func(p *portal, who, _ kit.Identity, link option) []reply {
		return []reply{p.changePassword(who, "second password", link), p.changePassword(who, "third password", link)}
	}),
	faultForeignConfirmLinkAccepted: linkUse(func(p *portal, _, other kit.Identity, link option) []reply {
		return []reply{p.changePassword(other, "second password", link)}
	}),
	faultExpiredConfirmLinkAccepted: linkUse(func(p *portal, who, _ kit.Identity, link option) []reply {
		p.Clock.Advance(mailLinkLifetime)
		return []reply{p.changePassword(who, "second password", link)}
	}),
	faultConfirmRoleIgnored: linkUse(func(p *portal, who, _ kit.Identity, link option) []reply {
		return []reply{p.call("GET", prefix+"/settings/tfaapp/setup", nil, link)}
	}),
	faultWeakPasswordAccepted:     passwordChange(func(kit.Identity) string { return "short" }),
	faultOldPasswordAcceptedAsNew: passwordChange(func(who kit.Identity) string { return who.Password }),

	// Errors.
	faultForbiddenAs401:       plainRefusals,
	faultUnauthenticatedAs403: plainRefusals,
	faultBadCredentialsAs400:  plainRefusals,
	faultErrorWith200:         plainRefusals,
	faultSecretsCacheable: func(p *portal) string {
		who := p.who(roleUser, 0)
		return p.call("POST", authPath, map[string]any{"userName": who.Login, "password": who.Password}).header.Get("Cache-Control")
	},
}
