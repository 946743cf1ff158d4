package family

import "strings"

// containsDirective finds a cache directive by name, with or without argument
// (RFC 9111 section 5.2).
func containsDirective(cacheControl, name string) bool {
	for directive := range strings.SplitSeq(cacheControl, ",") {
		directive, _, _ = strings.Cut(strings.TrimSpace(directive), "=")
		if strings.EqualFold(directive, name) {
			return true
		}
	}
	return false
}
