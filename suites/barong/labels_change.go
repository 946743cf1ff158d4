package barong

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

func labelsChanged(p *api) {
	change := func(key, v string) conform.Request {
		r := labelAt(key)
		r.JSON = conform.Object{"value": v}
		return r
	}
	It("changes the value of a label", clause.Graded("barong.labels.updated", p.updateLabel, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		key, untouched := p.labelMade(ctx, me), p.labelMade(ctx, me)
		call := p.Do(ctx, me.Actor, p.updateLabel, change(key, "changed"))
		p.Expect(call, p.updateLabel, contract.OK)
		p.Check("the value that is answered", value.Text(value.Of(call), "value"), Equal("changed"))
		p.Check("the value that is read", value.Text(p.labelled(ctx, me, key), "value"), Equal("changed"))
		p.Check("the value of another label", value.Text(p.labelled(ctx, me, untouched), "value"), Equal("conform"))
	})
	// The release answers 200 and shows the value it did not store.
	It("does not store a value that is invalid, though it shows it", clause.Note("barong.labels.value-echoed", p.updateLabel, valueEchoed), func(ctx SpecContext) {
		me := p.member(ctx)
		key := p.labelMade(ctx, me)
		call := p.Do(ctx, me.Actor, p.updateLabel, change(key, "not.valid"))
		p.Expect(call, p.updateLabel, valueEchoed)
		p.Check("the value that is answered", value.Text(value.Of(call), "value"), Equal("not.valid"))
		p.Check("the value that is read", value.Text(p.labelled(ctx, me, key), "value"), Equal("conform"))
	})
	It("changes no label that the account has not, though another has it", clause.Graded("barong.labels.update-foreign", p.updateLabel, contract.NotFound), func(ctx SpecContext) {
		me, other := p.member(ctx), p.member(ctx)
		key := p.labelMade(ctx, other)
		p.Expect(p.Do(ctx, me.Actor, p.updateLabel, change(key, "changed")), p.updateLabel, contract.NotFound)
		p.Expect(p.Do(ctx, me.Actor, p.updateLabel, change("af-"+p.Nonce(), "changed")), p.updateLabel, contract.NotFound)
		p.Check("the value its owner reads", value.Text(p.labelled(ctx, other, key), "value"), Equal("conform"))
	})
	It("deletes a label", clause.Graded("barong.labels.deleted", p.deleteLabel, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		key, kept := p.labelMade(ctx, me), p.labelMade(ctx, me)
		p.Expect(p.Do(ctx, me.Actor, p.deleteLabel, labelAt(key)), p.deleteLabel, contract.OK)
		p.Expect(p.Do(ctx, me.Actor, p.getLabel, labelAt(key)), p.getLabel, contract.NotFound)
		p.Check("keys that are listed", p.labelKeys(ctx, me, nil), And(ContainElement(kept), Not(ContainElement(key))))
	})
	It("deletes no label that the account has not, though another has it", clause.Graded("barong.labels.delete-foreign", p.deleteLabel, contract.NotFound), func(ctx SpecContext) {
		me, other := p.member(ctx), p.member(ctx)
		key, mine := p.labelMade(ctx, other), p.labelMade(ctx, me)
		p.Expect(p.Do(ctx, me.Actor, p.deleteLabel, labelAt(key)), p.deleteLabel, contract.NotFound)
		p.Check("the key its owner reads", value.Text(p.labelled(ctx, other, key), "key"), Equal(key))
		p.Require("delete a label of one's own", p.Do(ctx, me.Actor, p.deleteLabel, labelAt(mine)), p.deleteLabel, contract.OK)
		p.Expect(p.Do(ctx, me.Actor, p.deleteLabel, labelAt(mine)), p.deleteLabel, contract.NotFound)
	})
}

// privateLabels are those that the server itself puts on an account.
func privateLabels(p *api) {
	untouched := func(ctx SpecContext, me *session) {
		GinkgoHelper()
		label := p.labelled(ctx, me, confirmedLabel)
		p.Check("the value of the label "+confirmedLabel, value.Text(label, "value"), Equal("verified"))
		p.Check("its scope", value.Text(label, "scope"), Equal("private"))
	}
	It("refuses a key that a private label has", clause.Graded("barong.labels.key-taken-by-private", p.createLabel, keyTaken), func(ctx SpecContext) {
		me := p.member(ctx)
		request := conform.Request{JSON: conform.Object{"key": confirmedLabel, "value": "verified"}}
		p.Expect(p.Do(ctx, me.Actor, p.createLabel, request), p.createLabel, keyTaken)
		untouched(ctx, me)
	})
	It("changes no private label", clause.Graded("barong.labels.update-private", p.updateLabel, private), func(ctx SpecContext) {
		me := p.member(ctx)
		request := labelAt(confirmedLabel)
		request.JSON = conform.Object{"value": "changed"}
		p.Expect(p.Do(ctx, me.Actor, p.updateLabel, request), p.updateLabel, private)
		untouched(ctx, me)
	})
	It("deletes no private label", clause.Graded("barong.labels.delete-private", p.deleteLabel, private), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Expect(p.Do(ctx, me.Actor, p.deleteLabel, labelAt(confirmedLabel)), p.deleteLabel, private)
		untouched(ctx, me)
	})
	// State triggers matched by prefix until 2.6.45: facts/barong.md 9.12. They take
	// effect when a private label changes, which switching the second factor on does.
	It("is not alarmed by a label that only begins like one that bans or locks", clause.Graded("barong.labels.trigger-prefix-harmless", p.createLabel, contract.OK),
		func(ctx SpecContext) {
			me := p.member(ctx)
			for _, key := range []string{"bandana", "lockx", "deleted-mails", "fraudster", "suspiciously"} {
				p.dropLater(me, key)
				p.Expect(p.Do(ctx, me.Actor, p.createLabel, conform.Request{JSON: conform.Object{"key": key, "value": "harmless"}}), p.createLabel, contract.OK)
			}
			p.enrol(ctx, me)
			call := p.Do(ctx, me.Actor, p.getCurrentUser, conform.Request{})
			p.Expect(call, p.getCurrentUser, contract.OK)
			p.Check("the state of the account", value.Text(value.Of(call), "state"), Equal("active"))
		})
}
