package clause_test

import (
	"testing"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
)

// TestShapes: each operation and outcome of which more is promised than a status has one
// clause about its shape, beside those that have specs. It weighs no more than they do.
func TestShapes(t *testing.T) {
	c, login := onlyoffice(t)
	r := clause.NewRegistry(c, func(info clause.Info) bool { return info.ID != "onlyoffice.login.left" })
	r.Skips = func(info clause.Info) bool { return info.ID == "onlyoffice.shape.authenticate-me.throttled" }
	for _, one := range []clause.Clause{
		clause.Should("onlyoffice.login.should", login, contract.OK),
		clause.Must("onlyoffice.login.must", login, contract.OK),
		clause.Should("onlyoffice.login.only-should", login, contract.BadCredentials, clause.Only("3.7")),
		clause.Must("onlyoffice.login.left", login, contract.SecondFactorRequired),
		clause.Must("onlyoffice.login.throttled", login, contract.Throttled),
	} {
		if _, errs := transform(r, one, ginkgo.Label("x"), body); len(errs) > 0 {
			t.Fatal(errs)
		}
	}
	type shape struct {
		level    clause.Level
		selected bool
		specs    int
		profiles int
	}
	want := map[string]shape{
		"onlyoffice.shape.authenticate-me.ok":                     {clause.MUST, true, 2, 2},
		"onlyoffice.shape.authenticate-me.bad-credentials":        {clause.SHOULD, true, 1, 1},
		"onlyoffice.shape.authenticate-me.second-factor-required": {clause.MUST, false, 1, 2},
		"onlyoffice.shape.authenticate-me.throttled":              {clause.MUST, false, 1, 2},
	}
	var infos []clause.Info
	for _, e := range r.Entries() {
		infos = append(infos, e.Info)
	}
	specs := clause.Shapes(infos)
	for _, e := range r.Entries() {
		if !e.Info.IsShape() {
			continue
		}
		got := shape{e.Level, e.Selected, len(specs[e.ID]), len(e.Info.Profiles)}
		if got != want[e.ID] {
			t.Errorf("%s: %+v, want %+v", e.ID, got, want[e.ID])
		}
		if e.Info.Line == 0 || len(e.Info.Baseline) > 0 {
			t.Errorf("%s: line %d, baseline %v: want the place of a clause, and no sentence of the baseline", e.ID, e.Info.Line, e.Info.Baseline)
		}
		delete(want, e.ID)
	}
	if len(want) > 0 {
		t.Errorf("not stated: %v", want)
	}
}
