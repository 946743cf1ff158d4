package barong

import (
	"context"
	"slices"
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

// Outcomes of the data storage.
const (
	titleUnknown  = contract.Outcome("title-unknown")
	titleReserved = contract.Outcome("title-reserved")
	titleTaken    = contract.Outcome("title-taken")
)

// longestStored is how many characters of data one title takes (barong#2.2).
const longestStored = 5120

// reservedTitles are names of things that an account has anyway.
var reservedTitles = []string{"document", "label", "profile", "phone", "user"}

// storageSubjects are called with a title that no deployment takes: how it is
// refused shows that a request got through, on deployments that take no title at
// all as well, and nothing stays on the account.
func (p *api) storageSubjects() []family.Subject {
	return []family.Subject{{
		Operation: p.CreateDataStorage, Expected: titleUnknown,
		Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.Member(ctx).Actor, always(stored("af-"+p.Nonce(), `{"a":"b"}`))
		},
	}}
}

func stored(title, data string) conform.Request {
	return conform.Request{JSON: conform.Object{"title": title, "data": data}}
}

// titles are those that the target file names, without the reserved ones.
func (p *api) titles() []string {
	GinkgoHelper()
	all := strings.Split(p.Setting(client.StorageTitles), ",")
	all = slices.DeleteFunc(all, func(t string) bool { return t == "" || slices.Contains(reservedTitles, t) })
	if len(all) == 0 {
		p.Untestable("the target file names no title in settings.%s that is not reserved", client.StorageTitles)
	}
	return all
}

// storagesOf are the data that an account has stored.
func (p *api) storagesOf(ctx context.Context, me *client.Session) []any {
	GinkgoHelper()
	return value.List(p.UserOf(ctx, me), "data_storages")
}

// storage is about resource/data_storage (barong#2.2).
func storage(p *api) {
	op := p.CreateDataStorage
	Describe("data storage", func() {
		It("POST /resource/data_storage stores data under a title and labels the account with it",
			clause.Graded("barong.data-storage.created", op, contract.OK, clause.Needs(client.DataStorage)), func(ctx SpecContext) {
				me, title := p.DisposableMember(ctx), p.titles()[0]
				p.Expect(p.Do(ctx, me.Actor, op, stored(title, `{"a":"b"}`)), op, contract.OK)
				kept := p.storagesOf(ctx, me)
				p.Check("data that are stored", kept, HaveLen(1))
				p.Check("their title", value.Text(kept[0], "title"), Equal(title))
				p.Check("the data", value.Text(kept[0], "data"), Equal(`{"a":"b"}`))
				label := p.Labelled(ctx, me, title)
				p.Check("the label of the title",
					[]string{value.Text(label, "value"), value.Text(label, "scope")}, Equal([]string{"recorded", "private"}))
			})
		It("POST /resource/data_storage accepts data of the maximum length",
			clause.Graded("barong.data-storage.longest", op, contract.OK, clause.Needs(client.DataStorage)), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.DisposableMember(ctx).Actor, op, stored(p.titles()[0], jsonOf(longestStored))), op, contract.OK)
			})
		It("POST /resource/data_storage rejects a title that the account has used",
			clause.Graded("barong.data-storage.title-taken", op, titleTaken, clause.Needs(client.DataStorage)), func(ctx SpecContext) {
				me, title := p.DisposableMember(ctx), p.titles()[0]
				p.Require("store data", p.Do(ctx, me.Actor, op, stored(title, `{"a":"first"}`)), op, contract.OK)
				p.Expect(p.Do(ctx, me.Actor, op, stored(title, `{"a":"second"}`)), op, titleTaken)
				p.Check("data that are stored", p.storagesOf(ctx, me), HaveLen(1))
				p.Check("the data", value.Text(p.storagesOf(ctx, me)[0], "data"), Equal(`{"a":"first"}`))
				other := p.DisposableMember(ctx)
				p.Require("store data under that title as another", p.Do(ctx, other.Actor, op, stored(title, `{"a":"b"}`)), op, contract.OK)
			})
		storageRefused(p)
	})
}

func storageRefused(p *api) {
	op := p.CreateDataStorage
	It("POST /resource/data_storage rejects a title that the deployment does not allow",
		clause.Graded("barong.data-storage.title-unknown", op, titleUnknown), func(ctx SpecContext) {
			me := p.Member(ctx)
			before := p.storagesOf(ctx, me)
			for _, title := range []string{"af-" + p.Nonce(), "a b"} {
				p.Expect(p.Do(ctx, me.Actor, op, stored(title, `{"a":"b"}`)), op, titleUnknown)
			}
			p.Check("data that are stored", p.storagesOf(ctx, me), Equal(before))
		})
	// A reserved title that the deployment does not name is refused for both reasons.
	It("POST /resource/data_storage rejects a reserved title",
		clause.Should("barong.data-storage.title-reserved", op, titleReserved, clause.Needs(client.DataStorage)),
		func(ctx SpecContext) {
			named := strings.Split(p.Setting(client.StorageTitles), ",")
			i := slices.IndexFunc(named, func(t string) bool { return slices.Contains(reservedTitles, t) })
			if i < 0 {
				p.Untestable("no title in settings.%s is a reserved one", client.StorageTitles)
			}
			me := p.EmptyMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, stored(named[i], `{"a":"b"}`)), op, titleReserved)
			p.Check("data that are stored", p.storagesOf(ctx, me), BeEmpty())
		})
	conform.Table(func(ctx SpecContext, given refused) {
		me, title := p.DisposableMember(ctx), p.titles()[0]
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: me.Actor, Control: always(stored(title, `{"a":"b"}`)), Outcome: given.outcome, OnlyAfter: true,
			Changes: given.changes, State: func() any { return p.storagesOf(ctx, me) },
		})
	}, []conform.Row[refused]{
		{Text: "POST /resource/data_storage rejects data that is not JSON",
			Clause: clause.Graded("barong.data-storage.data-invalid", op, "data-invalid", clause.Needs(client.DataStorage)),
			Given:  refusedFor("data-invalid", valuesOf("data", []string{`{"a":`, "plain text"})...)},
		{Text: "POST /resource/data_storage rejects data of more than 5120 characters",
			Clause: clause.Graded("barong.data-storage.data-too-long", op, "data-too-long", clause.Needs(client.DataStorage)),
			Given:  refusedFor("data-too-long", valuesOf("data", []string{jsonOf(longestStored + 1)})...)},
	})
}
