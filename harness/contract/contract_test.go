package contract_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"authconform/harness/contract"
	"authconform/schemas"
)

func loadSound(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Load(folder(sound), "ex")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoad(t *testing.T) {
	c := loadSound(t)
	if c.Exchange != "ex" || c.Title != "Example" || !slices.Equal(c.Profiles, []string{"documented", "2.6"}) ||
		c.About["2.6"] != "as served" ||
		c.ErrorPointer != "/error" || !slices.Equal(c.StatusPointers, []string{"/code"}) {
		t.Errorf("root: %+v", c)
	}
	if len(c.Operations) != 2 || c.Operations[0].ID != "login" || c.Operations[1].ID != "me" {
		t.Fatalf("operations are not those of the document, in its order: %v", c.Operations)
	}
	login, _ := c.Operation("login")
	me, _ := c.Operation("me")
	if _, ok := c.Operation("none"); ok {
		t.Error("an operation nobody described was found")
	}
	if login.Method != "POST" || login.Path != "/login/{id}" || login.Area != "sign-in" || login.Summary != "Sign in" ||
		login.Source != "guide#1" || login.NamedOnly {
		t.Errorf("login: %+v", login)
	}
	if login.Protected || !me.Protected || !slices.Equal(me.Security, []string{"session"}) {
		t.Errorf("security: login %v, me %v %v", login.Protected, me.Protected, me.Security)
	}
	wantBody := &contract.Body{MediaTypes: []string{"application/json"}, Required: true, Members: []contract.Member{
		{Name: "email", Types: []string{"string"}, Required: true},
		{Name: "code", Types: []string{"string", "integer"}, Enum: []any{"a", 1}},
	}}
	if !reflect.DeepEqual(login.Body, wantBody) || me.Body != nil {
		t.Errorf("body: %+v", login.Body)
	}
	if want := []contract.Parameter{{Name: "id", In: "path", Type: "string", Required: true}}; !slices.Equal(login.Parameters, want) {
		t.Errorf("parameters: %v", login.Parameters)
	}
	if want := map[int]string{200: "signed in", 401: "refused", 204: "nothing to say",
		503: "unavailable"}; !reflect.DeepEqual(login.Statuses, want) {
		t.Errorf("statuses: %v", login.Statuses)
	}
	if login.Excuses["503"] != "the proxy writes it" || len(login.Excuses) != 1 || me.Excuses["429"] != "nobody says when" ||
		len(me.Excuses) != 1 {
		t.Errorf("excuses: %v, %v", login.Excuses, me.Excuses)
	}
	if want := []contract.Outcome{contract.OK, contract.BadCredentials, contract.SecondFactorRequired}; !slices.Equal(login.Outcomes(), want) {
		t.Errorf("outcomes: %v", login.Outcomes())
	}
}

func TestAnswers(t *testing.T) {
	c := loadSound(t)
	login, _ := c.Operation("login")
	me, _ := c.Operation("me")

	ok, found := login.Answer(contract.OK, "2.6")
	if !found || ok.Status != 200 || ok.Body != contract.JSONBody || ok.SchemaFile != "ok.schema.json" || ok.Schema == nil ||
		!slices.Equal(ok.MediaTypes, []string{"application/json"}) || ok.Sentence != "signed in" || ok.Source != "guide#1" ||
		!slices.Equal(ok.Profiles, c.Profiles) || !slices.Equal(ok.StatusPointers, []string{"/code"}) || ok.Provenance != contract.Documented {
		t.Errorf("ok: %+v", ok)
	}
	refused, _ := login.Answer(contract.BadCredentials, "documented")
	if refused.SchemaFile != "no.schema.json" || !slices.Equal(refused.ErrorKeys, []string{"wrong"}) ||
		refused.Headers["Retry-After"].Presence != contract.Absent {
		t.Errorf("refused: %+v", refused)
	}
	served, _ := me.Answer(contract.Unauthenticated, "2.6")
	if served.Body != contract.EmptyBody || served.Schema != nil || served.MediaTypes != nil || served.Source != "guide#seen" ||
		served.Provenance != contract.Observed {
		t.Errorf("served: %+v", served)
	}
	empty, _ := login.Answer(contract.SecondFactorRequired, "documented")
	if empty.Body != contract.EmptyBody {
		t.Errorf("a response without content: %+v", empty)
	}
	text, _ := me.Answer(contract.OK, "documented")
	if text.Body != contract.AnyBody || !slices.Equal(text.MediaTypes, []string{"text/plain"}) {
		t.Errorf("a response without a schema: %+v", text)
	}
	if _, found := login.Answer(contract.BadCredentials, "9.9"); found {
		t.Error("an undeclared profile has an answer")
	}
	if _, found := login.Answer(contract.Throttled, "documented"); found || login.Answers(contract.Throttled) != nil {
		t.Error("an outcome nobody promised has an answer")
	}
	if got := len(login.Answers(contract.BadCredentials)); got != 2 {
		t.Errorf("%d answers in all profiles, want 2", got)
	}
}

func TestAnswerVariants(t *testing.T) {
	document := strings.NewReplacer(
		"security: [{session: []}]", "security: [{}, {session: []}]",
		"ok: {status: 200, provenance: documented}", "ok: {status: 200, provenance: documented, media-type: [application/problem+json], "+
			"status-pointers: [], headers: {A: required, B: {presence: optional, pattern: '^b'}}}",
		"body: empty", "body: any",
	).Replace(sound)
	c, err := contract.Load(folder(document), "ex")
	if err != nil {
		t.Fatal(err)
	}
	login, _ := c.Operation("login")
	me, _ := c.Operation("me")
	if me.Protected || !slices.Equal(me.Security, []string{"session"}) {
		t.Errorf("an optional credential: %v %v", me.Protected, me.Security)
	}
	ok, _ := login.Answer(contract.OK, "documented")
	if !slices.Equal(ok.MediaTypes, []string{"application/problem+json"}) || len(ok.StatusPointers) != 0 ||
		ok.Headers["A"].Presence != contract.Required || !ok.Headers["B"].Pattern.MatchString("b") {
		t.Errorf("ok: %+v", ok)
	}
	served, _ := me.Answer(contract.Unauthenticated, "2.6")
	if served.Body != contract.AnyBody || served.MediaTypes != nil {
		t.Errorf("served: %+v", served)
	}
}

func TestProvenance(t *testing.T) {
	for provenance, want := range map[contract.Provenance]bool{
		contract.Documented: true, contract.Tested: true, contract.Observed: true,
		contract.Standard: false, contract.Inferred: false, "": false, "rumour": false,
	} {
		if provenance.SupportsMust() != want {
			t.Errorf("%q supports MUST: %v, want %v", provenance, !want, want)
		}
	}
}

func TestHeaderRule(t *testing.T) {
	document := strings.Replace(sound, "ok: {status: 200, provenance: documented}",
		"ok: {status: 200, provenance: documented, headers: {A: required, B: optional, C: absent, D: {presence: required, pattern: '^d'}, "+
			"E: {presence: optional, pattern: '^e'}}}", 1)
	c, err := contract.Load(folder(document), "ex")
	if err != nil {
		t.Fatal(err)
	}
	login, _ := c.Operation("login")
	ok, _ := login.Answer(contract.OK, "documented")
	for _, test := range []struct {
		header string
		values []string
		want   string
	}{
		{"A", nil, "present"}, {"A", []string{""}, ""}, {"B", nil, ""}, {"B", []string{"x"}, ""}, {"C", nil, ""}, {"C", []string{"x"}, "absent"},
		{"D", nil, "present"}, {"D", []string{"secret"}, "matching ^d"}, {"D", []string{"secret", "d"}, ""}, {"E", nil, ""},
		{"E", []string{"secret"}, "matching ^e"}, {"E", []string{"e"}, ""},
	} {
		if got := ok.Headers[test.header].Check(test.values); got != test.want {
			t.Errorf("%s with %q: got %q, want %q", test.header, test.values, got, test.want)
		}
	}
}

func TestOpenAPIIsPlain(t *testing.T) {
	for _, fsys := range []struct {
		name string
		load func() (*contract.Contract, error)
	}{
		{"ex", func() (*contract.Contract, error) { return contract.Load(folder(sound), "ex") }},
		{"onlyoffice", func() (*contract.Contract, error) { return contract.Load(schemas.FS, "onlyoffice") }},
	} {
		c, err := fsys.load()
		if err != nil {
			t.Fatal(err)
		}
		text, err := c.OpenAPI()
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.OpenAPI()
		if err != nil || string(again) != string(text) {
			t.Errorf("%s: two prints differ", fsys.name)
		}
		var document map[string]any
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"x-`) || strings.Contains(string(text), ".schema.json") ||
			strings.Contains(string(text), `"$schema"`) {
			t.Errorf("%s: extensions or files are left", fsys.name)
		}
		if document["openapi"] != "3.1.0" || len(document["paths"].(map[string]any)) == 0 {
			t.Errorf("%s: %v", fsys.name, document["openapi"])
		}
	}
}

func TestOpenAPIKeepsNamesThatLookLikeExtensions(t *testing.T) {
	document := strings.Replace(sound, `{description: too many}`, `{description: too many, headers: {x-left: {schema: {type: integer}}}}`, 1)
	c, err := contract.Load(folder(document), "ex")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := c.OpenAPI(); err != nil || !strings.Contains(string(text), `"x-left"`) {
		t.Errorf("the header x-left is lost: %v", err)
	}
}

func TestExchanges(t *testing.T) {
	names, err := contract.Exchanges(schemas.FS)
	if err != nil || !slices.Contains(names, "onlyoffice") || slices.Contains(names, "report") || !slices.IsSorted(names) {
		t.Errorf("got %v, %v", names, err)
	}
	for _, name := range names {
		if _, err := contract.Load(schemas.FS, name); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contract.Load(schemas.FS, "onlyoffice"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNamesLeaveOutWhatAllPathsShare(t *testing.T) {
	for exchange, want := range map[string]string{
		"barong": "POST /identity/sessions", "onlyoffice": "POST /authentication/{code}", "coinrabbit": "The log-in by the partner",
		"kiiex": "POST /authenticateuser", "kiiexap": "POST /AuthenticateUser",
	} {
		c, err := contract.Load(schemas.FS, exchange)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, op := range c.Operations {
			names = append(names, op.Name())
		}
		if !slices.Contains(names, want) {
			t.Errorf("%s: no operation is named %q; there are: %q", exchange, want, names)
		}
	}
}
