package conform

import (
	"context"
	"errors"
	"fmt"
	"time"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
)

// Letter is how doctor has one mail sent, to see whether it arrives and can be read.
type Letter struct {
	Operation *contract.Operation
	By        *Actor
	Request   Request
	Who, To   string // whose mail it is, and the address at which the inbox has it
	// Reads finds in a message what clauses read out of it; "" where it is not there. Wanted
	// says what that is, and in which form.
	Reads  func(inbox.Message) string
	Wanted string
	// Leave, when not nil, ends what the request opened.
	Leave func(context.Context, *httpclient.Call)
}

// Delivery is what became of a Letter, in one sentence without any of its secrets.
type Delivery struct {
	Operation, Who string
	Told           string
	Readable       bool // whether clauses can read such a mail
}

// Deliver has the target send one mail; nil where the suite knows of no operation that
// mails, the target does not have it, or the target file has too little for it.
func (s *Context) Deliver(ctx context.Context) *Delivery {
	if s.suite.Letter == nil || s.env.Inbox == nil {
		return nil
	}
	var d *Delivery
	s.outside(func() {
		if l := s.suite.Letter(ctx, s); l != nil && s.Has(l.Operation) {
			d = &Delivery{Operation: l.Operation.Name(), Who: l.Who}
			d.Told, d.Readable = s.deliver(ctx, l)
			d.Told = s.env.Vault.Redact(d.Told)
		}
	})
	return d
}

func (s *Context) deliver(ctx context.Context, l *Letter) (told string, readable bool) {
	if err := s.env.Inbox.Forget(ctx, l.To); err != nil {
		return fmt.Sprintf("the inbox of the target file cannot be read: %v", err), false
	}
	sent := time.Now()
	call, err := s.Try(ctx, l.By, l.Operation, l.Request)
	if err != nil {
		return fmt.Sprintf("nothing answers: %v", err), false
	}
	if l.Leave != nil {
		defer l.Leave(ctx, call)
	}
	if !s.Is(call, l.Operation, contract.OK) {
		return fmt.Sprintf("the deployment answers %d, and so sends none", call.Status), false
	}
	patience := min(s.env.Target.Limits.MaxWait, inbox.Patience)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	others, proof := 0, ""
	message, err := s.env.Inbox.Wait(ctx, l.To, func(m inbox.Message) bool {
		others++
		proof = l.Reads(m)
		return proof != ""
	})
	switch {
	case err == nil:
		s.Secret("mailed-proof", proof)
		return fmt.Sprintf("it arrived after %.1f s; what clauses read stands %s", time.Since(sent).Seconds(), inbox.Form(message, proof)), true
	case !errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("the inbox of the target file cannot be read: %v", err), false
	case others > 0:
		return fmt.Sprintf("%d arrived within %s, and none holds what clauses read: wanted is %s", others, patience, l.Wanted), false
	}
	return fmt.Sprintf("none arrived within %s: is this the inbox of that address, and does the deployment send its mails there?",
		patience), false
}
