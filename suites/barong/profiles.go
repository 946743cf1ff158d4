package barong

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// Outcomes of profiles.
const (
	profileExists  = contract.Outcome("exists")
	notEditable    = contract.Outcome("not-editable")
	noProfile      = contract.Outcome("none")
	countryInvalid = contract.Outcome("country-invalid")
)

// States of a profile that a user can bring about.
const (
	drafted   = "drafted"
	submitted = "submitted"
)

// profileSubjects are put to an account without a profile, which keeps none: no
// request takes one away again.
func (p *api) profileSubjects() []family.Subject {
	without := func(r conform.Request) ready {
		return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.EmptyMember(ctx).Actor, always(r)
		}
	}
	return []family.Subject{
		{Operation: p.CreateProfile, Expected: countryInvalid, Ready: without(person().With("country", "XX"))},
		{Operation: p.UpdateProfile, Expected: notEditable, Ready: without(person())},
		{Operation: p.GetProfiles, Expected: noProfile, Ready: without(conform.Request{})},
	}
}

// person is a profile in full.
func person() conform.Request {
	return conform.Request{JSON: conform.Object{
		"first_name": "Ada", "last_name": "Lovelace", "dob": "1990-12-10", "address": "Khreshchatyk 1",
		"postcode": "01001", "city": "Kyiv", "country": "UA", "metadata": `{"nationality":"UA"}`,
	}}
}

// longestPostcode is how many characters a postcode may have (barong#2.2-profile-postcode-length).
const longestPostcode = 255

// inClear are the members of a profile that are shown as they were sent; the last
// name and the date of birth are shown in part.
var inClear = []string{"first_name", "address", "postcode", "city", "country", "metadata"}

// withProfile is a member with a drafted profile.
func (p *api) withProfile(ctx context.Context, members conform.Object) *client.Session {
	GinkgoHelper()
	me := p.DisposableMember(ctx)
	p.Require("make a profile", p.Do(ctx, me.Actor, p.CreateProfile, conform.Request{JSON: members}), p.CreateProfile, contract.OK)
	return me
}

// profilesOf are an account's profiles.
func (p *api) profilesOf(ctx context.Context, me *client.Session) []any {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.GetProfiles, conform.Request{})
	if p.Is(call, p.GetProfiles, noProfile) && !p.Is(call, p.GetProfiles, contract.OK) {
		return []any{} // the published page has a refusal for it
	}
	p.Require("read the profiles", call, p.GetProfiles, contract.OK)
	return value.List(value.Of(call))
}

// profiles are about resource/profiles (barong#2.2,
// barong#10.2-16).
func profiles(p *api) {
	Describe("profiles", func() {
		profileMade(p)
		profileChanged(p)
		profileRead(p)
		profileMadeRefused(p)
		profileChangeRefused(p)
	})
}

func profileMade(p *api) {
	op := p.CreateProfile
	It("POST /resource/profiles creates a drafted profile from what it is sent",
		clause.Graded("barong.profiles.created", op, contract.OK), func(ctx SpecContext) {
			me, request := p.DisposableMember(ctx), person()
			call := p.Do(ctx, me.Actor, op, request)
			p.Expect(call, op, contract.OK)
			made := value.Of(call)
			p.Check("its state", value.Text(made, "state"), Equal(drafted))
			for _, member := range inClear {
				p.Check("its "+member, value.Text(made, member), Equal(request.JSON.(conform.Object)[member]))
			}
			p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal([]any{made}))
		})
	It("POST /resource/profiles accepts a postcode of 255 characters",
		clause.Graded("barong.profiles.postcode-longest", op, contract.OK, clause.From(contract.Observed, "barong#2.2-profile-postcode-length")),
		func(ctx SpecContext) {
			long := strings.Repeat("1", longestPostcode)
			call := p.Do(ctx, p.DisposableMember(ctx).Actor, op, person().With("postcode", long))
			p.Expect(call, op, contract.OK)
			p.Check("the postcode that is answered", value.Text(value.Of(call), "postcode") == long, BeTrue())
		})
	It("POST /resource/profiles creates a drafted profile from an empty body",
		clause.Graded("barong.profiles.created-empty", op, contract.OK), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{}})
			p.Expect(call, op, contract.OK)
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(drafted))
			p.Check("profiles that are read", p.profilesOf(ctx, me), HaveLen(1))
		})
	It("POST /resource/profiles submits a profile that is confirmed at once",
		clause.Graded("barong.profiles.created-submitted", op, contract.OK), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			call := p.Do(ctx, me.Actor, op, person().With("confirm", true))
			p.Expect(call, op, contract.OK)
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(submitted))
		})
	It("POST /resource/profiles accepts a three-letter country code too",
		clause.Graded("barong.profiles.country-alpha3", op, contract.OK), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.DisposableMember(ctx).Actor, op, person().With("country", "UKR")), op, contract.OK)
		})
	conform.Table(func(ctx SpecContext, confirmed bool) {
		me := p.withProfile(ctx, conform.Object{"first_name": "Ada", "confirm": confirmed})
		before := p.profilesOf(ctx, me)
		p.Expect(p.Do(ctx, me.Actor, op, person()), op, profileExists)
		p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal(before))
	}, []conform.Row[bool]{
		{Text: "POST /resource/profiles rejects a second profile beside a drafted one",
			Clause: clause.Graded("barong.profiles.exists-drafted", op, profileExists), Given: false},
		{Text: "POST /resource/profiles rejects a second profile beside a submitted one",
			Clause: clause.Graded("barong.profiles.exists-submitted", op, profileExists), Given: true},
	})
}

func profileChanged(p *api) {
	op := p.UpdateProfile
	It("PUT /resource/profiles leaves the state of a profile to those who verify it",
		clause.Graded("barong.profiles.state-sent", op, contract.OK, clause.From(contract.Observed, "barong#2.2-updateProfile-parameters")),
		func(ctx SpecContext) {
			me := p.withProfile(ctx, person().JSON.(conform.Object))
			for _, state := range []string{"verified", "submitted"} {
				p.Expect(p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"state": state}}), op, contract.OK)
				p.Check("its state", value.Text(p.profilesOf(ctx, me)[0], "state"), Equal(drafted))
			}
		})
	It("PUT /resource/profiles changes only the sent members of a drafted profile",
		clause.Graded("barong.profiles.updated", op, contract.OK), func(ctx SpecContext) {
			me := p.withProfile(ctx, person().JSON.(conform.Object))
			call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"first_name": "Augusta"}})
			p.Expect(call, op, contract.OK)
			changed := value.Of(call)
			p.Check("its first name", value.Text(changed, "first_name"), Equal("Augusta"))
			p.Check("its city", value.Text(changed, "city"), Equal("Kyiv"))
			p.Check("its state", value.Text(changed, "state"), Equal(drafted))
			p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal([]any{changed}))
		})
	It("PUT /resource/profiles submits a confirmed profile and rejects later changes",
		clause.Graded("barong.profiles.not-editable-submitted", op, notEditable), func(ctx SpecContext) {
			me := p.withProfile(ctx, person().JSON.(conform.Object))
			call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"confirm": true}})
			p.Require("submit the profile", call, op, contract.OK)
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(submitted))
			before := p.profilesOf(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"first_name": "Augusta"}}), op, notEditable)
			p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal(before))
		})
	It("PUT /resource/profiles finds no profile to change where there is none",
		clause.Graded("barong.profiles.not-editable-none", op, notEditable), func(ctx SpecContext) {
			me := p.EmptyMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, person()), op, notEditable)
			p.Check("profiles that are read", p.profilesOf(ctx, me), BeEmpty())
		})
}

func profileRead(p *api) {
	op := p.GetProfiles
	It("POST /resource/profiles masks the last name but for its first letter",
		clause.Should("barong.profiles.last-name-masked", p.CreateProfile, contract.OK), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			call := p.Do(ctx, me.Actor, p.CreateProfile, person())
			p.Expect(call, p.CreateProfile, contract.OK)
			p.Check("the last name that is answered", value.Text(value.Of(call), "last_name"), Equal("L"+strings.Repeat("*", len("ovelace"))))
		})
	It("GET /resource/profiles/me masks the last name and the date of birth",
		clause.Should("barong.profiles.masked", op, contract.OK), func(ctx SpecContext) {
			me := p.withProfile(ctx, person().JSON.(conform.Object))
			call := p.Do(ctx, me.Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("profiles that are read", value.List(value.Of(call)), HaveLen(1))
			profile := value.List(value.Of(call))[0]
			p.Check("the last name that is read", value.Text(profile, "last_name"), Equal("L"+strings.Repeat("*", len("ovelace"))))
			p.Check("the date of birth that is read", value.Text(profile, "dob"), Equal("1990-12-**"))
		})
	It("GET /resource/profiles/me returns the account's own profile, as GET /resource/users/me does",
		clause.Graded("barong.profiles.own", op, contract.OK), func(ctx SpecContext) {
			me, other := p.withProfile(ctx, conform.Object{"first_name": "Ada"}), p.withProfile(ctx, conform.Object{"first_name": "Grace"})
			call := p.Do(ctx, me.Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("profiles that are read", value.List(value.Of(call)), HaveLen(1))
			p.Check("the first name that is read", value.Text(value.List(value.Of(call))[0], "first_name"), Equal("Ada"))
			p.Check("the profiles of the account", value.List(p.UserOf(ctx, me), "profiles"), Equal(value.List(value.Of(call))))
			p.Check("the other's first name", value.Text(p.profilesOf(ctx, other)[0], "first_name"), Equal("Grace"))
		})
	It("GET /resource/profiles/me finds no profile where there is none",
		clause.Graded("barong.profiles.none", op, noProfile), func(ctx SpecContext) {
			call := p.Do(ctx, p.EmptyMember(ctx).Actor, op, conform.Request{})
			p.Expect(call, op, noProfile)
			p.Check("profiles that are read", value.List(value.Of(call)), BeEmpty())
		})
}

// refusesProfile puts to an operation what the members of a profile may not be. No
// document says which characters a name may have: each value here is bad beyond
// doubt.
func refusesProfile(p *api, op *contract.Operation) func(SpecContext, refused) {
	return func(ctx SpecContext, given refused) {
		me := p.DisposableMember(ctx)
		if op == p.UpdateProfile {
			p.Require("make a profile", p.Do(ctx, me.Actor, p.CreateProfile, person()), p.CreateProfile, contract.OK)
		}
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: me.Actor, Control: person, Outcome: given.outcome, Changes: given.changes, OnlyAfter: true,
			State: func() any { return p.profilesOf(ctx, me) },
		})
	}
}

func brokenMember(member string, values ...string) []conform.Change {
	var changes []conform.Change
	for _, v := range values {
		changes = append(changes, conform.Change{Name: v, Of: func(r conform.Request) conform.Request { return r.With(member, v) }})
	}
	return changes
}

func (p *api) bornInAYear() conform.Change {
	return conform.Change{Name: "dob", Of: func(r conform.Request) conform.Request {
		return r.With("dob", p.Now().AddDate(1, 0, 0).Format(client.IsoDate))
	}}
}

func profileMadeRefused(p *api) {
	op := p.CreateProfile
	conform.Table(refusesProfile(p, op), []conform.Row[refused]{
		{Text: "POST /resource/profiles rejects a first_name that is invalid",
			Clause: clause.Should("barong.create-profile.first-name-invalid", op, "first-name-invalid"),
			Given:  refusedFor("first-name-invalid", brokenMember("first_name", "1;<")...)},
		{Text: "POST /resource/profiles rejects a last_name that is invalid",
			Clause: clause.Should("barong.create-profile.last-name-invalid", op, "last-name-invalid"),
			Given:  refusedFor("last-name-invalid", brokenMember("last_name", "1;<")...)},
		{Text: "POST /resource/profiles rejects a city that is invalid",
			Clause: clause.Should("barong.create-profile.city-invalid", op, "city-invalid"),
			Given:  refusedFor("city-invalid", brokenMember("city", "<1>")...)},
		{Text: "POST /resource/profiles rejects a address that is invalid",
			Clause: clause.Should("barong.create-profile.address-invalid", op, "address-invalid"),
			Given:  refusedFor("address-invalid", brokenMember("address", "<script>")...)},
		{Text: "POST /resource/profiles rejects a postcode that is invalid",
			Clause: clause.Should("barong.create-profile.postcode-invalid", op, "postcode-invalid"),
			Given:  refusedFor("postcode-invalid", brokenMember("postcode", "!!!!")...)},
		{Text: "POST /resource/profiles rejects a postcode that is too short",
			Clause: clause.Should("barong.create-profile.postcode-too-short", op, "postcode-too-short"),
			Given:  refusedFor("postcode-too-short", brokenMember("postcode", "1")...)},
		{Text: "POST /resource/profiles rejects a postcode that is too long",
			Clause: clause.Should("barong.create-profile.postcode-too-long", op, "postcode-too-long"),
			Given:  refusedFor("postcode-too-long", brokenMember("postcode", strings.Repeat("1", longestPostcode+1))...)},
		{Text: "POST /resource/profiles rejects a country that is invalid",
			Clause: clause.Must("barong.create-profile.country-invalid", op, countryInvalid),
			Given:  refusedFor(countryInvalid, brokenMember("country", "XX", "Ukraine")...)},
		{Text: "POST /resource/profiles rejects a metadata that is invalid",
			Clause: clause.Must("barong.create-profile.metadata-invalid", op, "metadata-invalid"),
			Given:  refusedFor("metadata-invalid", brokenMember("metadata", `{"a":`)...)},
		{Text: "POST /resource/profiles rejects a date of birth in the future",
			Clause: clause.Must("barong.create-profile.dob-future", op, "dob-future"),
			Given:  refusedFor("dob-future", p.bornInAYear())},
		{Text: "POST /resource/profiles rejects a date of birth that is not a date",
			Clause: clause.Graded("barong.create-profile.dob-not-a-date", op, contract.InvalidType),
			Given:  refusedFor(contract.InvalidType, conform.Set("dob", "yesterday"))},
	})
}

func profileChangeRefused(p *api) {
	op := p.UpdateProfile
	conform.Table(refusesProfile(p, op), []conform.Row[refused]{
		{Text: "PUT /resource/profiles rejects a first_name that is invalid",
			Clause: clause.Should("barong.update-profile.first-name-invalid", op, "first-name-invalid"),
			Given:  refusedFor("first-name-invalid", brokenMember("first_name", "1;<")...)},
		{Text: "PUT /resource/profiles rejects a last_name that is invalid",
			Clause: clause.Should("barong.update-profile.last-name-invalid", op, "last-name-invalid"),
			Given:  refusedFor("last-name-invalid", brokenMember("last_name", "1;<")...)},
		{Text: "PUT /resource/profiles rejects a city that is invalid",
			Clause: clause.Should("barong.update-profile.city-invalid", op, "city-invalid"),
			Given:  refusedFor("city-invalid", brokenMember("city", "<1>")...)},
		{Text: "PUT /resource/profiles rejects a address that is invalid",
			Clause: clause.Should("barong.update-profile.address-invalid", op, "address-invalid"),
			Given:  refusedFor("address-invalid", brokenMember("address", "<script>")...)},
		{Text: "PUT /resource/profiles rejects a postcode that is invalid",
			Clause: clause.Should("barong.update-profile.postcode-invalid", op, "postcode-invalid"),
			Given:  refusedFor("postcode-invalid", brokenMember("postcode", "!!!!")...)},
		{Text: "PUT /resource/profiles rejects a postcode that is too short",
			Clause: clause.Should("barong.update-profile.postcode-too-short", op, "postcode-too-short"),
			Given:  refusedFor("postcode-too-short", brokenMember("postcode", "1")...)},
		{Text: "PUT /resource/profiles rejects a postcode that is too long",
			Clause: clause.Should("barong.update-profile.postcode-too-long", op, "postcode-too-long"),
			Given:  refusedFor("postcode-too-long", brokenMember("postcode", strings.Repeat("1", longestPostcode+1))...)},
		{Text: "PUT /resource/profiles rejects a country that is invalid",
			Clause: clause.Must("barong.update-profile.country-invalid", op, countryInvalid),
			Given:  refusedFor(countryInvalid, brokenMember("country", "XX", "Ukraine")...)},
		{Text: "PUT /resource/profiles rejects a metadata that is invalid",
			Clause: clause.Must("barong.update-profile.metadata-invalid", op, "metadata-invalid"),
			Given:  refusedFor("metadata-invalid", brokenMember("metadata", `{"a":`)...)},
		{Text: "PUT /resource/profiles rejects a date of birth in the future",
			Clause: clause.Must("barong.update-profile.dob-future", op, "dob-future"),
			Given:  refusedFor("dob-future", p.bornInAYear())},
		{Text: "PUT /resource/profiles rejects a date of birth that is not a date",
			Clause: clause.Graded("barong.update-profile.dob-not-a-date", op, contract.InvalidType),
			Given:  refusedFor(contract.InvalidType, conform.Set("dob", "yesterday"))},
	})
}
