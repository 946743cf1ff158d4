package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/value"
)

// untouched is a member without documents, profiles, phones and stored data.
// Nothing takes those off an account again, so pooled ones may have them of an
// earlier run: such are passed over.
func (p *api) untouched(ctx context.Context) *session {
	GinkgoHelper()
	for {
		me := p.member(ctx)
		if !me.account.pooled || p.holdsNothing(ctx, me) {
			return me
		}
		me.account.Retire("it has documents, a profile, a phone or stored data already")
	}
}

func (p *api) holdsNothing(ctx context.Context, me *session) bool {
	GinkgoHelper()
	for _, holding := range []string{"profiles", "phones", "data_storages"} {
		if len(value.List(me.user, holding)) > 0 {
			return false
		}
	}
	return len(p.documentsOf(ctx, me)) == 0
}

// holder is one that a spec gives any of these to, for good.
func (p *api) holder(ctx context.Context) *session {
	GinkgoHelper()
	me := p.untouched(ctx)
	me.account.Retire("a spec gave it documents, a profile, a phone or stored data")
	return me
}
