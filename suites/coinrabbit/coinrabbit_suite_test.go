package coinrabbit_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites"
	"authconform/suites/coinrabbit"
)

func TestCoinRabbit(t *testing.T) { runner.Test(t, coinrabbit.Suite, suites.ProductionHosts()) }
