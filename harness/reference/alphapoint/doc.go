// Package alphapoint is a reference back end for both surfaces of KIIEX, which
// runs on AlphaPoint: the legacy API (document 000) and the Trading API under /ap
// (document 001). It is a real HTTP server with real state.
//
// Profile "documented" does what KIIEX's pages say: 200, 400 and 401, refusals
// without a body, an APIKey header (legacy) or a JWT (/ap) on every call. Profile
// "alphapoint" does what the platform's documents and live venues show: failures on
// 200 with Authenticated:false or result:false and a code, a pending token, session
// tokens, Basic and signed headers. Every decision on which these four differ is a
// field of policy or an entry of refuse.
//
// By section of the fact file "KIIEX (AlphaPoint-based) - auth & 2FA facts":
//
//	0, 1.0    gateway.go, routes.go    keys, tokens, paths
//	1.1, 1.3  login.go                 AuthenticateUser, Authenticate
//	1.4, 1.7  codes.go, wrapped.go     Authenticate2FA, Activate2FA, Validate2FA, calls that need a code
//	1.9, 5    sessions.go              session tokens, LogOut
//	1.11-12   devices.go               devices and configuration of a user
//	2         signature.go             HMAC-SHA256 of nonce, user id and API key
//	3         answers.go               standard response, code table, bodies
//	4         limits.go                attempts; accounts that they lock
//
// Where the sources are silent: a pending log-in lasts five minutes and belongs to
// the API key (legacy) or to the JWT (/ap) when no pending token is in use; five
// wrong attempts a minute; twelve wrong log-ins without a right one between them lock
// the account for good, for nothing here unlocks one; codes count once, one step early or late; the code for a
// new device is mailed when a session is opened. The platform's limit per address
// is left out: it would only limit how fast a deployment can be tested.
package alphapoint
