package barong

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// Outcomes of labels.
const (
	keyTaken    = contract.Outcome("key-taken")
	private     = contract.Outcome("private")
	valueEchoed = contract.Outcome("value-echoed")
	badOrdering = contract.Outcome("bad-ordering")
)

// Keys and values of labels are 3 to 255 characters long (barong#2.2).
const shortestLabel, longestLabel = 3, 255

// confirmedLabel is the private label that every account with a confirmed e-mail
// address has.
const confirmedLabel = "email"

func (p *api) labelSubjects() []family.Subject {
	existing := func(r conform.Request) ready {
		return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.Member(ctx)
			return me.Actor, always(r.WithPath("key", p.LabelMade(ctx, me)))
		}
	}
	return []family.Subject{
		{Operation: p.CreateLabel, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.Member(ctx)
			return me.Actor, func() conform.Request { return p.NewLabel(me) }
		}},
		{Operation: p.ListLabels, Ready: p.asMember(conform.Request{})},
		{Operation: p.GetLabel, Ready: existing(conform.Request{})},
		{Operation: p.UpdateLabel, Ready: existing(conform.Request{JSON: conform.Object{"value": "changed"}})},
		{Operation: p.DeleteLabel, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.Member(ctx)
			return me.Actor, func() conform.Request { return client.LabelAt(p.LabelMade(ctx, me)) }
		}},
	}
}

// labels are about resource/labels (barong#2.2-createLabel; barong#2.2-updateLabel; barong#2.2-getLabel;
// barong#2.2-deleteLabel; barong#2.2-listLabels; barong#10.2-15; barong#10.3-label-key).
func labels(p *api) {
	Describe("labels", func() {
		labelsMade(p)
		labelRules(p)
		labelsRead(p)
		labelsChanged(p)
		privateLabels(p)
		labelsGiveNothing(p)
	})
}

func labelsMade(p *api) {
	op := p.CreateLabel
	It("POST /resource/labels creates a public label", clause.Graded("barong.labels.created", op, contract.OK), func(ctx SpecContext) {
		me := p.Member(ctx)
		request := p.NewLabel(me)
		call := p.Do(ctx, me.Actor, op, request)
		p.Expect(call, op, contract.OK)
		made := value.Of(call)
		p.Check("its key", value.Text(made, "key"), Equal(request.JSON.(conform.Object)["key"]))
		p.Check("its value", value.Text(made, "value"), Equal("conform"))
		p.Check("its scope", value.Text(made, "scope"), Equal("public"))
		p.Check("the label that is read", p.Labelled(ctx, me, value.Text(made, "key")), Equal(made))
	})
	It("POST /resource/labels creates a public label whatever scope it is sent",
		clause.Graded("barong.labels.scope-sent", op, contract.OK, clause.From(contract.Documented, "barong#document-002-createLabel")),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			r := p.NewLabel(me).With("scope", "private")
			call := p.Do(ctx, me.Actor, op, r)
			p.Expect(call, op, contract.OK)
			p.Check("its scope", value.Text(value.Of(call), "scope"), Equal("public"))
			p.Check("its scope as it is read", value.Text(p.Labelled(ctx, me, value.Text(value.Of(call), "key")), "scope"), Equal("public"))
		})
	It("POST /resource/labels stores keys and values in lower case",
		clause.Graded("barong.labels.lower-case", op, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			key := "AF-" + strings.ToUpper(p.Nonce())
			p.DropLater(me, strings.ToLower(key))
			call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"key": key, "value": "CONFORM"}})
			p.Expect(call, op, contract.OK)
			p.Check("its key", value.Text(value.Of(call), "key"), Equal(strings.ToLower(key)))
			p.Check("its value", value.Text(value.Of(call), "value"), Equal("conform"))
			p.Check("the value that is read", value.Text(p.Labelled(ctx, me, strings.ToLower(key)), "value"), Equal("conform"))
		})
	It("POST /resource/labels reads a number as text", clause.Note("barong.labels.number", op, contract.OK), func(ctx SpecContext) {
		me := p.Member(ctx)
		call := p.Do(ctx, me.Actor, op, p.NewLabel(me).With("value", 12345))
		p.Expect(call, op, contract.OK)
		p.Check("its value", value.Text(value.Of(call), "value"), Equal("12345"))
	})
	It("POST /resource/labels creates one label for equal requests sent at once",
		clause.Should("barong.labels.parallel", op, contract.OK, clause.From(contract.Observed, "barong#9-22; barong#10.2-20")),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			request := p.NewLabel(me)
			calls := p.atOnce(ctx, 10, me.Actor, op, request)
			made := 0
			for _, call := range calls {
				if p.Is(call, op, contract.OK) {
					made++
				}
			}
			p.Check("requests that made the label", made, Equal(1))
			key, rows := request.JSON.(conform.Object)["key"].(string), 0
			for _, listed := range p.LabelKeys(ctx, me, nil) {
				if listed == key {
					rows++
				}
			}
			p.Check("labels with the key", rows, Equal(1))
		})
}

// atOnce sends a request several times at the same time.
func (p *api) atOnce(ctx context.Context, n int, by *conform.Actor, op *contract.Operation, r conform.Request) []*httpclient.Call {
	GinkgoHelper()
	calls, errs := make([]*httpclient.Call, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { calls[i], errs[i] = p.Try(ctx, by, op, r) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			p.Error("%s %s got no response: %v", op.Method, op.Path, err)
		}
	}
	return calls
}

// labelRules are what a key and a value may be made of.
func labelRules(p *api) {
	conform.Table(func(ctx SpecContext, given refused) {
		me := p.Member(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: p.CreateLabel, By: me.Actor, Outcome: given.outcome, Changes: given.changes, OnlyAfter: true,
			Control: func() conform.Request { return p.NewLabel(me) }, State: func() any { return p.LabelKeys(ctx, me, nil) },
		})
	}, []conform.Row[refused]{
		{Text: "POST /resource/labels rejects a label whose key is too short",
			Clause: clause.Graded("barong.labels.key-too-short", p.CreateLabel, "key-too-short"),
			Given:  refusedFor("key-too-short", conform.Set("key", "ab"))},
		{Text: "POST /resource/labels rejects a label whose key is too long",
			Clause: clause.Graded("barong.labels.key-too-long", p.CreateLabel, "key-too-long"),
			Given:  refusedFor("key-too-long", conform.Set("key", strings.Repeat("a", longestLabel+1)))},
		{Text: "POST /resource/labels rejects a label whose key is invalid",
			Clause: clause.Graded("barong.labels.key-invalid", p.CreateLabel, "key-invalid"),
			Given: refusedFor("key-invalid",
				conform.Set("key", "a.b"), conform.Set("key", "a$bc"), conform.Set("key", "a/bc"), conform.Set("key", "ключ"))},
		{Text: "POST /resource/labels rejects a label whose value is too short",
			Clause: clause.Graded("barong.labels.value-too-short", p.CreateLabel, "value-too-short"),
			Given:  refusedFor("value-too-short", conform.Set("value", "ab"))},
		{Text: "POST /resource/labels rejects a label whose value is too long",
			Clause: clause.Graded("barong.labels.value-too-long", p.CreateLabel, "value-too-long"),
			Given:  refusedFor("value-too-long", conform.Set("value", strings.Repeat("a", longestLabel+1)))},
		{Text: "POST /resource/labels rejects a label whose value is invalid",
			Clause: clause.Graded("barong.labels.value-invalid", p.CreateLabel, "value-invalid"),
			Given: refusedFor("value-invalid",
				conform.Set("value", "a.b"), conform.Set("value", "a$bc"), conform.Set("value", "a/bc"), conform.Set("value", "ключ"))},
	})
	It("POST /resource/labels accepts keys and values of the minimum and the maximum length",
		clause.Graded("barong.labels.bounds", p.CreateLabel, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			long := "af-" + p.Nonce() + strings.Repeat("_", longestLabel)
			for _, label := range []conform.Object{
				{"key": p.Nonce()[:shortestLabel], "value": "a-1"}, {"key": long[:longestLabel], "value": strings.Repeat("v", longestLabel)},
			} {
				p.DropLater(me, label["key"].(string))
				p.Expect(p.Do(ctx, me.Actor, p.CreateLabel, conform.Request{JSON: label}), p.CreateLabel, contract.OK)
			}
		})
	It("POST /resource/labels rejects a key that the account has already",
		clause.Graded("barong.labels.key-taken", p.CreateLabel, keyTaken), func(ctx SpecContext) {
			me := p.Member(ctx)
			key := p.LabelMade(ctx, me)
			again := conform.Request{JSON: conform.Object{"key": key, "value": "second"}}
			p.Expect(p.Do(ctx, me.Actor, p.CreateLabel, again), p.CreateLabel, keyTaken)
			p.Expect(p.Do(ctx, me.Actor, p.CreateLabel, again.With("key", strings.ToUpper(key))), p.CreateLabel, keyTaken)
			p.Check("the value of the label", value.Text(p.Labelled(ctx, me, key), "value"), Equal("conform"))
			other := p.Member(ctx)
			p.DropLater(other, key)
			p.Require("make a label with that key as another", p.Do(ctx, other.Actor, p.CreateLabel, again), p.CreateLabel, contract.OK)
		})
}

func labelsRead(p *api) {
	It("GET /resource/labels/{key} returns a label by its key",
		clause.Graded("barong.labels.read", p.GetLabel, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			key := p.LabelMade(ctx, me)
			call := p.Do(ctx, me.Actor, p.GetLabel, client.LabelAt(key))
			p.Expect(call, p.GetLabel, contract.OK)
			p.Check("its key", value.Text(value.Of(call), "key"), Equal(key))
			p.Check("its value", value.Text(value.Of(call), "value"), Equal("conform"))
		})
	It("GET /resource/labels/{key} finds no label that only another account has",
		clause.Graded("barong.labels.foreign", p.GetLabel, contract.NotFound), func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Member(ctx)
			key := p.LabelMade(ctx, other)
			p.Expect(p.Do(ctx, me.Actor, p.GetLabel, client.LabelAt(key)), p.GetLabel, contract.NotFound)
			p.Expect(p.Do(ctx, me.Actor, p.GetLabel, client.LabelAt("af-"+p.Nonce())), p.GetLabel, contract.NotFound)
			p.Check("the label of its owner", value.Text(p.Labelled(ctx, other, key), "key"), Equal(key))
		})
	It("GET /resource/labels lists the account's public and private labels and no others",
		clause.Graded("barong.labels.list", p.ListLabels, contract.OK), func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Member(ctx)
			mine, foreign := p.LabelMade(ctx, me), p.LabelMade(ctx, other)
			call := p.Do(ctx, me.Actor, p.ListLabels, conform.Request{})
			p.Expect(call, p.ListLabels, contract.OK)
			p.Check("keys that are listed", client.KeysIn(call), ContainElements(mine, confirmedLabel))
			p.Check("keys that are listed", client.KeysIn(call), Not(ContainElement(foreign)))
		})
	It("GET /resource/labels lists the oldest label first, and the newest first on request",
		clause.Graded("barong.labels.ordering", p.ListLabels, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			older := p.LabelMade(ctx, me)
			p.Wait(ctx, 2*time.Second, "labels are ordered by the second in which they were made")
			newer := p.LabelMade(ctx, me)
			for ordering, want := range map[string][]string{"": {older, newer}, "asc": {older, newer}, "desc": {newer, older}} {
				query := url.Values{}
				if ordering != "" {
					query.Set("ordering", ordering)
				}
				call := p.Do(ctx, me.Actor, p.ListLabels, conform.Request{Query: query})
				p.Expect(call, p.ListLabels, contract.OK)
				p.Check("the two labels, ordering "+ordering, only(client.KeysIn(call), older, newer), Equal(want))
			}
		})
	It("GET /resource/labels rejects an unknown ordering",
		clause.Graded("barong.labels.bad-ordering", p.ListLabels, badOrdering), func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: p.ListLabels, By: p.Member(ctx).Actor, Outcome: badOrdering,
				Control: always(conform.Request{Query: url.Values{"ordering": {"desc"}}}),
				Changes: []conform.Change{{Name: "sideways", Of: func(conform.Request) conform.Request {
					return conform.Request{Query: url.Values{"ordering": {"sideways"}}}
				}}},
			})
		})
}

// only keeps those of a list that are among the wanted.
func only(list []string, wanted ...string) []string {
	var kept []string
	for _, s := range list {
		for _, w := range wanted {
			if s == w {
				kept = append(kept, s)
			}
		}
	}
	return kept
}
