// Package onlyoffice is a reference back end for the authentication and
// second-factor surface of the ONLYOFFICE DocSpace API 2.0: a real HTTP server
// with real state, in one of two profiles.
//
// Profile "documented" does what the documents promise: the given page
// "Authenticate a user by code" (003) and the newest published API pages. Where
// they are silent a standard decides (RFC 9110, RFC 6238, RFC 4226, OWASP ASVS).
// Profile "3.7" does what the released server v3.7.2 does, its contradictions to
// the documents included. Every decision on which the two differ is one field of
// policy.
//
// What is implemented, by section of the fact file "ONLYOFFICE DocSpace /
// Workspace API 2.0 - authentication & 2FA facts":
//
//	1.0  envelope.go, fields.go        envelopes, null members, the fields query
//	1.1  authentication.go, sms.go     A1-A7; credentials.go is what A2, A3, A7 share
//	     confirm.go                    links, their keys, the confirm scheme, A5
//	1.2  tfa.go, tfaapp.go             T1-T9
//	1.3  limits.go                     login settings
//	1.4  cookies.go                    session lifetime settings
//	1.5  connections.go                active connections, log-in events
//	1.6  people.go, passwords.go       e-mails and passwords
//	1.7  portal.go                     capabilities, anonymous settings
//	2.1  codes.go                      TOTP, backup codes
//	2.2  sms.go                        codes by text message
//	2.3  credentials.go, confirm.go    passwordHash, links instead of a password
//	3    limits.go, credentials.go     attempt limits, captcha
//	4    envelope.go, refusals.go      errors, per profile
//	5    sessions.go                   tokens and what ends them
//	6.B  policy.go                     documents against code
//
// Left out, because no client of this surface can reach or needs it: third-party
// log-in (every provider is "not enabled"), Basic authentication, API keys and
// OAuth (refused as unknown credentials: they never run a second factor), LDAP
// and SSO, tariffs, the wipe of an enrolment a day after the factor was switched
// off, and the general request rate limit (1500 a minute), which the released
// configuration switches off too.
package onlyoffice
