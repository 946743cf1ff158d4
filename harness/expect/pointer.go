package expect

import (
	"strconv"
	"strings"
)

// lookup follows a JSON pointer (RFC 6901) through a decoded value.
func lookup(value any, pointer string) (any, bool) {
	if pointer == "" {
		return value, true
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		token = unescape.Replace(token)
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[token]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// Member returns the string at a JSON pointer of a body that was already found
// to keep its promise; "" when there is none.
func Member(value any, pointer string) string {
	got, _ := lookup(value, pointer)
	s, _ := got.(string)
	return s
}
