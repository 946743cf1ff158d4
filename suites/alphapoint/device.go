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
	v.deviceCodes()
	It(op+" rejects a mailed code that was used before",
		clause.Graded(v.ID("device.code-used"), v.Register, client.DeviceCodeWrong),
		func(ctx SpecContext) {
			session, code := v.NewDevice(ctx)
			v.RequireOK(ctx, "register a device", session, v.Register, v.Device(code))
			v.ExpectAnswer(ctx, session, v.Register, v.Device(code), client.DeviceCodeWrong)
		})
}

// deviceCodes are other codes that somebody has, and what a rejection leaves behind.
func (v specs) deviceCodes() {
	op := v.Register.Name()
	listed := func(ctx context.Context, by *conform.Actor) int {
		return len(client.List(v.RequireOK(ctx, "list the devices", by, v.Devices, v.OwnDevices(by.Who))))
	}
	rejected := func(ctx context.Context, which string, by *conform.Actor, code string) {
		GinkgoHelper()
		before := listed(ctx, by)
		v.ExpectShut(which, v.Do(ctx, by, v.Register, v.Device(code)), v.Register, client.DeviceCodeWrong)
		v.Holds("no device is registered", listed(ctx, by) == before, "one is")
	}
	It(op+" rejects the code of an earlier log-in",
		clause.Should(v.ID("device.code-of-earlier-log-in"), v.Register, client.DeviceCodeWrong,
			clause.From(contract.Standard, "OWASP WSTG ATHN-11; checks#T30")),
		func(ctx SpecContext) {
			session, older := v.NewDevice(ctx)
			rejected(ctx, "the code of the earlier log-in", v.SignIn(ctx, session.Who), older)
		})
	It(op+" rejects a code of the authenticator app",
		clause.Should(v.ID("device.code-of-app"), v.Register, client.DeviceCodeWrong,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.6.2; checks#T28")),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			rejected(ctx, "a code of the app", session, v.Code(ctx, p.Codes))
		})
	It(op+" accepts the mailed code after a wrong one", clause.Should(v.ID("device.wrong-then-right"), v.Register, contract.OK,
		clause.From(contract.Standard, "checks#T16")),
		func(ctx SpecContext) {
			session, code := v.NewDevice(ctx)
			rejected(ctx, "a made-up code", session, v.MadeUpUUID())
			v.ExpectAnswer(ctx, session, v.Register, v.Device(code), contract.OK)
		})
	It(op+" registers the caller's device whatever user an undocumented member names",
		clause.Should(v.ID("device.foreign-member"), v.Register, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.2.2; checks#H05")),
		func(ctx SpecContext) {
			session, code := v.NewDevice(ctx)
			other, _ := v.NewDevice(ctx)
			before := listed(ctx, other)
			v.Do(ctx, session, v.Register, v.Device(code).With("UserId", other.Who.ID).With("UserName", other.Who.Login))
			v.Holds("the other user has no more devices than before", listed(ctx, other) == before, "there is another one")
		})
	It(v.Validate.Name()+" rejects the code that was mailed for a new device",
		clause.Should(v.ID("device.code-is-no-second-factor"), v.Validate, contract.SecondFactorWrong,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.6.2; checks#T28")),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			session, code := v.MailedDevice(ctx, p.Who, func() *conform.Actor { return v.SecondStepWith(ctx, p, v.Code(ctx, p.Codes)) })
			p.Who.Failed()
			v.ExpectShut("the mailed code", v.Do(ctx, session, v.Validate, client.Validation(code)), v.Validate, contract.SecondFactorWrong)
		})
}
