package alphapoint

import (
	"context"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// hostileCodes puts the hostile code values of checks#I
// Authenticate2FA.
func (v specs) hostileCodes() {
	family.Codes(v.Context, family.CodeSubject{
		Operation: v.SecondStep, Member: "Code", IDPrefix: v.ID("code."), PerAccount: client.PerAccount,
		Accounts: func() int { return v.AtMost(client.TOTP) },
		Ready: func(ctx context.Context) family.CodeTrial {
			v.InTurn(client.TOTP)
			t := v.secondStepTrial(ctx)
			right := t.control().JSON.(conform.Object)["Code"].(string)
			return family.CodeTrial{By: t.by, Right: right, Control: t.control, Codes: t.Codes}
		},
		Done: func(ctx context.Context, t family.CodeTrial) { v.Done(ctx, t.By.Who) },
		Forms: []string{
			"magic", "padded", "other-digits", "length", "number-syntax", "joined", "markers",
			"json-number", "json-array", "json-object", "json-boolean", "alike",
		},
		Exceptions: map[string]family.CodeException{
			"padded": {State: clause.Should, Options: []clause.Option{
				clause.From(contract.Standard, "checks#I10"),
			}},
			"other-digits":  {State: clause.Should},
			"number-syntax": {State: clause.Should},
			"json-number":   {Rows: []string{"I05", "I06"}},
		},
	})
}
