package barong

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Form members mean what Rack makes of their names.
func TestNestedMembers(t *testing.T) {
	for query, want := range map[string]object{
		"a=1&b=":          {"a": "1", "b": ""},
		"a=1&a=2":         {"a": "2"},
		"a[]=1&a[]=2":     {"a": []any{"1", "2"}},
		"a[b]=1&a[c]=2":   {"a": object{"b": "1", "c": "2"}},
		"a[b=1&c]=2":      {"a[b": "1", "c]": "2"},
		"a%5Bb%5D=1":      {"a": object{"b": "1"}},
		"a=x&%20a=y&A=z":  {"a": "x", " a": "y", "A": "z"},
		"email=a%40b&x=+": {"email": "a@b", "x": " "},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, nested(values)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

// The same members count in a query, a JSON body and either kind of form.
func TestWaysToSendMembers(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	form := header("Content-Type", "application/x-www-form-urlencoded")
	for what, got := range map[string]reply{
		"query":           u.do("POST", labelsPath+"?key=query&value=thing", nil),
		"JSON":            u.do("POST", labelsPath, object{"key": "json", "value": "thing"}),
		"form":            u.do("POST", labelsPath, "key=form&value=thing", form),
		"multipart":       u.upload(labelsPath, map[string]string{"key": "multipart", "value": "thing"}),
		"no media type":   u.do("POST", labelsPath, `{"key":"none","value":"thing"}`, header("Content-Type", "")),
		"body over query": u.do("POST", labelsPath+"?key=query&value=other", object{"key": "over"}),
	} {
		if got.status != 201 {
			t.Errorf("%s: %s", what, got)
		}
	}
	d.want("an object in a form", u.do("POST", labelsPath, "key[a]=1&value=thing", form), "422 invalid")
	d.want("a list in a query", u.do("GET", "/resource/users/activity/all?page[]=1", nil), "422 non_integer_page non_positive_page")
	d.want("a broken form", u.do("POST", labelsPath, "key=%zz", form), "500 server.internal_error")
	if got := u.do("POST", labelsPath, `{"a":"`+strings.Repeat("x", maxBody)+`"}`); got.status != 500 {
		t.Errorf("a body that is too long: %d", got.status)
	}
}

// Strict, as the original's validator was measured to be (facts 5.2).
func TestValidEmail(t *testing.T) {
	for _, email := range []string{"a@b", "a@localhost", "a+b@c.co", "a@b.c", "é@ü.example", " a@b ", strings.Repeat("a", 64) + "@b"} {
		if !validEmail(email) {
			t.Errorf("%q is refused", email)
		}
	}
	for _, email := range []string{
		"", "a", "@b", "a@", "a b@c", `"a"@b`, ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", "a@[127.0.0.1]", "a@b_c", "a@b\n",
		"a@b,c@d", "a@b@c", "a@-b", "a@b-", strings.Repeat("a", 65) + "@b",
	} {
		if validEmail(email) {
			t.Errorf("%q is taken", email)
		}
	}
}
