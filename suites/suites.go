// Package suites names the suites there are, one per exchange.
package suites

import (
	"authconform/harness/conform"
	"authconform/suites/barong"
	"authconform/suites/coinrabbit"
	"authconform/suites/kiiex"
	"authconform/suites/kiiexap"
	"authconform/suites/onlyoffice"
)

// All lists the suites in the order in which a run without arguments takes them.
func All() []conform.Suite {
	return []conform.Suite{onlyoffice.Suite, barong.Suite, coinrabbit.Suite, kiiex.Suite, kiiexap.Suite}
}

// ProductionHosts lists those of every exchange: a target file that names the wrong
// exchange must not open the way to another one's production.
func ProductionHosts() []string {
	var hosts []string
	for _, st := range All() {
		hosts = append(hosts, st.ProductionHosts...)
	}
	return hosts
}

// Find returns the suite of an exchange.
func Find(exchange string) (conform.Suite, bool) {
	for _, st := range All() {
		if st.Exchange == exchange {
			return st, true
		}
	}
	return conform.Suite{}, false
}
