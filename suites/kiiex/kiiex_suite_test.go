package kiiex_test

import (
	"testing"

	"authconform/harness/door"
	"authconform/suites/kiiex"
)

func TestKiiex(t *testing.T) { door.Test(t, kiiex.Suite) }
