package barong

import (
	"context"
	"net/url"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

// keyList is a list of keys in pages, which both kinds of owner have.
type keyList struct {
	operation *contract.Operation
	area      string
	// ready makes two keys, the first one first, and asks for the list with more
	// in the query.
	ready func(context.Context) *keyPages
	// serial is Serial where the accounts that have such a list are few.
	serial []any
}

// keyPages are the pages of one owner's list.
type keyPages struct {
	p         *api
	operation *contract.Operation
	by        *conform.Actor
	query     url.Values
	made      []string // kids in the order they were made
}

// ask reads the list with pairs of names and values in the query.
func (k *keyPages) ask(ctx context.Context, pairs ...string) *httpclient.Call {
	GinkgoHelper()
	return k.p.Do(ctx, k.by, k.operation, k.request(pairs...))
}

func (k *keyPages) request(pairs ...string) conform.Request {
	query := url.Values{}
	for name, values := range k.query {
		query[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return conform.Request{Query: query}
}

// shows requires a page with the kids, in that order.
func (k *keyPages) shows(ctx context.Context, what string, want []string, pairs ...string) *httpclient.Call {
	GinkgoHelper()
	call := k.ask(ctx, pairs...)
	k.p.Expect(call, k.operation, contract.OK)
	k.p.Check(what, client.Kids(call), Equal(want))
	return call
}

// keyListsOf states how a list of keys is ordered and cut into pages.
func keyListsOf(p *api, l keyList) {
	op := l.operation
	at := func(id string, outcome contract.Outcome, options ...clause.Option) clause.Clause {
		return clause.Graded("barong."+l.area+"."+id, op, outcome, options...)
	}
	pages := clause.From(contract.Observed, "barong#5.5")
	conform.Table(func(ctx SpecContext, check func(*keyPages, SpecContext)) { check(l.ready(ctx), ctx) },
		[]conform.Row[func(*keyPages, SpecContext)]{
			{Text: op.Name() + " lists the keys in the order of creation, without secrets",
				Clause: at("list", contract.OK), Given: (*keyPages).inOrder},
			{Text: op.Name() + " splits the list into pages and describes each",
				Clause: at("pages", contract.OK, pages), Given: (*keyPages).inPages},
			{Text: op.Name() + " returns an empty page past the end",
				Clause: at("past-end", contract.OK, pages), Given: (*keyPages).pastTheEnd},
			{Text: op.Name() + " treats an empty page or limit as absent",
				Clause: at("empty-page", contract.OK, clause.From(contract.Observed, "barong#10.2-14")), Given: (*keyPages).emptyPage},
			{Text: op.Name() + " reverses the order on request",
				Clause: at("descending", contract.OK, clause.From(contract.Observed, "barong#2.2")), Given: (*keyPages).descending},
			{Text: op.Name() + " orders by a column",
				Clause: at("order-by", contract.OK, clause.From(contract.Observed, "barong#2.2")), Given: (*keyPages).byColumn},
		}, l.serial...)
	conform.Table(func(ctx SpecContext, q wrongQuery) { l.ready(ctx).rejects(ctx, q) }, []conform.Row[wrongQuery]{
		{Text: op.Name() + " rejects a query with an unknown ordering",
			Clause: at("bad-ordering", "bad-ordering"), Given: wrongQuery{"bad-ordering", "ordering", []string{"up", "ascending", "asc,desc"}}},
		{Text: op.Name() + " rejects a query with an unknown order_by",
			Clause: at("bad-order-by", "bad-order-by"), Given: wrongQuery{"bad-order-by", "order_by", []string{"nothing", "id;--", "users.id"}}},
		{Text: op.Name() + " rejects a query with a page that is not an integer",
			Clause: at("page-not-integer", "page-not-integer"), Given: wrongQuery{"page-not-integer", "page", []string{"x", "1x"}}},
		{Text: op.Name() + " rejects a query with a page below 1",
			Clause: at("page-not-positive", "page-not-positive"), Given: wrongQuery{"page-not-positive", "page", []string{"0", "-1"}}},
		{Text: op.Name() + " rejects a query with a limit that is not an integer",
			Clause: at("limit-not-integer", "limit-not-integer"), Given: wrongQuery{"limit-not-integer", "limit", []string{"x", "1x"}}},
		{Text: op.Name() + " rejects a query with a limit below 1 or above 100",
			Clause: at("limit-out-of-range", "limit-out-of-range"), Given: wrongQuery{"limit-out-of-range", "limit", []string{"0", "-1", "101"}}},
	}, l.serial...)
}

func (k *keyPages) inOrder(ctx SpecContext) {
	call := k.shows(ctx, "keys", k.made)
	k.p.Check("pages", pageOf(call), Equal(page{total: len(k.made), size: 100, number: 1}))
}

func (k *keyPages) inPages(ctx SpecContext) {
	total := len(k.made)
	for i, kid := range k.made {
		call := k.shows(ctx, "keys of the page", []string{kid}, "limit", "1", "page", client.Number(i+1))
		k.p.Check("what the page says of itself", pageOf(call), Equal(page{total: total, size: 1, number: i + 1}))
		k.p.Check("links to other pages", relations(call), Equal(neighbours(i+1, total)))
	}
}

func (k *keyPages) pastTheEnd(ctx SpecContext) {
	k.shows(ctx, "keys past the end", nil, "limit", "1", "page", client.Number(len(k.made)+1))
}

func (k *keyPages) emptyPage(ctx SpecContext) {
	k.shows(ctx, "keys", k.made, "page", "", "limit", "")
}

func (k *keyPages) descending(ctx SpecContext) {
	reverse := slices.Clone(k.made)
	slices.Reverse(reverse)
	k.shows(ctx, "keys, ordering asc", k.made, "ordering", "asc")
	k.shows(ctx, "keys, ordering desc", reverse, "ordering", "desc")
}

func (k *keyPages) byColumn(ctx SpecContext) {
	sorted := slices.Sorted(slices.Values(k.made))
	k.shows(ctx, "keys by kid", sorted, "order_by", "kid")
	slices.Reverse(sorted)
	k.shows(ctx, "keys by kid, descending", sorted, "order_by", "kid", "ordering", "desc")
}

// wrongQuery is a parameter of the query with values that it must not have.
type wrongQuery struct {
	outcome contract.Outcome
	name    string
	values  []string
}

func (k *keyPages) rejects(ctx SpecContext, q wrongQuery) {
	var changes []conform.Change
	for _, v := range q.values {
		changes = append(changes, conform.Change{Name: q.name + "=" + v,
			Of: func(conform.Request) conform.Request { return k.request(q.name, v) }})
	}
	k.p.Refuses(ctx, conform.Refusal{Operation: k.operation, By: k.by, Changes: changes, Outcome: q.outcome,
		Control: func() conform.Request { return k.request() }})
}

// page is what the headers of a list say.
type page struct{ total, size, number int }

func pageOf(call *httpclient.Call) page {
	return page{client.HeaderNumber(call, "Total"), client.HeaderNumber(call, "Per-Page"), client.HeaderNumber(call, "Page")}
}

// relations are the kinds of links to other pages (RFC 8288), sorted.
func relations(call *httpclient.Call) []string {
	found := []string{}
	for _, link := range strings.Split(call.Header.Get("Link"), ",") {
		if _, rel, ok := strings.Cut(link, `rel="`); ok {
			found = append(found, strings.TrimSuffix(strings.TrimSpace(rel), `"`))
		}
	}
	slices.Sort(found)
	return found
}

// neighbours are the links that a page of so many has: first and prev but on the
// first page, last and next but on the last.
func neighbours(page, pages int) []string {
	links := []string{}
	if page > 1 {
		links = append(links, "first", "prev")
	}
	if page < pages {
		links = append(links, "last", "next")
	}
	slices.Sort(links)
	return links
}

func listsOwnKeys(p *api) {
	op := p.ListKeys
	keyListsOf(p, keyList{operation: op, area: "keys", ready: func(ctx context.Context) *keyPages {
		GinkgoHelper()
		me := p.Enrolled(ctx)
		made := p.OwnKeys(ctx, me)
		for range 2 {
			made = append(made, p.NewKey(ctx, me).Kid)
		}
		return &keyPages{p: p, operation: op, by: me.Actor, made: made}
	}})
	It("GET /resource/api_keys lists only the caller's keys and needs no second factor",
		clause.Graded("barong.keys.list-own", op, contract.OK, clause.From(contract.Observed, "barong#2.2-listKeys; checks#F16")),
		func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Enrolled(ctx)
			k := p.NewKey(ctx, other)
			for _, query := range []url.Values{nil, {"uid": {value.Text(other.User, "uid")}}, {"user_id": {"1"}}} {
				call := p.Do(ctx, me.Actor, op, conform.Request{Query: query})
				p.Expect(call, op, contract.OK)
				p.Check("a user's own keys", client.Kids(call), Not(ContainElement(k.Kid)))
			}
			p.Check("the other user's keys", p.OwnKeys(ctx, other), ContainElement(k.Kid))
		})
}
