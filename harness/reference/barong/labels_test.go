package barong

import (
	"fmt"
	"strings"
	"testing"
)

func (u user) label(key, value string) reply {
	u.d.t.Helper()
	return u.do("POST", labelsPath, object{"key": key, "value": value})
}

// labelled does something about labels as a user; another one has the label
// `foreign`.
func labelled(do func(u user) []reply) scenario {
	return scenario{see: func(d *deployment) string {
		d.user(roleActive, 1).label("foreign", "thing")
		return statuses(do(d.user(roleActive, 0))...)
	}}
}

var labelScenarios = map[string]scenario{
	faultLabelTriggerPrefix: labelled(func(u user) []reply {
		u.label("bandana", "red")
		u.enrol()
		return []reply{u.me()}
	}),
	faultLabelPrivateEditable: labelled(func(u user) []reply {
		return []reply{u.do("PATCH", labelsPath+"/email", object{"value": "pending"})}
	}),
	faultLabelPrivateDeletable: labelled(func(u user) []reply {
		return []reply{u.do("DELETE", labelsPath+"/email", nil)}
	}),
	faultLabelForeignVisible: labelled(func(u user) []reply {
		return []reply{u.do("GET", labelsPath+"/foreign", nil), {status: len(u.do("GET", labelsPath, nil).rows())}}
	}),
	faultLabelParallelDuplicates: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return fmt.Sprint(parallel(5, 201, func() reply { return u.label("some", "thing") }) == 1)
	}},
	faultLabelScopeObeyed: {see: func(d *deployment) string {
		return d.user(roleActive, 0).do("POST", labelsPath, object{"key": "some", "value": "thing", "scope": "private"}).text("scope")
	}},
	faultLabelKeyOfPrivateTaken: labelled(func(u user) []reply { return []reply{u.label("email", "thing")} }),
	faultLabelCaseKept:          {see: func(d *deployment) string { return d.user(roleActive, 0).label("MixedCase", "thing").text("key") }},
}

func TestLabels(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	made := u.label("  Favourite-Colour ", "RED_1")
	if made.status != 201 || made.text("key") != "favourite-colour" || made.text("value") != "red_1" || made.text("scope") != "public" ||
		made.text("created_at") != "2026-05-04T12:00:00Z" {
		t.Errorf("made: %s", made)
	}
	if got := u.do("POST", labelsPath, object{"key": "number", "value": 12345}); got.text("value") != "12345" {
		t.Errorf("a number as value: %s", got)
	}
	for query, want := range map[string]string{
		"": "email favourite-colour number", "?ordering=asc": "email favourite-colour number", "?ordering=desc": "number favourite-colour email",
	} {
		if got := u.do("GET", labelsPath+query, nil); got.column("key") != want {
			t.Errorf("list%s: %s", query, got)
		}
	}
	d.want("ordering", u.do("GET", labelsPath+"?ordering=bad", nil), "422 value")

	one := labelsPath + "/favourite-colour"
	if got := u.do("GET", one+".json", nil); got.text("key") != "favourite-colour" {
		t.Errorf("with a format suffix: %s", got)
	}
	if got := u.do("PATCH", one, object{"value": "Blue"}); got.status != 200 || got.text("value") != "blue" {
		t.Errorf("changed: %s", got)
	}
	if got := u.do("PATCH", one, object{"value": "x"}); got.status != 200 || got.text("value") != "x" {
		t.Errorf("a value that cannot be saved: %s", got)
	}
	if got := u.do("GET", one, nil); got.text("value") != "blue" {
		t.Errorf("after a value that cannot be saved: %s", got)
	}
	d.want("of another", d.user(roleActive, 1).do("GET", one, nil), "404 record.not_found")
	d.want("deleted", u.do("DELETE", one, nil), "204 ")
	for _, method := range []string{"GET", "DELETE"} {
		d.want(method+" after that", u.do(method, one, nil), "404 record.not_found")
	}
	d.want("PATCH after that", u.do("PATCH", one, object{"value": "red"}), "404 record.not_found")
}

func TestLabelRefusals(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	u.label("mine", "thing")
	for _, row := range []struct{ key, value, want string }{
		{"ab", "thing", "key.too_short"},
		{strings.Repeat("a", 256), "thing", "key.too_long"},
		{"a.b", "thing", "key.invalid"},
		{"two words", "thing", "key.invalid"},
		{"über", "thing", "key.invalid"},
		{" MINE", "thing", "key.taken"},
		{"new", "ab", "value.too_short"},
		{"new", strings.Repeat("a", 256), "value.too_long"},
		{"new", "a.b", "value.invalid"},
		{"ä", "mine", "key.too_short key.invalid"},
		{"mine", "!", "key.taken value.too_short value.invalid"},
	} {
		d.want(fmt.Sprintf("%.12q=%.12q", row.key, row.value), u.label(row.key, row.value), "422 "+row.want)
	}
	if got := u.label("email", "thing"); got.status != 201 || got.text("scope") != "public" || u.label("email", "again").status != 422 {
		t.Errorf("the key of a private label: %s", got)
	}
	d.want("an object", u.do("POST", labelsPath, object{"key": object{"a": 1}, "value": "thing"}), "422 invalid")
	if got := u.label(strings.Repeat("a", 255), "abc"); got.status != 201 {
		t.Errorf("the longest key: %s", got)
	}
	for method, body := range map[string]any{"PATCH": object{"value": "thing"}, "DELETE": nil} {
		d.want(method+" of a private one", u.do(method, labelsPath+"/email", body), "400 resource.labels.private")
	}
	if got := u.do("GET", labelsPath+"/email", nil); got.text("value") != "verified" || got.text("scope") != "private" {
		t.Errorf("a private one: %s", got)
	}
}

// A trigger sets the state at the next change of a private label, and only when it
// is the whole key.
func TestLabelTriggers(t *testing.T) {
	for key, want := range map[string]string{
		"ban": "banned", "fraud": "banned", "delete": "deleted", "suspicious": "locked", "lock": "locked",
		"bandana": "active", "lockx": "active", "deleted": "active", "xban": "active",
	} {
		d := start(t, Release26)
		u := d.user(roleActive, 0)
		u.label(key, "thing")
		if got := u.me(); got.text("state") != "active" || got.member("level") != 1.0 {
			t.Errorf("%s alone: %s", key, got)
		}
		if got := u.verifiedPhone(freePhone); got.text("state") != want || got.member("level") != 2.0 {
			t.Errorf("%s and a verified phone: %s, want state %s", key, got, want)
		}
		if want == "active" {
			continue
		}
		d.want(key+", then users/me", u.me(), "401 authz.user_not_active")
		refused := map[string]string{"banned": "banned", "deleted": "deleted", "locked": "not_active"}[want]
		d.want(key+", then log-in", d.login(u.who), "401 identity.session."+refused)
	}
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	u.label("lock", "thing")
	u.label("ban", "thing")
	if got := u.verifiedPhone(freePhone); got.text("state") != "locked" {
		t.Errorf("of two triggers the later in the table wins: %s", got)
	}
}

// The level is how many of the private labels email, phone and document stand in a
// row, and a user without the first is pending.
func TestLevels(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	a := d.byUID[u.who.ID]
	for _, row := range []struct {
		what  string
		do    func()
		level int
		state string
	}{
		{"document alone", func() { d.setPrivate(a, "document", "verified", a.created) }, 1, "active"},
		{"phone too", func() { d.setPrivate(a, "phone", "verified", a.created) }, 3, "active"},
		{"phone no more", func() { d.setPrivate(a, "phone", "pending", a.created) }, 1, "active"},
		{"no e-mail", func() { d.removePrivate(a, "email", a.created) }, 0, "pending"},
	} {
		row.do()
		if a.level != row.level || a.state != row.state {
			t.Errorf("%s: level %d, %s; want %d, %s", row.what, a.level, a.state, row.level, row.state)
		}
	}
	if got := u.me(); got.text("state") != "pending" {
		t.Errorf("a pending user can go on: %s", got)
	}
}

func TestParallelLabels(t *testing.T) {
	u := start(t, Release26).user(roleActive, 0)
	if made := parallel(10, 201, func() reply { return u.label("some", "thing") }); made != 1 {
		t.Errorf("%d of 10 equal labels were made, want 1", made)
	}
	if got := u.do("GET", labelsPath, nil); got.column("key") != "email some" {
		t.Errorf("labels: %s", got)
	}
}
