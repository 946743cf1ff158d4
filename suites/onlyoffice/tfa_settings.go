package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/onlyoffice/client"
)

// trustedAddress is one that no host has (RFC 5737).
const trustedAddress = "192.0.2.1"

func tfaSettingsUpdated(p *client.Client) {
	It("GET /settings/tfaapp lists each second factor of the portal once, for a user without any rights",
		clause.Must("onlyoffice.tfa-settings.shown", p.TFASettings, contract.OK), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.User)
			listed := map[string]bool{}
			call := p.DoExpect(ctx, session, p.TFASettings, client.NoBody, contract.OK)
			for _, way := range value.List(value.Of(call), "response") {
				p.Holds("each factor is listed once", !listed[value.Text(way, "id")], "one is listed twice")
				listed[value.Text(way, "id")] = true
			}
		})
	op, disrupts := p.UpdateTFA, clause.Disrupts()
	It("PUT /settings/tfaapp switches the authenticator app on and stores the trusted addresses and mandatory users",
		clause.Must("onlyoffice.tfa-settings.app", op, contract.OK, disrupts), func(ctx SpecContext) {
			_, bound := p.SignedIn(ctx, client.User)
			id := p.ID(ctx, bound)
			keeper, former := p.KeepTFA(ctx)
			p.SwitchTFA(ctx, keeper, former.With(client.TFANone))
			wanted := former.With(client.TFAApp, id).Trusting(trustedAddress)
			p.DoExpect(ctx, p.SignIn(ctx, keeper), op, wanted.Request(), contract.OK)
			p.ExpectTFA(ctx, keeper, wanted)
		})
	It("PUT /settings/tfaapp switches codes by text message on",
		clause.Must("onlyoffice.tfa-settings.sms", op, contract.OK, disrupts, clause.Needs("sms")), func(ctx SpecContext) {
			keeper, former := p.KeepTFA(ctx)
			wanted := former.With(client.TFASMS)
			p.DoExpect(ctx, p.SignIn(ctx, keeper), op, wanted.Request(), contract.OK)
			p.ExpectTFA(ctx, keeper, wanted)
		})
	It("PUT /settings/tfaapp switches the second factor off, so that a password alone opens a session",
		clause.Must("onlyoffice.tfa-settings.none", op, client.DisabledOK, disrupts), func(ctx SpecContext) {
			who := p.LeaseTOTP()
			p.AppCodes(ctx, who)
			switchesOff(ctx, p, op)
			p.Expect(p.LogIn(ctx, who), p.Login, contract.OK)
		})
	It("PUT /settings/tfaapp accepts the number of a kind of second factor in place of its name",
		clause.Must("onlyoffice.tfa-settings.number", op, contract.OK, disrupts), func(ctx SpecContext) {
			keeper, former := p.KeepTFA(ctx)
			sets := func(number int, kind string) {
				wanted := former.With(kind)
				p.DoExpect(ctx, p.SignIn(ctx, keeper), op, wanted.Request().With("type", number), wanted.Outcome())
				p.Check("the kind read back is the one that was set", p.ReadTFA(ctx, p.SignIn(ctx, keeper)).Kind, Equal(kind))
			}
			sets(0, client.TFANone)
			sets(2, client.TFAApp)
		})
	It("PUT /settings/tfaapp keeps sessions alive when it switches the second factor off",
		clause.Must("onlyoffice.tfa-settings.none-keeps-sessions", op, client.DisabledOK, disrupts, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.2-effects")), func(ctx SpecContext) {
			_, other := p.SignedIn(ctx, client.User)
			keeper, former := p.KeepTFA(ctx)
			session := p.SignIn(ctx, keeper)
			p.DoExpect(ctx, session, op, former.With(client.TFANone).Request(), client.DisabledOK)
			p.ExpectAlive(ctx, session, other)
		})
}

// Authorities of what holds for both operations that set the second factor.
var (
	ownerBinding  = clause.From(contract.Observed, "onlyoffice#7.8")
	endedSessions = clause.From(contract.Observed, "onlyoffice#1.2-effects; checks#S07")
)

func tfaSettingsRefused(p *client.Client) {
	op, disrupts := p.UpdateTFA, clause.Disrupts()
	conform.Table(tfaRefusesRole(p, op), []conform.Row[string]{
		{Text: "PUT /settings/tfaapp rejects a user, changes nothing and keeps the user's session alive",
			Clause: clause.Must("onlyoffice.tfa-settings.user", op, contract.Forbidden, disrupts), Given: client.User},
		{Text: "PUT /settings/tfaapp rejects a room administrator, changes nothing and keeps their session alive",
			Clause: clause.Must("onlyoffice.tfa-settings.room-admin", op, contract.Forbidden, disrupts), Given: client.RoomAdmin},
	})
	It("PUT /settings/tfaapp rejects an administrator who makes the second factor mandatory for the owner and accepts the owner",
		clause.Must("onlyoffice.tfa-settings.owner", op, contract.Forbidden, disrupts, ownerBinding),
		func(ctx SpecContext) { tfaRefusesBindingOwner(ctx, p, op) })
	conform.Table(tfaRefusesChange(p, op), []conform.Row[conform.Change]{
		{Text: "PUT /settings/tfaapp rejects a kind of second factor that does not exist",
			Clause: clause.Should("onlyoffice.tfa-settings.kind-unknown", op, contract.InvalidType, disrupts), Given: unknownKind},
		{Text: "PUT /settings/tfaapp rejects a mandatory user whose id is malformed",
			Clause: clause.Should("onlyoffice.tfa-settings.user-malformed", op, contract.InvalidType, disrupts), Given: malformedUser},
		{Text: "PUT /settings/tfaapp rejects a mandatory group whose id is malformed",
			Clause: clause.Should("onlyoffice.tfa-settings.group-malformed", op, contract.InvalidType, disrupts), Given: malformedGroup},
	})
	conform.Table(tfaEndsSessions(p, op), []conform.Row[string]{
		{Text: "PUT /settings/tfaapp ends every session of the portal when it switches the authenticator app on",
			Clause: clause.Must("onlyoffice.tfa-settings.app-ends-sessions", op, contract.OK, disrupts, endedSessions), Given: client.TFAApp},
		{Text: "PUT /settings/tfaapp ends every session of the portal when it switches codes by text message on",
			Clause: clause.Must("onlyoffice.tfa-settings.sms-ends-sessions", op, contract.OK, clause.Needs("sms"), disrupts,
				endedSessions),
			Given: client.TFASMS},
	})
}

// switchesOff expects an operation to switch the second factor off.
func switchesOff(ctx context.Context, p *client.Client, op *contract.Operation) {
	GinkgoHelper()
	keeper, former := p.KeepTFA(ctx)
	p.DoExpect(ctx, p.SignIn(ctx, keeper), op, former.With(client.TFANone).Request(), client.DisabledOK)
	p.Check("the settings read back name no factor", p.ReadTFA(ctx, p.SignIn(ctx, keeper)).Kind, Equal(client.TFANone))
}

// tfaRefusesRole requires that a role must not change the settings: nothing
// changes, and nobody is signed out.
func tfaRefusesRole(p *client.Client, op *contract.Operation) func(SpecContext, string) {
	return func(ctx SpecContext, role string) {
		_, session := p.SignedIn(ctx, role)
		keeper, former := p.KeepTFA(ctx)
		off := former.With(client.TFANone).Request()
		p.DoExpect(ctx, session, op, off, contract.Forbidden)
		p.ExpectTFA(ctx, keeper, former)
		p.ExpectAlive(ctx, session)
		p.DoRequire(ctx, "get the same accepted from an administrator", p.SignIn(ctx, keeper), op, off, client.DisabledOK)
	}
}

func tfaRefusesBindingOwner(ctx context.Context, p *client.Client, op *contract.Operation) {
	GinkgoHelper()
	_, boss := p.SignedIn(ctx, client.Owner)
	id := p.ID(ctx, boss)
	keeper, former := p.KeepTFA(ctx)
	bound := former.With(client.TFAApp, id).Request()
	p.DoExpect(ctx, p.SignIn(ctx, keeper), op, bound, contract.Forbidden)
	p.ExpectTFA(ctx, keeper, former)
	p.ExpectAlive(ctx, boss)
	p.DoExpect(ctx, boss, op, bound, contract.OK)
}

// Settings of the second factor that cannot be made.
var (
	unknownKind    = conform.Set("type", "Fax")
	malformedUser  = conform.Set("mandatoryUsers", []string{"not-a-user-id"})
	malformedGroup = conform.Set("mandatoryGroups", []string{"not-a-group-id"})
)

func tfaRefusesChange(p *client.Client, op *contract.Operation) func(SpecContext, conform.Change) {
	return func(ctx SpecContext, change conform.Change) {
		keeper, former := p.KeepTFA(ctx)
		session := p.SignIn(ctx, keeper)
		off := former.With(client.TFANone).Request()
		p.DoExpect(ctx, session, op, change.Of(off), contract.InvalidType)
		p.ExpectTFA(ctx, keeper, former)
		p.ExpectAlive(ctx, session)
		p.DoRequire(ctx, "get the request accepted without the change", session, op, off, client.DisabledOK)
	}
}

// tfaEndsSessions requires that no session goes on that a second factor never
// protected: the caller's own and that of a mandatory user too.
func tfaEndsSessions(p *client.Client, op *contract.Operation) func(SpecContext, string) {
	return func(ctx SpecContext, kind string) {
		keeper, former := p.KeepTFA(ctx)
		p.SwitchTFA(ctx, keeper, former.With(client.TFANone))
		_, session := p.SignedIn(ctx, client.Admin)
		plain, other := p.SignedIn(ctx, client.User)
		_, bound := p.SignedIn(ctx, client.TOTP)
		byHeader := p.BearerSession(ctx, plain)
		p.ExpectAlive(ctx, byHeader)
		p.DoExpect(ctx, session, op, former.With(kind, p.ID(ctx, session)).Request(), contract.OK)
		p.ExpectEnded(ctx, session, other, bound, byHeader)
	}
}
