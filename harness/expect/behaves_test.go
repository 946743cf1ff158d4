package expect_test

import (
	"testing"

	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/schemas"
)

// TestBehaves: the shape of an answer is no part of how a server behaves, unless it says
// that something else became of the request.
func TestBehaves(t *testing.T) {
	barong, err := contract.Load(schemas.FS, "barong")
	if err != nil {
		t.Fatal(err)
	}
	office, err := contract.Load(schemas.FS, "onlyoffice")
	if err != nil {
		t.Fatal(err)
	}
	html := call(422, "text/html", "<html><h1>422</h1></html>")
	for name, c := range map[string]struct {
		contract  *contract.Contract
		profile   string
		operation string
		outcome   contract.Outcome
		call      *httpclient.Call
		want      bool
	}{
		"as promised": {barong, "2.6", "enableOTP", contract.SecondFactorWrong,
			call(422, "application/json", `{"errors":["resource.otp.invalid"]}`), true},
		"a page of a CDN": {barong, "2.6", "enableOTP", contract.SecondFactorWrong, html, true},
		"a key that no outcome has": {barong, "2.6", "enableOTP", contract.SecondFactorWrong,
			call(422, "application/json", `{"errors":["wrong"]}`), true},
		"the key of another outcome": {barong, "2.6", "enableOTP", contract.SecondFactorWrong,
			call(422, "application/json", `{"errors":["totp.error"]}`), false},
		"another status": {barong, "2.6", "enableOTP", contract.SecondFactorWrong,
			call(403, "application/json", `{"errors":["resource.otp.invalid"]}`), false},
		"a refused link, as promised": {office, "documented", "checkConfirm", "confirm-invalid",
			call(200, "application/json", confirmed("1")), true},
		"an accepted link": {office, "documented", "checkConfirm", "confirm-invalid",
			call(200, "application/json", confirmed("0")), false},
		"an expired link": {office, "documented", "checkConfirm", "confirm-invalid",
			call(200, "application/json", confirmed("2")), false},
		"a refused link with more members": {office, "documented", "checkConfirm", "confirm-invalid",
			call(200, "application/json", `{"x":1,`+confirmed("1")[1:]), true},
	} {
		t.Run(name, func(t *testing.T) {
			op, ok := c.contract.Operation(c.operation)
			if !ok {
				t.Fatalf("no operation %s", c.operation)
			}
			if _, ok := op.Answer(c.outcome, c.profile); !ok {
				t.Fatalf("no outcome %s: %v", c.outcome, op.Outcomes())
			}
			if got := expect.NewJudge(c.contract, c.profile, nil).Behaves(c.call, op, c.outcome); got != c.want {
				t.Errorf("it behaves so: %v, want %v", got, c.want)
			}
		})
	}
}

func confirmed(result string) string {
	return `{"response":{"result":` + result + `},"count":1,"links":[{"href":"http://x/","action":"POST"}],"status":0,"statusCode":200}`
}
