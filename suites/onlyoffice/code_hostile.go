package onlyoffice

import (
	"context"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// hostileCodes puts hostile code values to the log-in by code. An account sends
// four wrong codes at the most, so that its limit is never what rejects them.
func hostileCodes(p *client.Client) {
	family.Codes(p.Context, family.CodeSubject{
		Operation: p.LoginByCode, Member: "code", IDPrefix: "onlyoffice.code.", PerAccount: 4,
		Ready: func(ctx context.Context) family.CodeTrial {
			e := p.WithApp(ctx)
			right := p.Code(ctx, e.Codes)
			return family.CodeTrial{By: p.Anonymous(), Right: right, Control: client.Always(client.ByCode(e.Who, right))}
		},
		Forms: []string{
			"magic", "padded-inside", "padded-outside", "other-digits", "length", "number-syntax", "joined", "markers",
			"json-number", "json-array", "json-object", "json-boolean",
		},
		Exceptions: map[string]family.CodeException{"padded-outside": {
			State: clause.Should,
			Options: []clause.Option{
				clause.Only(client.Documented), clause.From(contract.Standard, "checks#I10"),
			},
		}},
	})
}
