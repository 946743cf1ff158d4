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

// profiles are about resource/profiles (facts/barong.md 2.2,
// facts/barong-observed.md 16).
func profiles(p *api) {
	Describe("profiles", func() {
		profileMade(p)
		profileChanged(p)
		profileRead(p)
		for _, op := range []*contract.Operation{p.CreateProfile, p.UpdateProfile} {
			profileRules(p, op)
		}
	})
}

func profileMade(p *api) {
	op := p.CreateProfile
	It("POST /resource/profiles creates a drafted profile from what it is sent", clause.Graded("barong.profiles.created", op, contract.OK), func(ctx SpecContext) {
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
	It("POST /resource/profiles creates a drafted profile from an empty body", clause.Graded("barong.profiles.created-empty", op, contract.OK), func(ctx SpecContext) {
		me := p.DisposableMember(ctx)
		call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{}})
		p.Expect(call, op, contract.OK)
		p.Check("its state", value.Text(value.Of(call), "state"), Equal(drafted))
		p.Check("profiles that are read", p.profilesOf(ctx, me), HaveLen(1))
	})
	It("POST /resource/profiles submits a profile that is confirmed at once", clause.Graded("barong.profiles.created-submitted", op, contract.OK), func(ctx SpecContext) {
		me := p.DisposableMember(ctx)
		call := p.Do(ctx, me.Actor, op, person().With("confirm", true))
		p.Expect(call, op, contract.OK)
		p.Check("its state", value.Text(value.Of(call), "state"), Equal(submitted))
	})
	It("POST /resource/profiles accepts a three-letter country code too", clause.Graded("barong.profiles.country-alpha3", op, contract.OK), func(ctx SpecContext) {
		p.Expect(p.Do(ctx, p.DisposableMember(ctx).Actor, op, person().With("country", "UKR")), op, contract.OK)
	})
	for _, confirmed := range []bool{false, true} {
		state := map[bool]string{false: drafted, true: submitted}[confirmed]
		It("POST /resource/profiles rejects a second profile beside a "+state+" one", clause.Graded("barong.profiles.exists-"+state, op, profileExists), func(ctx SpecContext) {
			me := p.withProfile(ctx, conform.Object{"first_name": "Ada", "confirm": confirmed})
			before := p.profilesOf(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, person()), op, profileExists)
			p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal(before))
		})
	}
}

func profileChanged(p *api) {
	op := p.UpdateProfile
	It("PUT /resource/profiles changes only the sent members of a drafted profile", clause.Graded("barong.profiles.updated", op, contract.OK), func(ctx SpecContext) {
		me := p.withProfile(ctx, person().JSON.(conform.Object))
		call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"first_name": "Augusta"}})
		p.Expect(call, op, contract.OK)
		changed := value.Of(call)
		p.Check("its first name", value.Text(changed, "first_name"), Equal("Augusta"))
		p.Check("its city", value.Text(changed, "city"), Equal("Kyiv"))
		p.Check("its state", value.Text(changed, "state"), Equal(drafted))
		p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal([]any{changed}))
	})
	It("PUT /resource/profiles submits a confirmed profile and rejects later changes", clause.Graded("barong.profiles.not-editable-submitted", op, notEditable), func(ctx SpecContext) {
		me := p.withProfile(ctx, person().JSON.(conform.Object))
		call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"confirm": true}})
		p.Require("submit the profile", call, op, contract.OK)
		p.Check("its state", value.Text(value.Of(call), "state"), Equal(submitted))
		before := p.profilesOf(ctx, me)
		p.Expect(p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"first_name": "Augusta"}}), op, notEditable)
		p.Check("the profiles that are read", p.profilesOf(ctx, me), Equal(before))
	})
	It("PUT /resource/profiles finds no profile to change where there is none", clause.Graded("barong.profiles.not-editable-none", op, notEditable), func(ctx SpecContext) {
		me := p.EmptyMember(ctx)
		p.Expect(p.Do(ctx, me.Actor, op, person()), op, notEditable)
		p.Check("profiles that are read", p.profilesOf(ctx, me), BeEmpty())
	})
}

func profileRead(p *api) {
	op := p.GetProfiles
	It("POST /resource/profiles masks the last name but for its first letter", clause.Should("barong.profiles.last-name-masked", p.CreateProfile, contract.OK), func(ctx SpecContext) {
		me := p.DisposableMember(ctx)
		call := p.Do(ctx, me.Actor, p.CreateProfile, person())
		p.Expect(call, p.CreateProfile, contract.OK)
		p.Check("the last name that is answered", value.Text(value.Of(call), "last_name"), Equal("L"+strings.Repeat("*", len("ovelace"))))
	})
	It("GET /resource/profiles/me masks the last name and the date of birth", clause.Should("barong.profiles.masked", op, contract.OK), func(ctx SpecContext) {
		me := p.withProfile(ctx, person().JSON.(conform.Object))
		call := p.Do(ctx, me.Actor, op, conform.Request{})
		p.Expect(call, op, contract.OK)
		p.Check("profiles that are read", value.List(value.Of(call)), HaveLen(1))
		profile := value.List(value.Of(call))[0]
		p.Check("the last name that is read", value.Text(profile, "last_name"), Equal("L"+strings.Repeat("*", len("ovelace"))))
		p.Check("the date of birth that is read", value.Text(profile, "dob"), Equal("1990-12-**"))
	})
	It("GET /resource/profiles/me returns the account's own profile, as GET /resource/users/me does", clause.Graded("barong.profiles.own", op, contract.OK), func(ctx SpecContext) {
		me, other := p.withProfile(ctx, conform.Object{"first_name": "Ada"}), p.withProfile(ctx, conform.Object{"first_name": "Grace"})
		call := p.Do(ctx, me.Actor, op, conform.Request{})
		p.Expect(call, op, contract.OK)
		p.Check("profiles that are read", value.List(value.Of(call)), HaveLen(1))
		p.Check("the first name that is read", value.Text(value.List(value.Of(call))[0], "first_name"), Equal("Ada"))
		p.Check("the profiles of the account", value.List(p.UserOf(ctx, me), "profiles"), Equal(value.List(value.Of(call))))
		p.Check("the other's first name", value.Text(p.profilesOf(ctx, other)[0], "first_name"), Equal("Grace"))
	})
	It("GET /resource/profiles/me finds no profile where there is none", clause.Graded("barong.profiles.none", op, noProfile), func(ctx SpecContext) {
		call := p.Do(ctx, p.EmptyMember(ctx).Actor, op, conform.Request{})
		p.Expect(call, op, noProfile)
		p.Check("profiles that are read", value.List(value.Of(call)), BeEmpty())
	})
}

// profileRules are what the members of a profile may be. No document says which
// characters a name may have: each value here is bad beyond doubt.
func profileRules(p *api, op *contract.Operation) {
	rule := func(levelled func(string, *contract.Operation, contract.Outcome, ...clause.Option) clause.Clause, outcome contract.Outcome, member string, broken ...string) {
		It(op.Name()+" rejects a "+member+" that is "+flaw(outcome),
			levelled("barong."+clause.Slug(op.ID)+"."+string(outcome), op, outcome), func(ctx SpecContext) {
				me := p.DisposableMember(ctx)
				if op == p.UpdateProfile {
					p.Require("make a profile", p.Do(ctx, me.Actor, p.CreateProfile, person()), p.CreateProfile, contract.OK)
				}
				var changes []conform.Change
				for _, v := range broken {
					changes = append(changes, conform.Change{Name: v, Of: func(r conform.Request) conform.Request { return r.With(member, v) }})
				}
				p.Refuses(ctx, conform.Refusal{
					Operation: op, By: me.Actor, Control: person, Outcome: outcome, Changes: changes, OnlyAfter: true,
					State: func() any { return p.profilesOf(ctx, me) },
				})
			})
	}
	rule(clause.Should, "first-name-invalid", "first_name", "1;<")
	rule(clause.Should, "last-name-invalid", "last_name", "1;<")
	rule(clause.Should, "city-invalid", "city", "<1>")
	rule(clause.Should, "address-invalid", "address", "<script>")
	rule(clause.Should, "postcode-invalid", "postcode", "!!!!")
	rule(clause.Should, "postcode-too-short", "postcode", "1")
	rule(clause.Should, "postcode-too-long", "postcode", strings.Repeat("1", 13))
	rule(clause.Must, countryInvalid, "country", "XX", "Ukraine")
	rule(clause.Must, "metadata-invalid", "metadata", `{"a":`)
	It(op.Name()+" rejects a date of birth in the future", clause.Must("barong."+clause.Slug(op.ID)+".dob-future", op, "dob-future"), func(ctx SpecContext) {
		p.refusedBirth(ctx, op, "dob-future", p.Now().AddDate(1, 0, 0).Format(client.IsoDate))
	})
	It(op.Name()+" rejects a date of birth that is not a date", clause.Graded("barong."+clause.Slug(op.ID)+".dob-not-a-date", op, contract.InvalidType), func(ctx SpecContext) {
		p.refusedBirth(ctx, op, contract.InvalidType, "yesterday")
	})
}

// flaw is the end of an outcome's name in words: too-short becomes "too short".
func flaw(outcome contract.Outcome) string {
	for _, end := range []string{"too-short", "too-long", "invalid"} {
		if strings.HasSuffix(string(outcome), end) {
			return strings.ReplaceAll(end, "-", " ")
		}
	}
	return string(outcome)
}

func (p *api) refusedBirth(ctx context.Context, op *contract.Operation, outcome contract.Outcome, dob string) {
	GinkgoHelper()
	me := p.DisposableMember(ctx)
	if op == p.UpdateProfile {
		p.Require("make a profile", p.Do(ctx, me.Actor, p.CreateProfile, person()), p.CreateProfile, contract.OK)
	}
	p.Refuses(ctx, conform.Refusal{
		Operation: op, By: me.Actor, Control: person, Outcome: outcome, Changes: []conform.Change{conform.Set("dob", dob)}, OnlyAfter: true,
		State: func() any { return p.profilesOf(ctx, me) },
	})
}
