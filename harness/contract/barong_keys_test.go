package contract_test

import (
	"slices"
	"strings"
	"testing"

	"authconform/harness/contract"
)

// The few refusals that are told apart by status and schema alone.
var barongKeyless = []string{"method-refused", "media-type-refused", "upload-extension", "unknown-name", "unavailable"}

func TestBarongRefusalsNameTheirKeys(t *testing.T) {
	for _, o := range barong(t).Operations {
		for _, outcome := range o.Outcomes() {
			for _, profile := range []string{"2.6", "3.1"} {
				answer, ok := o.Answer(outcome, profile)
				if !ok || answer.Status < 400 {
					continue
				}
				if keyless := slices.Contains(barongKeyless, string(outcome)); keyless != (len(answer.ErrorKeys) == 0) {
					t.Errorf("%s %s in %s: keys %v", o.ID, outcome, profile, answer.ErrorKeys)
				}
			}
		}
	}
}

// errors.md, as far as these operations can answer with it.
const barongErrorsPage = `
resource.labels.private resource.user.no_activity resource.user.empty_otp_code resource.user.invalid_otp resource.user.missing_otp_code
resource.user.invalid_password resource.api_key.2fa_disabled resource.api_key.missing_otp resource.api_key.invalid_otp resource.phone.invalid_num
resource.phone.number_exist resource.phone.verification_invalid resource.documents.limit_reached resource.documents.limit_will_be_reached
resource.otp.already_enabled resource.otp.invalid resource.password.doesnt_match resource.password.prev_pass_not_correct
resource.password.no_change_provided identity.user.invalid_referral_format identity.user.referral_doesnt_exist
identity.user.active_or_doesnt_exist identity.user.passwords_doesnt_match identity.user.utilized_token identity.captcha.required
identity.captcha.mandatory_fields identity.session.deleted identity.session.not_active identity.session.banned
identity.session.invalid_params identity.session.missing_otp identity.session.invalid_otp record.not_found jwt.decode_and_verify
authz.invalid_session authz.user_not_active authz.invalid_signature authz.apikey_not_active authz.disabled_2fa
authz.invalid_api_key_headers authz.permission_denied authz.unexistent_apikey identity.user.missing_email identity.user.empty_email
identity.user.missing_password identity.user.empty_password identity.user.missing_token identity.user.empty_token
identity.user.missing_reset_password_token identity.user.empty_reset_password_token identity.user.missing_confirm_password
identity.user.empty_confirm_password identity.session.missing_email identity.session.missing_password
identity.session.invalid_captcha_format resource.otp.missing_code resource.otp.empty_code resource.documents.expire_not_a_date
resource.documents.invalid_format resource.documents.already_expired resource.user.missing_old_password resource.user.empty_old_password
resource.user.missing_new_password resource.user.empty_new_password resource.user.missing_confirm_password resource.user.empty_confirm_password
resource.api_key.missing_totp resource.phone.missing_phone_number resource.phone.empty_phone_number
resource.phone.missing_verification_code resource.phone.empty_verification_code`

// Profile documented names the keys of release 2.6 exactly where the page of
// errors has all of them.
func TestBarongDocumentedKeysStandOnTheirPage(t *testing.T) {
	page := strings.Fields(barongErrorsPage)
	for _, o := range barong(t).Operations {
		for _, outcome := range o.Outcomes() {
			answer, ok := o.Answer(outcome, "documented")
			served, both := o.Answer(outcome, "2.6")
			if !ok || !both || answer.Status < 400 || answer.Body != contract.JSONBody {
				continue
			}
			var want []string
			if !slices.ContainsFunc(served.ErrorKeys, func(key string) bool { return !slices.Contains(page, key) }) {
				want = served.ErrorKeys
			}
			if !slices.Equal(answer.ErrorKeys, want) {
				t.Errorf("%s %s: documented keys %v, want %v", o.ID, outcome, answer.ErrorKeys, want)
			}
		}
	}
}

// Keys that are not what the operation's name, its page or its neighbours suggest.
func TestBarongSurprisingKeys(t *testing.T) {
	c := barong(t)
	for line := range strings.SplitSeq(strings.TrimSpace(`
confirmPasswordReset missing-reset-password-token identity.user.missing_pass_token identity.user.empty_reset_password_token
confirmPasswordReset token-forged jwt.decode_and_verify.raised
confirmPasswordReset token-wrong-kind jwt.decode_and_verify.confirmation
confirmEmail token-wrong-kind jwt.decode_and_verify.reset
createSession locked identity.session.not_active
createSession second-factor-replayed totp.error
createKey missing-totp-code resource.api_key.missing_totp resource.apikey.empty_totp_code
createKey algorithm-unknown kid.blank algorithm.inclusion
createServiceAccountKey missing-totp-code resource.service_accounts.missing_totp resource.serviceaccount.empty_totp_code
verifyOTP not-enabled resource.otp.already_enabled
disableOTP not-enabled resource.otp.not_enabled
createUser username-empty username.too_short username.invalid
createDataStorage missing-title resource.datastorage.missing_title resource.datastorage.empty_title
listKeys limit-out-of-range invalid_limit
listKeys limit-not-integer non_integer_limit invalid_limit
listActivity page-not-integer non_integer_page non_positive_page
createPhone channel-type invalid resource.phone.invalid_channel
confirmEmail token-unsigned jwt.decode_and_verify.segments
listLabels bad-ordering value
createLabel missing-key resource.label.missing_key resource.label.empty_key
updateLabel private resource.labels.private
validatePublicPassword missing-password public.general.missing_password
validateIdentityPassword missing-password identity.general.missing_password
updateProfile country-invalid country.must have alpha2 or alpha3 format
createAddress missing-city resource.address.missing_city
authorizeRead nonce-expired authz.nonce_expired
authorizeManagement forbidden authz.permission_denied
authorizeAdmin forbidden authz.invalid_permission`), "\n") {
		id, rest, _ := strings.Cut(line, " ")
		outcome, keys, _ := strings.Cut(rest, " ")
		o, _ := c.Operation(id)
		answer, ok := o.Answer(contract.Outcome(outcome), "2.6")
		if !ok || strings.Join(answer.ErrorKeys, " ") != keys {
			t.Errorf("%s %s: keys %v, want %s", id, outcome, answer, keys)
		}
	}
}

// What rests on a standard alone says which, and every answer says where it is from.
func TestBarongProvenance(t *testing.T) {
	for _, o := range barong(t).Operations {
		for _, outcome := range o.Outcomes() {
			for _, answer := range o.Answers(outcome) {
				if !strings.ContainsAny(answer.Source, " #") {
					t.Errorf("%s %s: source %q names no section", o.ID, outcome, answer.Source)
				}
				if strings.HasPrefix(answer.Source, "RFC") != (answer.Provenance == contract.Standard) {
					t.Errorf("%s %s: provenance %s does not fit source %q", o.ID, outcome, answer.Provenance, answer.Source)
				}
				if answer.Provenance == contract.Documented && slices.Contains(answer.Profiles, "2.6") && outcome != contract.OK {
					t.Errorf("%s %s: a release is observed, not documented", o.ID, outcome)
				}
				if answer.Status == 500 && slices.Contains(answer.Profiles, "documented") {
					t.Errorf("%s %s: no document promises a 500", o.ID, outcome)
				}
			}
		}
	}
}

// Statuses that only the page has.
func TestBarongExcuses(t *testing.T) {
	want := map[string]string{"confirmPasswordReset": "404", "createSession": "404", "createPhone": "404", "changePassword": "404",
		"deleteSession": "400", "listServiceAccountKeys": "400", "listServiceAccounts": "400", "listKeys": "400", "createProfile": "400",
		"getLabel": "400"}
	for _, o := range barong(t).Operations {
		if excused := want[o.ID]; len(o.Excuses) > 1 || (o.Excuses[excused] == "") != (excused == "") {
			t.Errorf("%s excuses %v, want %q", o.ID, o.Excuses, excused)
		}
	}
}
