package expect_test

import (
	"net/http"
	"strings"
	"testing"

	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/schemas"
)

const refused = `{"status":1,"statusCode":401,"error":{"message":"User authentication failed","type":null,"stack":null,"hresult":0}}`

func answer(t *testing.T, operation string, outcome contract.Outcome, profile string) (*contract.Contract, *contract.Operation,
	*contract.Answer) {
	t.Helper()
	c, err := contract.Load(schemas.FS, "onlyoffice")
	if err != nil {
		t.Fatal(err)
	}
	op, ok := c.Operation(operation)
	if !ok {
		t.Fatalf("no operation %s", operation)
	}
	a, ok := op.Answer(outcome, profile)
	if !ok {
		t.Fatalf("no outcome %s", outcome)
	}
	return c, op, a
}

func call(status int, contentType, body string, header ...string) *httpclient.Call {
	h := http.Header{}
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &httpclient.Call{Method: "POST", Path: "/x", Status: status, Header: h, Body: []byte(body)}
}

func TestCompare(t *testing.T) {
	c, op, a := answer(t, "authenticateMe", contract.BadCredentials, "documented")
	truncated := call(401, "application/json", refused)
	truncated.Truncated = true
	for name, tc := range map[string]struct {
		call *httpclient.Call
		want []string // checks, in order
	}{
		"the promised answer":        {call(401, "application/json; charset=utf-8", refused), nil},
		"another documented status":  {call(400, "application/json", refused), []string{"status"}},
		"no Content-Type":            {call(401, "", refused), []string{"media-type"}},
		"another Content-Type":       {call(401, "text/html", refused), []string{"media-type"}},
		"another charset":            {call(401, "application/json; charset=latin1", refused), []string{"media-type"}},
		"no body":                    {call(401, "application/json", ""), []string{"body"}},
		"bytes behind the JSON":      {call(401, "application/json", refused+"x"), []string{"body"}},
		"a member twice":             {call(401, "application/json", strings.Replace(refused, "{", `{"status":1,`, 1)), []string{"body"}},
		"a body that was cut off":    {truncated, []string{"body"}},
		"a token in a refusal":       {call(401, "application/json", strings.Replace(refused, "{", `{"token":"x",`, 1)), []string{"schema"}},
		"a missing member":           {call(401, "application/json", strings.Replace(refused, `"status":1,`, "", 1)), []string{"schema"}},
		"another status in the body": {call(401, "application/json", strings.Replace(refused, "401", "403", 1)), []string{"status-member"}},
		"several things at once": {call(200, "text/plain", strings.Replace(refused, "401", "200", 1)),
			[]string{"status", "media-type", "schema", "status-member"}},
		"a status nobody documents":   {call(418, "application/json", refused), []string{"status"}},
		"an HTML page with status OK": {call(200, "text/html", "<html>"), []string{"status", "media-type", "body"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&expect.Comparer{Contract: c}).Compare(tc.call, op, a)
			var checks []string
			for _, m := range got {
				checks = append(checks, m.Check)
			}
			if strings.Join(checks, " ") != strings.Join(tc.want, " ") {
				t.Errorf("found %v, want the checks %v", got, tc.want)
			}
		})
	}
}

func TestCompareHeadersAndErrorKeys(t *testing.T) {
	limited := `{"status":1,"statusCode":403,"error":{"message":"Too many login attempts. Please try again later","type":null,"stack":null,"hresult":0}}`
	c, op, a := answer(t, "authenticateMe", contract.Throttled, "3.7")
	comparer := &expect.Comparer{Contract: c}
	if got := comparer.Compare(call(403, "application/json", limited), op, a); len(got) != 0 {
		t.Errorf("the promised answer: %v", got)
	}
	got := comparer.Compare(call(403, "application/json", strings.Replace(limited, "Too many", "So many", 1), "Retry-After", "60"), op, a)
	if len(got) != 2 || got[0].Check != "header" || got[1].Check != "error-key" {
		t.Errorf("found %v, want header and error-key", got)
	}
	if got := comparer.Compare(call(403, "application/json", strings.Replace(limited, "Too many", "So many", 1)), op, a); len(got) != 1 ||
		got[0].Check != "error-key" {
		t.Errorf("found %v, want error-key alone", got)
	}
	c, op, a = answer(t, "authenticateMe", contract.Throttled, "documented")
	body := strings.Replace(limited, "403", "429", 1)
	for value, want := range map[string]int{"": 1, "soon": 1, "60": 0} {
		x := call(429, "application/json", body)
		if value != "" {
			x.Header.Set("Retry-After", value)
		}
		if got := (&expect.Comparer{Contract: c}).Compare(x, op, a); len(got) != want {
			t.Errorf("Retry-After %q: %v, want %d mismatches", value, got, want)
		}
	}
}

// TestMismatchesHoldNoValue: what a report prints of a mismatch must not be what
// the target sent.
func TestMismatchesHoldNoValue(t *testing.T) {
	c, op, a := answer(t, "authenticateMe", contract.OK, "3.7")
	secret := "c2VjcmV0LXRva2VuLXNlY3JldC10b2tlbg"
	got := (&expect.Comparer{Contract: c}).Compare(
		call(201, "text/plain", `{"response":{"token":7,"secret":"`+secret+`"},"`+secret+`":1}`, "Set-Cookie", "other="+secret), op, a)
	if len(got) < 3 {
		t.Fatalf("only %v", got)
	}
	for _, m := range got {
		if m.Check != "schema" && strings.Contains(m.String(), secret) {
			t.Errorf("a mismatch holds the secret: %s", m)
		}
	}
}

func TestCoarse(t *testing.T) {
	c, op, a := answer(t, "authenticateMe", contract.BadCredentials, "documented")
	coarse := expect.Coarse(c)
	if got := coarse.Compare(call(401, "", ""), op, a); len(got) != 0 {
		t.Errorf("a refusal is coarse by its status alone: %v", got)
	}
	if got := coarse.Compare(call(403, "application/json", refused), op, a); len(got) != 1 {
		t.Errorf("another status: %v", got)
	}
	c, op, a = answer(t, "authenticateMe", contract.OK, "documented")
	if got := expect.Coarse(c).Compare(call(200, "text/html", "<html>"), op, a); len(got) != 1 {
		t.Errorf("a success whose body cannot be read: %v", got)
	}
}

func BenchmarkCompare(b *testing.B) {
	c, err := contract.Load(schemas.FS, "onlyoffice")
	if err != nil {
		b.Fatal(err)
	}
	op, _ := c.Operation("authenticateMe")
	a, _ := op.Answer(contract.BadCredentials, "documented")
	comparer, x := &expect.Comparer{Contract: c}, call(401, "application/json", refused)
	for b.Loop() {
		comparer.Compare(x, op, a)
	}
}
