package coinrabbit_test

import (
	"testing"

	"authconform/harness/door"
	"authconform/suites/coinrabbit"
)

func TestCoinRabbit(t *testing.T) { door.Test(t, coinrabbit.Suite) }
