package alphapoint

import (
	"strconv"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// rights are to read what belongs to one user.
func (v specs) rights() {
	rows := []conform.Row[string]{{
		Text:   v.Devices.Name() + " rejects the user id of another user",
		Clause: clause.Graded(v.ID("rights.foreign-devices"), v.Devices, contract.Forbidden), Given: "UserId",
	}}
	if v.Config != nil {
		It(v.Config.Name()+" returns the caller's own configuration",
			clause.Graded(v.ID("rights.own-configuration"), v.Config, contract.OK),
			func(ctx SpecContext) {
				who, session := v.SignedIn(ctx)
				v.ExpectAnswer(ctx, session, v.Config, v.OwnConfig(who), contract.OK)
			})
		rows = append(rows, conform.Row[string]{
			Text:   v.Config.Name() + " rejects the user id of another user",
			Clause: clause.Graded(v.ID("rights.foreign-configuration"), v.Config, contract.Forbidden), Given: "userId",
		})
	}
	It(v.Devices.Name()+" shows no device of another user, however the request names one",
		clause.Should(v.ID("rights.other-spellings"), v.Devices, contract.Forbidden,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.2.2; checks#H05; checks#H06")),
		func(ctx SpecContext) {
			who, session := v.SignedIn(ctx)
			other := v.Account(client.User)
			v.RequireAlive(ctx, session)
			own, foreign := v.OwnDevices(who), v.UserID(other)
			for name, request := range map[string]conform.Request{
				"the name of another user":      own.With("userName", other.Login),
				"the id 0":                      own.With("UserId", 0),
				"the id of another with a sign": own.With("UserId", -foreign),
				"no id":                         own.Without("UserId"),
				"two ids":                       own.With("UserId", []int{v.UserID(who), foreign}),
				"a second id in small letters":  own.With("userid", foreign),
				"a second id in another case":   own.With("userId", foreign),
				"the id of another and a name":  own.With("UserId", strconv.Itoa(foreign)),
			} {
				for _, device := range client.List(v.Do(ctx, session, v.Devices, request)) {
					v.Holds("no device of another user is shown for "+name, client.Number(device, "UserId") == v.UserID(who), "one is")
				}
			}
			v.ExpectAlive(ctx, session)
		})
	for _, row := range rows {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			who, session := v.SignedIn(ctx)
			other := v.Account(client.User)
			v.Refuses(ctx, conform.Refusal{
				Operation: row.Clause.Operation, By: session, Outcome: contract.Forbidden,
				Control: client.Always(conform.Request{JSON: conform.Object{row.Given: v.UserID(who)}}),
				Changes: []conform.Change{named("another user's id", conform.Set(row.Given, v.UserID(other)))},
			})
		})
	}
}
