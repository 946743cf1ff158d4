package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// aTrustedAddress is one that no host has (RFC 5737).
const aTrustedAddress = "192.0.2.1"

func secondFactorSettings(p *portal) {
	Describe("GET /api/2.0/settings/tfaapp", func() { showsTFA(p) })
	Describe("PUT /api/2.0/settings/tfaapp", func() {
		setsTFA(p)
		refusesTFA(p, p.updateTFA, "tfa-settings")
		endsSessions(p, p.updateTFA, "tfa-settings")
	})
	Describe("PUT /api/2.0/settings/tfaappwithlink", func() {
		setsTFAWithLink(p)
		refusesTFA(p, p.updateTFALink, "tfa-link")
		endsSessions(p, p.updateTFALink, "tfa-link")
	})
	Describe("who must pass the second factor", func() { bindsUsers(p) })
}

func showsTFA(p *portal) {
	It("shows a user without any rights which second factors the portal has",
		clause.Must("onlyoffice.tfa-settings.shown", p.tfaSettings, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			call := p.Do(ctx, me, p.tfaSettings, conform.Request{})
			p.Expect(call, p.tfaSettings, contract.OK)
			listed := map[string]bool{}
			for _, way := range value.List(value.Of(call), "response") {
				p.Holds("each factor is listed once", !listed[value.Text(way, "id")], "one is listed twice")
				listed[value.Text(way, "id")] = true
			}
		})
}

func setsTFA(p *portal) {
	op, disrupts := p.updateTFA, clause.Disrupts()
	It("switches the authenticator app on, and keeps which addresses it trusts and whom it binds",
		clause.Must("onlyoffice.tfa-settings.app", op, contract.OK, disrupts),
		func(ctx SpecContext) {
			_, bound := p.signedIn(ctx, user)
			id := p.id(ctx, bound)
			keeper, former := p.keepTFA(ctx)
			p.switchTFA(ctx, keeper, former.with(tfaNone))
			wanted := former.with(tfaApp, id)
			wanted.trusted = ordered(append([]string{aTrustedAddress}, former.trusted...))
			p.Expect(p.Do(ctx, p.signIn(ctx, keeper), op, wanted.request()), op, contract.OK)
			p.Check("the settings read back are those that were set", p.readTFA(ctx, p.signIn(ctx, keeper)), Equal(wanted))
		})
	It("switches codes by text message on",
		clause.Must("onlyoffice.tfa-settings.sms", op, contract.OK, disrupts, clause.Needs("sms")),
		func(ctx SpecContext) {
			keeper, former := p.keepTFA(ctx)
			wanted := former.with(tfaSMS)
			p.Expect(p.Do(ctx, p.signIn(ctx, keeper), op, wanted.request()), op, contract.OK)
			p.Check("the settings read back are those that were set", p.readTFA(ctx, p.signIn(ctx, keeper)), Equal(wanted))
		})
	It("switches the second factor off, so that the password is enough for everybody",
		clause.Must("onlyoffice.tfa-settings.none", op, disabledOK, disrupts),
		func(ctx SpecContext) {
			who := p.Lease(totp)
			p.firstStep(ctx, who)
			keeper, former := p.keepTFA(ctx)
			p.Expect(p.Do(ctx, p.signIn(ctx, keeper), op, former.with(tfaNone).request()), op, disabledOK)
			p.Check("the settings read back name no factor", p.readTFA(ctx, p.signIn(ctx, keeper)).kind, Equal(tfaNone))
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)}), p.login, contract.OK)
		})
	It("takes the kind of second factor as a number too",
		clause.Must("onlyoffice.tfa-settings.number", op, contract.OK, disrupts),
		func(ctx SpecContext) {
			keeper, former := p.keepTFA(ctx)
			sets := func(number int, kind string) {
				wanted := former.with(kind)
				p.Expect(p.Do(ctx, p.signIn(ctx, keeper), op, wanted.request().With("type", number)), op, wanted.outcome())
				p.Check("the kind read back is the one that was set", p.readTFA(ctx, p.signIn(ctx, keeper)).kind, Equal(kind))
			}
			sets(0, tfaNone)
			sets(2, tfaApp)
		})
	It("leaves sessions open when it is switched off",
		clause.Must("onlyoffice.tfa-settings.none-keeps-sessions", op, disabledOK, disrupts, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 1.2")),
		func(ctx SpecContext) {
			_, other := p.signedIn(ctx, user)
			keeper, former := p.keepTFA(ctx)
			me := p.signIn(ctx, keeper)
			p.Expect(p.Do(ctx, me, op, former.with(tfaNone).request()), op, disabledOK)
			p.works(ctx, me)
			p.works(ctx, other)
		})
}

func setsTFAWithLink(p *portal) {
	op, disrupts := p.updateTFALink, clause.Disrupts()
	answers := func(text string, c clause.Clause, kind string, required contract.Outcome, link string) {
		It(text, c, func(ctx SpecContext) {
			who, me := p.signedIn(ctx, admin)
			id := p.id(ctx, me)
			_, former := p.keepTFA(ctx)
			call := p.Do(ctx, me, op, former.with(kind, id).request())
			p.Expect(call, op, contract.OK)
			l := parseLink(value.Text(value.Of(call), "response"))
			p.Check("the link is one to set the factor up", l.kind, Equal(link))
			if l.uid != "" { // a link to name a phone may be told by its key alone
				p.Check("the link is the caller's", strings.ToLower(l.uid), Equal(strings.ToLower(id)))
			}
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)}), p.login, required)
		})
	}
	answers("switches the app on, and answers with the caller's own link to set it up",
		clause.Must("onlyoffice.tfa-link.app", op, contract.OK, disrupts),
		tfaApp, contract.EnrolmentRequired, tfaActivation)
	answers("switches codes by text message on, and answers with the caller's own link to name a phone",
		clause.Must("onlyoffice.tfa-link.sms", op, contract.OK, disrupts, clause.Needs("sms")),
		tfaSMS, phoneRequired, phoneActivation)
	It("switches the second factor off, and then has no link to answer with",
		clause.Must("onlyoffice.tfa-link.none", op, disabledOK, disrupts),
		func(ctx SpecContext) {
			keeper, former := p.keepTFA(ctx)
			p.Expect(p.Do(ctx, p.signIn(ctx, keeper), op, former.with(tfaNone).request()), op, disabledOK)
			p.Check("the settings read back name no factor", p.readTFA(ctx, p.signIn(ctx, keeper)).kind, Equal(tfaNone))
		})
}

// refusesTFA states who must not change the settings and what must not be set:
// nothing changes, and nobody is signed out.
func refusesTFA(p *portal, op *contract.Operation, area string) {
	id, disrupts := "onlyoffice."+area+".", clause.Disrupts()
	refuses := func(text, role string) {
		It(text, clause.Must(id+role, op, contract.Forbidden, disrupts),
			func(ctx SpecContext) {
				_, me := p.signedIn(ctx, role)
				keeper, former := p.keepTFA(ctx)
				off := former.with(tfaNone).request()
				p.Expect(p.Do(ctx, me, op, off), op, contract.Forbidden)
				p.tfaStays(ctx, keeper, former)
				p.works(ctx, me)
				p.Require("get the same accepted from an administrator", p.Do(ctx, p.signIn(ctx, keeper), op, off), op, disabledOK)
			})
	}
	refuses("refuses a user and changes nothing", user)
	refuses("refuses a room administrator and changes nothing", roomAdmin)
	It("refuses an administrator who makes it mandatory for the owner, and lets the owner do so",
		clause.Must(id+"owner", op, contract.Forbidden, disrupts, clause.From(contract.Observed, "facts/onlyoffice.md 7.8")),
		func(ctx SpecContext) {
			_, boss := p.signedIn(ctx, owner)
			ownerID := p.id(ctx, boss)
			keeper, former := p.keepTFA(ctx)
			bound := former.with(tfaApp, ownerID).request()
			p.Expect(p.Do(ctx, p.signIn(ctx, keeper), op, bound), op, contract.Forbidden)
			p.tfaStays(ctx, keeper, former)
			p.works(ctx, boss)
			p.Require("get the same accepted from the owner", p.Do(ctx, boss, op, bound), op, contract.OK)
		})
	unknown := func(text, slug string, change conform.Change) {
		It(text, clause.Should(id+slug, op, contract.InvalidType, disrupts),
			func(ctx SpecContext) {
				keeper, former := p.keepTFA(ctx)
				me := p.signIn(ctx, keeper)
				off := former.with(tfaNone).request()
				p.Expect(p.Do(ctx, me, op, change.Of(off)), op, contract.InvalidType)
				p.tfaStays(ctx, keeper, former)
				p.works(ctx, me)
				p.Require("get the request accepted without the change", p.Do(ctx, me, op, off), op, disabledOK)
			})
	}
	unknown("refuses a kind of second factor that does not exist", "kind-unknown", conform.Set("type", "Fax"))
	unknown("refuses a mandatory user whose id is no id", "user-malformed", conform.Set("mandatoryUsers", []string{"not-a-user-id"}))
	unknown("refuses a mandatory group whose id is no id", "group-malformed", conform.Set("mandatoryGroups", []string{"not-a-group-id"}))
}

// endsSessions states that no session goes on that a second factor never
// protected.
func endsSessions(p *portal, op *contract.Operation, area string) {
	observed := clause.From(contract.Observed, "facts/onlyoffice.md 1.2; facts/auth-checks.md S07")
	ends := func(text, slug, kind string, options ...clause.Option) {
		options = append(options, clause.Disrupts(), observed)
		It(text, clause.Must("onlyoffice."+area+"."+slug, op, contract.OK, options...),
			func(ctx SpecContext) {
				keeper, former := p.keepTFA(ctx)
				p.switchTFA(ctx, keeper, former.with(tfaNone))
				_, me := p.signedIn(ctx, admin)
				plain, other := p.signedIn(ctx, user)
				_, bound := p.signedIn(ctx, totp)
				byHeader := p.Actor(plain.Name+" by header", plain, bearer(token(p.loggedIn(ctx, plain.Login, plain.Password))))
				p.works(ctx, byHeader)
				p.Expect(p.Do(ctx, me, op, former.with(kind, p.id(ctx, me)).request()), op, contract.OK)
				for _, session := range []*conform.Actor{me, other, bound, byHeader} {
					p.over(ctx, session)
				}
			})
	}
	ends("ends every session of the portal, the caller's too, when the app is switched on", "app-ends-sessions", tfaApp)
	ends("ends every session of the portal, the caller's too, when codes by text message are switched on", "sms-ends-sessions", tfaSMS, clause.Needs("sms"))
}

func bindsUsers(p *portal) {
	It("asks a mandatory user for the second factor, even from a trusted address",
		clause.Must("onlyoffice.tfa-mandatory.user", p.login, contract.EnrolmentRequired, clause.Disrupts()),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			id := p.id(ctx, me)
			keeper, former := p.keepTFA(ctx)
			p.switchTFA(ctx, keeper, former.with(tfaApp, id))
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)}), p.login, contract.EnrolmentRequired)
		})
	It("asks no user for the second factor who comes from a trusted address and is not mandatory",
		clause.Must("onlyoffice.tfa-mandatory.trusted-address", p.login, contract.OK, clause.Disrupts()),
		func(ctx SpecContext) {
			who := p.Lease(totp)
			p.firstStep(ctx, who)
			keeper, former := p.keepTFA(ctx)
			free := former.with(tfaApp)
			free.users, free.groups = nil, nil
			p.switchTFA(ctx, keeper, free)
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)}), p.login, contract.OK)
		})
}
