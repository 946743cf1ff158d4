package expect_test

import (
	"net/http"
	"testing"
	"testing/fstest"

	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
)

const document = `openapi: 3.1.0
info: {title: Example, version: "1"}
x-profiles: {documented: as written}
x-verdict-pointer: /result
paths:
  /do:
    post:
      operationId: do
      x-area: all
      x-source: RFC 9110 section 1
      responses:
        "2XX": {description: any success, content: {application/json: {schema: {$ref: any.schema.json}}}}
        default: {description: any refusal, content: {application/json: {schema: {$ref: any.schema.json}}}}
      x-outcomes:
        ok: {status: 2XX, provenance: documented, verdict: true}
        refused: {status: default, provenance: documented, verdict: false}
        granted: {status: 2XX, provenance: documented, verdict: true, verdict-pointer: /Granted}
`

// What a body says of success counts also where only the status is compared:
// set-up must not take a refusal sent with 200 for a success.
func TestVerdictOfTheBody(t *testing.T) {
	c, err := contract.Load(fstest.MapFS{
		"standards/authorities.yaml": {Data: []byte("- {id: RFC 9110, title: HTTP Semantics, url: https://www.rfc-editor.org/rfc/rfc9110}\n")},
		"ex/openapi.yaml":            {Data: []byte(document)},
		"ex/any.schema.json":         {Data: []byte(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}`)},
	}, "ex")
	if err != nil {
		t.Fatal(err)
	}
	op, _ := c.Operation("do")
	for _, test := range []struct {
		outcome contract.Outcome
		status  int
		body    string
		fits    bool
	}{
		{"ok", 200, `{"result":true}`, true},
		{"ok", 201, `{"result":true}`, true},
		{"ok", 400, `{"result":true}`, false},
		{"ok", 200, `{"result":false}`, false},
		{"ok", 200, `{"result":"true"}`, false},
		{"ok", 200, `{}`, false},
		{"granted", 200, `{"Granted":true,"result":false}`, true},
		{"granted", 200, `{"Granted":false,"result":true}`, false},
		{"refused", 200, `{"result":false}`, true},
		{"refused", 429, `{"result":false}`, true},
		{"refused", 401, `{"message":"no"}`, true},
		{"refused", 401, `{"result":true}`, false},
		{"refused", 200, `{"result":true}`, false},
		{"refused", 503, `{}`, true},
	} {
		answer, _ := op.Answer(test.outcome, "documented")
		call := &httpclient.Call{Status: test.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(test.body)}
		if got, want := expect.Contradicts(c, call), test.status >= 400 && test.body == `{"result":true}`; got != want {
			t.Errorf("%d %s contradicts itself: %v, want %v", test.status, test.body, got, want)
		}
		for name, comparer := range map[string]*expect.Comparer{"all": {Contract: c}, "coarse": expect.Coarse(c)} {
			if got := comparer.Compare(call, op, answer); (len(got) == 0) != test.fits {
				t.Errorf("%s, %d %s as %s: %v", name, test.status, test.body, test.outcome, got)
			}
		}
	}
}

const oneStatus = `openapi: 3.1.0
info: {title: Example, version: "1"}
x-profiles: {documented: as written}
paths:
  /list:
    get:
      operationId: list
      x-area: all
      x-source: RFC 9110 section 1
      responses:
        "200": {description: a list or a refusal, content: {application/json: {schema: {$ref: list.schema.json}}}}
      x-outcomes:
        ok: {status: 200, provenance: documented}
        refused: {status: 200, provenance: documented, schema: no.schema.json, verdict: false, verdict-pointer: /result}
`

// Where a refusal has the status of a success, comparing the status alone would
// take a list for the refusal to show it.
func TestOneStatusForBoth(t *testing.T) {
	c, err := contract.Load(fstest.MapFS{
		"standards/authorities.yaml": {Data: []byte("- {id: RFC 9110, title: HTTP Semantics, url: https://www.rfc-editor.org/rfc/rfc9110}\n")},
		"ex/openapi.yaml":            {Data: []byte(oneStatus)},
		"ex/list.schema.json":        {Data: []byte(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"array"}`)},
		"ex/no.schema.json":          {Data: []byte(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["result"],"properties":{"result":{"const":false}}}`)},
	}, "ex")
	if err != nil {
		t.Fatal(err)
	}
	op, _ := c.Operation("list")
	for body, want := range map[string]contract.Outcome{`[]`: contract.OK, `{"result":false}`: "refused"} {
		for _, outcome := range op.Outcomes() {
			answer, _ := op.Answer(outcome, "documented")
			call := &httpclient.Call{Status: 200, Body: []byte(body)}
			if got := expect.Coarse(c).Compare(call, op, answer); (len(got) == 0) != (outcome == want) {
				t.Errorf("%s as %s: %v", body, outcome, got)
			}
		}
	}
}
