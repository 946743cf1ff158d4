package client

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// States of a key. Any text is one, and only active lets a key in.
const (
	KeyActive   = "active"
	KeyInactive = "inactive"
)

// Key is an API key, known with its secret.
type Key struct {
	Kid, Secret string
	Owner       *Session
	Entity      any
}

// Signature is the lower-case hexadecimal HMAC-SHA256 (RFC 2104) of nonce and kid.
// Neither method nor path nor body is signed (barong#1.5).
func Signature(secret, nonce, kid string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(nonce + kid))
	return hex.EncodeToString(mac.Sum(nil))
}

// NonceAt is a moment as a nonce: milliseconds since 1970.
func NonceAt(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// SignedWith signs a request with a key and a nonce.
func (p *Client) SignedWith(k *Key, nonce string) conform.Request {
	header := http.Header{}
	header.Set(p.KidHeader(), k.Kid)
	header.Set(p.NonceHeader(), nonce)
	header.Set(p.SignatureHeader(), p.Secret("api-signature", Signature(k.Secret, nonce, k.Kid)))
	return conform.Request{Header: header}
}

// Signed signs a request with a key, now.
func (p *Client) Signed(k *Key) conform.Request { return p.SignedWith(k, NonceAt(p.Now())) }

// Signer is a client with nothing but what each request brings, at the address of
// the key's owner.
func (p *Client) Signer(k *Key) *conform.Actor { return p.VisitorAt(k.Owner.Account.Address) }

// KeyBody asks for a key.
func KeyBody(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"algorithm": "HS256", "totp_code": code}}
}

// Made makes a key of a user.
func (p *Client) Made(ctx context.Context, me *Session, r conform.Request) *Key {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.CreateKey, r)
	p.Require("make an API key", call, p.CreateKey, contract.OK)
	return p.KeyIn(call, me, p.DeleteKey, nil)
}

// NewKey makes a key of a user with a fresh code.
func (p *Client) NewKey(ctx context.Context, me *Session) *Key {
	ginkgo.GinkgoHelper()
	return p.Made(ctx, me, KeyBody(p.Code(ctx, me.Account.Codes)))
}

// KeyIn reads the key out of the answer that made it. The key of a pooled account
// is deleted when the spec ends.
func (p *Client) KeyIn(call *httpclient.Call, me *Session, remove *contract.Operation, more conform.Object) *Key {
	ginkgo.GinkgoHelper()
	entity := value.Of(call)
	k := &Key{Kid: value.Text(entity, "kid"), Secret: p.Secret("api-secret", value.Text(entity, "secret")), Owner: me, Entity: entity}
	if k.Kid == "" || k.Secret == "" {
		p.Untestable("the answer that makes an API key gives no kid or no secret")
	}
	p.DeleteLater(k, remove, more)
	return k
}

// KeepKeys deletes, when the spec ends, the keys that a pooled account did not have
// before: where a probe makes them, nobody sees their answer.
func (p *Client) KeepKeys(ctx context.Context, me *Session) {
	ginkgo.GinkgoHelper()
	if !me.Account.Pooled {
		return
	}
	before := p.OwnKeys(ctx, me)
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		call, err := p.Try(ctx, me.Actor, p.ListKeys, conform.Request{})
		if err != nil || !p.Is(call, p.ListKeys, contract.OK) {
			me.Account.Retire("its API keys could not be listed")
			return
		}
		for _, kid := range Kids(call) {
			if !slices.Contains(before, kid) {
				p.debts.add(debt{&Key{Kid: kid, Owner: me}, p.DeleteKey, nil})
			}
		}
		p.pay(ctx)
	})
}

// Changed is a request that changes a key, or deletes it.
func Changed(k *Key, code string, members conform.Object) conform.Request {
	return conform.Request{JSON: members}.WithPath("kid", k.Kid).With("totp_code", code)
}

// Kids are the keys that a list shows, in its order.
func Kids(call *httpclient.Call) []string {
	var all []string
	for _, entity := range value.List(value.Of(call)) {
		all = append(all, value.Text(entity, "kid"))
	}
	return all
}

// OwnKeys are a user's keys by id.
func (p *Client) OwnKeys(ctx context.Context, me *Session) []string {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListKeys, conform.Request{})
	p.Require("list the keys", call, p.ListKeys, contract.OK)
	return Kids(call)
}

// Acts requires that a key lets a request in, and as its owner.
func (p *Client) Acts(ctx context.Context, k *Key) {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, p.Signer(k), p.GetCurrentUser, p.Signed(k))
	p.Expect(call, p.GetCurrentUser, contract.OK)
	p.Check("the user that the key acts as", value.Text(value.Of(call), "uid"), gomega.Equal(value.Text(k.Owner.User, "uid")))
}

// HeaderNumber is a header field read as a number; -1 where it is none.
func HeaderNumber(call *httpclient.Call, name string) int {
	n, err := strconv.Atoi(call.Header.Get(name))
	if err != nil {
		return -1
	}
	return n
}

func Number(n int) string { return strconv.Itoa(n) }

// Change sends a change of a key with a fresh code of the sender's.
func (p *Client) Change(ctx context.Context, me *Session, k *Key, members conform.Object) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, me.Actor, p.UpdateKey, Changed(k, p.Code(ctx, me.Account.Codes), members))
}

// EntityOf is how a user's list shows a key; nil where it does not.
func (p *Client) EntityOf(ctx context.Context, k *Key) any {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, k.Owner.Actor, p.ListKeys, conform.Request{})
	p.Require("list the keys", call, p.ListKeys, contract.OK)
	for _, entity := range value.List(value.Of(call)) {
		if value.Text(entity, "kid") == k.Kid {
			return entity
		}
	}
	return nil
}
