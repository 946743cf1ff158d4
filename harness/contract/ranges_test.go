package contract_test

import (
	"strings"
	"testing"

	"authconform/harness/contract"
	"authconform/schemas"
)

// open is sound where the documents name no status: a range, a default, and the
// body's own word.
func open(t *testing.T) string {
	t.Helper()
	text := sound
	for old, new := range map[string]string{
		"x-excuses:\n  \"503\"": "x-verdict-pointer: /result\nx-excuses:\n  \"503\"",
		`"204": {description: nothing to say}`: "\"2XX\": {description: any success, content: {application/json: {schema: {$ref: " +
			"ok.schema.json}}}}\n" +
			"        default: {description: any refusal, content: {application/json: {schema: {$ref: no.schema.json}}}}",
		`second-factor-required: {status: 204, provenance: standard}`: "done: {status: 2XX, provenance: documented, verdict: true}\n" +
			"        refused: {status: default, provenance: inferred, verdict: false}",
	} {
		changed := strings.Replace(text, old, new, 1)
		if changed == text {
			t.Fatalf("%q is not in the document", old)
		}
		text = changed
	}
	return text
}

func TestStatusesLeftOpen(t *testing.T) {
	c, err := contract.Load(folder(open(t)), "ex")
	if err != nil {
		t.Fatal(err)
	}
	login, _ := c.Operation("login")
	for outcome, want := range map[contract.Outcome]struct {
		takes, not []int
		verdict    bool
		sentence   string
	}{
		"done":    {[]int{200, 201, 299}, []int{199, 300, 401}, true, "any success"},
		"refused": {[]int{200, 400, 429, 503}, nil, false, "any refusal"},
	} {
		a, ok := login.Answer(outcome, "documented")
		if !ok || a.Status != 0 || a.Verdict == nil || *a.Verdict != want.verdict || a.Sentence != want.sentence || a.Schema == nil {
			t.Fatalf("%s: %+v", outcome, a)
		}
		for _, status := range want.takes {
			if !a.Takes(status) {
				t.Errorf("%s does not take %d", outcome, status)
			}
		}
		for _, status := range want.not {
			if a.Takes(status) {
				t.Errorf("%s takes %d", outcome, status)
			}
		}
	}
	if exact, _ := login.Answer(contract.OK, "documented"); !exact.Takes(200) || exact.Takes(201) || exact.Verdict != nil {
		t.Errorf("an exact status: %+v", exact)
	}
}

// A document may print two statuses for a refusal and not say which of them it is.
func TestSeveralStatuses(t *testing.T) {
	for _, exchange := range []string{"kiiex", "kiiexap"} {
		c, err := contract.Load(schemas.FS, exchange)
		if err != nil {
			t.Fatal(err)
		}
		op, outcome := "Authenticate2fa", contract.SecondFactorWrong
		if exchange == "kiiexap" {
			op, outcome = "AuthenticateUser", "signature-unfit"
		}
		o, _ := c.Operation(op)
		a, ok := o.Answer(outcome, "documented")
		if !ok || !a.Takes(400) || !a.Takes(401) || a.Takes(0) || a.Takes(200) || a.Takes(403) || a.Takes(429) || a.Accepts() {
			t.Errorf("%s %s: %+v", op, outcome, a)
		}
		if want := "400 Bad Request or 401 Unauthorized"; a.StatusText() != want {
			t.Errorf("%s: %q, want %q", op, a.StatusText(), want)
		}
	}
}

func TestBrokenRangesAreNamed(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"range not in responses": {"status: 2XX", "status: 4XX", "x-outcomes/done: status 4XX does not stand in responses"},
		"lower case":             {`"2XX"`, `"2xx"`, `"2xx" is no HTTP status`},
		"no such range":          {`"2XX"`, `"6XX"`, `"6XX" is no HTTP status`},
		"several of two classes": {"status: 2XX, provenance: documented", "status: [200, 401], provenance: documented",
			"no list of statuses of one class"},
		"one of several twice": {"status: 2XX, provenance: documented", "status: [401, 401], provenance: documented",
			"no list of statuses of one class"},
		"several with a range": {"status: 2XX, provenance: documented", "status: [200, 2XX], provenance: documented",
			"no list of statuses of one class"},
		"several, one unknown": {"status: 2XX, provenance: documented", "status: [401, 409], provenance: documented",
			"status 409 does not stand in responses"},
		"verdict no truth value": {"verdict: true", "verdict: yes please", "x-outcomes/done: verdict is true or false"},
		"pointer of no verdict": {"done: {status: 2XX, provenance: documented, verdict: true}",
			"done: {status: 2XX, provenance: documented, verdict-pointer: /ok}", "verdict-pointer without verdict"},
		"own pointer no pointer": {"verdict: true", "verdict: true, verdict-pointer: ok", `"ok" is no JSON pointer`},
		"verdict nowhere":        {"x-verdict-pointer: /result\n", "", "verdict needs x-verdict-pointer"},
		"pointer no pointer":     {"x-verdict-pointer: /result", "x-verdict-pointer: result", `"result" is no JSON pointer`},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(open(t), test.old, test.new, 1)
			if broken == open(t) {
				t.Fatal("nothing was changed")
			}
			if _, err := contract.Load(folder(broken), "ex"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v does not say %q", err, test.want)
			}
		})
	}
}
