package onlyoffice_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites"
	"authconform/suites/onlyoffice"
)

func TestOnlyOffice(t *testing.T) { runner.Test(t, onlyoffice.Suite, suites.ProductionHosts()) }
