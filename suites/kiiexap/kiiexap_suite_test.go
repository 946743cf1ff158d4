package kiiexap_test

import (
	"testing"

	"authconform/harness/runner"
	"authconform/suites"
	"authconform/suites/kiiexap"
)

func TestKiiexAP(t *testing.T) { runner.Test(t, kiiexap.Suite, suites.ProductionHosts()) }
