package kiiex_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites"
	"authconform/suites/kiiex"
)

func TestKiiex(t *testing.T) { runner.Test(t, kiiex.Suite, suites.ProductionHosts()) }
