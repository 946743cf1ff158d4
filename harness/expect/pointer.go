package expect

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Lookup follows a JSON pointer (RFC 6901) through a decoded value.
func Lookup(value any, pointer string) (any, bool) {
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

// Contradicts tells whether a body names, where the contract's bodies hold the
// status, another status than the response has, or claims a success that the
// status denies.
func Contradicts(c *contract.Contract, call *httpclient.Call) bool {
	if len(call.Body) == 0 {
		return false
	}
	value, err := decode(call)
	if err != nil {
		return false
	}
	if c.VerdictPointer != "" && call.Status >= http.StatusBadRequest {
		if said, _ := Lookup(value, c.VerdictPointer); said == true {
			return true
		}
	}
	for _, pointer := range c.StatusPointers {
		if said, ok := Lookup(value, pointer); ok && fmt.Sprint(said) != strconv.Itoa(call.Status) {
			return true
		}
	}
	return false
}
