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

func onlyoffice(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Load(schemas.FS, "onlyoffice")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The operations of the fact file, sections 1.1 to 1.7.
func TestOnlyofficeOperations(t *testing.T) {
	want := strings.Fields(`
GET /authentication getIsAuthentificated
POST /authentication authenticateMe
POST /authentication/{code} authenticateMeFromBodyWithCode
POST /authentication/logout logout
POST /authentication/confirm checkConfirm
POST /authentication/setphone saveMobilePhone
POST /authentication/sendsms sendSmsCode
GET /settings/tfaapp getTfaSettings
PUT /settings/tfaapp updateTfaSettings
PUT /settings/tfaappwithlink updateTfaSettingsLink
POST /settings/tfaapp/validate tfaValidateAuthCode
GET /settings/tfaapp/confirm getTfaConfirmData
GET /settings/tfaapp/setup tfaAppGenerateSetupCode
GET /settings/tfaappcodes getTfaAppCodes
PUT /settings/tfaappnewcodes updateTfaAppCodes
PUT /settings/tfaappnewapp unlinkTfaApp
GET /settings/security/loginsettings getLoginSettings
PUT /settings/security/loginsettings updateLoginSettings
DELETE /settings/security/loginsettings setDefaultLoginSettings
GET /settings/cookiesettings getCookieSettings
PUT /settings/cookiesettings updateCookieSettings
GET /security/activeconnections getAllActiveConnections
PUT /security/activeconnections/logoutallchangepassword logOutAllActiveConnectionsChangePassword
PUT /security/activeconnections/logoutall/{userId} logOutAllActiveConnectionsForUser
PUT /security/activeconnections/logoutallexceptthis logOutAllExceptThisConnection
PUT /security/activeconnections/logout/{loginEventId} logOutActiveConnection
GET /security/audit/login/last getLastLoginEvents
GET /security/audit/login/filter getLoginEventsByFilter
POST /people/password sendUserPassword
PUT /people/{userid}/password changeUserPassword
PUT /people/{userid}/email changeUserEmail
GET /people/email getProfileByEmail
POST /people/email sendEmailChangeInstructions
PUT /settings/emailactivation updateEmailActivationSettings
GET /settings/security/password getPasswordSettings
PUT /settings/security/password updatePasswordSettings
GET /capabilities getPortalCapabilities
GET /capabilities.json getPortalCapabilitiesJson
GET /settings getSettings`)
	var got []string
	for _, o := range onlyoffice(t).Operations {
		got = append(got, o.Method, strings.TrimPrefix(o.Path, "/api/2.0"), o.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Operation, outcome, status in the profile documented, status in 3.7; "-"
// where a profile promises nothing.
const onlyofficeStatuses = `
getIsAuthentificated ok 200 200
getIsAuthentificated anonymous 200 200
authenticateMe ok 200 200
authenticateMe second-factor-required 200 200
authenticateMe enrolment-required 200 200
authenticateMe sms-required 200 200
authenticateMe phone-required 200 200
authenticateMe invalid 400 401
authenticateMe bad-credentials 401 401
authenticateMe throttled 429 403
authenticateMe not-found 404 404
authenticateMe confirm-key-missing 400 401
authenticateMe invalid-email 400 400
authenticateMe account-disabled 401 403
authenticateMe provider-refused 401 401
authenticateMe captcha-refused 403 403
authenticateMeFromBodyWithCode ok 200 200
authenticateMeFromBodyWithCode invalid 400 401
authenticateMeFromBodyWithCode bad-credentials 401 401
authenticateMeFromBodyWithCode second-factor-wrong 401 401
authenticateMeFromBodyWithCode second-factor-replayed 401 200
authenticateMeFromBodyWithCode second-factor-unavailable 403 401
authenticateMeFromBodyWithCode second-factor-throttled 429 401
authenticateMeFromBodyWithCode throttled 429 403
authenticateMeFromBodyWithCode invalid-type 400 400
logout ok 200 200
logout anonymous 200 200
checkConfirm ok 200 200
checkConfirm confirm-invalid 200 200
checkConfirm confirm-expired 200 200
checkConfirm invalid 400 400
saveMobilePhone ok 200 200
saveMobilePhone unauthenticated 401 401
saveMobilePhone forbidden 403 403
saveMobilePhone invalid 400 500
sendSmsCode ok 200 200
sendSmsCode invalid 400 401
sendSmsCode bad-credentials 401 401
sendSmsCode second-factor-unavailable 403 500
sendSmsCode second-factor-throttled 429 500
sendSmsCode throttled 429 403
getTfaSettings ok 200 200
getTfaSettings unauthenticated 401 401
updateTfaSettings ok 200 200
updateTfaSettings disabled-ok 200 200
updateTfaSettings forbidden 403 403
updateTfaSettingsLink ok 200 200
updateTfaSettingsLink forbidden 403 403
tfaValidateAuthCode activated 200 200
tfaValidateAuthCode verified 200 200
tfaValidateAuthCode second-factor-wrong 401 400
tfaValidateAuthCode second-factor-replayed 401 200
tfaValidateAuthCode blank-code 400 500
tfaValidateAuthCode throttled 429 403
tfaValidateAuthCode unauthenticated 401 401
tfaValidateAuthCode forbidden 403 403
getTfaConfirmData ok 200 200
getTfaConfirmData not-applicable 200 200
tfaAppGenerateSetupCode ok 200 200
tfaAppGenerateSetupCode unavailable 405 403
tfaAppGenerateSetupCode unauthenticated 401 401
tfaAppGenerateSetupCode forbidden 403 403
getTfaAppCodes ok 200 200
getTfaAppCodes unavailable 405 403
updateTfaAppCodes ok 200 200
updateTfaAppCodes unavailable 405 403
unlinkTfaApp ok 200 200
unlinkTfaApp unlinked-other 200 200
unlinkTfaApp forbidden 403 403
unlinkTfaApp id-missing - 403
getLoginSettings ok 200 200
getLoginSettings forbidden 403 403
updateLoginSettings ok 200 200
updateLoginSettings invalid 400 400
updateLoginSettings forbidden 403 403
setDefaultLoginSettings ok 200 200
setDefaultLoginSettings forbidden 403 403
getCookieSettings ok 200 200
getCookieSettings forbidden 403 403
updateCookieSettings ok 200 200
updateCookieSettings forbidden 403 403
getAllActiveConnections ok 200 200
logOutAllActiveConnectionsChangePassword ok 200 200
logOutAllActiveConnectionsForUser ok 200 200
logOutAllActiveConnectionsForUser forbidden 403 403
logOutAllExceptThisConnection ok 200 200
logOutActiveConnection ok 200 200
logOutActiveConnection not-found 200 200
logOutActiveConnection forbidden 403 403
getLastLoginEvents unauthenticated 401 401
getLoginEventsByFilter unauthenticated 401 401
sendUserPassword ok 200 200
sendUserPassword invalid 400 400
sendUserPassword captcha-refused 403 403
sendUserPassword forbidden 403 403
sendUserPassword throttled 429 -
changeUserPassword ok 200 200
changeUserPassword invalid 400 400
changeUserPassword unauthenticated 401 401
changeUserPassword forbidden 403 403
changeUserPassword foreign-link 403 403
changeUserPassword not-found 404 -
changeUserEmail ok 200 200
changeUserEmail unauthenticated 401 401
changeUserEmail forbidden 403 403
sendEmailChangeInstructions ok 200 200
sendEmailChangeInstructions invalid 400 400
sendEmailChangeInstructions unauthenticated 401 401
sendEmailChangeInstructions forbidden 403 403
getProfileByEmail ok 200 200
getProfileByEmail unauthenticated 401 401
getProfileByEmail not-found 404 404
updateEmailActivationSettings ok 200 200
updateEmailActivationSettings forbidden 403 403
getPasswordSettings ok 200 200
getPasswordSettings unauthenticated 401 401
updatePasswordSettings ok 200 200
updatePasswordSettings invalid 400 400
updatePasswordSettings forbidden 403 403
getPortalCapabilities ok 200 200
getSettings ok 200 200`

func TestOnlyofficeStatuses(t *testing.T) {
	c := onlyoffice(t)
	for line := range strings.SplitSeq(strings.TrimSpace(onlyofficeStatuses), "\n") {
		words := strings.Fields(line)
		o, ok := c.Operation(words[0])
		if !ok {
			t.Errorf("no operation %s", words[0])
			continue
		}
		for i, profile := range c.Profiles {
			got := "-"
			if answer, ok := o.Answer(contract.Outcome(words[1]), profile); ok {
				got = fmt.Sprint(answer.Status)
			}
			if got != words[2+i] {
				t.Errorf("%s %s in %s: status %s, want %s", words[0], words[1], profile, got, words[2+i])
			}
		}
	}
}

// Outcomes no operation may lack, whatever its own.
func TestOnlyofficeGenericOutcomes(t *testing.T) {
	c := onlyoffice(t)
	for _, o := range c.Operations {
		for _, profile := range c.Profiles {
			want := map[contract.Outcome]int{}
			if !o.NamedOnly {
				want[contract.MethodRefused] = 405
			}
			if o.Body != nil {
				want[contract.Malformed], want[contract.InvalidType], want[contract.MediaTypeRefused] = 400, 400, 415
			}
			if o.Protected {
				want[contract.Unauthenticated] = 401
			}
			for outcome, status := range want {
				answer, ok := o.Answer(outcome, profile)
				if !ok || answer.Status != status {
					t.Errorf("%s %s in %s: %+v, want status %d", o.ID, outcome, profile, answer, status)
				}
			}
			if answer, ok := o.Answer(contract.Unauthenticated, "3.7"); ok && answer.Body != contract.EmptyBody {
				t.Errorf("%s: release 3.7 answers an unauthenticated call with an empty body", o.ID)
			}
		}
	}
}

// What rests on a standard or on inference alone must not become a MUST.
func TestOnlyofficeProvenance(t *testing.T) {
	c := onlyoffice(t)
	for _, o := range c.Operations {
		for _, outcome := range o.Outcomes() {
			for _, answer := range o.Answers(outcome) {
				if !strings.ContainsAny(answer.Source, " #") {
					t.Errorf("%s %s: source %q names no section", o.ID, outcome, answer.Source)
				}
				if strings.HasPrefix(answer.Source, "RFC") != (answer.Provenance == contract.Standard) && !strings.HasPrefix(answer.Source, "OWASP") {
					t.Errorf("%s %s: provenance %s does not fit source %q", o.ID, outcome, answer.Provenance, answer.Source)
				}
			}
		}
	}
}

// A token in a refusal, or before the second factor, would open the session it
// refuses. Every refusal is closed, and no pending answer describes a token.
func TestOnlyofficeRefusalsCannotHoldAToken(t *testing.T) {
	c := onlyoffice(t)
	pending := []contract.Outcome{contract.SecondFactorRequired, contract.EnrolmentRequired, "sms-required", "phone-required"}
	checked := 0
	for _, o := range c.Operations {
		for _, outcome := range o.Outcomes() {
			for _, answer := range o.Answers(outcome) {
				if answer.Body != contract.JSONBody || answer.Status < 400 && !slices.Contains(pending, outcome) {
					continue
				}
				checked++
				inlined, err := c.Schemas.Inline(answer.SchemaFile)
				if err != nil {
					t.Fatal(err)
				}
				findToken(t, answer.SchemaFile, inlined)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d refusals were looked at", checked)
	}
}

func findToken(t *testing.T, file string, node any) {
	t.Helper()
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			findToken(t, file, item)
		}
	case map[string]any:
		if properties, ok := node["properties"].(map[string]any); ok {
			if node["additionalProperties"] != false {
				t.Errorf("%s: an object is open to further members", file)
			}
			if _, ok := properties["token"]; ok {
				t.Errorf("%s describes a token", file)
			}
		}
		for _, value := range node {
			findToken(t, file, value)
		}
	}
}

// A schema no answer uses is checked by nobody.
func TestOnlyofficeSchemasAreUsed(t *testing.T) {
	c := onlyoffice(t)
	used := map[string]bool{"envelope.schema.json": true} // definitions for all others
	for _, o := range c.Operations {
		for _, outcome := range o.Outcomes() {
			for _, answer := range o.Answers(outcome) {
				used[answer.SchemaFile] = true
			}
		}
	}
	for _, file := range c.Schemas.Files() {
		if !used[file] {
			t.Errorf("%s is used by no answer", file)
		}
	}
}

// What release 3.7 answers is not what the documents say: a body good in one
// profile and bad in the other shows that the profiles are really apart.
func TestOnlyofficeProfilesDiffer(t *testing.T) {
	o, _ := onlyoffice(t).Operation("authenticateMe")
	for _, test := range []struct {
		outcome       contract.Outcome
		profile, body string
		good          bool
	}{
		{contract.SecondFactorRequired, "documented", "second-factor-required-documented", true},
		{contract.SecondFactorRequired, "documented", "second-factor-required-3.7", false},
		{contract.SecondFactorRequired, "3.7", "second-factor-required-3.7", true},
		{contract.SecondFactorRequired, "3.7", "second-factor-required-documented", false},
		{contract.SecondFactorRequired, "3.7", "enrolment-required-3.7", false},
		{contract.EnrolmentRequired, "3.7", "second-factor-required-3.7", false},
		{contract.OK, "documented", "second-factor-required-documented", false},
		{contract.OK, "3.7", "authenticated-code-3.7", false},
		{contract.NotFound, "documented", "error-3.7", false},
		{contract.NotFound, "3.7", "error-3.7", true},
		{contract.BadCredentials, "3.7", "error-3.7", false},
		{contract.BadCredentials, "3.7", "error-plain-3.7", true},
	} {
		answer, ok := o.Answer(test.outcome, test.profile)
		if !ok {
			t.Fatalf("no answer for %s in %s", test.outcome, test.profile)
		}
		body, err := os.ReadFile(filepath.Join("../../fixtures/onlyoffice/good", test.body, "example.json"))
		if err != nil {
			t.Fatal(err)
		}
		if found := answer.Schema.Check(body); (found == nil) != test.good {
			t.Errorf("%s in %s against %s: %v", test.outcome, test.profile, test.body, found)
		}
	}
}
