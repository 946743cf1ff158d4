package barong

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// Outcomes of a request that an API key signs.
const (
	keyHeaders     = contract.Outcome("api-key-headers")
	keyUnknown     = contract.Outcome("api-key-unknown")
	keyNotActive   = contract.Outcome("api-key-inactive")
	nonceInvalid   = contract.Outcome("nonce-invalid")
	nonceExpired   = contract.Outcome("nonce-expired")
	signatureWrong = contract.Outcome("signature-wrong")
)

// keyCredentials states what a signed request has to carry (barong#1.5).
// The AuthZ endpoint judges it: through the gateway by reading users/me, and by
// asking the endpoint itself where it can be reached.
func keyCredentials(p *api) {
	keyOpens(p)
	for _, read := range []struct {
		operation *contract.Operation
		area      string
		features  []string
	}{{p.GetCurrentUser, "keys", nil}, {p.AuthorizeRead, "authz-keys", []string{client.Direct}}} {
		Describe("put to "+read.operation.Method+" "+read.operation.Path, func() {
			keyRefused(p, signedRead{p, read.operation, read.area, read.features})
			keyDies(p, signedRead{p, read.operation, read.area, read.features})
		})
	}
}

func keyOpens(p *api) {
	op := p.GetCurrentUser
	It("An API key authenticates its owner without a cookie",
		clause.Graded("barong.keys.signed", op, contract.OK, clause.From(contract.Observed, "barong#1.5")),
		func(ctx SpecContext) {
			k := p.NewKey(ctx, p.Enrolled(ctx))
			p.Acts(ctx, k)
		})
	It("An API key needs no CSRF token for operations that change something",
		clause.Graded("barong.keys.signed-write", p.VerifyOTP, contract.OK, clause.From(contract.Observed, "barong#10.2-10")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			code := p.Code(ctx, me.Account.Codes) // it may wait, longer than a nonce is good for
			p.Expect(p.Do(ctx, p.Signer(k), p.VerifyOTP, p.Signed(k).With("code", code)), p.VerifyOTP, contract.OK)
		})
	It("An API key takes precedence over the cookie of another user",
		clause.Graded("barong.keys.over-cookie", op, contract.OK, clause.From(contract.Observed, "barong#10.2-10; checks#B09")),
		func(ctx SpecContext) {
			k, other := p.NewKey(ctx, p.Enrolled(ctx)), p.Member(ctx)
			call := p.Do(ctx, other.Actor, op, p.Signed(k))
			p.Expect(call, op, contract.OK)
			p.Check("the user that is read", value.Text(value.Of(call), "uid"), Equal(value.Text(k.Owner.User, "uid")))
		})
	It("An API key's nonce may be some seconds early or late",
		clause.Graded("barong.keys.nonce-window", op, contract.OK, clause.From(contract.Observed, "barong#10.2-10")),
		func(ctx SpecContext) {
			k := p.NewKey(ctx, p.Enrolled(ctx))
			for _, by := range []time.Duration{-3 * time.Second, 3 * time.Second} {
				p.Expect(p.Do(ctx, p.Signer(k), op, p.SignedWith(k, client.NonceAt(p.Now().Add(by)))), op, contract.OK)
			}
		})
	It("An API key's nonce is accepted twice, and after a later one",
		clause.Note("barong.keys.nonce-replayed", op, contract.OK, clause.From(contract.Observed, "barong#10.2-10; barong#9-11")),
		func(ctx SpecContext) {
			k := p.NewKey(ctx, p.Enrolled(ctx))
			first := p.Signed(k)
			later := p.SignedWith(k, client.NonceAt(p.Now().Add(time.Second)))
			for _, r := range []conform.Request{first, later, first} {
				p.Expect(p.Do(ctx, p.Signer(k), op, r), op, contract.OK)
			}
		})
}

// signedRead is an operation by which signed requests are judged.
type signedRead struct {
	p         *api
	operation *contract.Operation
	area      string
	features  []string
}

func (r signedRead) state(text, id string, outcome contract.Outcome, body func(SpecContext), source string, decorators ...any) {
	options := []clause.Option{clause.From(contract.Observed, source)}
	if len(r.features) > 0 {
		options = append(options, clause.Needs(r.features...))
	}
	It(r.operation.Name()+" "+text, decorators, clause.Graded("barong."+r.area+"."+id, r.operation, outcome, options...), body)
}

// pair states that a request signed with a fresh key is accepted, and refused with
// one thing changed.
func (r signedRead) pair(text, id string, outcome contract.Outcome, source string,
	changes func(context.Context, *client.Key) []conform.Change) {
	r.state(text, id, outcome, func(ctx SpecContext) {
		k := r.p.NewKey(ctx, r.p.Enrolled(ctx))
		r.p.Refuses(ctx, conform.Refusal{
			Operation: r.operation, By: r.p.Signer(k), Control: func() conform.Request { return r.p.Signed(k) },
			Changes: changes(ctx, k), Outcome: outcome,
		})
	}, source)
}

// as changes nothing but who or when a request is signed.
func (p *api) as(name string, sign func() conform.Request) conform.Change {
	return conform.Change{Name: name, Of: func(conform.Request) conform.Request { return sign() }}
}

func header(name, field string, change func(string) string) conform.Change {
	return conform.Change{Name: name, Of: func(r conform.Request) conform.Request { return r.WithHeader(field, change(r.Header.Get(field))) }}
}

func keyRefused(p *api, read signedRead) {
	read.pair("rejects an unknown API key", "unknown-kid", keyUnknown, "barong#1.3-unexistent-apikey; barong#9-25",
		func(_ context.Context, k *client.Key) []conform.Change {
			unknown := &client.Key{Kid: p.Nonce(), Secret: k.Secret}
			return []conform.Change{p.as("unknown kid", func() conform.Request { return p.Signed(unknown) })}
		})
	read.pair("rejects a nonce that is too old", "nonce-stale", nonceExpired,
		"barong#1.3-nonce-not-valid-timestamp; barong#1.3-nonce-expired; barong#9-11",
		func(_ context.Context, k *client.Key) []conform.Change {
			return []conform.Change{
				p.as("10 seconds old", func() conform.Request { return p.SignedWith(k, client.NonceAt(p.Now().Add(-10*time.Second))) }),
				p.as("an hour old", func() conform.Request { return p.SignedWith(k, client.NonceAt(p.Now().Add(-time.Hour))) }),
				p.as("seconds in place of milliseconds", func() conform.Request { return p.SignedWith(k, client.Number(int(p.Now().Unix()))) }),
			}
		})
	read.pair("rejects a nonce from the future", "nonce-future", nonceExpired,
		"barong#1.3-nonce-not-valid-timestamp; barong#1.3-nonce-expired; barong#9-11",
		func(_ context.Context, k *client.Key) []conform.Change {
			return []conform.Change{
				p.as("10 seconds ahead", func() conform.Request { return p.SignedWith(k, client.NonceAt(p.Now().Add(10*time.Second))) }),
				p.as("an hour ahead", func() conform.Request { return p.SignedWith(k, client.NonceAt(p.Now().Add(time.Hour))) }),
			}
		})
	read.pair("rejects a nonce that is not a timestamp", "nonce-nonsense", nonceInvalid,
		"barong#1.3-nonce-not-valid-timestamp; barong#1.3-nonce-expired; barong#9-11",
		func(_ context.Context, k *client.Key) []conform.Change {
			var changes []conform.Change
			for _, nonce := range []string{"abc", "0", "-1", "NaN"} {
				changes = append(changes, p.as("nonce "+nonce, func() conform.Request { return p.SignedWith(k, nonce) }))
			}
			return changes
		})
	read.pair("rejects a wrong, truncated or misplaced signature", "signature-wrong", signatureWrong, "barong#1.5",
		func(_ context.Context, k *client.Key) []conform.Change {
			forged := func(name string, sign func(nonce string) string) conform.Change {
				return p.as(name, func() conform.Request {
					nonce := client.NonceAt(p.Now())
					return p.SignedWith(k, nonce).WithHeader(p.SignatureHeader(), p.Secret("api-signature", sign(nonce)))
				})
			}
			const digits = "0123456789abcdef"
			var near []conform.Change
			for i, wrong := range family.NearProofs(digits + digits) {
				near = append(near, forged(wrong.Name, func(nonce string) string {
					return family.NearProofs(client.Signature(k.Secret, nonce, k.Kid))[i].Value
				}))
			}
			return append(near,
				forged("last digit changed", func(nonce string) string { return otherDigit(client.Signature(k.Secret, nonce, k.Kid)) }),
				forged("cut short", func(nonce string) string { return client.Signature(k.Secret, nonce, k.Kid)[:63] }),
				forged("of another nonce", func(string) string {
					return client.Signature(k.Secret, client.NonceAt(p.Now().Add(-time.Second)), k.Kid)
				}),
				forged("of kid and nonce the wrong way round", func(nonce string) string { return client.Signature(k.Secret, k.Kid, nonce) }),
				forged("of the kid alone", func(string) string { return client.Signature(k.Secret, "", k.Kid) }),
				forged("of the nonce alone", func(nonce string) string { return client.Signature(k.Secret, nonce, "") }),
				forged("with an empty secret", func(nonce string) string { return client.Signature("", nonce, k.Kid) }),
				forged("with the kid for a secret", func(nonce string) string { return client.Signature(k.Kid, nonce, k.Kid) }))
		})
	read.pair("rejects a signature in upper case", "signature-upper-case", signatureWrong, "barong#10.2-10",
		func(context.Context, *client.Key) []conform.Change {
			return []conform.Change{header("upper case", p.SignatureHeader(), strings.ToUpper)}
		})
	read.pair("rejects a signature under the secret of another key", "signature-of-other-key", signatureWrong, "barong#1.5",
		func(ctx context.Context, k *client.Key) []conform.Change {
			own, foreign := p.NewKey(ctx, k.Owner), p.NewKey(ctx, p.Enrolled(ctx))
			return []conform.Change{
				p.as("the user's other key", func() conform.Request { return p.Signed(&client.Key{Kid: k.Kid, Secret: own.Secret}) }),
				p.as("another user's key", func() conform.Request { return p.Signed(&client.Key{Kid: k.Kid, Secret: foreign.Secret}) }),
			}
		})
	for _, h := range []struct {
		id    string
		field func() string
	}{{"kid", p.KidHeader}, {"nonce", p.NonceHeader}, {"signature", p.SignatureHeader}} {
		read.pair("rejects a signed request without the header of its "+h.id, "without-"+h.id, keyHeaders, "barong#10.2-10",
			func(context.Context, *client.Key) []conform.Change {
				return []conform.Change{
					{Name: "without the " + h.id, Of: func(r conform.Request) conform.Request {
						r.Header = r.Header.Clone()
						r.Header.Del(h.field())
						return r
					}},
					header("empty "+h.id, h.field(), func(string) string { return "" }),
				}
			})
		read.state("does not fall back to the cookie when the header of its "+h.id+" is missing", "without-"+h.id+"-with-cookie", keyHeaders,
			func(ctx SpecContext) {
				me := p.Enrolled(ctx)
				k := p.NewKey(ctx, me)
				r := p.Signed(k)
				p.Expect(p.Do(ctx, me.Actor, read.operation, r), read.operation, contract.OK)
				r = p.Signed(k)
				r.Header.Del(h.field())
				p.Expect(p.Do(ctx, me.Actor, read.operation, r), read.operation, keyHeaders)
			}, "barong#10.2-10")
	}
	read.state("does not fall back to the cookie when the key is unknown", "unknown-kid-with-cookie", keyUnknown, func(ctx SpecContext) {
		me := p.Member(ctx)
		unknown := &client.Key{Kid: p.Nonce(), Secret: p.Secret("api-secret", p.Nonce())}
		p.Expect(p.Do(ctx, me.Actor, read.operation, conform.Request{}), read.operation, contract.OK)
		p.Expect(p.Do(ctx, me.Actor, read.operation, p.Signed(unknown)), read.operation, keyUnknown)
	}, "barong#10.2-10")
}

// keyDies states what ends a key.
func keyDies(p *api, read signedRead) {
	op := read.operation
	dead := func(ctx context.Context, k *client.Key, outcome contract.Outcome) {
		GinkgoHelper()
		p.Expect(p.Do(ctx, p.Signer(k), op, p.Signed(k)), op, outcome)
	}
	alive := func(ctx context.Context, k *client.Key) {
		GinkgoHelper()
		p.Expect(p.Do(ctx, p.Signer(k), op, p.Signed(k)), op, contract.OK)
	}
	off := func(ctx context.Context, me *client.Session) {
		GinkgoHelper()
		p.Require("switch the second factor off", p.PutCode(ctx, me, p.DisableOTP, p.Code(ctx, me.Account.Codes)), p.DisableOTP, contract.OK)
	}
	for _, state := range []string{client.KeyInactive, "whatever"} {
		read.state("rejects an API key in state "+state, "state-"+state, keyNotActive, func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			alive(ctx, k)
			p.Require("change the key's state", p.Change(ctx, me, k, conform.Object{"state": state}), p.UpdateKey, contract.OK)
			dead(ctx, k, keyNotActive)
		}, "barong#10.2-10")
	}
	read.state("rejects a deleted API key", "deleted", keyUnknown, func(ctx SpecContext) {
		me := p.Enrolled(ctx)
		k := p.NewKey(ctx, me)
		alive(ctx, k)
		p.Require("delete the key",
			p.Do(ctx, me.Actor, p.DeleteKey, client.Changed(k, p.Code(ctx, me.Account.Codes), nil)), p.DeleteKey, contract.OK)
		dead(ctx, k, keyUnknown)
	}, "barong#1.3")
	read.state("rejects an API key once its owner has disabled the second factor", "dead-after-disable", keyNotActive, func(ctx SpecContext) {
		me := p.JustEnrolled(ctx)
		k := p.NewKey(ctx, me)
		alive(ctx, k)
		off(ctx, me)
		dead(ctx, k, keyNotActive)
		p.Check("the key's state in the list", value.Text(p.EntityOf(ctx, k), "state"), Equal(client.KeyInactive))
	}, "barong#10.2-9; barong#9-10")
	read.state("keeps an API key disabled when its owner enables the second factor again", "dead-after-enable", keyNotActive,
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			k := p.NewKey(ctx, me)
			alive(ctx, k)
			off(ctx, me)
			p.SwitchOn(ctx, me, me.Account.Codes, p.Code(ctx, me.Account.Codes))
			dead(ctx, k, keyNotActive)
			p.Require("activate the key", p.Change(ctx, me, k, conform.Object{"state": client.KeyActive}), p.UpdateKey, contract.OK)
			p.Expect(p.Do(ctx, p.Signer(k), op, p.Signed(k)), op, contract.OK)
		}, "barong#10.2-9", Serial)
	read.state("rejects an API key whose owner was deleted", "dead-after-delete", keyNotActive, func(ctx SpecContext) {
		me := p.Enrolled(ctx)
		k := p.NewKey(ctx, me)
		alive(ctx, k)
		p.RetireIfPooled(me, "it was deleted")
		r := conform.Request{JSON: conform.Object{"password": me.Account.Password, "otp_code": p.Code(ctx, me.Account.Codes)}}
		p.Require("delete the user", p.Do(ctx, me.Actor, p.DeleteCurrentUser, r), p.DeleteCurrentUser, contract.OK)
		dead(ctx, k, keyNotActive)
	}, "barong#1.5-inactive; barong#9-10")
}
