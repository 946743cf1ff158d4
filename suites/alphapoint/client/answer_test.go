package client

import (
	"net/http"
	"testing"

	"authconform/harness/httpclient"
)

func TestGrants(t *testing.T) {
	for text, leaks := range map[string]bool{
		``:                               false,
		`TOO MANY REQUESTS`:              false,
		`<html>not authenticated</html>`: false,
		`{"Authenticated":false}`:        false,
		`{"authenticated":false,"twoFAToken":""}`:                                   false,
		`{"result":false,"errormsg":"Not Authorized","errorcode":20,"detail":null}`: false,
		`{"Authenticated":true}`:                                                    true,
		`{"authenticated":"True"}`:                                                  true,
		`{"result":true}`:                                                           true,
		`{"Authenticated":false,"SessionToken":"abc"}`:                              true,
		`{"error":{"session_token":"abc"}}`:                                         true,
		`[{"TwoFAToken":"JBSW"}]`:                                                   true,
		`<p>SessionToken: 9f4c1f0e-6f0f-4a62</p>`:                                   true,
		`Authenticated=true`:                                                        true,
	} {
		call := &httpclient.Call{Header: http.Header{}, Body: []byte(text)}
		if got := Grants(call); (got != "") != leaks {
			t.Errorf("%s: %q", text, got)
		}
	}
	for cookie, leaks := range map[string]bool{
		"sid=1": true, "SessionToken=abc; Path=/": true, "ticket=abc": true, "__Host-session=abc; Secure": true, "session=; Max-Age=0": false,
		"session=gone; Max-Age=0": false, "__cf_bm=abc": false, "AWSALB=abc": false, "visid_incap_12=abc": false, "JSESSIONID=abc": false,
		"XSRF-TOKEN=abc": false,
	} {
		if got := Grants(&httpclient.Call{Header: http.Header{"Set-Cookie": {cookie}}}); (got != "") != leaks {
			t.Errorf("%s: %q", cookie, got)
		}
	}
}
