package barong

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

func labelsChanged(p *api) {
	change := func(key, v string) conform.Request {
		r := client.LabelAt(key)
		r.JSON = conform.Object{"value": v}
		return r
	}
	It("PATCH /resource/labels/{key} changes the value of a label",
		clause.Graded("barong.labels.updated", p.UpdateLabel, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			key, untouched := p.LabelMade(ctx, me), p.LabelMade(ctx, me)
			call := p.Do(ctx, me.Actor, p.UpdateLabel, change(key, "changed"))
			p.Expect(call, p.UpdateLabel, contract.OK)
			p.Check("the value that is answered", value.Text(value.Of(call), "value"), Equal("changed"))
			p.Check("the value that is read", value.Text(p.Labelled(ctx, me, key), "value"), Equal("changed"))
			p.Check("the value of another label", value.Text(p.Labelled(ctx, me, untouched), "value"), Equal("conform"))
		})
	// The release answers 200 and shows the value it did not store.
	It("PATCH /resource/labels/{key} does not store an invalid value, although it returns it",
		clause.Note("barong.labels.value-echoed", p.UpdateLabel, valueEchoed), func(ctx SpecContext) {
			me := p.Member(ctx)
			key := p.LabelMade(ctx, me)
			call := p.Do(ctx, me.Actor, p.UpdateLabel, change(key, "not.valid"))
			p.Expect(call, p.UpdateLabel, valueEchoed)
			p.Check("the value that is answered", value.Text(value.Of(call), "value"), Equal("not.valid"))
			p.Check("the value that is read", value.Text(p.Labelled(ctx, me, key), "value"), Equal("conform"))
		})
	It("PATCH /resource/labels/{key} changes no label that only another account has",
		clause.Graded("barong.labels.update-foreign", p.UpdateLabel, contract.NotFound), func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Member(ctx)
			key := p.LabelMade(ctx, other)
			p.Expect(p.Do(ctx, me.Actor, p.UpdateLabel, change(key, "changed")), p.UpdateLabel, contract.NotFound)
			p.Expect(p.Do(ctx, me.Actor, p.UpdateLabel, change("af-"+p.Nonce(), "changed")), p.UpdateLabel, contract.NotFound)
			p.Check("the value its owner reads", value.Text(p.Labelled(ctx, other, key), "value"), Equal("conform"))
		})
	It("DELETE /resource/labels/{key} deletes a label",
		clause.Graded("barong.labels.deleted", p.DeleteLabel, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			key, kept := p.LabelMade(ctx, me), p.LabelMade(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, p.DeleteLabel, client.LabelAt(key)), p.DeleteLabel, contract.OK)
			p.Expect(p.Do(ctx, me.Actor, p.GetLabel, client.LabelAt(key)), p.GetLabel, contract.NotFound)
			p.Check("keys that are listed", p.LabelKeys(ctx, me, nil), And(ContainElement(kept), Not(ContainElement(key))))
		})
	It("DELETE /resource/labels/{key} deletes no label that only another account has",
		clause.Graded("barong.labels.delete-foreign", p.DeleteLabel, contract.NotFound), func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Member(ctx)
			key, mine := p.LabelMade(ctx, other), p.LabelMade(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, p.DeleteLabel, client.LabelAt(key)), p.DeleteLabel, contract.NotFound)
			p.Check("the key its owner reads", value.Text(p.Labelled(ctx, other, key), "key"), Equal(key))
			p.Require("delete a label of one's own", p.Do(ctx, me.Actor, p.DeleteLabel, client.LabelAt(mine)), p.DeleteLabel, contract.OK)
			p.Expect(p.Do(ctx, me.Actor, p.DeleteLabel, client.LabelAt(mine)), p.DeleteLabel, contract.NotFound)
		})
}

// privateLabels are those that the server itself puts on an account.
func privateLabels(p *api) {
	untouched := func(ctx SpecContext, me *client.Session) {
		GinkgoHelper()
		label := p.Labelled(ctx, me, confirmedLabel)
		p.Check("the value of the label "+confirmedLabel, value.Text(label, "value"), Equal("verified"))
		p.Check("its scope", value.Text(label, "scope"), Equal("private"))
	}
	It("POST /resource/labels adds a public label beside a private one of the same key",
		clause.Graded("barong.labels.key-of-private", p.CreateLabel, contract.OK, clause.From(contract.Observed, "barong#10.3-label-key")),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			p.RetireIfPooled(me, "its second label with the key "+confirmedLabel+" cannot be deleted")
			request := conform.Request{JSON: conform.Object{"key": confirmedLabel, "value": "conform"}}
			p.Expect(p.Do(ctx, me.Actor, p.CreateLabel, request), p.CreateLabel, contract.OK)
			call := p.Do(ctx, me.Actor, p.ListLabels, conform.Request{})
			p.Require("list the labels", call, p.ListLabels, contract.OK)
			scopes := map[string]string{}
			for _, label := range value.List(value.Of(call)) {
				if value.Text(label, "key") == confirmedLabel {
					scopes[value.Text(label, "scope")] = value.Text(label, "value")
				}
			}
			p.Check("its labels with that key", scopes, Equal(map[string]string{"private": "verified", "public": "conform"}))
		})
	It("PATCH /resource/labels/{key} changes no private label",
		clause.Graded("barong.labels.update-private", p.UpdateLabel, private), func(ctx SpecContext) {
			me := p.Member(ctx)
			request := client.LabelAt(confirmedLabel)
			request.JSON = conform.Object{"value": "changed"}
			p.Expect(p.Do(ctx, me.Actor, p.UpdateLabel, request), p.UpdateLabel, private)
			untouched(ctx, me)
		})
	It("DELETE /resource/labels/{key} deletes no private label",
		clause.Graded("barong.labels.delete-private", p.DeleteLabel, private), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Expect(p.Do(ctx, me.Actor, p.DeleteLabel, client.LabelAt(confirmedLabel)), p.DeleteLabel, private)
			untouched(ctx, me)
		})
	// State triggers matched by prefix until 2.6.45: barong#9-12; barong#1.7-computed
	// effect when a private label changes, which switching the second factor on does.
	It("POST /resource/labels keeps an account active whose label only begins like one that bans or locks",
		clause.Graded("barong.labels.trigger-prefix-harmless", p.CreateLabel, contract.OK),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			for _, key := range []string{"bandana", "lockx", "deleted-mails", "fraudster", "suspiciously"} {
				p.DropLater(me, key)
				p.Expect(p.Do(ctx, me.Actor, p.CreateLabel, conform.Request{JSON: conform.Object{"key": key, "value": "harmless"}}), p.CreateLabel,
					contract.OK)
			}
			p.Enrol(ctx, me)
			call := p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{})
			p.Expect(call, p.GetCurrentUser, contract.OK)
			p.Check("the state of the account", value.Text(value.Of(call), "state"), Equal("active"))
		})
}
