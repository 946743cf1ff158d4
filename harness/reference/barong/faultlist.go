package barong

import (
	"net/http"
	"slices"

	"authconform/harness/reference/kit"
)

// list is short for a row's members.
type list = []string

// Profiles some faults belong to.
var (
	only31     = list{Release31}
	releases   = list{Release26, Release31}
	notLimited = list{Release26, Documented}
)

// Faults are the defects that can be seeded, by area.
func Faults() []kit.Fault {
	return slices.Concat(
		secondFactorFaults(), sessionFaults(), credentialFaults(), mailFaults(), keyFaults(), rightFaults(),
		captchaFaults(), limiterFaults(), holdingFaults(),
	)
}

// spoil applies the faults that change whatever an operation refuses.
func (s *Server) spoil(r *request, a answer) answer {
	if r.op == nil || a.status < http.StatusBadRequest {
		return a
	}
	if s.On(faultErrorWith200) && known(r.op.id, "createSession", "createLabel", "getCurrentUser") {
		a.status = http.StatusOK
	}
	return a
}
