// Package coinrabbit is a reference back end for the authentication and
// second-factor surface of the CoinRabbit partner API: a real HTTP server with
// real state, in one of two profiles.
//
// The vendor's page (document 004) prints three calls and no refusal. Profile
// "documented" keeps to what it prints: the secret is created with the method
// and path of the activation and without x-api-key, partners log in at the
// plural path, and every refusal is sent with status 200, since the page
// promises no other. Profile "strict" has a path for each call and answers
// refusals with the statuses of the standards. What both do beyond the page (one
// use of codes and tokens, what a token is bound to, limits, lifetimes) is what
// RFC 6238, RFC 4226, RFC 8725 and OWASP ASVS ask. Every decision on which the
// two differ is one field of policy.
//
// Left out: everything but signing in and the second factor. No call of this
// package moves money, and none asks a log-in for a code, of which the page says
// nothing.
package coinrabbit
