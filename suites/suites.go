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

// Find returns the suite of an exchange.
func Find(exchange string) (conform.Suite, bool) {
	for _, st := range All() {
		if st.Exchange == exchange {
			return st, true
		}
	}
	return conform.Suite{}, false
}
