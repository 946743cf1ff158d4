package client

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Body decodes a response; nil when it is not JSON.
func Body(call *httpclient.Call) any {
	var v any
	if json.Unmarshal(call.Body, &v) != nil {
		return nil
	}
	return v
}

// List is a response that is a JSON array; nil when it is not.
func List(call *httpclient.Call) []any {
	l, _ := Body(call).([]any)
	return l
}

// Text is a string member of a decoded object, under the first of the names that
// it has: the surfaces differ in casing.
func Text(v any, names ...string) string {
	object, _ := v.(map[string]any)
	for _, name := range names {
		if text, ok := object[name].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// Number is a whole number of a decoded object; 0 when it has none of that name.
func Number(v any, name string) int {
	object, _ := v.(map[string]any)
	n, _ := object[name].(float64)
	return int(n)
}

// Token is the session token of an answer; "" when it has none.
func Token(call *httpclient.Call) string { return Text(Body(call), "SessionToken", "sessionToken") }

// inText finds in a body of any other kind what would grant access.
var inText = regexp.MustCompile(`(?i)(authenticated|session_?token|jwt)["']?\s*[:=]\s*["']?(true|[0-9a-z._-]{16,})`)

// Grants names what in an answer grants access: a member that says true to being
// authenticated, a token, a cookie. Casing, status and content type do not matter.
// "" is nothing.
func Grants(call *httpclient.Call) string {
	for _, header := range []string{"APToken", "Authorization", "Authentication-Info"} {
		if call.Header.Get(header) != "" {
			return "the header " + header
		}
	}
	if name := call.SessionCookie(); name != "" {
		return "the cookie " + name
	}
	var v any
	if json.Unmarshal(call.Body, &v) != nil {
		if inText.Match(call.Body) {
			return "a token or a success in its text"
		}
		return ""
	}
	return grantsIn(v)
}

// Leak is Grants for the answers that are refusals: no refusal of any kind carries
// a token or says authenticated, on any status.
func Leak(call *httpclient.Call, outcome contract.Outcome) string {
	if slices.Contains(granting, outcome) {
		return ""
	}
	return Grants(call)
}

// granting are the outcomes that grant access, or a part of it.
var granting = []contract.Outcome{contract.OK, contract.SecondFactorRequired, Complete, Incomplete}

var successes = []string{"authenticated", "activated", "tfaauthenticated", "result", "success"}

func grantsIn(v any) string {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if found := grantsIn(item); found != "" {
				return found
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) { // always the same finding of several
			value := v[name]
			plain := strings.ToLower(strings.ReplaceAll(name, "_", ""))
			said, _ := value.(bool)
			text, _ := value.(string)
			switch {
			case slices.Contains(successes, plain) && (said || strings.EqualFold(text, "true")):
				return name + ": true"
			case (strings.HasSuffix(plain, "token") || plain == "jwt") && text != "":
				return "the member " + name
			}
			if found := grantsIn(value); found != "" {
				return found
			}
		}
	}
	return ""
}
