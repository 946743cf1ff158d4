package runner

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"authconform/harness/yamldoc"

	"authconform/harness/conform"
	"authconform/harness/identity"
	"authconform/harness/journal"
	"authconform/harness/target"
	"authconform/schemas"
)

// TermsOf is what the limits of a target allow its accounts.
func TermsOf(st conform.Suite, limits target.Limits) identity.Terms {
	terms := identity.Terms{Patience: limits.MaxWait, Renewed: st.Renews, Serves: st.Serves}
	for _, l := range []*target.Limit{limits.Password, limits.SecondFactor} {
		if l == nil || l.Attempts == 0 {
			continue
		}
		terms.Window = max(terms.Window, l.Window, l.Block)
		if terms.Attempts == 0 || l.Attempts < terms.Attempts {
			terms.Attempts = l.Attempts
		}
	}
	return terms
}

// Claims are the accounts that the clauses of an exchange need, by clause id, as
// schemas/<exchange>/leases.yaml declares them. A clause that is not there declares
// none.
func Claims(exchange string) (map[string][]identity.Claim, error) {
	if known, ok := readClaims.Load(exchange); ok { // a proof asks once a fault
		return known.(map[string][]identity.Claim), nil
	}
	claims, err := loadClaims(exchange)
	if err == nil {
		readClaims.Store(exchange, claims)
	}
	return claims, err
}

// sendsMember is, beside a role, how many of the failed attempts are of a limit that
// nothing raises.
const sendsMember = "sends"

// fewMember says, beside a role, that the clause makes do with fewer accounts of it.
const fewMember = "few"

var readClaims sync.Map // by exchange

func loadClaims(exchange string) (map[string][]identity.Claim, error) {
	name := exchange + "/leases.yaml"
	var declared map[string][]map[string]int
	if err := yamldoc.LoadIfAny(schemas.FS, name, &declared); err != nil {
		return nil, err
	}
	claims := map[string][]identity.Claim{}
	for id, list := range declared {
		for _, one := range list {
			sends, few := one[sendsMember], one[fewMember] > 0
			delete(one, sendsMember)
			delete(one, fewMember)
			for role, fails := range one { // one
				claims[id] = append(claims[id], identity.Claim{Role: role, Fails: fails, Sends: sends, Few: few})
			}
		}
	}
	return claims, nil
}

// openAccounts starts the broker of the run and lets its processes in.
func (r *runner) openAccounts() error {
	r.accounts = identity.NewBroker(r.target.Identities, TermsOf(r.suite, r.target.Limits), time.Now)
	remove := func() {}
	if r.more = r.source(); r.more != nil {
		r.accounts.ProvideBy(r.more)
		remove = r.more.remove
	}
	door, err := identity.Open(r.accounts)
	if err != nil {
		return err
	}
	r.Plan.Accounts = door.Address
	stop := r.stop
	r.stop = func() {
		r.accounts.End("the run ended")
		door.Close()
		remove()
		stop()
	}
	return nil
}

// changed says which accounts of a deployment are not as the run found them, by why, and
// how many it made that nothing removes. An embedded reference ends with the run.
func (r *runner) changed() []journal.Finding {
	if r.options.TargetFile == "" || r.accounts == nil {
		return nil
	}
	names := map[string][]string{}
	for name, why := range r.accounts.Changed() {
		names[why] = append(names[why], name)
	}
	var all []journal.Finding
	say := func(text string) {
		all = append(all, journal.Finding{Kind: journal.Accounts, Text: r.vault.Redact(text)})
	}
	for _, why := range slices.Sorted(maps.Keys(names)) {
		slices.Sort(names[why])
		say(fmt.Sprintf("not as the run found them (%s): %s", why, strings.Join(names[why], ", ")))
	}
	if made, _ := r.more.(*asking); made != nil && made.count() > 0 {
		say(fmt.Sprintf("%d that the run made stay, for the documents name no way to remove them; %s lists them", made.count(), provisionLog))
	}
	return all
}
