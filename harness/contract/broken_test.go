package contract_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"authconform/harness/contract"
)

// sound is a small contract that loads; every case breaks one thing in it.
const sound = `openapi: 3.1.0
info: {title: Example, version: "1"}
x-profiles:
  documented: as written
  "2.6": as served
x-error-pointer: /error
x-status-pointers: [/code]
x-excuses:
  "503": the proxy writes it
security: [{session: []}]
paths:
  /login/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: login
      summary: Sign in
      x-area: sign-in
      x-source: guide#1
      security: []
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [email]
              properties:
                email: {type: string}
                code: {oneOf: [{type: string, enum: [a]}, {type: integer, enum: [1]}]}
      responses:
        "200": {description: signed in, content: {application/json: {schema: {$ref: ok.schema.json}}}}
        "401": {$ref: '#/components/responses/Refused'}
        "204": {description: nothing to say}
        "503": {description: unavailable}
      x-outcomes:
        ok: {status: 200, provenance: documented}
        bad-credentials: &refused
          - {status: 401, profiles: [documented], provenance: documented, error-keys: [wrong], headers: {retry-after: absent}}
          - {status: 401, profiles: ["2.6"], provenance: observed, source: guide#seen, body: empty}
        second-factor-required: {status: 204, provenance: standard}
  /me:
    get:
      operationId: me
      x-area: session
      x-source: guide#2
      responses:
        "200": {description: the caller, content: {text/plain: {}}}
        "401": {$ref: '#/components/responses/Refused'}
        "429": {description: too many}
      x-outcomes:
        ok: {status: 200, provenance: tested}
        unauthenticated: *refused
      x-excuses:
        "429": nobody says when
components:
  securitySchemes:
    session: {type: http, scheme: bearer}
  responses:
    Refused: {description: refused, content: {application/json: {schema: {$ref: no.schema.json}}}}
`

func folder(document string) fstest.MapFS {
	const head = `{"$schema":"http://json-schema.org/draft-07/schema#",`
	return fstest.MapFS{
		"guide/SOURCES.md":  {Data: []byte("<a id=\"1\"></a>One.\n\n<a id=\"2\"></a>Two.\n\n<a id=\"seen\"></a>Seen.\n")},
		"ex/openapi.yaml":   {Data: []byte(document)},
		"ex/ok.schema.json": {Data: []byte(head + `"type":"object"}`)},
		"ex/no.schema.json": {Data: []byte(head +
			`"type":"object","additionalProperties":false,"properties":{"error":{"$ref":"ok.schema.json"}}}`)},
	}
}

func TestBrokenContractsAreNamed(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"status not in responses": {`ok: {status: 200, prov`, `ok: {status: 201, prov`,
			`ex/openapi.yaml:37: login: x-outcomes/ok: status 201 does not stand in responses`},
		"status no number": {`ok: {status: 200, prov`, `ok: {status: fine, prov`,
			`login: x-outcomes/ok: status is missing or no HTTP status`},
		"status out of range": {`"204": {desc`, `"604": {desc`, `login: responses: "604" is no HTTP status`},
		"undeclared profile": {`profiles: ["2.6"], prov`, `profiles: ["2.7"], prov`,
			`profile "2.7" is not declared; declared are documented, 2.6`},
		"profile twice": {`profiles: ["2.6"], prov`, `profiles: ["2.6", "2.6"], prov`, `profile "2.6" is named twice`},
		"no profiles":   {`profiles: ["2.6"], prov`, `profiles: [], prov`, `profiles is empty`},
		"overlapping answers": {`profiles: ["2.6"], prov`, `profiles: [documented], prov`,
			`ex/openapi.yaml:40: login: x-outcomes/bad-credentials: two answers for profile "documented"`},
		"overlap with all": {`profiles: [documented], prov`, `prov`, `two answers for profile "2.6"`},
		"missing schema": {`{$ref: ok.schema.json}`, `{$ref: yes.schema.json}`,
			`login: x-outcomes/ok: there is no schema file yes.schema.json`},
		"missing schema in an answer": {`ok: {status: 200, provenance: documented}`,
			`ok: {status: 200, provenance: documented, schema: yes.schema.json}`, `there is no schema file yes.schema.json`},
		"inline response schema": {`{schema: {$ref: ok.schema.json}}`, `{schema: {type: object}}`,
			`the schema of a response stands in a *.schema.json file`},
		"unknown provenance": {`provenance: tested`, `provenance: guessed`, `me: x-outcomes/ok: provenance "guessed" is none of`},
		"no provenance":      {`, provenance: tested`, ``, `provenance "" is none of`},
		"outcome no slug": {`bad-credentials: &`, `bad_credentials: &`,
			`login: x-outcomes/bad_credentials: the name of an outcome is kebab-case`},
		"outcome with capitals":  {`bad-credentials: &`, `BadCredentials: &`, `kebab-case`},
		"outcome without answer": {`ok: {status: 200, provenance: tested}`, `ok: []`, `me: x-outcomes/ok: has no answer`},
		"answer no mapping":      {`ok: {status: 200, provenance: tested}`, `ok: 200`, `an answer is a mapping`},
		"no outcomes": {"      x-outcomes:\n        ok: {status: 200, provenance: tested}\n        unauthenticated: " +
			"*refused\n", ``, `me: x-outcomes are missing`},
		"operationId twice": {`operationId: me`, `operationId: login`,
			`ex/openapi.yaml:44: login: operationId is used already on line 16`},
		"no operationId":           {`operationId: me`, `description: me`, `GET /me: operationId is missing`},
		"no area":                  {"      x-area: session\n", ``, `me: x-area is missing`},
		"no source":                {"      x-source: guide#2\n", ``, `me: x-source is missing or incomplete`},
		"a source that is no text": {`x-source: guide#2`, `x-source: {document: guide}`, `GET /me: x-source is not text`},
		"unknown extension": {`x-excuses:` + "\n" + `        "429"`, `x-excuse:` + "\n" + `        "429"`,
			`ex/openapi.yaml:54: GET /me: unknown key x-excuse`},
		"unknown root extension": {`x-error-pointer: /error`, `x-error-pointr: /error`,
			`ex/openapi.yaml:6: the document: unknown extension x-error-pointr`},
		"unknown nested extension": {`{description: unavailable}`, `{description: unavailable, x-note: y}`,
			`POST /login/{id}: unknown extension x-note`},
		"unknown component extension": {`{type: http, scheme: bearer}`, `{type: http, scheme: bearer, x-note: y}`,
			`components: unknown extension x-note`},
		"misspelled operation key": {`summary: Sign in`, `sumary: Sign in`, `unknown key sumary`},
		"misspelled answer key":    {`error-keys: [wrong]`, `error-key: [wrong]`, `login: x-outcomes/bad-credentials: unknown key error-key`},
		"unknown method":           {"    get:\n", "    fetch:\n", `/me: unknown key fetch`},
		"key twice":                {`x-area: session`, "x-area: session\n      x-area: other", `x-area: given twice, first on line 45`},
		"merge key": {`ok: {status: 200, provenance: tested}`, `ok: {<<: {status: 200}, provenance: tested}`,
			`merge keys are not read`},
		"alias in itself":         {`x-error-pointer: /error`, "x-answers: &loop\n  loop: *loop", `&loop contains itself`},
		"unaccounted status":      {`"429": nobody`, `"200": nobody`, `me: status 429 stands in responses but in no outcome`},
		"unaccounted by the root": {`"503": the proxy`, `"502": the proxy`, `login: status 503 stands in responses but in no outcome`},
		"excuse without reason":   {`"429": nobody says when`, `"429": ""`, `the excuse for 429 gives no reason`},
		"excuse for nothing":      {`"429": nobody`, `"430": nobody`, `x-excuses: 430 does not stand in responses`},
		"excuse no status":        {`"503": the proxy`, `often: the proxy`, `"often" is no HTTP status`},
		"no description":          {`{description: too many}`, `{}`, `me: responses: 429 has no description`},
		"dangling reference": {`'#/components/responses/Refused'}` + "\n        \"204\"", `'#/components/responses/Refuse'}` +
			"\n        \"204\"", `$ref "#/components/responses/Refuse" leads nowhere`},
		"schema for no content": {`second-factor-required: {status: 204, provenance: standard}`,
			`second-factor-required: {status: 204, provenance: standard, schema: ok.schema.json}`, `status 204 never carries a body`},
		"schema and body": {`source: guide#seen, body: empty`, `source: guide#seen, body: empty, schema: ok.schema.json`,
			`schema and body exclude each other`},
		"unknown body":     {`body: empty`, `body: none`, `body "none" is neither empty nor any`},
		"unknown presence": {`retry-after: absent`, `retry-after: never`, `header retry-after: presence "never" is none of`},
		"broken pattern": {`retry-after: absent`, `retry-after: {presence: optional, pattern: '('}`,
			`pattern: error parsing regexp`},
		"pattern of an absent header": {`retry-after: absent`, `retry-after: {presence: absent, pattern: '1'}`,
			`an absent header has no pattern`},
		"unknown header key": {`retry-after: absent`, `retry-after: {presense: absent}`, `unknown key presense`},
		"header twice":       {`retry-after: absent`, `retry-after: absent, Retry-After: absent`, `header Retry-After is given twice`},
		"error keys without a schema": {`source: guide#seen, body: empty`, `source: guide#seen, body: empty, error-keys: [x]`,
			`error-keys need a body with a schema`},
		"error keys without a pointer": {"x-error-pointer: /error\n", ``, `error-keys need x-error-pointer`},
		"pointer no pointer":           {`[/code]`, `[code]`, `"code" is no JSON pointer`},
		"no profiles at all": {"x-profiles:\n  documented: as written\n  \"2.6\": as served\n", ``,
			`x-profiles: at least one profile must be declared`},
		"shared folder elsewhere": {`x-error-pointer: /error`, "x-shared-schemas: [../secret]\nx-error-pointer: /error",
			`ex/openapi.yaml:6: x-shared-schemas: "../secret" is no name of a folder beside this one`},
		"shared folder missing": {`x-error-pointer: /error`, "x-shared-schemas: [none]\nx-error-pointer: /error",
			`none: a shared folder without a *.schema.json`},
		"schema of no shared folder": {`{$ref: ok.schema.json}`, `{$ref: ../common/ok.schema.json}`,
			`there is no schema file ../common/ok.schema.json beside this one or in a folder of x-shared-schemas`},
		"other OpenAPI":             {`openapi: 3.1.0`, `openapi: 3.0.3`, `ex/openapi.yaml:1: openapi: must be 3.1.x, found "3.0.3"`},
		"no title":                  {`{title: Example, version: "1"}`, `{version: "1"}`, `info: title is missing`},
		"undeclared security":       {`{session: []}`, `{cookie: []}`, `security scheme "cookie" is not declared`},
		"undeclared path parameter": {`{name: id, in: path`, `{name: key, in: path`, `login: path parameter "id" is not declared`},
		"optional path parameter":   {`in: path, required: true`, `in: path`, `path parameter "id" must say required: true`},
		"parameter nowhere":         {`in: path, required: true`, `in: body, required: true`, `a parameter needs a name and in`},
		"required but undescribed":  {`required: [email]`, `required: [mail]`, `the request body requires "mail" but does not describe it`},
		"body without content": {`content:` + "\n          application/json:", "description:\n          application/json:",
			`login: requestBody has no content`},
		"relative path": {`  /me:`, `  me:`, `a path begins with /`},
		"broken YAML":   {`paths:`, `paths: [`, `ex/openapi.yaml: yaml`},
		"no mapping":    {sound, `- a`, `an OpenAPI document is a mapping`},
		"nothing":       {sound, ``, `an OpenAPI document is a mapping`},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(sound, test.old, test.new, 1)
			if broken == sound {
				t.Fatal("nothing was changed")
			}
			_, err := contract.Load(folder(broken), "ex")
			if err == nil {
				t.Fatal("was loaded")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not say %q", err, test.want)
			}
		})
	}
}

func TestBrokenFoldersAreNamed(t *testing.T) {
	fsys := folder(sound)
	if _, err := contract.Load(fsys, "other"); err == nil || !strings.Contains(err.Error(), `unknown exchange "other"`) ||
		!strings.Contains(err.Error(), "known are: ex") {
		t.Errorf("unknown exchange: %v", err)
	}
	fsys["ex/ok.schema.json"].Data = []byte(`{"requried":[]}`)
	if _, err := contract.Load(fsys, "ex"); err == nil || !strings.Contains(err.Error(), "ex/ok.schema.json at /requried") {
		t.Errorf("broken schema: %v", err)
	}
}

// Answers and requests may be described by the schemas of a shared folder.
func TestSharedSchemas(t *testing.T) {
	fsys := folder(strings.NewReplacer("x-error-pointer: /error", "x-shared-schemas: [common]\nx-error-pointer: /error",
		"{$ref: ok.schema.json}", "{$ref: ../common/ok.schema.json}").Replace(sound))
	fsys["common/ok.schema.json"] = fsys["ex/ok.schema.json"]
	c, err := contract.Load(fsys, "ex")
	if err != nil {
		t.Fatal(err)
	}
	login, _ := c.Operation("login")
	if a, _ := login.Answer(contract.OK, "documented"); a.SchemaFile != "../common/ok.schema.json" || a.Schema == nil ||
		a.Schema.Check([]byte(`1`)) == nil {
		t.Errorf("the answer is described by %q", a.SchemaFile)
	}
	if plain, err := c.OpenAPI(); err != nil || strings.Contains(string(plain), ".schema.json") {
		t.Errorf("not written in place: %v", err)
	}
}

// A reference in a circle must end in an error, not in a stack overflow.
func TestCircularRequestSchemas(t *testing.T) {
	for _, circle := range []string{
		"{$ref: '#/components/schemas/A'}",
		"{allOf: [{$ref: '#/components/schemas/A'}]}",
		"{type: object, properties: {a: {oneOf: [{$ref: '#/components/schemas/B'}, {type: string}]}}}",
	} {
		broken := strings.Replace(sound, "              type: object\n              required: [email]\n              properties:\n          "+
			"      email: {type: string}\n                code: {oneOf: [{type: string, enum: [a]}, {type: integer, enum: [1]}]}\n",
			"              $ref: '#/components/schemas/A'\n", 1)
		broken += "  schemas:\n    A: " + circle + "\n    B: {anyOf: [{$ref: '#/components/schemas/B'}]}\n"
		if _, err := contract.Load(folder(broken), "ex"); err == nil {
			t.Errorf("%s was loaded", circle)
		}
	}
}

// Whatever a contract file holds, loading ends in a contract or an error.
func FuzzLoad(f *testing.F) {
	f.Add(sound)
	f.Add("paths: {/a: {get: {parameters: [1], responses: {\"200\": 1}, x-outcomes: [1], security: {}}}}\nopenapi: 3.1.0")
	f.Add("openapi: 3.1.0\npaths: {/a: {get: {requestBody: {$ref: '#/paths'}, responses: {\"200\": {$ref: '#'}}, x-outcomes: {ok: " +
		"{status: 200, headers: [1]}}}}}")
	f.Add("openapi: &a [*a]\n")
	f.Fuzz(func(t *testing.T, document string) {
		c, err := contract.Load(folder(document), "ex")
		if err == nil {
			if _, err := c.OpenAPI(); err != nil {
				t.Errorf("loads but cannot be printed: %v", err)
			}
		}
	})
}
