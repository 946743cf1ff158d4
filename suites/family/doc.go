// Package family holds the refusals that all exchanges share. Most are derived
// from the contract: an exchange supplies its subjects, each an operation and how
// to get ready to call it, and the families state and check what follows from the
// contract for each of them.
//
// Each family has a file of its own: credentials, bodies, methods, codes (hostile
// values of one-time codes) and limits (what a rate limit or a lockout has to do).
// The rest is material of specs that an exchange states itself, because each carries
// its tokens and shows its answers in its own way: tokens (forged JWTs), enumeration,
// secrecy and concurrency (what is single-use).
//
// The text of each clause is a whole sentence, put together from the name of the
// operation. Each refusal is a pair: a request that succeeds, and the same
// request with exactly one thing changed.
package family
