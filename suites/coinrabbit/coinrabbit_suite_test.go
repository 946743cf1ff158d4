package coinrabbit_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites/coinrabbit"
)

func TestCoinRabbit(t *testing.T) { runner.Test(t, coinrabbit.Suite) }
