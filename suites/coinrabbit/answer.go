package coinrabbit

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// claims tells whether an answer claims a success, whatever its status: by
// result true, or by what only a success gives.
func claims(call *httpclient.Call) bool {
	v, _ := value.Of(call).(map[string]any)
	return v["result"] == true || v["response"] != nil
}

// shows tells whether an answer holds a value, in its body or a header.
func shows(call *httpclient.Call, value string) bool {
	for _, values := range call.Header {
		if strings.Contains(strings.Join(values, "\n"), value) {
			return true
		}
	}
	return strings.Contains(strings.ToUpper(string(call.Body)), strings.ToUpper(value))
}

// isJWT tells whether a text has the three parts of a JWT (RFC 7519 section 3).
func isJWT(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	_, header := claimsIn(parts[0])["alg"].(string)
	return header && claimsIn(parts[1]) != nil
}

// claimsIn decodes one part of a JWT; nil when it is none.
func claimsIn(part string) map[string]any {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	var claims map[string]any
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return nil
	}
	return claims
}
