package barong

import (
	"net/http"
	"net/netip"
)

// Categories of restrictions, in the order in which they are looked at.
const (
	whitelist   = "whitelist"
	maintenance = "maintenance"
	blacklist   = "blacklist"
	blockLogin  = "blocklogin"
)

// restriction concerns one network.
type restriction struct {
	category string
	network  netip.Prefix
	status   int
}

// restrictedAddresses is where the seeded restrictions bite, as a target file
// says it.
const restrictedAddresses = "ip=198.51.100.66,subnet=203.0.113.9,maintenance=198.51.100.67,login=198.51.100.68"

// statusMaintenance is the default status of a maintenance restriction, which no
// document of HTTP knows.
const statusMaintenance = 471

// seededRestrictions fit restrictedAddresses.
func seededRestrictions() []restriction {
	return []restriction{
		{blacklist, netip.MustParsePrefix("198.51.100.66/32"), http.StatusUnauthorized},
		{blacklist, netip.MustParsePrefix("203.0.113.0/24"), http.StatusForbidden},
		{maintenance, netip.MustParsePrefix("198.51.100.67/32"), statusMaintenance},
		{blockLogin, netip.MustParsePrefix("198.51.100.68/32"), http.StatusUnauthorized},
	}
}

// restricted is the first check of AuthZ. The operation that puts an address on
// the whitelist is exempt; a whitelisted address is exempt from the rest.
func (s *Server) restricted(r *request, path string) *answer {
	if path == ruleRoot+"/identity/users/access" || s.On(faultRestrictionIgnored) {
		return nil
	}
	for _, category := range []string{whitelist, maintenance, blacklist, blockLogin} {
		rule := s.restrictionOf(category, r.address)
		switch {
		case rule == nil, category == blockLogin && path != ruleRoot+"/identity/sessions":
			continue
		case category == whitelist:
			return nil
		}
		return denied(rule.status, "authz.restrict."+category)
	}
	return nil
}

func (s *Server) restrictionOf(category string, address netip.Addr) *restriction {
	for i := range s.restrictions {
		if rule := &s.restrictions[i]; rule.category == category && rule.network.Contains(address) {
			return rule
		}
	}
	return nil
}
