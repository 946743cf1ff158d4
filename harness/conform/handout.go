package conform

import (
	"maps"
	"slices"
	"strings"

	"authconform/harness/contract"
)

// HandsOut tells whether the contract has an operation hand out what stands under a label: a
// member that its answers print, also under the name that a setting gives it here, or a
// cookie where it sets one. Whoever hands a token out may set it as a cookie too.
func (s *Context) HandsOut(operation, label string) bool {
	op, known := s.contract.Operation(operation)
	if !known {
		return false
	}
	if strings.HasPrefix(label, "cookie-") {
		return s.contract.SetsCookies(op) || slices.ContainsFunc(s.handouts(op), isToken)
	}
	return slices.ContainsFunc(s.handouts(op), func(name string) bool { return contract.SameName(name, label) })
}

func isToken(name string) bool { return strings.HasSuffix(strings.ToLower(name), "token") }

// handouts are the members that an operation's answers print, as this target names them.
func (s *Context) handouts(op *contract.Operation) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if names, found := s.prints[op]; found {
		return names
	}
	printed := s.contract.Prints(op)
	names := slices.Clone(printed)
	for _, setting := range slices.Sorted(maps.Keys(s.suite.Settings)) {
		if as := s.suite.Settings[setting]; as.Carries && slices.Contains(printed, as.Default) {
			names = append(names, s.Setting(setting))
		}
	}
	if s.prints == nil {
		s.prints = map[*contract.Operation][]string{}
	}
	s.prints[op] = names
	return names
}
