package onlyoffice

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// singleUse and oneOwner are the authorities for links that count once, and for
// their user and purpose alone.
var (
	singleUse = clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.5.1; checks#T27")
	oneOwner  = clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.6.2; checks#T28")
)

// refusesChanges states a refusal pair for each row: begin gives the right request,
// the row what is changed in it, and the row's clause the outcome.
func refusesChanges(p *client.Client, begin func(context.Context) conform.Refusal, rows []conform.Row[[]conform.Change]) {
	GinkgoHelper()
	for _, row := range rows {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			pair := begin(ctx)
			pair.Changes, pair.Outcome = row.Given, row.Clause.Outcome
			p.Refuses(ctx, pair)
		})
	}
}

// refusesRole requires that an operation refuses a role what it allows an
// administrator, who is ready to send the control. state, where not nil, reads
// the settings that have to stay as they were; differs makes the refused request one for
// other settings, where who stores the same ones would show nothing.
func refusesRole(ctx context.Context, p *client.Client, role string, op *contract.Operation, ready client.Ready,
	state func(context.Context, *conform.Actor) func() any, differs ...conform.Change) {
	GinkgoHelper()
	by, control := ready(ctx)
	_, other := p.SignedIn(ctx, role)
	pair := conform.Refusal{Operation: op, By: by, ChangedBy: other, Control: control, Outcome: contract.Forbidden, Changes: differs}
	if state != nil {
		pair.State = state(ctx, by)
	}
	p.Refuses(ctx, pair)
}

// senders are actors who lack the right link for a change of an account.
type senders = func(context.Context, *client.AccountChange) []*conform.Actor

// refusesSenders states for each row that the change is refused to its senders,
// with the outcome of the row's clause: the link is all that says who may make it.
func refusesSenders(p *client.Client, op *contract.Operation, begin func(context.Context) *client.AccountChange,
	rows []conform.Row[senders]) {
	GinkgoHelper()
	for _, row := range rows {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			change := begin(ctx)
			for _, sender := range row.Given(ctx, change) {
				p.Expect(change.Put(ctx, sender), op, row.Clause.Outcome)
			}
			change.ExpectUnchanged(ctx)
		})
	}
}

// tampered are forms of a link whose key was changed, and those that a careless
// comparison takes for it. The case of a key does not matter.
func tampered(l client.Link) []client.Link {
	links := l.Tampered()
	issued, hash, dotted := strings.Cut(l.Key, ".")
	for _, near := range family.NearProofs(hash) {
		if dotted && !strings.EqualFold(near.Value, hash) {
			links = append(links, l.WithKey(issued+"."+near.Value))
		}
	}
	return links
}

// forgedKeys are senders whose key was never issued or was changed.
func forgedKeys(p *client.Client) senders {
	return func(_ context.Context, c *client.AccountChange) []*conform.Actor {
		return p.Bearers(c.Who, append(tampered(c.Link), c.Link.WithKey("x"), c.Link.WithKey(""))...)
	}
}

// ownSession is the sender who is signed in and has no link, withoutLink the one
// without any credential.
func ownSession(p *client.Client) senders {
	return func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
		return []*conform.Actor{p.SignIn(ctx, c.Who)}
	}
}

func withoutLink(p *client.Client) senders {
	return func(context.Context, *client.AccountChange) []*conform.Actor { return []*conform.Actor{p.Anonymous()} }
}

// challenges is the body of the promise that an operation for the bearer of a
// link says how to authenticate to somebody who has none.
func challenges(p *client.Client, op *contract.Operation, expected contract.Outcome, ready client.Ready) func(SpecContext) {
	return func(ctx SpecContext) {
		by, control := ready(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: by, ChangedBy: p.Anonymous(), Control: control, Expected: expected,
			Outcome: client.Challenged, OnlyAfter: true,
		})
	}
}

// replaced is a change of the whole request.
func replaced(name string, by conform.Request) conform.Change {
	return conform.Change{Name: name, Of: func(conform.Request) conform.Request { return by }}
}

// set changes one member, under a name that says what is wrong with the value.
func set(name, member string, value any) conform.Change {
	change := conform.Set(member, value)
	change.Name = name
	return change
}

// unknownUser names a user whom the portal does not have.
func unknownUser(p *client.Client) conform.Change {
	return conform.Change{Name: "unknown user", Of: func(r conform.Request) conform.Request { return r.With("userName", p.Nobody()) }}
}

// wrongLogInLink asks for a log-in by a link that was never issued.
func wrongLogInLink(p *client.Client) conform.Change {
	return conform.Change{Name: "wrong key", Of: func(r conform.Request) conform.Request {
		request := logInLink(p.Nobody(), "1.WRONGKEY")
		request.Path = r.Path
		return request
	}}
}

// refusesExpiredLink requires that the link of a change counts for seven days,
// and that a new one makes the change.
func refusesExpiredLink(ctx context.Context, p *client.Client, op *contract.Operation, c *client.AccountChange) {
	GinkgoHelper()
	c.Expire(ctx)
	p.Expect(c.Put(ctx, c.Bearer()), op, contract.Unauthenticated)
	c.RenewLink(ctx)
	c.ExpectUnchanged(ctx)
}
