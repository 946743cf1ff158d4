package attest

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/harness/schema"
)

// structural are the rules of a schema that no value of a member decides.
var structural = []string{"required", "additionalProperties", "dependencies", "minProperties", "maxProperties", "minItems", "maxItems"}

// excused tells whether a mismatch that the recorded answer shows may come of a
// redacted value alone.
func excused(m expect.Mismatch, call *httpclient.Call) bool {
	rule, _, _ := strings.Cut(strings.TrimPrefix(m.Actual, "breaks "), " ")
	if m.Check == "schema" && slices.Contains(structural, rule) {
		return false
	}
	return turnsOnMask(m.Check, m.Pointer, call)
}

// turnsOnMask tells whether a check of an answer looks at a redacted value, so that
// it may come out otherwise on what was received than on what was recorded. The
// status, what a body is, and which members it has are never redacted.
func turnsOnMask(check, pointer string, call *httpclient.Call) bool {
	switch check {
	case "header", "media-type":
		return maskedFields(call.Header, http.CanonicalHeaderKey(pointer))
	case "schema", "error-key", "status-member", "verdict":
		value, err := schema.Decode(call.Body)
		if err != nil {
			return false
		}
		if pointer == "/" {
			pointer = "" // as a mismatch writes the whole body
		}
		at, ok := expect.Lookup(value, pointer)
		return ok && holdsMask(at)
	case "body":
		_, err := schema.Decode(call.Body)
		return err != nil && strings.Contains(string(call.Body), mask)
	}
	return false
}

// holdsMask looks into a value; a schema's rule about a whole may turn on its parts.
func holdsMask(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(v, mask)
	case []any:
		for _, item := range v {
			if holdsMask(item) {
				return true
			}
		}
	case map[string]any:
		for _, member := range v {
			if holdsMask(member) {
				return true
			}
		}
	}
	return false
}
