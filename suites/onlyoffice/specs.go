package onlyoffice

import (
	"authconform/harness/conform"
	"authconform/suites/family"
)

// specs builds the tree: first what holds for every operation alike, then the
// documented areas, one file each.
func specs(s *conform.Context) {
	p := newPortal(s)
	subjects := p.subjects()
	family.Credentials(s, p.sessions(), subjects)
	all := append(subjects, p.linkSubjects()...)
	family.Bodies(s, all)
	family.Methods(s, all)

	login(p)
	loginByCode(p)
	hostileCodes(p)
	logout(p)
	confirmLinks(p)
	textMessages(p)
	secondFactorSettings(p)
	tfaEnrolment(p)
	appBackupCodes(p)
	unlinksApp(p)
	loginSettings(p)
	cookieSettings(p)
	connections(p)
	passwords(p)
	passwordSettings(p)
	emails(p)
	publicSettings(p)
	throttling(p)
}
