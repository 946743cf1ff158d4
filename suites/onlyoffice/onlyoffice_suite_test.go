package onlyoffice_test

import (
	"testing"

	"authconform/harness/door"
	"authconform/suites/onlyoffice"
)

func TestOnlyOffice(t *testing.T) { door.Test(t, onlyoffice.Suite) }
