package inbox

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// Mailpit reads a Mailpit by its HTTP API v1; base is the address of its web page.
func Mailpit(base string) *Box { return newBox("mailpit", mailpit{newWeb(base)}) }

type mailpit struct{ web web }

type mailpitAddress struct{ Address string }

// mailpitMessage is both Mailpit's MessageSummary (with Created) and its Message (with Text and HTML).
type mailpitMessage struct {
	ID          string
	From        *mailpitAddress
	To, Cc, Bcc []mailpitAddress
	Subject     string
	Created     time.Time
	Text, HTML  string
}

func (m mailpitMessage) message() Message {
	out := Message{ID: m.ID, Subject: m.Subject, At: m.Created, Text: m.Text, HTML: m.HTML}
	if m.From != nil {
		out.From = m.From.Address
	}
	for _, list := range [][]mailpitAddress{m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			out.To = append(out.To, a.Address)
		}
	}
	return out
}

func (p mailpit) list(ctx context.Context, to string) ([]Message, error) {
	var page struct {
		Messages []mailpitMessage `json:"messages"`
	}
	query := url.Values{"query": {`to:"` + strings.ReplaceAll(to, `"`, "") + `"`}, "limit": {"50"}}
	if err := p.web.list(ctx, "/api/v1/search", query, &page); err != nil {
		return nil, err
	}
	list := make([]Message, len(page.Messages))
	for i, m := range page.Messages {
		list[i] = m.message()
	}
	return list, nil
}

func (p mailpit) load(ctx context.Context, m Message) (Message, error) {
	var full mailpitMessage
	if err := p.web.read(ctx, "/api/v1/message/"+url.PathEscape(m.ID), nil, &full); err != nil {
		return Message{}, err
	}
	out := full.message()
	out.At = m.At // a Message has the Date header's time only, which the sender chooses
	return out, nil
}
