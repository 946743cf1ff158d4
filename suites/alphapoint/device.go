package alphapoint

import (
	"context"
	"strconv"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

func (v specs) device() {
	op := v.Register.Name()
	It(op+" lists the new device as a trusted one", clause.Graded(v.ID("device.registers"), v.Register, contract.OK),
		func(ctx SpecContext) {
			t := v.registerTrial(ctx)
			v.ExpectAnswer(ctx, t.by, v.Register, t.control(), contract.OK)
			listed := v.ExpectAnswer(ctx, t.by, v.Devices, v.OwnDevices(t.Who), contract.OK)
			hash, found := t.control().JSON.(conform.Object)["HashCode"], false
			for _, item := range client.List(listed) {
				object, _ := item.(map[string]any)
				found = found || strconv.Itoa(client.Number(item, "HashCode")) == hash && object["IsTrusted"] == true
			}
			v.Holds("the device is listed and trusted", found, "it is not")
		})
	conform.Table(func(ctx SpecContext, code func(context.Context) string) {
		t := v.registerTrial(ctx)
		v.Refuses(ctx, conform.Refusal{
			Operation: v.Register, By: t.by, Control: t.control, Outcome: client.DeviceCodeWrong, OnlyAfter: true,
			Changes: []conform.Change{conform.Set("PendingEmailCode", code(ctx))},
			State:   func() any { return len(client.List(v.Do(ctx, t.by, v.Devices, v.OwnDevices(t.Who)))) },
		})
	}, []conform.Row[func(context.Context) string]{
		{Text: op + " rejects a made-up code and registers nothing",
			Clause: clause.Graded(v.ID("device.code-made-up"), v.Register, client.DeviceCodeWrong),
			Given:  func(context.Context) string { return v.MadeUpUUID() }},
		{Text: op + " rejects the code that was mailed to another user and registers nothing",
			Clause: clause.Graded(v.ID("device.code-foreign"), v.Register, client.DeviceCodeWrong),
			Given: func(ctx context.Context) string {
				_, code := v.NewDevice(ctx)
				return code
			}},
	})
	It(op+" rejects mailed codes that are nearly right and registers nothing",
		clause.Graded(v.ID("device.code-near-miss"), v.Register, client.DeviceCodeWrong),
		func(ctx SpecContext) {
			t := v.registerTrial(ctx)
			right, _ := t.control().JSON.(conform.Object)["PendingEmailCode"].(string)
			var changes []conform.Change
			for _, near := range family.NearProofs(right) {
				changes = append(changes, named(near.Name, conform.Set("PendingEmailCode", v.Secret("near-code", near.Value))))
			}
			v.Refuses(ctx, conform.Refusal{
				Operation: v.Register, By: t.by, Control: t.control, Outcome: client.DeviceCodeWrong, OnlyAfter: true, Changes: changes,
			})
		})
	It(op+" rejects a mailed code that was used before",
		clause.Graded(v.ID("device.code-used"), v.Register, client.DeviceCodeWrong),
		func(ctx SpecContext) {
			session, code := v.NewDevice(ctx)
			v.RequireOK(ctx, "register a device", session, v.Register, v.Device(code))
			v.ExpectAnswer(ctx, session, v.Register, v.Device(code), client.DeviceCodeWrong)
		})
}
