package onlyoffice

import (
	"context"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// wrongPerAccount is how many wrong attempts one account may make before its limit
// could be what rejects them.
const wrongPerAccount = 4

// hostileCodes puts hostile code values to the log-in by code.
func hostileCodes(p *client.Client) {
	family.Codes(p.Context, family.CodeSubject{
		Operation: p.LoginByCode, Member: "code", IDPrefix: "onlyoffice.code.", PerAccount: wrongPerAccount,
		Accounts: func() int { return p.AtMost(client.TOTP) },
		Ready: func(ctx context.Context) family.CodeTrial {
			e := p.WithApp(ctx)
			right := p.Code(ctx, e.Codes)
			return family.CodeTrial{By: p.Anonymous(), Right: right, Control: client.Always(client.ByCode(e.Who, right)), Codes: e.Codes}
		},
		Forms: []string{
			"magic", "padded-inside", "padded-outside", "other-digits", "length", "number-syntax", "joined", "markers",
			"json-number", "json-array", "json-object", "json-boolean", "alike",
		},
		Exceptions: map[string]family.CodeException{"padded-outside": {
			State: clause.Should,
			Options: []clause.Option{
				clause.Only(client.Documented), clause.From(contract.Standard, "checks#I10"),
			},
		}},
	})
}
