package client

import (
	"context"
	"sync"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// UserOf is what an account reads of itself.
func (p *Client) UserOf(ctx context.Context, me *Session) any {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{})
	p.Require("read the account", call, p.GetCurrentUser, contract.OK)
	return value.Of(call)
}

// Seen is a member whose last activity is a log-in.
func (p *Client) Seen(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	return p.LogIn(ctx, p.Member(ctx).Account)
}

// untouched is a member without documents, profiles, phones and stored data.
// Nothing takes those off an account again, so pooled ones may have them of an
// earlier run: such are passed over.
func (p *Client) EmptyMember(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	for {
		me := p.Member(ctx)
		if !me.Account.Pooled || p.holdsNothing(ctx, me) {
			return me
		}
		me.Account.Retire("it has documents, a profile, a phone or stored data already")
	}
}

func (p *Client) holdsNothing(ctx context.Context, me *Session) bool {
	ginkgo.GinkgoHelper()
	for _, holding := range []string{"profiles", "phones", "data_storages"} {
		if len(value.List(me.User, holding)) > 0 {
			return false
		}
	}
	return len(p.DocumentsOf(ctx, me)) == 0
}

// holder is one that a spec gives any of these to, for good.
func (p *Client) DisposableMember(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	me := p.EmptyMember(ctx)
	me.Account.Retire("a spec gave it documents, a profile, a phone or stored data")
	return me
}

// links hands out the whitelink tokens of the target file, each once. The specs
// that use them are Serial, so that one process has them all.
type links struct {
	Mu   sync.Mutex
	Used int
}
