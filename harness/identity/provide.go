package identity

import (
	"slices"

	"authconform/harness/target"
)

// Provider makes accounts for a broker, and takes them away again.
type Provider interface {
	// Provide makes an account that has the role. An error means that it makes none.
	Provide(role string) (target.Identity, error)
}

// sources are where accounts come from beside the target file.
type sources struct {
	provider Provider
	coming   map[string]int    // by role
	refused  map[string]string // role -> why
	made     map[string]int
}

// most bounds how many accounts of one role a run has made.
const most = 200

// ProvideBy lets a provider make the accounts that the target file lacks.
func (b *Broker) ProvideBy(p Provider) {
	b.sources = sources{provider: p, coming: map[string]int{}, refused: map[string]string{}, made: map[string]int{}}
}

// expected tells whether accounts of a role may yet come.
func (s *sources) expected(role string) bool {
	return s.provider != nil && s.refused[role] == "" && (s.coming[role] > 0 || s.made[role] < most)
}

func (s *sources) refusal(role string) string { return s.refused[role] }

// provide has an account made for each claim of the queue that has none. It expects
// the lock to be held.
func (b *Broker) provide() {
	if b.over != "" || b.sources.provider == nil {
		return
	}
	wanted := map[string]int{}
	for _, t := range b.queue {
		for _, c := range t.Claims {
			wanted[c.Role]++
		}
	}
	for role, n := range wanted {
		for b.sources.coming[role] < min(n, atATime) && b.sources.refused[role] == "" && b.sources.made[role] < most {
			b.sources.coming[role]++
			b.sources.made[role]++
			go b.fetch(role)
		}
	}
}

// atATime is how many accounts of one role are made side by side.
const atATime = 4

func (b *Broker) fetch(role string) {
	id, err := b.sources.provider.Provide(role)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sources.coming[role]--
	if err != nil {
		b.sources.refused[role] = err.Error()
	} else if !slices.ContainsFunc(b.accounts, func(a *account) bool { return a.Name == id.Name }) {
		b.accounts = append(b.accounts, &account{Identity: id, made: true})
	}
	b.assign()
}
