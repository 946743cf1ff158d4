package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// post is a mail server's store, served as Mailpit and as MailCatcher do.
type post struct {
	mu    sync.Mutex
	mails []Message
	seen  []string // requests
}

func (p *post) send(to, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.mails) + 1
	p.mails = append(p.mails, Message{ID: fmt.Sprint(n), From: "shop@x.example", To: []string{to}, Subject: "Hello", Text: text,
		HTML: "<p>" + text + "</p>",
		At:   time.Date(2026, 1, 2, 3, 4, n, 0, time.UTC)})
}

func (p *post) find(id string) (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mails {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}

func (p *post) all() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Message(nil), p.mails...)
}

func (p *post) serve(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	type object = map[string]any
	answer := func(w http.ResponseWriter, doc any) {
		if err := json.NewEncoder(w).Encode(doc); err != nil {
			t.Error(err)
		}
	}
	addresses := func(list []string) []object {
		out := []object{}
		for _, a := range list {
			out = append(out, object{"Name": "", "Address": a})
		}
		return out
	}
	mux.HandleFunc("GET /api/v1/search", func(w http.ResponseWriter, r *http.Request) {
		wanted := strings.Trim(strings.TrimPrefix(r.URL.Query().Get("query"), "to:"), `"`)
		list := []object{}
		for _, m := range p.all() {
			if strings.Contains(strings.ToLower(m.To[0]), strings.ToLower(wanted)) { // as Mailpit: part of an address is enough
				list = append(list, object{"ID": m.ID, "From": object{"Address": m.From}, "To": addresses(m.To), "Cc": nil, "Subject": m.Subject,
					"Created": m.At})
			}
		}
		answer(w, object{"messages": list, "messages_count": len(list)})
	})
	mux.HandleFunc("GET /api/v1/message/{id}", func(w http.ResponseWriter, r *http.Request) {
		m, known := p.find(r.PathValue("id"))
		if !known {
			http.NotFound(w, r)
			return
		}
		answer(w, object{"ID": m.ID, "From": object{"Address": m.From}, "To": addresses(m.To), "Subject": m.Subject,
			"Date": "2001-01-01T00:00:00Z", "Text": m.Text, "HTML": m.HTML})
	})
	catcher := func(m Message) object {
		return object{"id": json.Number(m.ID), "sender": "<" + m.From + ">", "recipients": []string{"<" + m.To[0] + ">"},
			"subject": m.Subject, "size": "12", "created_at": m.At.Truncate(time.Hour)}
	}
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, r *http.Request) {
		list := []object{}
		for _, m := range p.all() {
			list = append(list, catcher(m))
		}
		answer(w, list)
	})
	mux.HandleFunc("GET /messages/{file}", func(w http.ResponseWriter, r *http.Request) {
		id, format, _ := strings.Cut(r.PathValue("file"), ".")
		m, known := p.find(id)
		switch {
		case !known:
			http.NotFound(w, r)
		case format == "json":
			doc := catcher(m)
			doc["formats"] = []string{"source", "plain", "html"}
			answer(w, doc)
		case format == "plain":
			fmt.Fprint(w, m.Text)
		case format == "html":
			fmt.Fprint(w, m.HTML)
		}
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.seen = append(p.seen, r.URL.RequestURI())
		p.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// kinds runs a test against each kind of inbox over the same mails.
func kinds(t *testing.T, test func(t *testing.T, p *post, box *Box)) {
	t.Run("mailpit", func(t *testing.T) {
		p := &post{}
		test(t, p, Mailpit(p.serve(t).URL+"/"))
	})
	t.Run("mailcatcher", func(t *testing.T) {
		p := &post{}
		test(t, p, MailCatcher(p.serve(t).URL))
	})
	t.Run("exec", func(t *testing.T) {
		p := &post{}
		box := newBox("exec", printed{p})
		test(t, p, box)
	})
}

// printed is what a command that prints the post would give.
type printed struct{ post *post }

func (p printed) list(_ context.Context, to string) ([]Message, error) {
	var out []byte
	for _, m := range p.post.all() {
		line, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		out = append(append(out, line...), '\n')
	}
	return parseLines(out, to)
}

func (p printed) load(_ context.Context, m Message) (Message, error) { return m, nil }

func TestWaitForAMessage(t *testing.T) {
	kinds(t, func(t *testing.T, p *post, box *Box) {
		pauses := 0
		box.Pause = func(context.Context, time.Duration) error {
			if pauses++; pauses == 3 {
				p.send("Alice@x.example", "your code is 111111")
			}
			return nil
		}
		p.send("bob@x.example", "your code is 222222")
		p.send("malice@x.example", "your code is 333333")
		m, err := box.Wait(t.Context(), "alice@x.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		want := Message{ID: "3", From: "shop@x.example", To: []string{"Alice@x.example"}, Subject: "Hello", Text: "your code is 111111",
			HTML: "<p>your code is 111111</p>"}
		m.At = time.Time{}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if pauses != 3 {
			t.Errorf("%d pauses, want 3", pauses)
		}
	})
}

func TestNewestFirstAndEachOnce(t *testing.T) {
	kinds(t, func(t *testing.T, p *post, box *Box) {
		const to = "alice@x.example"
		box.Pause = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
		for _, text := range []string{"link one", "code two", "link three"} {
			p.send(to, text)
		}
		links := func(m Message) bool { return strings.HasPrefix(m.Text, "link") }
		for _, want := range []string{"link three", "link one"} {
			if m, err := box.Wait(t.Context(), to, links); err != nil || m.Text != want {
				t.Errorf("got %q, %v; want %q", m.Text, err, want)
			}
		}
		_, err := box.Wait(t.Context(), to, links)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "(1 others did)") ||
			strings.Contains(err.Error(), "code two") {
			t.Errorf("no third link: %v", err)
		}
		if err := box.Forget(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		p.send(to, "code four")
		if m, err := box.Wait(t.Context(), to, nil); err != nil || m.Text != "code four" {
			t.Errorf("after Forget: %q, %v", m.Text, err)
		}
		if _, err := box.Wait(t.Context(), to, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the forgotten message came back: %v", err)
		}
	})
}

func TestRejectedMessagesAreReadOnce(t *testing.T) {
	p := &post{}
	box := Mailpit(p.serve(t).URL)
	pauses := 0
	box.Pause = func(context.Context, time.Duration) error {
		if pauses++; pauses > 5 {
			return context.DeadlineExceeded
		}
		return nil
	}
	p.send("a@x.example", "no")
	if _, err := box.Wait(t.Context(), "a@x.example", func(Message) bool { return false }); err == nil {
		t.Fatal("found a message that does not match")
	}
	reads := 0
	for _, uri := range p.seen {
		if strings.HasPrefix(uri, "/api/v1/message/") {
			reads++
		}
	}
	if reads != 1 {
		t.Errorf("read %d times", reads)
	}
	if want := "/api/v1/search?limit=50&query=to%3A%22a%40x.example%22"; p.seen[0] != want {
		t.Errorf("searched by %s, want %s", p.seen[0], want)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	p := &post{}
	box := Mailpit(p.serve(t).URL)
	box.Every = time.Millisecond
	box.Patience = 20 * time.Millisecond
	if _, err := box.Wait(t.Context(), "a@x.example", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("patience: %v", err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := box.Wait(canceled, "a@x.example", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestTwoWaitersGetTwoMessages(t *testing.T) {
	p := &post{}
	box := Mailpit(p.serve(t).URL)
	box.Every = time.Millisecond
	const to = "alice@x.example"
	for i := range 8 {
		p.send(to, fmt.Sprint(i))
	}
	var seen sync.Map
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			m, err := box.Wait(t.Context(), to, nil)
			if _, twice := seen.LoadOrStore(m.ID, true); err != nil || twice {
				t.Errorf("message %s twice, %v", m.ID, err)
			}
		})
	}
	wg.Wait()
}

func TestErrorsTellWhatToDoAndNoSecret(t *testing.T) {
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "u" || password != "s3cret" {
			t.Errorf("basic auth %q %q", user, password)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "<html>code 123456")
	}))
	defer srv.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	login := func(base string) string { return strings.Replace(base, "http://", "http://u:s3cret@", 1) }
	for _, c := range []struct {
		status int
		box    *Box
		want   string
	}{
		{200, Mailpit(login(srv.URL)), "inbox mailpit: GET /api/v1/search: the answer is not the JSON expected"},
		{200, MailCatcher(login(srv.URL)), "inbox mailcatcher: GET /messages: the answer is not the JSON expected"},
		{401, Mailpit(login(srv.URL)), "it answered 401 Unauthorized, expected 200"},
		{404, Mailpit(login(srv.URL)), "it answered 404: is this the address of its HTTP API?"},
		{0, MailCatcher(login(closed.URL)), "connection refused"},
		{0, Mailpit("http://u:s3cret@h:port"), "cannot be parsed"},
		{0, Exec(nil), "no command is given"},
		{0, Exec([]string{"/no/such/command"}), "no such file"},
	} {
		status = c.status
		_, err := c.box.Wait(t.Context(), "a@x.example", nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") ||
			strings.Contains(err.Error(), "123456") {
			t.Errorf("got %v, want %q", err, c.want)
		}
		if err := c.box.Forget(t.Context(), "a@x.example"); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Forget: %v", err)
		}
	}
}

func TestExec(t *testing.T) {
	script := filepath.Join(t.TempDir(), "mails")
	write := func(text string) {
		if err := os.WriteFile(script, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	box := Exec([]string{"/bin/sh", script, "first"})
	box.Pause = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	write(`echo '{"id":"1","to":["other@x.example"],"text":"no"}'
echo
echo "{\"text\":\"$1 $2\",\"at\":\"2026-01-02T03:04:05Z\"}"`)
	m, err := box.Wait(t.Context(), "a@x.example", nil)
	if err != nil || m.Text != "first a@x.example" || m.ID == "" || m.To[0] != "a@x.example" || m.At.Year() != 2026 {
		t.Errorf("%+v, %v", m.Text, err)
	}
	if _, err := box.Wait(t.Context(), "a@x.example", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a message without id came twice: %v", err)
	}
	for text, want := range map[string]string{
		`echo s3cret >&2; exit 3`: "failed: exit status 3; run it by hand",
		`echo '{"text":s3cret}'`:  "line 1 of the command's output is no message",
		`echo '["s3cret"]'`:       "line 1 of the command's output is no message",
	} {
		write(text)
		if _, err := box.Wait(t.Context(), "a@x.example", nil); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestMessagePrintsNoContent(t *testing.T) {
	m := Message{ID: "7", Subject: "s3cret", Text: "s3cret", HTML: "s3cret"}
	for _, text := range []string{fmt.Sprint(m), fmt.Sprintf("%+v %#v", m, m), m.GomegaString()} {
		if strings.Contains(text, "s3cret") || !strings.Contains(text, "message 7") {
			t.Errorf("prints as %s", text)
		}
	}
}

func TestMessagesListsWhatWasTakenToo(t *testing.T) {
	p := &post{}
	p.send("ann@x.example", "one")
	p.send("bob@x.example", "not hers")
	p.send("ann@x.example", "two")
	for name, box := range map[string]*Box{"mailpit": Mailpit(p.serve(t).URL), "mailcatcher": MailCatcher(p.serve(t).URL)} {
		if _, err := box.Wait(t.Context(), "ann@x.example", nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		messages, err := box.Messages(t.Context(), "Ann@x.example")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var texts []string
		for _, m := range messages {
			texts = append(texts, m.Text)
		}
		if diff := cmp.Diff([]string{"two", "one"}, texts); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
