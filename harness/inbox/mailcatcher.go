package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"
)

// MailCatcher reads a MailCatcher by its HTTP API; base is the address of its web page.
func MailCatcher(base string) *Box { return newBox("mailcatcher", mailcatcher{newWeb(base)}) }

type mailcatcher struct{ web web }

type mailcatcherMessage struct {
	ID         json.Number `json:"id"`
	Sender     string      `json:"sender"` // with <>
	Recipients []string    `json:"recipients"`
	Subject    string      `json:"subject"`
	CreatedAt  string      `json:"created_at"` // RFC 3339; unreadable in old releases, where the order has to do
	Formats    []string    `json:"formats"`    // only in /messages/{id}.json
}

func (m mailcatcherMessage) message() Message {
	out := Message{ID: m.ID.String(), From: plainAddress(m.Sender), Subject: m.Subject}
	out.At, _ = time.Parse(time.RFC3339, m.CreatedAt)
	for _, to := range m.Recipients {
		out.To = append(out.To, plainAddress(to))
	}
	return out
}

// list asks for all: MailCatcher has no search. It answers oldest first and its times are whole seconds, so the order decides.
func (c mailcatcher) list(ctx context.Context, _ string) ([]Message, error) {
	var all []mailcatcherMessage
	if err := c.web.list(ctx, "/messages", nil, &all); err != nil {
		return nil, err
	}
	slices.Reverse(all)
	list := make([]Message, len(all))
	for i, m := range all {
		list[i] = m.message()
	}
	return list, nil
}

func (c mailcatcher) load(ctx context.Context, m Message) (Message, error) {
	path := "/messages/" + url.PathEscape(m.ID)
	var detail mailcatcherMessage
	if err := c.web.read(ctx, path+".json", nil, &detail); err != nil {
		return Message{}, err
	}
	out := detail.message()
	for _, part := range []struct {
		format string
		into   *string
	}{{"plain", &out.Text}, {"html", &out.HTML}} {
		if !slices.Contains(detail.Formats, part.format) {
			continue
		}
		body, err := c.web.get(ctx, path+"."+part.format, nil)
		if err != nil && !errors.Is(err, errGone) {
			return Message{}, err
		}
		*part.into = string(body)
	}
	return out, nil
}
