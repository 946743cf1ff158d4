// Package kit holds what every reference exchange needs and no exchange owns: a
// clock that tests can move, an outbox for mails and text messages, seeded
// faults, password hashing, one-time codes, attempt limits and strict JSON.
//
// A reference imports nothing of authconform but this package, so that an error
// in the harness cannot hide in the back end the harness is proven against.
package kit
