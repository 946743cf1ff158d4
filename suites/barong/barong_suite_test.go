package barong_test

import (
	"testing"

	"authconform/harness/door"
	"authconform/suites/barong"
)

func TestBarong(t *testing.T) { door.Test(t, barong.Suite) }
