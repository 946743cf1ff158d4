package barong

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSharedPath(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v2/auth/resource/users/me":             "users/me",
		"/api/v2/barong/resource/api_keys/{kid}":     "api_keys/{}",
		"/resource/users/activity/:topic":            "users/activity/{}",
		"resource/labels/{key}":                      "labels/{}",
		"/users/activity/{topic}":                    "users/activity/{}",
		"/api/v2/identity/users/access":              "users/access",
		"/api/v2/admin/users/resource":               "users/resource",
		"/api/v2/elsewhere/resources/not/cut/{here}": "api/v2/elsewhere/resources/not/cut/{}",
	} {
		if got := sharedPath(path); got != want {
			t.Errorf("%s is shared as %s, want %s", path, got, want)
		}
	}
}

func TestDescribedParameters(t *testing.T) {
	const text = `{
		"paths": {
			"/api/v2/barong/resource/labels/{key}": {
				"patch": {"parameters": [{"in": "path", "name": "key"}, {"in": "formData", "name": "value"}]},
				"parameters": []
			},
			"/resource/documents": {"post": {"parameters": [{"in": "formData", "name": "upload[]"}, {"in": "header", "name": "X-A"}]}},
			"/resource/phones": {"post": {"parameters": [{"in": "body", "name": "postPhones", "schema": {"$ref": "#/definitions/phone"}}]}},
			"/otp/enable": {"post": {"parameters": [{"in": "body", "name": "b", "schema": {"properties": {"code": {}}}}]}},
			"/identity/users": {"post": {"parameters": []}},
			"/resource/swagger_doc": {"get": {}},
			"/admin/users": {"get": {}}
		},
		"definitions": {"phone": {"properties": {"phone_number": {}, "channel": {}}}}
	}`
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	want := parameters{
		"PATCH labels/{}": {"value": true},
		"POST documents":  {"upload": true},
		"POST phones":     {"phone_number": true, "channel": true},
		"POST otp/enable": {"code": true},
	}
	if diff := cmp.Diff(want, describedParameters(doc)); diff != "" {
		t.Errorf("described (-want +got):\n%s", diff)
	}
}

func TestLacking(t *testing.T) {
	one := parameters{"GET a": {"x": true, "y": true}, "GET b": {"z": true}}
	other := parameters{"GET a": {"x": true}}
	if got := lacking(one, other); !cmp.Equal(got, []string{"GET b"}) {
		t.Errorf("operations lacking: %v, want GET b", got)
	}
	if got := lackingParameters(one, other); !cmp.Equal(got, []string{"GET a y"}) {
		t.Errorf("parameters lacking: %v, want GET a y", got)
	}
	if lacking(other, one) != nil || lackingParameters(other, one) != nil {
		t.Error("a part lacks something of the whole")
	}
}
