package barong

import (
	"context"
	"fmt"
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
	"authconform/suites/family"
)

// Outcomes of labels.
const (
	keyTaken    = contract.Outcome("key-taken")
	private     = contract.Outcome("private")
	valueEchoed = contract.Outcome("value-echoed")
	badOrdering = contract.Outcome("bad-ordering")
)

// Keys and values of labels are 3 to 255 characters long (facts/barong.md 2.2).
const shortestLabel, longestLabel = 3, 255

// confirmedLabel is the private label that every account with a confirmed e-mail
// address has.
const confirmedLabel = "email"

func (p *api) labelSubjects() []family.Subject {
	existing := func(r conform.Request) ready {
		return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.member(ctx)
			return me.Actor, always(r.WithPath("key", p.labelMade(ctx, me)))
		}
	}
	return []family.Subject{
		{Operation: p.createLabel, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.member(ctx)
			return me.Actor, func() conform.Request { return p.newLabel(me) }
		}},
		{Operation: p.listLabels, Ready: p.asMember(conform.Request{})},
		{Operation: p.getLabel, Ready: existing(conform.Request{})},
		{Operation: p.updateLabel, Ready: existing(conform.Request{JSON: conform.Object{"value": "changed"}})},
		{Operation: p.deleteLabel, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.member(ctx)
			return me.Actor, func() conform.Request { return labelAt(p.labelMade(ctx, me)) }
		}},
	}
}

// newLabel is a request for a label that no account has. A pooled account loses it
// again when the spec ends.
func (p *api) newLabel(me *session) conform.Request {
	key := "af-" + p.Nonce()
	p.dropLater(me, key)
	return conform.Request{JSON: conform.Object{"key": key, "value": "conform"}}
}

func (p *api) dropLater(me *session, key string) {
	if me.account.pooled {
		DeferCleanup(func(ctx SpecContext) { _, _ = p.Try(ctx, me.Actor, p.deleteLabel, labelAt(key)) })
	}
}

// labelAt is a request about the label with a key.
func labelAt(key string) conform.Request { return conform.Request{}.WithPath("key", key) }

// labelMade puts a label on an account and returns its key.
func (p *api) labelMade(ctx context.Context, me *session) string {
	GinkgoHelper()
	request := p.newLabel(me)
	p.Require("make a label", p.Do(ctx, me.Actor, p.createLabel, request), p.createLabel, contract.OK)
	return request.JSON.(conform.Object)["key"].(string)
}

// labelled reads a label by its key; one that is not there is a failure.
func (p *api) labelled(ctx context.Context, me *session, key string) any {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.getLabel, labelAt(key))
	p.Expect(call, p.getLabel, contract.OK)
	return value.Of(call)
}

// labelKeys are the keys of an account's labels, in the order of the list.
func (p *api) labelKeys(ctx context.Context, me *session, query url.Values) []string {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.listLabels, conform.Request{Query: query})
	p.Require("list the labels", call, p.listLabels, contract.OK)
	return keysIn(call)
}

func keysIn(call *httpclient.Call) []string {
	keys := []string{}
	for _, label := range value.List(value.Of(call)) {
		keys = append(keys, value.Text(label, "key"))
	}
	return keys
}

// labels are about resource/labels (facts/barong.md 2.2, facts/barong-observed.md 15).
func labels(p *api) {
	Describe("labels", func() {
		labelsMade(p)
		labelRules(p)
		labelsRead(p)
		labelsChanged(p)
		privateLabels(p)
	})
}

func labelsMade(p *api) {
	op := p.createLabel
	It("makes a public label", clause.Graded("barong.labels.created", op, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		request := p.newLabel(me)
		call := p.Do(ctx, me.Actor, op, request)
		p.Expect(call, op, contract.OK)
		made := value.Of(call)
		p.Check("its key", value.Text(made, "key"), Equal(request.JSON.(conform.Object)["key"]))
		p.Check("its value", value.Text(made, "value"), Equal("conform"))
		p.Check("its scope", value.Text(made, "scope"), Equal("public"))
		p.Check("the label that is read", p.labelled(ctx, me, value.Text(made, "key")), Equal(made))
	})
	It("writes keys and values in lower case", clause.Graded("barong.labels.lower-case", op, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		key := "AF-" + strings.ToUpper(p.Nonce())
		p.dropLater(me, strings.ToLower(key))
		call := p.Do(ctx, me.Actor, op, conform.Request{JSON: conform.Object{"key": key, "value": "CONFORM"}})
		p.Expect(call, op, contract.OK)
		p.Check("its key", value.Text(value.Of(call), "key"), Equal(strings.ToLower(key)))
		p.Check("its value", value.Text(value.Of(call), "value"), Equal("conform"))
		p.Check("the value that is read", value.Text(p.labelled(ctx, me, strings.ToLower(key)), "value"), Equal("conform"))
	})
	It("reads a number as text", clause.Note("barong.labels.number", op, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		call := p.Do(ctx, me.Actor, op, p.newLabel(me).With("value", 12345))
		p.Expect(call, op, contract.OK)
		p.Check("its value", value.Text(value.Of(call), "value"), Equal("12345"))
	})
	It("makes one label of equal requests at the same time",
		clause.Should("barong.labels.parallel", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 9.22; facts/barong-observed.md 20")),
		func(ctx SpecContext) {
			me := p.member(ctx)
			request := p.newLabel(me)
			calls := p.atOnce(ctx, 10, me.Actor, op, request)
			made := 0
			for _, call := range calls {
				if p.Is(call, op, contract.OK) {
					made++
				}
			}
			p.Check("requests that made the label", made, Equal(1))
			key, rows := request.JSON.(conform.Object)["key"].(string), 0
			for _, listed := range p.labelKeys(ctx, me, nil) {
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
	for _, m := range []string{"key", "value"} {
		rule := func(what string, broken ...string) {
			outcome := contract.Outcome(m + "-" + what)
			It(fmt.Sprintf("refuses a label whose %s is %s", m, strings.ReplaceAll(what, "-", " ")), clause.Graded("barong.labels."+string(outcome), p.createLabel, outcome),
				func(ctx SpecContext) {
					me := p.member(ctx)
					var changes []conform.Change
					for _, v := range broken {
						changes = append(changes, conform.Set(m, v))
					}
					p.Refuses(ctx, conform.Refusal{
						Operation: p.createLabel, By: me.Actor, Outcome: outcome, Changes: changes, OnlyAfter: true,
						Control: func() conform.Request { return p.newLabel(me) }, State: func() any { return p.labelKeys(ctx, me, nil) },
					})
				})
		}
		rule("too-short", "ab")
		rule("too-long", strings.Repeat("a", longestLabel+1))
		rule("invalid", "a.b", "a$bc", "a/bc", "ключ")
	}
	It("takes keys and values of the least and of the greatest length", clause.Graded("barong.labels.bounds", p.createLabel, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		long := "af-" + p.Nonce() + strings.Repeat("_", longestLabel)
		for _, label := range []conform.Object{
			{"key": p.Nonce()[:shortestLabel], "value": "a-1"}, {"key": long[:longestLabel], "value": strings.Repeat("v", longestLabel)},
		} {
			p.dropLater(me, label["key"].(string))
			p.Expect(p.Do(ctx, me.Actor, p.createLabel, conform.Request{JSON: label}), p.createLabel, contract.OK)
		}
	})
	It("refuses a key that the account has", clause.Graded("barong.labels.key-taken", p.createLabel, keyTaken), func(ctx SpecContext) {
		me := p.member(ctx)
		key := p.labelMade(ctx, me)
		again := conform.Request{JSON: conform.Object{"key": key, "value": "second"}}
		p.Expect(p.Do(ctx, me.Actor, p.createLabel, again), p.createLabel, keyTaken)
		p.Expect(p.Do(ctx, me.Actor, p.createLabel, again.With("key", strings.ToUpper(key))), p.createLabel, keyTaken)
		p.Check("the value of the label", value.Text(p.labelled(ctx, me, key), "value"), Equal("conform"))
		other := p.member(ctx)
		p.dropLater(other, key)
		p.Require("make a label with that key as another", p.Do(ctx, other.Actor, p.createLabel, again), p.createLabel, contract.OK)
	})
}

func labelsRead(p *api) {
	It("reads a label by its key", clause.Graded("barong.labels.read", p.getLabel, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		key := p.labelMade(ctx, me)
		call := p.Do(ctx, me.Actor, p.getLabel, labelAt(key))
		p.Expect(call, p.getLabel, contract.OK)
		p.Check("its key", value.Text(value.Of(call), "key"), Equal(key))
		p.Check("its value", value.Text(value.Of(call), "value"), Equal("conform"))
	})
	It("finds no label that the account has not, though another has it", clause.Graded("barong.labels.foreign", p.getLabel, contract.NotFound), func(ctx SpecContext) {
		me, other := p.member(ctx), p.member(ctx)
		key := p.labelMade(ctx, other)
		p.Expect(p.Do(ctx, me.Actor, p.getLabel, labelAt(key)), p.getLabel, contract.NotFound)
		p.Expect(p.Do(ctx, me.Actor, p.getLabel, labelAt("af-"+p.Nonce())), p.getLabel, contract.NotFound)
		p.Check("the label of its owner", value.Text(p.labelled(ctx, other, key), "key"), Equal(key))
	})
	It("lists the account's labels, public and private, and no others", clause.Graded("barong.labels.list", p.listLabels, contract.OK), func(ctx SpecContext) {
		me, other := p.member(ctx), p.member(ctx)
		mine, foreign := p.labelMade(ctx, me), p.labelMade(ctx, other)
		call := p.Do(ctx, me.Actor, p.listLabels, conform.Request{})
		p.Expect(call, p.listLabels, contract.OK)
		p.Check("keys that are listed", keysIn(call), ContainElements(mine, confirmedLabel))
		p.Check("keys that are listed", keysIn(call), Not(ContainElement(foreign)))
	})
	It("lists the oldest label first, and the newest first where it is asked to", clause.Graded("barong.labels.ordering", p.listLabels, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		older := p.labelMade(ctx, me)
		p.Wait(ctx, 2*time.Second, "labels are ordered by the second in which they were made")
		newer := p.labelMade(ctx, me)
		for ordering, want := range map[string][]string{"": {older, newer}, "asc": {older, newer}, "desc": {newer, older}} {
			query := url.Values{}
			if ordering != "" {
				query.Set("ordering", ordering)
			}
			call := p.Do(ctx, me.Actor, p.listLabels, conform.Request{Query: query})
			p.Expect(call, p.listLabels, contract.OK)
			p.Check("the two labels, ordering "+ordering, only(keysIn(call), older, newer), Equal(want))
		}
	})
	It("refuses an ordering that there is not", clause.Graded("barong.labels.bad-ordering", p.listLabels, badOrdering), func(ctx SpecContext) {
		p.Refuses(ctx, conform.Refusal{
			Operation: p.listLabels, By: p.member(ctx).Actor, Outcome: badOrdering,
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
