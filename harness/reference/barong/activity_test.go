package barong

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func (u user) activity(topic string) reply {
	u.d.t.Helper()
	return u.do("GET", "/resource/users/activity/"+topic, nil)
}

// logged is somebody who has logged in, then failed to, a minute apart, and asks
// for the log. Somebody else logged in before.
func logged(topic string, seen func(reply) any) scenario {
	return scenario{see: func(d *deployment) string {
		d.user(roleActive, 1)
		u := d.user(roleActive, 0)
		d.Clock.Advance(time.Minute)
		d.login(u.who, "password", "wrong")
		got := u.activity(topic)
		return fmt.Sprint(got.status, got.keys(), seen(got))
	}}
}

func results(r reply) any { return r.column("result") }

var activityScenarios = map[string]scenario{
	faultFirstValidatorAlone:   {see: func(d *deployment) string { return d.user(roleActive, 0).activity("all?page=x").String() }},
	faultActivityOfOthers:      logged("session", results),
	faultActivityIgnoresPaging: logged("session?limit=1", results),
	faultActivityOldestFirst:   logged("session", results),
	faultActivityTotalWrong:    logged("session?limit=1", func(r reply) any { return r.header.Get("Total") }),
	faultActivityWithoutSignUp: {see: func(d *deployment) string {
		got := d.signUp("new@conform.test")
		u := user{d: d, sid: got.sid, csrf: got.text("csrf_token")}
		return u.activity("account").String()
	}},
	faultActivityIgnoresTime: logged("session?time_to=1", results),
}

func TestActivity(t *testing.T) {
	d := start(t, Release26)
	got := d.call("POST", gate+"/identity/users", object{"email": "new@conform.test", "password": newPassword}, from("127.0.3.4"))
	u := user{d: d, sid: got.sid, csrf: got.text("csrf_token")}
	all := u.activity("all")
	d.want("after sign-up", all, fmt.Sprintf(`200 [{"id":%.0f,"user_ip":"127.0.3.4","user_ip_country":null,"user_agent":"test",`+
		`"topic":"account","action":"signup","result":"succeed","data":null,"created_at":"2026-05-04T12:00:00Z"}]`, all.rows()[0]["id"]))
	d.want("nothing", u.activity("otp"), "422 resource.user.no_activity")
	d.want("unknown topic", u.activity("orders"), "422 resource.user.wrong_topic")
	d.want("no topic", u.do("GET", "/resource/users/activity", nil), `404 {"error":"Route is not found"}`)

	u = d.user(roleActive, 0)
	d.call("POST", sessionPath, object{"email": u.who.Login, "password": "wrong"}, agent(""))
	d.askReset(u.who.Login)
	secret := u.enrol()
	d.login(u.who, "otp_code", d.wrongCode(secret))
	d.login(u.who, "otp_code", d.codeAt(secret, 1))
	u.change(u.who.Password, newPassword)
	for topic, want := range map[string]string{
		"session": "login::2fa succeed, login::2fa failed, login succeed", "otp": "enable 2FA succeed, request QR code for 2FA succeed",
		"password": "password change succeed, request password reset succeed",
	} {
		var got []string
		for _, row := range u.activity(topic).rows() {
			got = append(got, fmt.Sprint(row["action"], " ", row["result"]))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %s, want %s", topic, strings.Join(got, ", "), want)
		}
	}
}

func TestActivityPaging(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	for range 4 {
		d.login(u.who)
	}
	whole := u.activity("session")
	if len(whole.rows()) != 5 || whole.header.Get("Per-Page") != "100" || whole.header.Get("Page") != "1" || whole.header.Get("Link") != "" {
		t.Errorf("whole: %d rows, %v", len(whole.rows()), whole.header)
	}
	link := func(page int, relation string) string {
		return fmt.Sprintf(`<%s/api/v2/resource/users/activity/session?limit=2&page=%d>; rel="%s"`, d.client.URL(), page, relation)
	}
	for _, row := range []struct {
		page, rows int
		links      []string
	}{
		{1, 2, []string{link(3, "last"), link(2, "next")}},
		{2, 2, []string{link(1, "first"), link(1, "prev"), link(3, "last"), link(3, "next")}},
		{3, 1, []string{link(1, "first"), link(2, "prev")}},
		{4, 0, []string{link(1, "first"), link(3, "prev")}},
	} {
		got := u.activity(fmt.Sprintf("session?limit=2&page=%d", row.page))
		if got.status != 200 || len(got.rows()) != row.rows || got.header.Get("Total") != "5" || got.header.Get("Per-Page") != "2" ||
			got.header.Get("Page") != fmt.Sprint(row.page) {
			t.Errorf("page %d: %d rows, %v", row.page, len(got.rows()), got.header)
		}
		for n := range got.rows() {
			if got.rows()[n]["id"] != whole.rows()[2*(row.page-1)+n]["id"] {
				t.Errorf("page %d begins elsewhere", row.page)
			}
		}
		if got.header.Get("Link") != strings.Join(row.links, ", ") {
			t.Errorf("page %d: %s", row.page, got.header.Get("Link"))
		}
	}
	for query, want := range map[string]string{
		"page=first": "422 non_integer_page non_positive_page", "page=0": "422 non_positive_page",
		"limit=1.5": "422 non_integer_limit invalid_limit",
		"limit=0":   "422 invalid_limit", "limit=101": "422 invalid_limit", "page=9223372036854775807": "200 []",
	} {
		d.want(query, u.activity("session?"+query), want)
	}
	if got := u.activity("session?page=&limit="); len(got.rows()) != 5 {
		t.Errorf("empty page and limit: %s", got)
	}
}

// The first instant is part of the time asked for, the last is not.
func TestActivityFilters(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	at := d.Clock.Now().Unix()
	d.Clock.Advance(time.Minute)
	d.login(u.who, "password", "wrong")
	for query, want := range map[string]string{
		fmt.Sprint("time_from=", at): "failed succeed", fmt.Sprint("time_from=", at+1): "failed", fmt.Sprint("time_from=", at+61): "",
		fmt.Sprint("time_to=", at): "", fmt.Sprint("time_to=", at+1): "succeed", fmt.Sprint("time_to=", at+61): "failed succeed",
		fmt.Sprint("time_from=", at, "&time_to=", at+60): "succeed", "result=failed": "failed", "result=denied": "",
	} {
		got := u.activity("session?" + query)
		if want == "" {
			d.want(query, got, "422 resource.user.no_activity")
		} else if got.column("result") != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"time_from=yesterday": "non_integer_time_from", "time_to=1.5": "non_integer_time_to",
		"time_from=": "empty_time_from", "time_to=": "empty_time_to", "result=": "empty_result",
	} {
		d.want(query, u.activity("session?"+query), "422 resource.user."+want)
	}
}
