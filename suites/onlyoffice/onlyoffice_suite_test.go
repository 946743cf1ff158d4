package onlyoffice_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites/onlyoffice"
)

func TestOnlyOffice(t *testing.T) { runner.Test(t, onlyoffice.Suite) }
