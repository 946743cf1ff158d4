package alphapoint

import (
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
