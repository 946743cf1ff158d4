package contract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authconform/harness/contract"
	"authconform/schemas"
)

func barong(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Load(schemas.FS, "barong")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The rows of document 002, in its order.
func TestBarongOperations(t *testing.T) {
	want := strings.Fields(`
POST /identity/users/password/confirm_code confirmPasswordReset
POST /identity/users/password/generate_code requestPasswordReset
POST /identity/users/email/confirm_code confirmEmail
POST /identity/users/email/generate_code requestEmailConfirmation
GET /identity/users/register_geetest registerGeetest
POST /identity/users createUser
POST /identity/users/access createWhitelist
POST /identity/sessions/auth0 createSessionByAuth0
DELETE /identity/sessions deleteSession
POST /identity/sessions createSession
GET /identity/configs getIdentityConfigs
GET /identity/version getIdentityVersion
GET /identity/time getIdentityTime
GET /identity/ping pingIdentity
POST /identity/password/validate validateIdentityPassword
GET /resource/swagger_doc/{name} getNamedSwaggerDoc
GET /resource/swagger_doc getSwaggerDoc
PUT /resource/service_accounts/api_keys/{kid} updateServiceAccountKey
DELETE /resource/service_accounts/api_keys/{kid} deleteServiceAccountKey
POST /resource/service_accounts/api_keys createServiceAccountKey
GET /resource/service_accounts/api_keys listServiceAccountKeys
GET /resource/service_accounts listServiceAccounts
POST /resource/data_storage createDataStorage
GET /resource/api_keys listKeys
POST /resource/api_keys createKey
DELETE /resource/api_keys/{kid} deleteKey
PATCH /resource/api_keys/{kid} updateKey
POST /resource/otp/verify verifyOTP
POST /resource/otp/disable disableOTP
POST /resource/otp/enable enableOTP
POST /resource/otp/generate_qrcode generateQRCode
POST /resource/phones/verify verifyPhone
POST /resource/phones/send_code sendPhoneCode
POST /resource/phones createPhone
GET /resource/phones listPhones
POST /resource/documents createDocument
GET /resource/documents listDocuments
PUT /resource/profiles updateProfile
POST /resource/profiles createProfile
GET /resource/profiles/me getProfiles
DELETE /resource/labels/{key} deleteLabel
PATCH /resource/labels/{key} updateLabel
GET /resource/labels/{key} getLabel
POST /resource/labels createLabel
GET /resource/labels listLabels
PUT /resource/users/password changePassword
GET /resource/users/activity/{topic} listActivity
DELETE /resource/users/me deleteCurrentUser
PUT /resource/users/me updateCurrentUser
GET /resource/users/me getCurrentUser
POST /resource/addresses createAddress
GET /public/configs/auth0 getAuth0Configs
GET /public/configs getPublicConfigs
GET /public/version getPublicVersion
GET /public/time getPublicTime
GET /public/ping pingPublic
POST /public/password/validate validatePublicPassword
POST /public/kyc receiveKYC`)
	if len(want) != 3*58 {
		t.Fatalf("the table has %d rows, the document 58", len(want)/3)
	}
	var got, beyond []string
	for _, o := range barong(t).Operations {
		if o.Area == "authz" {
			beyond = append(beyond, o.ID)
			continue
		}
		got = append(got, o.Method, strings.TrimPrefix(o.Path, "/api/v2/auth"), o.ID)
		if !strings.HasPrefix(o.Source, "barong#document-002 ") && !strings.HasPrefix(o.Source, "barong#document-002-") || o.NamedOnly {
			t.Errorf("%s: source %s, named only %v", o.ID, o.Source, o.NamedOnly)
		}
		if want := strings.HasPrefix(o.Path, "/api/v2/auth/resource/"); o.Protected != want {
			t.Errorf("%s: protected %v, want %v", o.ID, o.Protected, want)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if want := []string{"authorizeRead", "authorizeWrite", "authorizePublic", "authorizeManagement",
		"authorizeAdmin"}; !slices.Equal(beyond, want) {
		t.Errorf("beyond the document: %v, want %v", beyond, want)
	}
}

var barongProfiles = []string{"2.6", "documented", "3.1"}

func TestBarongStatuses(t *testing.T) {
	c := barong(t)
	if !slices.Equal(c.Profiles, barongProfiles) {
		t.Fatalf("profiles %v, want %v with the default first", c.Profiles, barongProfiles)
	}
	listed := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(barongStatuses), "\n") {
		words := strings.Fields(line)
		o, ok := c.Operation(words[0])
		if !ok {
			t.Errorf("no operation %s", words[0])
			continue
		}
		want := strings.Split(words[1], "/")
		if len(want) == 1 {
			want = []string{want[0], want[0], want[0]}
		}
		for _, outcome := range words[2:] {
			listed[o.ID+" "+outcome] = true
			for i, profile := range c.Profiles {
				if got := statusIn(o, contract.Outcome(outcome), profile); got != want[i] {
					t.Errorf("%s %s in %s: status %s, want %s", o.ID, outcome, profile, got, want[i])
				}
			}
		}
	}
	for _, o := range c.Operations {
		for _, outcome := range o.Outcomes() {
			if o.Area != "authz" && slices.Contains(barongShared, outcome) {
				continue
			}
			if !listed[o.ID+" "+string(outcome)] {
				t.Errorf("%s %s stands in no table", o.ID, outcome)
			}
		}
	}
}

func statusIn(o *contract.Operation, outcome contract.Outcome, profile string) string {
	answer, ok := o.Answer(outcome, profile)
	switch {
	case !ok:
		return "-"
	case answer.Class != 0:
		return fmt.Sprintf("%dXX", answer.Class)
	}
	return fmt.Sprint(answer.Status)
}

// barongShared are the outcomes whose operations and answers follow from a rule.
var barongShared = []contract.Outcome{
	contract.Unauthenticated, "dead-session", "csrf-missing", "csrf-mismatch", "token-refused",
	contract.MethodRefused, contract.Malformed, contract.InvalidType, contract.MediaTypeRefused,
}

func TestBarongSharedOutcomes(t *testing.T) {
	c := barong(t)
	for _, o := range c.Operations {
		if o.Area == "authz" {
			continue
		}
		writes := o.Method != "GET"
		want := map[contract.Outcome]string{contract.MethodRefused: "404/404/404"}
		if o.Protected {
			want[contract.Unauthenticated], want["dead-session"] = "401/401/401", "401/401/401"
			if writes {
				want["csrf-missing"], want["csrf-mismatch"] = "401/401/401", "401/401/401"
			}
			if o.Area != "description" { // the app asks no token for its own description
				want["token-refused"] = "401/401/401"
			}
		}
		if o.Body != nil {
			want[contract.Malformed], want[contract.MediaTypeRefused] = "5XX/400/5XX", "415/415/415"
			if o.ID != "receiveKYC" && !slices.Equal(o.Body.MediaTypes, []string{"multipart/form-data"}) {
				want[contract.InvalidType] = "422/422/422"
			}
		}
		for _, outcome := range barongShared {
			var got []string
			for _, profile := range c.Profiles {
				got = append(got, statusIn(o, outcome, profile))
			}
			if want[outcome] == "" {
				want[outcome] = "-/-/-"
			}
			if statuses := strings.Join(got, "/"); statuses != want[outcome] {
				t.Errorf("%s %s: %s, want %s", o.ID, outcome, statuses, want[outcome])
			}
		}
		wantKeys := map[contract.Outcome]string{contract.Unauthenticated: "authz.missing_csrf_token",
			"dead-session": "authz.csrf_token_mismatch", "csrf-missing": "authz.missing_csrf_token", "csrf-mismatch": "authz.csrf_token_mismatch"}
		if !writes {
			wantKeys = map[contract.Outcome]string{contract.Unauthenticated: "authz.invalid_session", "dead-session": "authz.invalid_session"}
		}
		for outcome, key := range wantKeys {
			if answer, ok := o.Answer(outcome, "2.6"); o.Protected &&
				(!ok || !slices.Equal(answer.ErrorKeys, []string{key}) || !slices.Equal(answer.MediaTypes, []string{"text/html"})) {
				t.Errorf("%s %s: %+v, want %s as text/html", o.ID, outcome, answer, key)
			}
		}
	}
}

// Each required member has an outcome for its absence, and a body without any
// member names the keys of all of them.
func TestBarongMissingMembers(t *testing.T) {
	for _, o := range barong(t).Operations {
		var all []string
		for _, m := range requiredInputs(o) {
			outcome := contract.Outcome("missing-" + strings.ReplaceAll(m, "_", "-"))
			answer, ok := o.Answer(outcome, "2.6")
			if !ok {
				t.Errorf("%s: no outcome %s", o.ID, outcome)
				continue
			}
			all = append(all, answer.ErrorKeys...)
		}
		answer, ok := o.Answer("no-members", "2.6")
		required := o.Body != nil && slices.ContainsFunc(o.Body.Members, func(m contract.Member) bool { return m.Required })
		if ok != required {
			t.Errorf("%s: no-members promised %v, required members %v", o.ID, ok, required)
		}
		if ok && !slices.Equal(answer.ErrorKeys, all) {
			t.Errorf("%s no-members: keys %v, want %v", o.ID, answer.ErrorKeys, all)
		}
	}
}

func requiredInputs(o *contract.Operation) []string {
	var names []string
	for _, p := range o.Parameters {
		if p.Required && p.In == "query" {
			names = append(names, p.Name)
		}
	}
	if o.Body != nil {
		for _, m := range o.Body.Members {
			if m.Required {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

func TestBarongEveryOperationSucceeds(t *testing.T) {
	c := barong(t)
	for _, o := range c.Operations {
		if o.ID == "authorizeManagement" || o.ID == "authorizeAdmin" {
			continue // no member may pass there
		}
		for _, profile := range c.Profiles {
			if answer, ok := o.Answer(contract.OK, profile); !ok || answer.Status/100 != 2 {
				t.Errorf("%s in %s: %+v", o.ID, profile, answer)
			}
		}
	}
}

// A refusal has one of five bodies, and none of them has room for a token or a
// secret. What opens a session is told apart from what only shows the user.
func TestBarongRefusalsCannotHoldAToken(t *testing.T) {
	c := barong(t)
	closed := []string{"errors.schema.json", "route-not-found.schema.json", "media-type.schema.json", "no-such-resource.schema.json",
		"n422.schema.json"}
	opens := []string{"confirmEmail", "createUser", "createSession", "createSessionByAuth0"}
	for _, o := range c.Operations {
		for _, outcome := range o.Outcomes() {
			for _, answer := range o.Answers(outcome) {
				if answer.Status >= 400 && answer.Body == contract.JSONBody && !slices.Contains(closed, answer.SchemaFile) {
					t.Errorf("%s %s: a refusal with the body of %s", o.ID, outcome, answer.SchemaFile)
				}
				session := outcome == contract.OK && slices.Contains(opens, o.ID)
				if session != (answer.SchemaFile == "session-opened.schema.json") {
					t.Errorf("%s %s: body %s", o.ID, outcome, answer.SchemaFile)
				}
				if cookie := answer.Headers["Set-Cookie"]; session && (cookie.Presence != contract.Required || cookie.Pattern == nil) {
					t.Errorf("%s opens a session without a cookie", o.ID)
				}
			}
		}
	}
	for _, file := range closed {
		inlined, err := c.Schemas.Inline(file)
		if err != nil {
			t.Fatal(err)
		}
		findToken(t, file, inlined)
	}
}

// A schema no answer uses is checked by nobody, but the models that only other
// APIs return stand here as the document has them.
func TestBarongSchemasAreUsed(t *testing.T) {
	c := barong(t)
	used := map[string]bool{"common": true, "connection-error": true}
	for model := range strings.FieldsSeq("level user user-with-profile user-with-kyc admin-label-view comment service-account " +
		"document-full activity data-storage phone") {
		used[model] = true
	}
	for _, o := range c.Operations {
		for _, outcome := range o.Outcomes() {
			for _, answer := range o.Answers(outcome) {
				used[strings.TrimSuffix(answer.SchemaFile, ".schema.json")] = true
			}
		}
	}
	for _, file := range c.Schemas.Files() {
		if !used[strings.TrimSuffix(file, ".schema.json")] {
			t.Errorf("%s is used by no answer", file)
		}
	}
}

// A body good in one profile or outcome and bad in another shows that they are
// really apart.
func TestBarongProfilesDiffer(t *testing.T) {
	c := barong(t)
	for _, test := range []struct {
		operation     string
		outcome       contract.Outcome
		profile, body string
		good          bool
	}{
		{"getIdentityTime", contract.OK, "2.6", "time", true},
		{"getIdentityTime", contract.OK, "2.6", "time-3.1", false},
		{"getIdentityTime", contract.OK, "3.1", "time-3.1", true},
		{"getIdentityTime", contract.OK, "3.1", "time", false},
		{"getPublicTime", contract.OK, "3.1", "time", true},
		{"listDocuments", contract.OK, "2.6", "documents-3.1", false},
		{"listDocuments", contract.OK, "3.1", "documents-3.1", true},
		{"createSession", contract.OK, "2.6", "user-with-full-info", false},
		{"getCurrentUser", contract.OK, "2.6", "session-opened", false},
		{"listKeys", contract.OK, "2.6", "api-keys", true},
		{"createKey", contract.OK, "2.6", "api-key", false},
		{"updateKey", contract.OK, "2.6", "api-key-created", false},
		{"enableOTP", contract.OK, "2.6", "n200", true},
		{"enableOTP", contract.OK, "2.6", "n201", false},
		{"verifyOTP", contract.OK, "3.1", "null", true},
		{"receiveKYC", "unavailable", "documented", "n422", true},
		{"getCurrentUser", contract.MethodRefused, "2.6", "errors", false},
	} {
		o, _ := c.Operation(test.operation)
		answer, ok := o.Answer(test.outcome, test.profile)
		if !ok || answer.Schema == nil {
			t.Fatalf("%s: no schema for %s in %s", test.operation, test.outcome, test.profile)
		}
		body, err := os.ReadFile(filepath.Join("../../fixtures/barong/good", test.body, "example.json"))
		if err != nil {
			t.Fatal(err)
		}
		if found := answer.Schema.Check(body); (found == nil) != test.good {
			t.Errorf("%s %s in %s against %s: %v", test.operation, test.outcome, test.profile, test.body, found)
		}
	}
}
