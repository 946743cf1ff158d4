package barong

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// Headers of a request that an API key signs.
const (
	kidHeader       = "X-Auth-Apikey"
	nonceHeader     = "X-Auth-Nonce"
	signatureHeader = "X-Auth-Signature"
)

// States of a key. Any text is one, and only active lets a key in.
const (
	keyActive   = "active"
	keyInactive = "inactive"
)

// key is an API key, known with its secret.
type key struct {
	kid, secret string
	owner       *session
	entity      any
}

// signature is the lower-case hexadecimal HMAC-SHA256 (RFC 2104) of nonce and kid.
// Neither method nor path nor body is signed (facts/barong.md 1.5).
func signature(secret, nonce, kid string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(nonce + kid))
	return hex.EncodeToString(mac.Sum(nil))
}

// nonceAt is a moment as a nonce: milliseconds since 1970.
func nonceAt(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// signedWith signs a request with a key and a nonce.
func (p *api) signedWith(k *key, nonce string) conform.Request {
	return conform.Request{Header: http.Header{
		kidHeader: {k.kid}, nonceHeader: {nonce}, signatureHeader: {p.Secret("api-signature", signature(k.secret, nonce, k.kid))},
	}}
}

// signed signs a request with a key, now.
func (p *api) signed(k *key) conform.Request { return p.signedWith(k, nonceAt(p.Now())) }

// signer is a client with nothing but what each request brings, at the address of
// the key's owner.
func (p *api) signer(k *key) *conform.Actor { return p.visitorAt(k.owner.account.address) }

// keyBody asks for a key.
func keyBody(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"algorithm": "HS256", "totp_code": code}}
}

// made makes a key of a user.
func (p *api) made(ctx context.Context, me *session, r conform.Request) *key {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.createKey, r)
	p.Require("make an API key", call, p.createKey, contract.OK)
	return p.keyIn(call, me, p.deleteKey, nil)
}

// newKey makes a key of a user with a fresh code.
func (p *api) newKey(ctx context.Context, me *session) *key {
	GinkgoHelper()
	return p.made(ctx, me, keyBody(p.Code(ctx, me.account.codes)))
}

// keyIn reads the key out of the answer that made it. The key of a pooled account
// is deleted when the spec ends.
func (p *api) keyIn(call *httpclient.Call, me *session, remove *contract.Operation, more conform.Object) *key {
	GinkgoHelper()
	entity := value.Of(call)
	k := &key{kid: value.Text(entity, "kid"), secret: p.Secret("api-secret", value.Text(entity, "secret")), owner: me, entity: entity}
	if k.kid == "" || k.secret == "" {
		p.Untestable("the answer that makes an API key gives no kid or no secret")
	}
	if me.account.pooled {
		DeferCleanup(func(ctx SpecContext) { p.remove(ctx, k, remove, more) })
	}
	return k
}

// keepKeys deletes, when the spec ends, the keys that a pooled account did not have
// before: where a probe makes them, nobody sees their answer.
func (p *api) keepKeys(ctx context.Context, me *session) {
	GinkgoHelper()
	if !me.account.pooled {
		return
	}
	before := p.ownKeys(ctx, me)
	DeferCleanup(func(ctx SpecContext) {
		call, err := p.Try(ctx, me.Actor, p.listKeys, conform.Request{})
		if err != nil || !p.Is(call, p.listKeys, contract.OK) {
			me.account.Retire("its API keys could not be listed")
			return
		}
		for _, kid := range kids(call) {
			if !slices.Contains(before, kid) {
				p.remove(ctx, &key{kid: kid, owner: me}, p.deleteKey, nil)
			}
		}
	})
}

// remove deletes the key of a pooled account. An account whose key stays is not
// handed out any more.
func (p *api) remove(ctx context.Context, k *key, op *contract.Operation, more conform.Object) {
	r := conform.Request{JSON: more}.WithPath("kid", k.kid).With("totp_code", p.Code(ctx, k.owner.account.codes))
	call, err := p.Try(ctx, k.owner.Actor, op, r)
	if err == nil && (p.Is(call, op, contract.OK) || p.Is(call, op, contract.NotFound)) {
		return
	}
	k.owner.account.Retire("an API key could not be deleted again")
}

// changed is a request that changes a key, or deletes it.
func changed(k *key, code string, members conform.Object) conform.Request {
	return conform.Request{JSON: members}.WithPath("kid", k.kid).With("totp_code", code)
}

// kids are the keys that a list shows, in its order.
func kids(call *httpclient.Call) []string {
	var all []string
	for _, entity := range value.List(value.Of(call)) {
		all = append(all, value.Text(entity, "kid"))
	}
	return all
}

// ownKeys are a user's keys by id.
func (p *api) ownKeys(ctx context.Context, me *session) []string {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.listKeys, conform.Request{})
	p.Require("list the keys", call, p.listKeys, contract.OK)
	return kids(call)
}

// acts requires that a key lets a request in, and as its owner.
func (p *api) acts(ctx context.Context, k *key) {
	GinkgoHelper()
	call := p.Do(ctx, p.signer(k), p.getCurrentUser, p.signed(k))
	p.Expect(call, p.getCurrentUser, contract.OK)
	p.Check("the user that the key acts as", value.Text(value.Of(call), "uid"), Equal(value.Text(k.owner.user, "uid")))
}

// headerNumber is a header field read as a number; -1 where it is none.
func headerNumber(call *httpclient.Call, name string) int {
	n, err := strconv.Atoi(call.Header.Get(name))
	if err != nil {
		return -1
	}
	return n
}

func number(n int) string { return strconv.Itoa(n) }
