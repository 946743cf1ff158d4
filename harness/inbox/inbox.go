// Package inbox reads the mails a target sends, to get at codes and links: from Mailpit, from MailCatcher, or from a command.
//
// What a message holds is secret. This package prints none of it; whoever takes a code or a link out of a message registers it.
package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Inbox is where the target's mails arrive.
type Inbox interface {
	// Wait returns the newest message to the address that match accepts (nil accepts all), once there is one. A message is
	// returned once: waiting again waits for another. The error wraps context.DeadlineExceeded when none came in time.
	Wait(ctx context.Context, to string, match func(Message) bool) (Message, error)
	// Forget makes Wait pass over every message to the address that is there now: call it before what sends the mail.
	Forget(ctx context.Context, to string) error
	// Messages lists every message to the address that is there now, newest first, whatever Wait returned or passed over.
	Messages(ctx context.Context, to string) ([]Message, error)
}

// Message is one mail.
type Message struct {
	ID      string    `json:"id"`
	From    string    `json:"from"`
	To      []string  `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	At      time.Time `json:"at"` // when the inbox got it; zero when unknown
}

// String names the message without its content.
func (m Message) String() string {
	return fmt.Sprintf("message %s of %s", m.ID, m.At.Format(time.RFC3339))
}

// GoString is String: %#v must not print codes.
func (m Message) GoString() string { return m.String() }

// GomegaString is String: Gomega would print every field in a failure message.
func (m Message) GomegaString() string { return m.String() }

const (
	// PollEvery is the pause between two looks into the inbox.
	PollEvery = 250 * time.Millisecond
	// Patience is how long Wait waits when its context has no earlier deadline.
	Patience = 60 * time.Second
)

// source is one kind of inbox.
type source interface {
	// list gives the messages that may be to the address; bodies may be missing.
	list(ctx context.Context, to string) ([]Message, error)
	// load completes one of them.
	load(ctx context.Context, m Message) (Message, error)
}

// Box polls one source. It is safe for concurrent use. Fields may be set before the first use.
type Box struct {
	Every    time.Duration // pause between looks; 0 means PollEvery
	Patience time.Duration // 0 means Patience
	// Pause lets time pass; nil means a timer.
	Pause func(ctx context.Context, d time.Duration) error

	name   string
	source source

	mu   sync.Mutex
	done map[string]bool // ids returned or forgotten
}

func newBox(name string, s source) *Box { return &Box{name: name, source: s, done: map[string]bool{}} }

// Wait implements Inbox.
func (b *Box) Wait(ctx context.Context, to string, match func(Message) bool) (Message, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(b.Patience, Patience))
	defer cancel()
	rejected := map[string]bool{} // a message does not change: no need to look into it twice
	for {
		m, found, err := b.look(ctx, to, match, rejected)
		switch {
		case ctx.Err() != nil:
			return Message{}, b.late(ctx.Err(), len(rejected))
		case err != nil:
			return Message{}, fmt.Errorf("inbox %s: %w", b.name, err)
		case found:
			return m, nil
		}
		if err := b.pause(ctx); err != nil {
			return Message{}, b.late(err, len(rejected))
		}
	}
}

func (b *Box) late(err error, others int) error {
	return fmt.Errorf("inbox %s: no message to the address that fits arrived in time (%d others did): %w", b.name, others, err)
}

func (b *Box) look(ctx context.Context, to string, match func(Message) bool, rejected map[string]bool) (Message, bool, error) {
	list, err := b.newestFirst(ctx, to)
	if err != nil {
		return Message{}, false, err
	}
	for _, m := range list {
		if rejected[m.ID] || b.isDone(m.ID) {
			continue
		}
		full, err := b.source.load(ctx, m)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return Message{}, false, err
		}
		if match != nil && !match(full) {
			rejected[m.ID] = true
			continue
		}
		if b.take(m.ID) {
			return full, true, nil
		}
	}
	return Message{}, false, nil
}

// Forget implements Inbox.
func (b *Box) Forget(ctx context.Context, to string) error {
	list, err := b.newestFirst(ctx, to)
	if err != nil {
		return fmt.Errorf("inbox %s: %w", b.name, err)
	}
	for _, m := range list {
		b.take(m.ID)
	}
	return nil
}

// Messages implements Inbox.
func (b *Box) Messages(ctx context.Context, to string) ([]Message, error) {
	list, err := b.newestFirst(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("inbox %s: %w", b.name, err)
	}
	messages := make([]Message, 0, len(list))
	for _, m := range list {
		full, err := b.source.load(ctx, m)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("inbox %s: %w", b.name, err)
		}
		messages = append(messages, full)
	}
	return messages, nil
}

// newestFirst keeps what is really to the address: searches also find longer addresses that contain it.
func (b *Box) newestFirst(ctx context.Context, to string) ([]Message, error) {
	list, err := b.source.list(ctx, to)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(m Message) bool {
		return !slices.ContainsFunc(m.To, func(a string) bool { return strings.EqualFold(a, to) })
	})
	slices.SortStableFunc(list, func(a, b Message) int { return b.At.Compare(a.At) })
	return list, nil
}

func (b *Box) isDone(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.done[id]
}

// take claims a message; false when another goroutine has.
func (b *Box) take(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done[id] {
		return false
	}
	b.done[id] = true
	return true
}

func (b *Box) pause(ctx context.Context) error {
	every := cmp.Or(b.Every, PollEvery)
	if b.Pause != nil {
		return b.Pause(ctx, every)
	}
	timer := time.NewTimer(every)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
