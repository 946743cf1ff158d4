// Package kittest is what the tests of every reference need: a client that reads
// whole replies, identities by role, codes, mails, calls at once, and the rules that
// a list of faults keeps.
package kittest
