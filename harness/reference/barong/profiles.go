package barong

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// profileParams are the same for a new and a changed profile.
func profileParams() []param {
	return []param{
		optional("first_name"), optional("last_name"), {name: "dob", kind: date}, optional("address"), optional("postcode"),
		optional("city"), optional("country"), optional("metadata"), {name: "confirm", kind: boolean},
	}
}

// What the texts of a profile are made of. The facts name the refusals but not the
// characters; these are the widest that still refuse mark-up.
var (
	personName = regexp.MustCompile(`\A[\p{L}\p{M} '.-]+\z`)
	cityName   = regexp.MustCompile(`\A[\p{L}\p{M}0-9 '.-]+\z`)
	postalText = regexp.MustCompile(`\A[[:graph:]\p{L}\p{M}\p{N} ]+\z`)
	postcode   = regexp.MustCompile(`\A[A-Za-z0-9 -]+\z`)
)

// profileProblems are the keys of everything wrong with the values sent.
func (s *Server) profileProblems(r *request) []string {
	var keys []string
	form := func(name string, allowed *regexp.Regexp) {
		if text := r.text(name); text != "" && (!allowed.MatchString(text) || strings.ContainsAny(text, "<>{}")) {
			keys = append(keys, name+".invalid")
		}
	}
	form("first_name", personName)
	form("last_name", personName)
	form("city", cityName)
	form("address", postalText)
	form("postcode", postcode)
	switch length := utf8.RuneCountInString(r.text("postcode")); {
	case length == 1:
		keys = append(keys, "postcode.too_short")
	case length > 255 || length > 12 && s.On(faultPostcodeCutAtTwelve):
		keys = append(keys, "postcode.too_long")
	}
	if country := r.text("country"); country != "" && !isCountry(country) {
		keys = append(keys, "country.must have alpha2 or alpha3 format")
	}
	if !isJSONText(r.text("metadata")) {
		keys = append(keys, "metadata.invalid_format")
	}
	if born := r.date("dob"); born != nil && born.After(r.Now) {
		keys = append(keys, "dob.invalid")
	}
	return keys
}

// isJSONText tells JSON, or nothing.
func isJSONText(text string) bool { return text == "" || json.Valid([]byte(text)) }

func (a *account) profileIn(states ...string) *profile {
	for _, p := range a.profiles {
		if slices.Contains(states, p.state) {
			return p
		}
	}
	return nil
}

const (
	drafted   = "drafted"
	submitted = "submitted"
)

// fill takes over the members that were sent.
func (p *profile) fill(r *request) {
	for name, member := range map[string]**string{
		"first_name": &p.firstName, "last_name": &p.lastName, "address": &p.address, "postcode": &p.postcode,
		"city": &p.city, "country": &p.country, "metadata": &p.metadata,
	} {
		if r.given(name) {
			*member = r.optionalText(name)
		}
	}
	if r.given("dob") {
		p.dob = r.date("dob")
	}
	if r.boolean("confirm") {
		p.state = submitted
	}
	p.updated = r.Now
}

func (s *Server) createProfile(r *request) answer {
	problems := s.profileProblems(r)
	if r.account.profileIn(drafted, submitted) != nil && !s.On(faultProfileTwice) {
		if s.policy.profilesConflict {
			return refuse(http.StatusConflict, "state.exists")
		}
		problems = append(problems, "state.exists")
	}
	if len(problems) > 0 {
		return unprocessable(problems...)
	}
	added := &profile{state: drafted, created: r.Now}
	added.fill(r)
	r.account.profiles = append(r.account.profiles, added)
	return s.ok(r, s.profileOf(added))
}

func (s *Server) updateProfile(r *request) answer {
	editable := []string{drafted}
	if s.On(faultProfileEditableAfterSubmission) {
		editable = append(editable, submitted)
	}
	found := r.account.profileIn(editable...)
	if found == nil {
		return refuse(http.StatusNotFound, "resource.profile.doesnt_exist_or_not_editable")
	}
	if problems := s.profileProblems(r); len(problems) > 0 {
		return unprocessable(problems...)
	}
	found.fill(r)
	if state, sent := r.sent["state"].(string); sent && s.On(faultProfileStateObeyed) {
		found.state = state
	}
	return s.ok(r, s.profileOf(found))
}

func (s *Server) getProfiles(r *request) answer {
	if len(r.account.profiles) == 0 && s.policy.profilesConflict {
		return refuse(http.StatusNotFound, "resource.profile.not_exist")
	}
	return s.ok(r, each(r.account.profiles, s.profileOf))
}
