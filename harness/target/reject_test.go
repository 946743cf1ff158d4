package target

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xeipuuv/gojsonschema"
	"go.yaml.in/yaml/v3"
)

// rejected lists what may follow the three lines of minimal and is refused.
// structural ones must be refused by the published schema too.
var rejected = []struct {
	name       string
	content    string
	whole      bool // content is the whole file
	structural bool
	want       []wantProblem
}{
	{"empty file", "", true, false, []wantProblem{{0, "", "is empty"}}},
	{"only a comment", "# nothing\n", true, false, []wantProblem{{0, "", "is empty"}}},
	{"null document", "---\n", true, true, []wantProblem{{0, "", "is empty"}}},
	{"two documents", "---\n" + minimal, false, false, []wantProblem{{4, "", "more than one YAML document"}}},
	{"second document broken", "---\n: [", false, false, []wantProblem{{0, "", "more than one YAML document"}}},
	{"a list", "- 1\n", true, true, []wantProblem{{1, "", "is a list"}}},
	{"tab", "allow:\n\tproduction: true\n", false, false, []wantProblem{{5, "", "indent with spaces"}}},
	{"unclosed", "allow: {\n", false, false, []wantProblem{{4, "", "is not YAML"}}},
	{"reference in braces", "captcha: {response: ${X}}\n", false, false, []wantProblem{{4, "", "put ${NAME} in quotes"}}},
	{"all missing", "{}", true, true, []wantProblem{{1, "version", "add version"}, {1, "exchange", "onlyoffice"}, {1, "url", "is missing"}}},
	{"wrong version", "version: 2\nexchange: onlyoffice\nurl: http://localhost\n", true, true, []wantProblem{{1, "version", "not a version"}}},
	{"version as text", "version: '1'\nexchange: onlyoffice\nurl: http://localhost\n", true, true, []wantProblem{{1, "version", "is text"}}},
	{"unknown exchange", "version: 1\nexchange: onlyofice\nurl: http://localhost\nprofile: x\nsettings: {x: y}\nfeatures: {x: true}\n",
		true, false, []wantProblem{{2, "exchange", "did you mean onlyoffice?"}}},
	{"unknown field", "limit: {}\n", false, true, []wantProblem{{4, "limit", "did you mean limits?"}}},
	{"unknown field, nothing near", "zzzzzzzzz: {}\n", false, true, []wantProblem{{4, "zzzzzzzzz", "known: allow, captcha"}}},
	{"nested unknown field", "limits:\n  password: {attempts: 1, window: 1s, blok: 1s}\n", false, true,
		[]wantProblem{{5, "limits.password.blok", "did you mean block?"}}},
	{"duplicate", "profile: documented\nprofile: '3.7'\n", false, false, []wantProblem{{5, "profile", "given twice"}}},
	{"nested duplicate", "allow: {production: true, production: false}\n", false, false,
		[]wantProblem{{4, "allow.production", "given twice"}}},
	{"merge key", "allow: {<<: {production: true}}\n", false, true, []wantProblem{{4, "allow", "not a plain word"}}},
	{"anchor", "profile: &p documented\n", false, false, []wantProblem{{4, "profile", "anchor"}}},
	{"alias", "features: &f {sms: true}\nsettings: *f\n", false, false, []wantProblem{{4, "features", "anchor"}, {5, "settings", "anchor"}}},
	{"password that begins with a star", "identities:\n  - {name: a, roles: [user], login: a, password: *hunter2}\n", false, false,
		[]wantProblem{{5, "", "quotes"}}},
	{"tag", "profile: !x documented\n", false, false, []wantProblem{{4, "profile", "tag"}}},
	{"null section", "limits:\n", false, true, []wantProblem{{4, "limits", "is absent"}}},
	{"number for text", "profile: 3.7\n", false, true, []wantProblem{{4, "profile", "quotes"}}},
	{"text for flag", "allow: {disruptive: 'yes'}\n", false, true, []wantProblem{{4, "allow.disruptive", "is text"}}},
	{"list for text", "profile: [a]\n", false, true, []wantProblem{{4, "profile", "is a list"}}},
	{"unknown profile", "profile: '3.8'\n", false, false, []wantProblem{{4, "profile", "did you mean 3.7?"}}},
	{"unknown setting", "settings: {path-prefx: /x}\n", false, false, []wantProblem{{4, "settings.path-prefx", "did you mean path-prefix?"}}},
	{"setting with another value", "settings: {mode: gatway}\n", false, false, []wantProblem{{4, "settings.mode", "did you mean gateway?"}}},
	{"setting that is no path", "settings: {path-prefix: x/}\n", false, false, []wantProblem{{4, "settings.path-prefix", "absolute path"}}},
	{"duration without a unit", "limits: {max-wait: 90}\n", false, true,
		[]wantProblem{{4, "limits.max-wait", "unit behind the number, such as s"}}},
	{"size without a unit", "http: {max-body: 4}\n", false, true, []wantProblem{{4, "http.max-body", "unit behind the number, such as MiB"}}},
	{"number for setting", "settings: {path-prefix: 1}\n", false, true, []wantProblem{{4, "settings.path-prefix", "quotes"}}},
	{"secret setting written out", "settings: {partner-key: hunter2}\n", false, false,
		[]wantProblem{{4, "settings.partner-key", "written into"}}},
	{"unknown feature", "features: {smss: true}\n", false, false, []wantProblem{{4, "features.smss", "did you mean sms?"}}},
	{"feature not a flag", "features: {sms: 1}\n", false, true, []wantProblem{{4, "features.sms", "is a number"}}},
	{"durations", "limits: {max-wait: soon}\nhttp: {timeout: 0s}\n", false, false,
		[]wantProblem{{4, "limits.max-wait", `"soon" is not a duration`}, {5, "http.timeout", "above zero"}}},
	{"duration without unit", "limits: {max-wait: '10'}\n", false, true, []wantProblem{{4, "limits.max-wait", "unit"}}},
	{"duration too fine", "limits: {max-wait: 10us}\n", false, true, []wantProblem{{4, "limits.max-wait", "unit"}}},
	{"pace", "limits: {pace: 20}\n", false, true, []wantProblem{{4, "limits.pace", "is a number"}}},
	{"zero pace", "limits: {pace: 0/s}\n", false, true, []wantProblem{{4, "limits.pace", "20/s"}}},
	{"limit incomplete", "limits: {password: {attempts: 0}}\n", false, true,
		[]wantProblem{{4, "limits.password.attempts", "out of range"}, {4, "limits.password.window", "is missing"}}},
	{"size", "http: {max-body: 4MB}\n", false, true, []wantProblem{{4, "http.max-body", "4MiB"}}},
	{"size too large", "http: {max-body: 65MiB}\n", false, false, []wantProblem{{4, "http.max-body", "64MiB"}}},
	{"host with scheme", "allow: {hosts: ['https://x.example.com']}\n", false, true, []wantProblem{{4, "allow.hosts[0]", "host name"}}},
	{"wildcard host", "allow: {hosts: ['*.example.com']}\n", false, true, []wantProblem{{4, "allow.hosts[0]", "host name"}}},
	{"host with port 0", "allow: {hosts: ['x.example.com:0']}\n", false, false, []wantProblem{{4, "allow.hosts[0]", "port"}}},
	{"ftp", "clock: {advance-url: 'ftp://localhost/'}\n", false, true, []wantProblem{{4, "clock.advance-url", "http or https"}}},
	{"no host", "clock: {advance-url: 'http:///x'}\n", false, false, []wantProblem{{4, "clock.advance-url", "host"}}},
	{"userinfo", "http: {proxy: 'http://me:hunter2@localhost:3128'}\n", false, true, []wantProblem{{4, "http.proxy", "user or password"}}},
	{"fragment", "clock: {advance-url: 'http://localhost/#x'}\n", false, true, []wantProblem{{4, "clock.advance-url", "fragment"}}},
	{"query in base", "version: 1\nexchange: onlyoffice\nurl: http://localhost/?a=b\n", true, false, []wantProblem{{3, "url", "query"}}},
	{"Unicode host", "clock: {advance-url: 'http://ехample.com/'}\n", false, false, []wantProblem{{4, "clock.advance-url", "ASCII"}}},
	{"not a URL", "clock: {advance-url: 'http://a:b:c'}\n", false, false, []wantProblem{{4, "clock.advance-url", "is not a URL"}}},
	{"port out of range", "clock: {advance-url: 'http://a:70000'}\n", false, false, []wantProblem{{4, "clock.advance-url", "port"}}},
	{"identities not a list", "identities: {name: a}\n", false, true, []wantProblem{{4, "identities", "is a mapping"}}},
	{"identity incomplete", "identities:\n  - name: a\n", false, true,
		[]wantProblem{{5, "identities[0].roles", "is missing"}, {5, "identities[0].login", "is missing"},
			{5, "identities[0].password", "is missing"}}},
	{"identity no mapping", "identities: [alice]\n", false, true, []wantProblem{{4, "identities[0]", "is text"}}},
	{"no roles", "identities:\n  - {name: a, roles: [], login: a, password: 'file:s#X'}\n", false, true,
		[]wantProblem{{5, "identities[0].roles", "empty list"}}},
	{"unknown role", "identities:\n  - {name: a, roles: [usr], login: a, password: 'file:s#X'}\n", false, false,
		[]wantProblem{{5, "identities[0].roles[0]", "did you mean user?"}}},
	{"role twice", "identities:\n  - {name: a, roles: [user, user], login: a, password: 'file:s#X'}\n", false, false,
		[]wantProblem{{5, "identities[0].roles[1]", "twice"}}},
	{"bad name", "identities:\n  - {name: A B, roles: [user], login: a, password: 'file:s#X'}\n", false, true,
		[]wantProblem{{5, "identities[0].name", "plain name"}}},
	{"same account twice", "identities:\n  - {name: a, roles: [user], login: a@x.y, password: 'file:s#X'}\n  - {name: b, roles: [user], " +
		"login: A@X.Y, password: 'file:s#X'}\n", false, false, []wantProblem{{6, "identities[1].login", "the same as identities[0].login"}}},
	{"password written out", "identities:\n  - {name: a, roles: [user], login: a, password: hunter2}\n", false, true,
		[]wantProblem{{5, "identities[0].password", "written into"}}},
	{"password with a comma", "identities:\n  - {name: a, roles: [user], login: a, password: file:s#X,hunter2}\n", false, true,
		[]wantProblem{{5, "identities[0]", "quotes"}}},
	{"escaped reference is no reference", "captcha: {response: 'hunter2$${X}'}\n", false, true,
		[]wantProblem{{4, "captcha.response", "written into"}}},
	{"number as login", "identities:\n  - {name: a, roles: [user], login: 012, password: 'file:s#X'}\n", false, true,
		[]wantProblem{{5, "identities[0].login", "quotes"}}},
	{"TOTP secret", "identities:\n  - {name: a, roles: [user], login: a, password: 'file:s#X', totp-secret: 'file:s#X'}\n", false, false,
		[]wantProblem{{5, "identities[0].totp-secret", "Base32"}}},
	{"unset variable", "captcha: {response: '${NONE}-${NEITHER}'}\n", false, false,
		[]wantProblem{{4, "captcha.response", "variable NONE, which is not set"}, {4, "captcha.response", "export NEITHER"}}},
	{"empty variable", "captcha: {response: '${EMPTY}'}\n", false, false, []wantProblem{{4, "captcha.response", "is empty"}}},
	{"default in a reference", "captcha: {response: '${NONE:-hunter2}'}\n", false, false,
		[]wantProblem{{4, "captcha.response", "names no variable"}}},
	{"no such file", "captcha: {response: 'file:none.txt'}\n", false, false, []wantProblem{{4, "captcha.response", "file does not exist"}}},
	{"no such entry", "captcha: {response: 'file:s#Y'}\n", false, false, []wantProblem{{4, "captcha.response", "a line Y=value"}}},
	{"several lines", "captcha: {response: 'file:s'}\n", false, false, []wantProblem{{4, "captcha.response", "several lines"}}},
	{"broken secrets file", "captcha: {response: 'file:broken#X'}\n", false, false,
		[]wantProblem{{1, "", "dir/broken:1: a line is not NAME=value"}, {3, "", "X is given twice"}, {4, "", "the value of Y"}}},
	{"secret named as its field", "http: {basic: {user: x, password: 'file:word#W'}}\n", false, false,
		[]wantProblem{{4, "http.basic.password", "ordinary word"}}},
	{"secret of one word", "captcha: {response: 'file:word#E'}\n", false, false, []wantProblem{{4, "captcha.response", "ordinary word"}}},
	{"short secret", "captcha: {response: 'file:word#S'}\n", false, false,
		[]wantProblem{{4, "captcha.response", "shorter than 8 characters"}}},
	{"inbox kind", "inbox: {kind: mailpitt, url: 'http://localhost'}\n", false, true,
		[]wantProblem{{4, "inbox.kind", "did you mean mailpit?"}}},
	{"inbox without url", "inbox: {kind: mailpit}\n", false, true, []wantProblem{{4, "inbox.url", "is missing"}}},
	{"inbox without command", "inbox: {kind: exec}\n", false, true, []wantProblem{{4, "inbox.command", "is missing"}}},
	{"inbox with an empty command", "inbox: {kind: exec, command: []}\n", false, true,
		[]wantProblem{{4, "inbox.command", "is an empty list"}}},
	{"inbox with both", "inbox: {kind: exec, command: [x], url: 'http://localhost'}\n", false, true,
		[]wantProblem{{4, "inbox.url", "does not go with"}}},
	{"mailpit with command", "inbox: {kind: mailpit, command: [x], url: 'http://localhost'}\n", false, true,
		[]wantProblem{{4, "inbox.command", "does not go with"}}},
	{"sms address", "inbox: {kind: mailpit, url: 'http://localhost', sms-address: phone@x.y}\n", false, false,
		[]wantProblem{{4, "inbox.sms-address", "{phone}"}}},
	{"suite's header", "http: {headers: {authorization: Bearer abc}}\n", false, false,
		[]wantProblem{{4, "http.headers.authorization", "belongs to the specs"}}},
	{"bad header name", "http: {headers: {'X Y': abc}}\n", false, true, []wantProblem{{4, "http.headers.X Y", "RFC 9110"}}},
	{"header twice", "http: {headers: {X-A: abc, x-a: abd}}\n", false, false, []wantProblem{{4, "http.headers.x-a", "ignore case"}}},
	{"header of two lines", "http: {headers: {X-A: \"a\\r\\nb\"}}\n", false, false,
		[]wantProblem{{4, "http.headers.X-A", "control characters"}}},
	{"key without certificate", "http: {client-key-file: s}\n", false, true, []wantProblem{{4, "http", "client-cert-file"}}},
	{"no such CA", "http: {ca-file: none.pem}\n", false, false, []wantProblem{{4, "http.ca-file", "file does not exist"}}},
	{"deviation incomplete", "deviations:\n  - clause: onlyoffice.x\n", false, true,
		[]wantProblem{{5, "deviations[0].reason", "missing"}, {5, "deviations[0].owner", "missing"}, {5, "deviations[0].expires", "missing"}}},
	{"deviation wrong", "deviations:\n  - {clause: 7.1, reason: ' ', owner: qa, link: t/1, expires: 31.12.2026}\n", false, true,
		[]wantProblem{{5, "deviations[0].clause", "quotes"}, {5, "deviations[0].reason", "is empty"}, {5, "deviations[0].link", "https"},
			{5, "deviations[0].expires", "2026-12-31"}}},
	{"deviation with a time", "deviations:\n  - {clause: a.b, reason: r, owner: qa, link: 'https://t', expires: 2026-12-31T10:00:00Z}\n",
		false, true, []wantProblem{{5, "deviations[0].expires", "not a day"}}},
	{"deviation twice", "deviations:\n  - {clause: a.b, reason: r, owner: qa, link: 'https://t', expires: 2026-12-31}\n  - {clause: a.b, " +
		"reason: r, owner: qa, link: 'https://t', expires: 2026-12-31}\n", false, false, []wantProblem{{6, "deviations[1].clause", "twice"}}},
	{"list for secret", "captcha: {response: [hunter2]}\n", false, true, []wantProblem{{4, "captcha.response", "is a list"}}},
	{"number for header", "http: {headers: {X-A: 12345678}}\n", false, true, []wantProblem{{4, "http.headers.X-A", "is a number"}}},
	{"text for count", "limits: {password: {attempts: many, window: 1s}}\n", false, true,
		[]wantProblem{{4, "limits.password.attempts", "whole number"}}},
	{"flag for date", "deviations:\n  - {clause: a.b, reason: r, owner: qa, link: 'https://t', expires: true}\n", false, true,
		[]wantProblem{{5, "deviations[0].expires", "true or false"}}},
	{"number for date", "deviations:\n  - {clause: a.b, reason: r, owner: qa, link: 'https://t', expires: 2026}\n", false, true,
		[]wantProblem{{5, "deviations[0].expires", "is a number"}}},
	{"date for text", "profile: 2026-12-31\n", false, false, []wantProblem{{4, "profile", "is a date"}}},
	{"empty file name", "http: {ca-file: ''}\n", false, true, []wantProblem{{4, "http.ca-file", "is empty"}}},
	{"unset variable in a path", "captcha: {response: 'file:${NONE}/x'}\n", false, false,
		[]wantProblem{{4, "captcha.response", "export NONE"}}},
	{"long value", "profile: '" + strings.Repeat("x", 100) + "'\n", false, false,
		[]wantProblem{{4, "profile", strings.Repeat("x", 60) + "\"..."}}},
	{"single quote left open", "captcha: {response: 'file:open#X'}\n", false, false,
		[]wantProblem{{1, "", "the value of X"}, {4, "captcha.response", "is empty"}}},
	{"clause by number", "deviations:\n  - {clause: login, reason: r, owner: qa, link: 'https://t', expires: 2026-12-31}\n", false, false,
		[]wantProblem{{5, "deviations[0].clause", "clause id"}}},
}

var rejectedFiles = map[string]string{"dir/s": "X=hunter2!\n# end\n", "dir/word": "W=password\nS=aB3-x\nE=Sunshine\n",
	"dir/open": "X='hunter2\n", "dir/broken": "hunter2\nX=abcdefgh-j\nX=b\nY=\"hunter2\n"}

func content(whole bool, s string) string {
	if whole {
		return s
	}
	return minimal + s
}

func TestRejected(t *testing.T) {
	check := validators(t)
	for _, c := range rejected {
		t.Run(c.name, func(t *testing.T) {
			text := content(c.whole, c.content)
			_, _, err := load(t, text, rejectedFiles, "EMPTY=")
			wantProblems(t, err, c.want)
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a secret shows: %v", err)
			}
			if c.structural {
				for engine, valid := range check(t, text) {
					if valid {
						t.Errorf("%s: the published schema accepts this", engine)
					}
				}
			}
		})
	}
}

func TestNotATargetFile(t *testing.T) {
	_, _, err := load(t, strings.Repeat("#", maxFile+1), nil)
	wantProblems(t, err, []wantProblem{{0, "", "at most 1 MiB"}})
	_, _, err = load(t, "version: 1\nexchange: coinrabbit\nurl: http://localhost\nsettings: {x: y}\n", nil)
	wantProblems(t, err, []wantProblem{{4, "settings.x", "none is known here"}})
}

func TestAllProblemsTogetherSortedByLine(t *testing.T) {
	_, _, err := load(t, "version: 1\nexchange: onlyoffice\nurl: ftp://x\nlimits: {pace: x, max-wait: y}\nallow: {hosts: [a b]}\nnope: "+
		"1\n", nil, "AUTHCONFORM_ONLYOFFICE_NOPE=1")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	var lines []int
	for _, p := range e.Problems {
		lines = append(lines, p.Line)
	}
	if want := []int{3, 4, 4, 5, 6, 0}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v\n%v", lines, want, err)
	}
}

// validators returns a check of YAML text against the published schema by the
// engine the program uses and by a second one.
func validators(t *testing.T) func(t *testing.T, text string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("../../schemas/config/target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	first, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(raw))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("target.json", doc); err != nil {
		t.Fatal(err)
	}
	second, err := compiler.Compile("target.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, text string) map[string]bool {
		t.Helper()
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		value := plain(&n)
		result, err := first.Validate(gojsonschema.NewGoLoader(value))
		if err != nil {
			t.Fatal(err)
		}
		fault := second.Validate(value)
		if fault != nil || !result.Valid() {
			t.Log(fault, result.Errors())
		}
		return map[string]bool{"gojsonschema": result.Valid(), "santhosh": fault == nil}
	}
}

// plain is a YAML tree as the JSON an editor would check: dates are text.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	}
	if n.ShortTag() == "!!timestamp" {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return n.Value
	}
	return v
}

func TestAcceptedFilesMatchThePublishedSchema(t *testing.T) {
	check := validators(t)
	example, err := os.ReadFile("../../fixtures/onlyoffice/target.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"minimal": minimal, "full": full, "example": string(example)} {
		for engine, valid := range check(t, text) {
			if !valid {
				t.Errorf("%s: %s rejects it", name, engine)
			}
		}
	}
}

func TestExample(t *testing.T) {
	const path = "../../fixtures/onlyoffice/target.example.yaml"
	environ := []string{"OLIVIA_PASSWORD=olivia-pass-word", "ADAM_PASSWORD=adam-pass-word", "RITA_PASSWORD=rita-pass-word",
		"ALICE_PASSWORD=alice-pass-word", "STAGING_GATE=gate-pass-word"}
	entries := ""
	for _, name := range []string{"BOB_PASSWORD", "TOM_PASSWORD", "TINA_PASSWORD", "PIA_PASSWORD", "NORA_PASSWORD", "DORA_PASSWORD",
		"CAPTCHA_RESPONSE"} {
		entries += name + "=" + strings.ToLower(name) + "\n"
	}
	got, err := Load(path, Options{
		Exchanges: exchanges(), Environ: environ, Secret: func(string, string) {},
		ReadFile: func(p string) ([]byte, error) {
			if p == path {
				return os.ReadFile(p)
			}
			return []byte(entries + "TINA_TOTP=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Identities) != 10 || got.Captcha.Response != "captcha_response" {
		t.Errorf("the example was read as %v with %d identities", got, len(got.Identities))
	}
	if err := got.Guard(); err != nil {
		t.Errorf("the example does not pass its own guard: %v", err)
	}
}

// The schema and the reader must know the same fields; the reader lists its own
// when it meets an unknown one.
func TestSchemaKnowsTheSameFields(t *testing.T) {
	raw, err := os.ReadFile("../../schemas/config/target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema yaml.Node // JSON is YAML; nodes keep it simple to walk
	if err := yaml.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	root := schema.Content[0]
	definition := func(name string) *yaml.Node { return child(child(root, "definitions"), name) }
	property := func(name string) *yaml.Node { return child(child(root, "properties"), name) }
	for _, c := range []struct {
		content string
		schema  *yaml.Node
	}{
		{"zz: 1\n", root},
		{"identities: [{zz: 1}]\n", definition("identity")},
		{"inbox: {zz: 1}\n", definition("inbox")},
		{"captcha: {zz: 1}\n", property("captcha")},
		{"clock: {zz: 1}\n", property("clock")},
		{"limits: {zz: 1}\n", property("limits")},
		{"limits: {password: {zz: 1}}\n", definition("limit")},
		{"allow: {zz: 1}\n", property("allow")},
		{"http: {zz: 1}\n", definition("http")},
		{"deviations: [{zz: 1}]\n", definition("deviation")},
	} {
		properties := child(c.schema, "properties")
		var names []string
		for i := 0; i < len(properties.Content); i += 2 {
			names = append(names, properties.Content[i].Value)
		}
		slices.Sort(names)
		_, _, err := load(t, minimal+c.content, nil)
		if want := "known: " + strings.Join(names, ", "); err == nil || !strings.Contains(err.Error()+"\n", want+"\n") {
			t.Errorf("%s: the schema has %q, the reader says:\n%v", c.content, want, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(full)
	for _, c := range rejected {
		f.Add(content(c.whole, c.content))
	}
	f.Fuzz(func(t *testing.T, text string) {
		tgt, _, err := load(t, text, rejectedFiles, "EMPTY=")
		if (tgt == nil) == (err == nil) {
			t.Fatalf("target %v, error %v", tgt, err)
		}
	})
}
