package conform_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

var ann = []target.Identity{{Name: "ann", Roles: []string{"active"}, Login: "ann"}}

// TestLease: an identity belongs to one spec at a time, comes back whatever became
// of the spec, and one that nobody can have leaves the clause open.
func TestLease(t *testing.T) {
	trial{target: target.Target{Identities: ann}, specs: func(s *conform.Context, o ops) {
		lease := func(SpecContext) { s.Holds("it is ann", s.Lease("active").Name == "ann", "it is another") }
		It("leases", o.must("first"), lease)
		It("leases what came back, and fails", o.must("fails"), func(SpecContext) {
			s.Lease("active")
			s.Holds("this holds", false, "it does not")
		})
		It("leases what a failure gave back, and panics", o.must("panics"), func(SpecContext) {
			s.Lease("active")
			panic("with a reason")
		})
		It("leases what a panic gave back", o.must("last"), lease)
		It("leases twice", o.must("twice"), func(ctx SpecContext) {
			lease(ctx)
			lease(ctx)
		})
		It("leases a role that nobody has", o.must("nobody"), func(SpecContext) { s.Lease("admin") })
	}}.run(t).ended(t, map[string]ending{
		"first": {verdict.Passed, "", green}, "fails": {verdict.Failed, "this holds", red},
		"panics": {verdict.Errored, "with a reason", panicked}, "last": {verdict.Passed, "", green},
		"twice":  {verdict.Untestable, `an identity with the role "active"`, red},
		"nobody": {verdict.Untestable, `an identity with the role "admin"`, red},
	})
}

// TestRest: an identity that a target may have counted a failure of rests before
// its next lease; one that was let in does not.
func TestRest(t *testing.T) {
	for name, tc := range map[string]struct {
		password string
		outcome  contract.Outcome
		next     ending
	}{
		"after a success": {rightPassword, contract.OK, ending{verdict.Passed, "", green}},
		"after a refusal": {wrongPassword, contract.BadCredentials, ending{verdict.Untestable, `an identity with the role "active"`, red}},
	} {
		t.Run(name, func(t *testing.T) {
			trial{target: target.Target{Identities: ann}, window: time.Hour, specs: func(s *conform.Context, o ops) {
				It("logs in", clause.Must("ex.spec.first", o.logIn, tc.outcome), func(ctx SpecContext) {
					s.Lease("active")
					s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(tc.password)), o.logIn, tc.outcome)
				})
				It("leases again", o.must("next"), func(SpecContext) {
					s.Lease("active")
					s.Holds("it is leased", true, "")
				})
			}}.run(t).ended(t, map[string]ending{"first": {verdict.Passed, "", green}, "next": tc.next})
		})
	}
}

// TestInTurn: a clause that declares two accounts and has them in turn makes do with one that
// it gives back; without, it has to wait for the second.
func TestInTurn(t *testing.T) {
	two := map[string][]identity.Claim{"ex.spec.turn": {{Role: "active"}, {Role: "active"}}}
	for name, tc := range map[string]struct {
		inTurn bool
		want   ending
	}{
		"in turn": {true, ending{verdict.Passed, "", green}}, "together": {false,
			ending{verdict.Untestable, `an identity with the role "active"`, red}},
	} {
		t.Run(name, func(t *testing.T) {
			trial{target: target.Target{Identities: ann}, claims: two, specs: func(s *conform.Context, o ops) {
				It("leases twice", o.must("turn"), func(SpecContext) {
					if tc.inTurn {
						s.InTurn("active")
					}
					for range 2 {
						who := s.Lease("active")
						s.Holds("it has the account", s.StillHas(who), "it has not")
						if tc.inTurn {
							s.GiveBack(who)
							s.Holds("it has given it back", !s.StillHas(who), "it still has it")
						}
					}
				})
			}}.run(t).ended(t, map[string]ending{"turn": tc.want})
		})
	}
}

// post is an inbox that holds messages, or none for ever.
type post struct {
	messages []inbox.Message
	waited   int
}

func (p *post) Forget(context.Context, string) error { return nil }

func (p *post) Messages(context.Context, string) ([]inbox.Message, error) { return p.messages, nil }

func (p *post) Wait(ctx context.Context, _ string, match func(inbox.Message) bool) (inbox.Message, error) {
	p.waited++
	for _, m := range p.messages {
		if match(m) {
			return m, nil
		}
	}
	<-ctx.Done()
	return inbox.Message{}, ctx.Err()
}

// TestMail: a message that does not come, or that cannot be read for want of an
// inbox, leaves the clause open; after three none is waited for any more.
func TestMail(t *testing.T) {
	anyMail := func(inbox.Message) bool { return true }
	mails := func(s *conform.Context, o ops) {
		for i, name := range []string{"one", "two", "three", "four"} {
			It(fmt.Sprintf("reads mail %d", i), o.must(name), func(ctx SpecContext) {
				message := s.Mail(ctx, "ann@example.test", anyMail)
				s.Holds("the link is secret", false, message.Text)
			})
		}
	}
	briefly := target.Target{Limits: target.Limits{MaxWait: 10 * time.Millisecond}}
	all := func(e, last ending) map[string]ending {
		return map[string]ending{"one": e, "two": e, "three": e, "four": last}
	}

	none := ending{verdict.Untestable, "names no inbox", red}
	trial{target: briefly, specs: mails}.run(t).ended(t, all(none, none))

	empty := &post{}
	trial{target: briefly, inbox: empty, specs: mails}.run(t).ended(t, all(
		ending{verdict.Untestable, "no message to the leased identity arrived", red},
		ending{verdict.Untestable, "the last 3 that were waited for never arrived", red}))
	if empty.waited != 3 {
		t.Errorf("waited for %d messages, want 3", empty.waited)
	}

	const link = "https://portal.example.test/confirm/k3y-0f-the-l1nk"
	full := trial{target: briefly, inbox: &post{messages: []inbox.Message{{Text: "Click " + link}}}, specs: mails}.run(t)
	full.ended(t, all(ending{verdict.Failed, "the link is secret", red}, ending{verdict.Failed, "the link is secret", red}))
	if strings.Contains(full.said, link) {
		t.Error("the link of a mail is no secret to the redactor")
	}
}

// TestCleanUpsDoNotWait: a clean-up takes a code that is to spare, and where none is, gives
// the account back with word of what is left to do. One that waits for a code is a defect;
// for a mail none waits long.
func TestCleanUpsDoNotWait(t *testing.T) {
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	spent, took := 0, time.Duration(0)
	trial{target: target.Target{Identities: ann, Limits: target.Limits{MaxWait: time.Hour}}, specs: func(s *conform.Context, o ops) {
		It("spends what codes there are", o.must("spends"), func(SpecContext) {
			who, kit := s.Lease("active"), s.Codes(secret)
			DeferCleanup(func(ctx SpecContext) {
				for s.CodeAtOnce(ctx, kit) != "" {
					spent++
				}
				s.KeepFactor(who, identity.FactorLeftOn, kit)
			})
			s.Holds("the spec is over", true, "")
		})
		It("finds what is left to do", o.must("finds"), func(SpecContext) {
			who := s.Lease("active")
			s.Holds("the secret is kept", who.Kept(identity.FactorLeftOn) == secret, "it is not")
			s.KeepFactor(who, identity.FactorLeftOn, nil)
		})
		It("does it once", o.must("once"), func(SpecContext) {
			s.Holds("nothing is kept", s.Lease("active").Kept(identity.FactorLeftOn) == "", "something is")
		})
		It("waits in its clean-up", o.must("waits"), func(SpecContext) {
			kit := s.Codes(secret)
			DeferCleanup(func(ctx SpecContext) {
				started := time.Now()
				defer func() { took = time.Since(started) }()
				for range 5 { // more than a step that just began can bring
					s.Code(ctx, kit)
				}
			})
			s.Holds("the spec is over", true, "")
		})
	}}.run(t).ended(t, map[string]ending{
		"spends": {verdict.Passed, "", green}, "finds": {verdict.Passed, "", green}, "once": {verdict.Passed, "", green},
		"waits": {verdict.Errored, "a clean-up waits", red},
	})
	if spent < 1 || spent > 3 {
		t.Errorf("%d codes were to spare: expected those of this step and of the one before", spent)
	}
	if took > time.Second {
		t.Errorf("the clean-up took %s", took)
	}
}
