package client

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
)

// debts are the keys that clean-ups have not deleted yet, because each deletion
// spends a code. A clean-up never waits for a time step: it pays with codes that are
// to spare, and a later one pays the rest. A key that is left does no spec harm.
type debts struct {
	mu   sync.Mutex
	owed []debt
}

// debt is a key to be deleted.
type debt struct {
	key    *Key
	remove *contract.Operation
	more   conform.Object
}

func (d *debts) add(one debt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owed = append(d.owed, one)
}

// payable takes out the first debt for which there is a code to spare, and the code.
func (d *debts) payable(spare func(*otp.Kit) (string, bool)) (debt, string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, one := range d.owed {
		if code, ok := spare(one.key.Owner.Account.Codes); ok {
			d.owed = slices.Delete(d.owed, i, i+1)
			return one, code, true
		}
	}
	return debt{}, "", false
}

// DeleteLater deletes, when the spec ends or as soon as there is a code for it, the
// key of a pooled account.
func (p *Client) DeleteLater(k *Key, remove *contract.Operation, more conform.Object) {
	if !k.Owner.Account.Pooled {
		return
	}
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		p.debts.add(debt{k, remove, more})
		p.pay(ctx)
	})
}

// pay deletes what can be deleted now.
func (p *Client) pay(ctx context.Context) {
	for {
		one, code, ok := p.debts.payable(p.CodeNow)
		if !ok {
			return
		}
		r := conform.Request{JSON: one.more}.WithPath("kid", one.key.Kid).With("totp_code", code)
		if _, err := p.Try(ctx, one.key.Owner.Actor, one.remove, r); err != nil {
			return
		}
	}
}

// Unremembered waits, for a pooled account, until the target has forgotten the
// placeholders that an earlier spec sent as its codes: it takes a repeated one for a
// replay (barong#10.2-6).
func (p *Client) Unremembered(ctx context.Context, a *Account, memory time.Duration) {
	ginkgo.GinkgoHelper()
	if !a.Pooled {
		return
	}
	for left := p.placeholders.sent(a.Name, p.Now(), memory); left > 0; left = p.placeholders.sent(a.Name, p.Now(), memory) {
		p.Wait(ctx, left+InTransit, "placeholders sent before are remembered")
	}
}

// placeholders remembers when accounts were sent codes that are no codes.
type placeholders struct {
	mu sync.Mutex
	at map[string]time.Time
}

// sent notes that an account is sent placeholders now, unless the last ones are still
// remembered: then it returns for how long.
func (m *placeholders) sent(account string, now time.Time, memory time.Duration) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if last, known := m.at[account]; known && now.Before(last.Add(memory)) {
		return last.Add(memory).Sub(now)
	}
	m.at[account] = now
	return 0
}

// CodeNow is Code for a clean-up, which never waits: a right code that was not sent
// before, where there is one now.
func (p *Client) CodeNow(kit *otp.Kit) (string, bool) {
	if kit == nil {
		return "", false
	}
	if p.Setting(conform.Tolerance) == "0" {
		code := p.CodeAtOnce(context.Background(), kit)
		return code, code != ""
	}
	now, skew := p.Now(), int64(Skew)
	for _, step := range []int64{kit.Step(now), kit.Step(now.Add(InTransit)) - skew, kit.Step(now.Add(-InTransit)) + skew} {
		if code, err := kit.At(step); err == nil {
			return code, true
		}
	}
	return "", false
}
