package kit

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func send(t *testing.T, handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder
}

func newFront() (http.Handler, *Clock, *Outbox) {
	clock := NewClock(still)
	outbox := NewOutbox(clock)
	exchange := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	return Front(exchange, clock, outbox), clock, outbox
}

func TestFrontDatesEveryResponse(t *testing.T) {
	front, clock, _ := newFront()
	clock.Advance(time.Hour)
	for _, path := range []string{"/anything", "/_reference/mailpit/api/v1/messages", "/_reference/nothing"} {
		if got, want := send(t, front, "GET", path, "").Header().Get("Date"), "Mon, 04 May 2026 13:00:00 GMT"; got != want {
			t.Errorf("%s: Date %q, want %q", path, got, want)
		}
	}
	if code := send(t, front, "GET", "/anything", "").Code; code != http.StatusTeapot {
		t.Errorf("the exchange answered %d through the front, want 418", code)
	}
}

func TestClockControl(t *testing.T) {
	front, clock, _ := newFront()
	reply := send(t, front, "POST", "/_reference/clock/advance", `{"seconds":61}`)
	if reply.Code != 200 || !clock.Now().Equal(noon.Add(61*time.Second)) {
		t.Errorf("status %d, clock %v", reply.Code, clock.Now())
	}
	if got, want := reply.Header().Get("Date"), "Mon, 04 May 2026 12:01:01 GMT"; got != want {
		t.Errorf("Date %q, want the advanced %q", got, want)
	}
	for _, bad := range []string{``, `{}`, `{"seconds":-1}`, `{"seconds":"1"}`, `{"seconds":100000001}`} {
		if reply := send(t, front, "POST", "/_reference/clock/advance", bad); reply.Code != 400 {
			t.Errorf("%q: status %d, want 400", bad, reply.Code)
		}
	}
	if !clock.Now().Equal(noon.Add(61 * time.Second)) {
		t.Error("a refused step moved the clock")
	}
}

const mailpit = "/_reference/mailpit/api/v1"

func TestOutboxSpeaksMailpit(t *testing.T) {
	front, _, outbox := newFront()
	outbox.Send("a@portal.example", "first", "one")
	outbox.Send("b@portal.example", "second", "two")
	outbox.SendSMS("+1 (23) 45", "three")

	var list page
	read(t, send(t, front, "GET", mailpit+"/messages", ""), &list)
	if list.Total != 3 || list.Count != 3 || list.Messages[0].To[0].Address != "12345@sms.invalid" {
		t.Errorf("total %d, count %d; want 3 and the text message first", list.Total, list.Count)
	}
	var found page
	read(t, send(t, front, "GET", mailpit+`/search?query=to:%22A@portal.example%22`, ""), &found)
	if found.MessagesCount != 1 || found.Messages[0].Subject != "first" {
		t.Fatalf("search found %d messages, want the first mail", found.MessagesCount)
	}
	var full fullMessage
	read(t, send(t, front, "GET", mailpit+"/message/"+found.Messages[0].ID, ""), &full)
	if full.Text != "one" || !full.Date.Equal(noon) {
		t.Errorf("message text %q of %v", full.Text, full.Date)
	}
}

func TestOutboxPagesAndDeletes(t *testing.T) {
	front, _, outbox := newFront()
	for _, subject := range []string{"1", "2", "3"} {
		outbox.Send("a@portal.example", subject, subject)
	}
	var one page
	read(t, send(t, front, "GET", mailpit+"/messages?start=1&limit=1", ""), &one)
	if one.Count != 1 || one.MessagesCount != 3 || one.Messages[0].Subject != "2" {
		t.Fatalf("page of one from the second: count %d of %d", one.Count, one.MessagesCount)
	}
	send(t, front, "DELETE", mailpit+"/messages", `{"IDs":["`+one.Messages[0].ID+`"]}`)
	var rest page
	read(t, send(t, front, "GET", mailpit+"/messages", ""), &rest)
	if rest.Total != 2 {
		t.Errorf("%d messages after one was deleted, want 2", rest.Total)
	}
	send(t, front, "DELETE", mailpit+"/messages", "")
	read(t, send(t, front, "GET", mailpit+"/messages", ""), &rest)
	if rest.Total != 0 {
		t.Errorf("%d messages after all were deleted", rest.Total)
	}
	if code := send(t, front, "GET", mailpit+"/message/gone", "").Code; code != 404 {
		t.Errorf("an unknown message answers %d, want 404", code)
	}
	if code := send(t, front, "GET", mailpit+"/search?query=subject:x", "").Code; code != 400 {
		t.Errorf("an unsupported search answers %d, want 400", code)
	}
}

func read(t *testing.T, reply *httptest.ResponseRecorder, into any) {
	t.Helper()
	if reply.Code != 200 {
		t.Fatalf("status %d: %s", reply.Code, reply.Body)
	}
	if err := json.Unmarshal(reply.Body.Bytes(), into); err != nil {
		t.Fatalf("body is no JSON of the expected shape: %v", err)
	}
}
