package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// linkedFactor is a kind of second factor, with what a log-in then asks for and
// the kind of the link that sets it up.
type linkedFactor struct {
	kind    string
	asksFor contract.Outcome
	link    string
}

func tfaLink(p *client.Client) {
	op, disrupts := p.UpdateTFALink, clause.Disrupts()
	conform.Table(func(ctx SpecContext, given linkedFactor) {
		who, session := p.SignedIn(ctx, client.Admin)
		id := p.ID(ctx, session)
		_, former := p.KeepTFA(ctx)
		l := client.ParseLink(client.Text(p.DoExpect(ctx, session, op, former.With(given.kind, id).Request(), contract.OK)))
		p.Check("the link is one to set the factor up", l.Kind, Equal(given.link))
		if l.UID != "" { // a link to name a phone may be told by its key alone
			p.Check("the link is the caller's", strings.ToLower(l.UID), Equal(strings.ToLower(id)))
		}
		p.Expect(p.LogIn(ctx, who), p.Login, given.asksFor)
	}, []conform.Row[linkedFactor]{
		{Text: "PUT /settings/tfaappwithlink switches the authenticator app on and returns the caller's own link to set it up",
			Clause: clause.Must("onlyoffice.tfa-link.app", op, contract.OK, disrupts),
			Given:  linkedFactor{client.TFAApp, contract.EnrolmentRequired, client.TFAActivation}},
		{Text: "PUT /settings/tfaappwithlink switches codes by text message on and returns the caller's own link to name a phone",
			Clause: clause.Must("onlyoffice.tfa-link.sms", op, contract.OK, disrupts, clause.Needs("sms")),
			Given:  linkedFactor{client.TFASMS, client.PhoneRequired, client.PhoneActivation}},
	})
	It("PUT /settings/tfaappwithlink switches the second factor off",
		clause.Must("onlyoffice.tfa-link.none", op, client.DisabledOK, disrupts), func(ctx SpecContext) { switchesOff(ctx, p, op) })
	conform.Table(tfaEndsSessions(p, op), []conform.Row[string]{
		{Text: "PUT /settings/tfaappwithlink ends every session of the portal when it switches the authenticator app on",
			Clause: clause.Must("onlyoffice.tfa-link.app-ends-sessions", op, contract.OK, disrupts, endedSessions), Given: client.TFAApp},
		{Text: "PUT /settings/tfaappwithlink ends every session of the portal when it switches codes by text message on",
			Clause: clause.Must("onlyoffice.tfa-link.sms-ends-sessions", op, contract.OK, clause.Needs("sms"), disrupts, endedSessions),
			Given:  client.TFASMS},
	})
	conform.Table(tfaRefusesRole(p, op), []conform.Row[string]{
		{Text: "PUT /settings/tfaappwithlink rejects a user, changes nothing and keeps the user's session alive",
			Clause: clause.Must("onlyoffice.tfa-link.user", op, contract.Forbidden, disrupts), Given: client.User},
		{Text: "PUT /settings/tfaappwithlink rejects a room administrator, changes nothing and keeps their session alive",
			Clause: clause.Must("onlyoffice.tfa-link.room-admin", op, contract.Forbidden, disrupts), Given: client.RoomAdmin},
	})
	It("PUT /settings/tfaappwithlink rejects an administrator who makes the second factor mandatory for the owner and accepts the owner",
		clause.Must("onlyoffice.tfa-link.owner", op, contract.Forbidden, disrupts, ownerBinding),
		func(ctx SpecContext) { tfaRefusesBindingOwner(ctx, p, op) })
	conform.Table(tfaRefusesChange(p, op), []conform.Row[conform.Change]{
		{Text: "PUT /settings/tfaappwithlink rejects a kind of second factor that does not exist",
			Clause: clause.Should("onlyoffice.tfa-link.kind-unknown", op, contract.InvalidType, disrupts), Given: unknownKind},
		{Text: "PUT /settings/tfaappwithlink rejects a mandatory user whose id is malformed",
			Clause: clause.Should("onlyoffice.tfa-link.user-malformed", op, contract.InvalidType, disrupts), Given: malformedUser},
		{Text: "PUT /settings/tfaappwithlink rejects a mandatory group whose id is malformed",
			Clause: clause.Should("onlyoffice.tfa-link.group-malformed", op, contract.InvalidType, disrupts), Given: malformedGroup},
	})
}
