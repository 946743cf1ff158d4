package alphapoint

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// body decodes a response; nil when it is no JSON.
func body(call *httpclient.Call) any {
	var v any
	if json.Unmarshal(call.Body, &v) != nil {
		return nil
	}
	return v
}

// str is a text member of a decoded object, under the first of the names that it
// has: the surfaces differ in casing.
func str(v any, names ...string) string {
	object, _ := v.(map[string]any)
	for _, name := range names {
		if text, ok := object[name].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

func number(v any, name string) int {
	object, _ := v.(map[string]any)
	n, _ := object[name].(float64)
	return int(n)
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// token is the session token of an answer; "" when it has none.
func token(call *httpclient.Call) string { return str(body(call), "SessionToken", "sessionToken") }

// inText finds in a body of any other kind what would let its reader in.
var inText = regexp.MustCompile(`(?i)(authenticated|session_?token|jwt)["']?\s*[:=]\s*["']?(true|[0-9a-z._-]{16,})`)

// leak names what in a refused answer lets its reader in all the same: a member
// that says true to being authenticated, a token, a cookie. Casing, status and
// content type do not matter. "" is nothing.
func leak(call *httpclient.Call) string {
	for _, header := range []string{"Set-Cookie", "APToken", "Authorization", "Authentication-Info"} {
		if call.Header.Get(header) != "" {
			return "the header " + header
		}
	}
	var v any
	if json.Unmarshal(call.Body, &v) != nil {
		if inText.Match(call.Body) {
			return "a token or a success in its text"
		}
		return ""
	}
	return leakIn(v)
}

// Leak is leak for the answers that are refusals: no refusal of any kind carries a
// token or says authenticated, on any status.
func Leak(call *httpclient.Call, outcome contract.Outcome) string {
	if slices.Contains(letIn, outcome) {
		return ""
	}
	return leak(call)
}

// letIn are the outcomes that open something, or a part of it.
var letIn = []contract.Outcome{contract.OK, contract.SecondFactorRequired, complete, incomplete}

var successes = []string{"authenticated", "activated", "tfaauthenticated", "result", "success"}

func leakIn(v any) string {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if found := leakIn(item); found != "" {
				return found
			}
		}
	case map[string]any:
		for name, value := range v {
			plain := strings.ToLower(strings.ReplaceAll(name, "_", ""))
			said, _ := value.(bool)
			text, _ := value.(string)
			switch {
			case slices.Contains(successes, plain) && (said || strings.EqualFold(text, "true")):
				return name + ": true"
			case (strings.HasSuffix(plain, "token") || plain == "jwt") && text != "":
				return "the member " + name
			}
			if found := leakIn(value); found != "" {
				return found
			}
		}
	}
	return ""
}

// headerNames are the header fields of a response, without their values.
func headerNames(call *httpclient.Call) []string {
	var names []string
	for name := range call.Header {
		names = append(names, http.CanonicalHeaderKey(name))
	}
	slices.Sort(names)
	return names
}

// renamed gives a change a name that says what is wrong with the value.
func renamed(name string, c conform.Change) conform.Change {
	c.Name = name
	return c
}

// always makes a control of a request that is right each time.
func always(r conform.Request) func() conform.Request {
	return func() conform.Request { return r }
}
