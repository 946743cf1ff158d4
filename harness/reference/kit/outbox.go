package kit

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Outbox keeps every mail and text message a reference sends and serves them the
// way Mailpit does (HTTP API v1), so that a client written for Mailpit reads
// both. Paths, below the handler's root:
//
//	GET    /api/v1/messages?start=&limit=
//	GET    /api/v1/search?query=to:"address"&start=&limit=
//	GET    /api/v1/message/{ID}
//	DELETE /api/v1/messages            {"IDs": [...]}; no body or no ids: all
//
// Lists are newest first. It is safe for concurrent use.
type Outbox struct {
	clock *Clock
	mux   *http.ServeMux

	mu       sync.Mutex
	messages []message
	misled   misled
}

type message struct {
	id, to, subject, text string
	created               time.Time
}

// NewOutbox returns an empty outbox whose messages are dated by clock.
func NewOutbox(clock *Clock) *Outbox {
	o := &Outbox{clock: clock, mux: http.NewServeMux(), misled: misled{typed: map[string]string{}}}
	o.mux.HandleFunc("GET /api/v1/messages", o.list)
	o.mux.HandleFunc("GET /api/v1/search", o.search)
	o.mux.HandleFunc("GET /api/v1/message/{id}", o.show)
	o.mux.HandleFunc("DELETE /api/v1/messages", o.remove)
	return o
}

// Send puts a mail into the outbox.
func (o *Outbox) Send(to, subject, text string) {
	to, text = o.misled.turns(to, text)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = append(o.messages, message{
		id: RandomString(22, Alphanumeric), to: to, subject: subject, text: text, created: o.clock.Now(),
	})
}

// SendSMS puts a text message into the outbox, addressed <digits>@sms.invalid.
func (o *Outbox) SendSMS(phone, text string) {
	o.Send(SMSAddress(phone), "SMS", text)
}

// SMSAddress is the address under which text messages to phone are found.
func SMSAddress(phone string) string { return Digits(phone) + "@sms.invalid" }

// Digits returns the ASCII digits of s, in order.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// ServeHTTP answers the Mailpit API.
func (o *Outbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.mux.ServeHTTP(w, r) }

// Shapes of Mailpit's MessagesSummary, MessageSummary and Message.
type (
	address struct{ Name, Address string }

	summary struct {
		ID, MessageID     string
		Read              bool
		From              address
		To, Cc, Bcc       []address
		ReplyTo           []address
		Subject           string
		Created           time.Time
		Tags              []string
		Size, Attachments int
		Snippet           string
	}

	fullMessage struct {
		ID, MessageID        string
		From                 address
		To, Cc, Bcc, ReplyTo []address
		ReturnPath, Subject  string
		Date                 time.Time
		Tags                 []string
		Text, HTML           string
		Size                 int
		Inline, Attachments  []struct{}
	}

	page struct {
		Total         int       `json:"total"`
		Unread        int       `json:"unread"`
		Count         int       `json:"count"`
		MessagesCount int       `json:"messages_count"`
		Start         int       `json:"start"`
		Tags          []string  `json:"tags"`
		Messages      []summary `json:"messages"`
	}
)

var sender = address{Name: "Reference", Address: "reference@portal.invalid"}

func (o *Outbox) list(w http.ResponseWriter, r *http.Request) {
	o.writePage(w, r, func(message) bool { return true })
}

// search knows the one filter a client of one-time codes needs: the recipient.
func (o *Outbox) search(w http.ResponseWriter, r *http.Request) {
	wanted, ok := strings.CutPrefix(r.URL.Query().Get("query"), "to:")
	wanted = strings.Trim(wanted, `"`)
	if !ok || wanted == "" {
		http.Error(w, `search: only the query to:"address" is supported`, http.StatusBadRequest)
		return
	}
	o.writePage(w, r, func(m message) bool { return strings.EqualFold(m.to, wanted) })
}

func (o *Outbox) writePage(w http.ResponseWriter, r *http.Request, keep func(message) bool) {
	start, limit := number(r, "start", 0), number(r, "limit", 50)
	o.mu.Lock()
	total := len(o.messages)
	found := []summary{}
	for _, m := range slices.Backward(o.messages) {
		if keep(m) {
			found = append(found, m.summary())
		}
	}
	o.mu.Unlock()

	matching := len(found)
	found = found[min(start, matching):]
	found = found[:min(limit, len(found))]
	writeJSON(w, page{
		Total: total, Unread: total, Count: len(found), MessagesCount: matching,
		Start: start, Tags: []string{}, Messages: found,
	})
}

func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

func (m message) summary() summary {
	none := []address{}
	return summary{
		ID: m.id, MessageID: m.id + "@portal.invalid", From: sender, To: []address{{Address: m.to}},
		Cc: none, Bcc: none, ReplyTo: none, Subject: m.subject, Created: m.created,
		Tags: []string{}, Size: len(m.text), Snippet: m.text[:min(len(m.text), 250)],
	}
}

func (o *Outbox) show(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	at := slices.IndexFunc(o.messages, func(m message) bool { return m.id == r.PathValue("id") })
	var m message
	if at >= 0 {
		m = o.messages[at]
	}
	o.mu.Unlock()
	if at < 0 {
		http.Error(w, "message not found", http.StatusNotFound)
		return
	}
	none := []address{}
	writeJSON(w, fullMessage{
		ID: m.id, MessageID: m.id + "@portal.invalid", From: sender, To: []address{{Address: m.to}},
		Cc: none, Bcc: none, ReplyTo: none, ReturnPath: sender.Address, Subject: m.subject, Date: m.created,
		Tags: []string{}, Text: m.text, Size: len(m.text), Inline: []struct{}{}, Attachments: []struct{}{},
	})
}

func (o *Outbox) remove(w http.ResponseWriter, r *http.Request) {
	var in struct{ IDs []string }
	body, err := ReadBody(r, 1<<20)
	if err == nil && len(body) > 0 {
		err = DecodeJSON("application/json", body, &in)
	}
	if err != nil {
		http.Error(w, "messages: "+err.Error(), http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	o.messages = slices.DeleteFunc(o.messages, func(m message) bool {
		return len(in.IDs) == 0 || slices.Contains(in.IDs, m.id)
	})
	o.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok"))
}
