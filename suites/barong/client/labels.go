package client

import (
	"context"
	"net/url"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// NewLabel is a request for a label that no account has. A pooled account loses it
// again when the spec ends.
func (p *Client) NewLabel(me *Session) conform.Request {
	key := "af-" + p.Nonce()
	p.DropLater(me, key)
	return conform.Request{JSON: conform.Object{"key": key, "value": "conform"}}
}

func (p *Client) DropLater(me *Session, key string) {
	if me.Account.Pooled {
		ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { _, _ = p.Try(ctx, me.Actor, p.DeleteLabel, LabelAt(key)) })
	}
}

// LabelAt is a request about the label with a key.
func LabelAt(key string) conform.Request { return conform.Request{}.WithPath("key", key) }

// LabelMade puts a label on an account and returns its key.
func (p *Client) LabelMade(ctx context.Context, me *Session) string {
	ginkgo.GinkgoHelper()
	request := p.NewLabel(me)
	p.Require("make a label", p.Do(ctx, me.Actor, p.CreateLabel, request), p.CreateLabel, contract.OK)
	return request.JSON.(conform.Object)["key"].(string)
}

// Labelled reads a label by its key; one that is not there is a failure.
func (p *Client) Labelled(ctx context.Context, me *Session, key string) any {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.GetLabel, LabelAt(key))
	p.Expect(call, p.GetLabel, contract.OK)
	return value.Of(call)
}

// LabelKeys are the keys of an account's labels, in the order of the list.
func (p *Client) LabelKeys(ctx context.Context, me *Session, query url.Values) []string {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListLabels, conform.Request{Query: query})
	p.Require("list the labels", call, p.ListLabels, contract.OK)
	return KeysIn(call)
}

func KeysIn(call *httpclient.Call) []string {
	keys := []string{}
	for _, label := range value.List(value.Of(call)) {
		keys = append(keys, value.Text(label, "key"))
	}
	return keys
}
