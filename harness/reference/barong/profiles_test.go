package barong

import (
	"strings"
	"testing"
)

const profilesPath = "/resource/profiles"

// profiled sends members to make a profile, then others to change it.
func profiled(made object, changed ...object) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		all := []reply{u.do("POST", profilesPath, made)}
		for _, members := range changed {
			all = append(all, u.do("PUT", profilesPath, members))
		}
		return statuses(all...)
	}}
}

var profileScenarios = map[string]scenario{
	faultProfileTwice: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return statuses(u.do("POST", profilesPath, object{}), u.do("POST", profilesPath, object{}))
	}},
	faultProfileUnmasked: {see: func(d *deployment) string {
		got := d.user(roleActive, 0).do("POST", profilesPath, object{"last_name": "Doe", "dob": "1990-04-12"})
		return got.text("last_name") + " " + got.text("dob")
	}},
	faultProfileStateObeyed:             profiled(object{}, object{"state": "verified"}, object{"city": "Paris"}),
	faultPostcodeCutAtTwelve:            profiled(object{"postcode": strings.Repeat("1", 13)}),
	faultProfileEditableAfterSubmission: profiled(object{"confirm": true}, object{"city": "Paris"}),
}

func TestProfileStates(t *testing.T) {
	const notEditable = "404 resource.profile.doesnt_exist_or_not_editable"
	for _, profile := range profiles {
		none, second := "200 []", "422 state.exists"
		if profile == Documented {
			none, second = "404 resource.profile.not_exist", "409 state.exists"
		}
		d := start(t, profile)
		u := d.user(roleActive, 0)
		d.want("none", u.do("GET", profilesPath+"/me", nil), none)
		d.want("change of none", u.do("PUT", profilesPath, object{"city": "Paris"}), notEditable)
		if got := u.do("POST", profilesPath, object{}); got.status != 201 || got.text("state") != "drafted" || got.member("city") != nil {
			t.Errorf("%s: empty: %s", profile, got)
		}
		d.want("second", u.do("POST", profilesPath, object{"city": "Paris"}), second)
		if got := u.do("PUT", profilesPath, object{"city": "Paris", "country": "fra", "metadata": `{"a":1}`}); got.status != 200 ||
			got.text("city") != "Paris" || got.text("country") != "fra" || got.text("metadata") != `{"a":1}` || got.text("state") != "drafted" {
			t.Errorf("%s: changed: %s", profile, got)
		}
		if got := u.do("PUT", profilesPath, object{"city": nil, "confirm": "true"}); got.member("city") != nil || got.text("country") != "fra" ||
			got.text("state") != "submitted" {
			t.Errorf("%s: submitted: %s", profile, got)
		}
		d.want("change after submission", u.do("PUT", profilesPath, object{"city": "Rome"}), notEditable)
		d.want("second after submission", u.do("POST", profilesPath, object{}), second)
		if got := u.do("GET", profilesPath+"/me", nil); got.status != 200 || len(got.rows()) != 1 || got.column("country") != "fra" {
			t.Errorf("%s: list: %s", profile, got)
		}
		if shown, _ := u.me().member("profiles").([]any); len(shown) != 1 {
			t.Errorf("%s: users/me shows %d profiles", profile, len(shown))
		}
		if got := d.user(roleActive, 1).do("POST", profilesPath, object{"confirm": true}); got.text("state") != "submitted" {
			t.Errorf("%s: submitted at once: %s", profile, got)
		}
	}
}

func TestProfileMasking(t *testing.T) {
	d := start(t, Release26)
	for n, row := range []struct{ name, want string }{{"Doe", "D**"}, {"Łukasz", "Ł*****"}, {"O", "O"}} {
		u := d.user(roleActive, n)
		u.do("POST", profilesPath, object{"first_name": "Ann", "last_name": row.name, "dob": "1990-04-12"})
		got := u.do("GET", profilesPath+"/me", nil)
		if got.column("first_name") != "Ann" || got.column("last_name") != row.want || got.column("dob") != "1990-04-**" {
			t.Errorf("%s: %s", row.name, got)
		}
	}
}

func TestProfileValues(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	for _, row := range []struct {
		name  string
		value any
		want  string // of the keys; "": taken
	}{
		{"first_name", "1;<", "first_name.invalid"},
		{"first_name", "Anne-Marie d'Été", ""},
		{"last_name", "Doe\n", "last_name.invalid"},
		{"last_name", object{"a": 1}, "invalid"},
		{"city", "<1>", "city.invalid"},
		{"city", "Paris 6", ""},
		{"address", "<script>", "address.invalid"},
		{"address", "Rue de l'Été 12, #3", ""},
		{"postcode", "!!!!", "postcode.invalid"},
		{"postcode", "1", "postcode.too_short"},
		{"postcode", "ü", "postcode.invalid postcode.too_short"},
		{"postcode", strings.Repeat("1", 256), "postcode.too_long"},
		{"postcode", strings.Repeat("1", 255), ""},
		{"postcode", 12, ""},
		{"country", "XX", "country.must have alpha2 or alpha3 format"},
		{"country", "GB GBR", "country.must have alpha2 or alpha3 format"},
		{"country", "Gb", ""},
		{"country", "GBR", ""},
		{"country", "", ""},
		{"metadata", "{", "metadata.invalid_format"},
		{"metadata", "[1]", ""},
		{"dob", "2026-05-05", "dob.invalid"},
		{"dob", "2026-05-04", ""},
		{"dob", "yesterday", "invalid"},
		{"dob", object{"a": 1}, "invalid"},
		{"dob", nil, ""},
		{"confirm", "perhaps", "invalid"},
	} {
		d.byUID[u.who.ID].profiles = nil
		got := u.do("POST", profilesPath, object{row.name: row.value})
		if status := statusFor(row.want); got.status != status || got.keys() != row.want {
			t.Errorf("%s %v: %s, want %d %s", row.name, row.value, got, status, row.want)
		}
	}
	d.byUID[u.who.ID].profiles = nil
	d.want("several", u.do("POST", profilesPath, object{"first_name": "<", "dob": "2030-01-01"}), "422 first_name.invalid dob.invalid")
	u.do("POST", profilesPath, object{"city": "Paris"})
	d.want("change", u.do("PUT", profilesPath, object{"city": "<1>", "country": "FR"}), "422 city.invalid")
	if got := u.do("GET", profilesPath+"/me", nil); got.column("city") != "Paris" || got.column("country") != "" {
		t.Errorf("a refused change left something: %s", got)
	}
}

// statusFor is 201, or 422 where there are keys.
func statusFor(keys string) int {
	if keys != "" {
		return 422
	}
	return 201
}
