// Package alphapoint holds what KIIEX's two surfaces promise in the same words,
// because both run on AlphaPoint. Package client beside it knows how to talk to
// them.
package alphapoint

import (
	"authconform/harness/conform"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// specs is the client of the surface under test; each method states one area.
type specs struct{ *client.Client }

// ID is the id of a clause: both surfaces state the same ones, each under its own
// exchange.
func (v specs) ID(name string) string { return v.Exchange() + "." + name }

// Specs builds the tree of either surface.
func Specs(s *conform.Context) {
	v := specs{client.New(s)}
	subjects := v.subjects()
	family.Credentials(s, v.scheme(), v.sessionSubjects())
	family.Bodies(s, subjects)
	family.Methods(s, append(subjects, v.publicSubjects()...))

	v.attacks()
	v.login()
	v.signature()
	v.nonce()
	v.password()
	v.lock()
	v.gateway()
	v.signedHeaders()
	v.pending()
	v.code()
	v.hostileCodes()
	v.logout()
	v.session()
	v.rights()
	v.failOpen()
	v.ping()
	v.throttle()
	if v.Basic != nil {
		v.basic()
	}
	if v.Validate != nil {
		v.activate()
		v.validate()
		v.required()
		v.wrapped()
		v.device()
	}
}

// named gives a change a name that says what is wrong with the value.
func named(name string, c conform.Change) conform.Change {
	c.Name = name
	return c
}
