package barong_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites"
	"authconform/suites/barong"
)

func TestBarong(t *testing.T) { runner.Test(t, barong.Suite, suites.ProductionHosts()) }
