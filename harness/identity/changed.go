package identity

import "cmp"

// FactorLeftOn is the name under which an account keeps the secret of a second factor
// that its spec could not switch off again: the next lease does, where there is one.
const FactorLeftOn = "factor left on"

// FactorLeftOff is the same of one that could not be switched on again.
const FactorLeftOff = "factor left off"

// Left are the accounts that a clean-up had to leave for want of a code.
func (b *Broker) Left() []Grant {
	b.mu.Lock()
	defer b.mu.Unlock()
	var left []Grant
	for _, a := range b.accounts {
		if a.Retired == "" && a.Kept[FactorLeftOn]+a.Kept[FactorLeftOff] != "" {
			left = append(left, Grant{Identity: a.Identity, State: a.State})
		}
	}
	return left
}

// Changed lists the accounts of the target file that are not as they were, with why.
func (b *Broker) Changed() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed := map[string]string{}
	for _, a := range b.accounts {
		why := a.Retired
		if a.Became != "" {
			why = cmp.Or(why, "it has the role "+a.Became+" now")
		}
		if a.Kept[FactorLeftOn] != "" {
			why = cmp.Or(why, "its second factor is on")
		}
		if a.Kept[FactorLeftOff] != "" {
			why = cmp.Or(why, "its second factor is off")
		}
		if why != "" && !a.made {
			changed[a.Name] = why
		}
	}
	return changed
}
