package kiiexap_test

import (
	"testing"

	"authconform/harness/door"
	"authconform/suites/kiiexap"
)

func TestKiiexAP(t *testing.T) { door.Test(t, kiiexap.Suite) }
