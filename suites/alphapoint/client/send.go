package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Send puts a code where the target takes it, and reads answers in either casing
// where the documents leave the casing open.
func Send(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	body, isObject := r.JSON.(conform.Object)
	code, isText := body["Code"].(string)
	if op.ID == "Authenticate2fa" && r.Method == "" && s.Setting(CodeMethod) == http.MethodGet {
		r.Method = http.MethodGet
		if isObject && isText {
			r.Query, r.JSON = url.Values{"Code": {code}}, nil
		}
	}
	call, err := s.Send(ctx, by, op, r)
	if call != nil && op.NamedOnly && s.Profile() == Documented {
		recase(call)
	}
	return call, err
}

// recased are the members that the platform spells one way in its documents and
// another way on the wire. KIIEX's documents print one casing for each surface, and
// say nothing of the calls that they only name.
var recased = map[string]string{
	"authenticated": "Authenticated", "sessionToken": "SessionToken", "requires2FA": "Requires2FA", "twoFAType": "TwoFAType",
	"twoFAToken": "TwoFAToken", "locked": "Locked", "user": "User", "userId": "UserId", "pending2FaToken": "Pending2FaToken",
	"tFaAuthenticated": "TFaAuthenticated", "tfaAuthenticated": "TFaAuthenticated",
}

// recase gives the members of an answer the casing of the wire.
func recase(call *httpclient.Call) {
	members := map[string]any{}
	if !strings.HasPrefix(strings.TrimSpace(string(call.Body)), "{") || json.Unmarshal(call.Body, &members) != nil {
		return
	}
	changed := false
	for name, wire := range recased {
		value, there := members[name]
		if _, both := members[wire]; there && !both {
			members[wire], changed = value, true
			delete(members, name)
		}
	}
	if changed {
		call.Body, _ = json.Marshal(members)
	}
}
