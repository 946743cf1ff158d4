package conform

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

// Lease takes an identity of the role for the rest of the spec, as soon as one can
// be had. Where that will never be, the clause is UNTESTABLE.
func (s *Context) Lease(role string) *identity.Identity {
	ginkgo.GinkgoHelper()
	return s.lease(identity.Claim{Role: role, Fails: undeclared})
}

// LeaseFull is Lease for a spec that looks at a full limit: the identity may be one
// whose limit an earlier spec filled, as its FullFor tells.
func (s *Context) LeaseFull(role string) *identity.Identity {
	ginkgo.GinkgoHelper()
	return s.lease(identity.Claim{Role: role, Fails: undeclared, Full: true})
}

// undeclared is how many attempts a spec is taken to fail that does not say.
const undeclared = 1

func (s *Context) lease(c identity.Claim) *identity.Identity {
	ginkgo.GinkgoHelper()
	r := s.current()
	if who := r.handOut(c.Role); who != nil {
		return who
	}
	claims := s.claims(r, c)
	grants, err := s.ask(r, claims)
	if err != nil && len(claims) > 1 { // perhaps the spec never comes to the others
		claims = claims[:1]
		grants, err = s.ask(r, claims)
	}
	var short *identity.Shortage
	var ended *identity.Ended
	switch {
	case errors.As(err, &ended):
		s.stop(verdict.NotRun, ended.Why, nil)
	case errors.As(err, &short):
		s.Untestable("it needs an identity with the role %q: %v", c.Role, err)
	case err != nil:
		s.Error("cannot lease an identity with the role %q: %v", c.Role, err)
	}
	for i, grant := range grants {
		who := identity.Leased(grant, s.Now)
		s.learn(who)
		r.lend(who, claims[i].Role)
		ginkgo.DeferCleanup(func() { s.GiveBack(who) })
	}
	return r.handOut(c.Role)
}

// claims are what the clause declares that it needs, with c first; c alone for who
// declares nothing, or comes back for more.
func (s *Context) claims(r *run, c identity.Claim) []identity.Claim {
	declared := slices.Clone(s.env.Claims[r.clause.ID])
	if r.inTurn == c.Role {
		return []identity.Claim{r.nextInTurn(c, declared)}
	}
	i := slices.IndexFunc(declared, func(d identity.Claim) bool { return d.Role == c.Role })
	if i < 0 || len(r.names()) > 0 {
		return []identity.Claim{c}
	}
	c.Fails, c.Sends = declared[i].Fails, declared[i].Sends
	all, taken := append([]identity.Claim{c}, slices.Delete(declared, i, i+1)...), map[string]int{}
	return slices.DeleteFunc(all, func(d identity.Claim) bool {
		taken[d.Role]++
		most, bounded := r.atMost[d.Role]
		return bounded && taken[d.Role] > most
	})
}

// AtMost says that the clause makes do with as many accounts of a role as the target file
// has, and returns how many these are; 0 is any number, where more can be made. It is
// called before the first lease.
func (s *Context) AtMost(role string) int {
	t := s.env.Target
	if len(t.Provision.Command) > 0 {
		return 0
	}
	if s.suite.Provide != nil {
		if _, can := s.suite.Provide(t, role, "0"); can {
			return 0
		}
	}
	most := 0
	for _, who := range t.Identities {
		if slices.Contains(who.Roles, role) {
			most++
		}
	}
	s.current().atMost = map[string]int{role: max(most, 1)}
	return max(most, 1)
}

// InTurn says that the clause has one account of a role at a time, and gives each back
// before it leases the next: it need not wait until as many as it takes can be had together.
// It is called before the first lease.
func (s *Context) InTurn(role string) { s.current().inTurn = role }

// ask asks for accounts. Where the target's clock can be moved, nobody waits for
// one to rest.
func (s *Context) ask(r *run, claims []identity.Claim) ([]identity.Grant, error) {
	ginkgo.GinkgoHelper()
	for {
		request := identity.Request{
			Claims: claims, Held: r.names(), Now: s.Now(), AtOnce: s.canAdvance(),
			Fills: r.clause.Own, Sets: r.clause.Disrupts && !r.clause.Own,
		}
		grants, err := s.env.Accounts.Lease(context.Background(), request)
		var short *identity.Shortage
		if !request.AtOnce || !errors.As(err, &short) || short.Until.IsZero() {
			return grants, err
		}
		rest := short.Until.Sub(request.Now)
		if s.env.RealTime && rest > s.env.Target.Limits.MaxWait {
			return nil, err
		}
		s.Wait(context.Background(), rest, "an identity has to rest")
	}
}

// learn takes over what earlier leases of an identity left behind.
func (s *Context) learn(who *identity.Identity) {
	for label, value := range map[string]string{"password": who.Password, "totp-secret": who.TOTPSecret, "token": who.Token,
		"api-key": who.APIKey, "api-secret": who.APISecret} {
		s.Secret(label, value) // of one that was provided, no target file tells it
	}
	for _, word := range who.State().Kept {
		s.Secret("kept", word)
	}
	for secret, codes := range who.State().Used {
		s.Codes(secret).Use(codes)
	}
}

// GiveBack ends a lease before its spec does. Doing so twice does no harm.
func (s *Context) GiveBack(who *identity.Identity) {
	if !s.current().giveBack(who) {
		return
	}
	s.mu.Lock()
	for secret, kit := range s.kits {
		if secret == who.TOTPSecret || slices.Contains(slices.Collect(maps.Values(who.State().Kept)), secret) {
			who.Use(secret, kit.Used())
		}
	}
	s.mu.Unlock()
	s.env.Accounts.Return(who.Name, who.State())
}

// StillHas tells whether the spec has not given an identity back.
func (s *Context) StillHas(who *identity.Identity) bool {
	return slices.Contains(s.current().names(), who.Name)
}

// Fresh takes over an account that the spec made itself.
func (s *Context) Fresh(id target.Identity) *identity.Identity {
	s.Secret("password", id.Password)
	s.Secret("totp-secret", id.TOTPSecret)
	return identity.Fresh(id)
}

// Nonce is a short text that no spec used before.
func (s *Context) Nonce() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// Codes is the code kit of one Base32 secret, the same for the whole process: a
// code that any spec sent before would be a replay.
func (s *Context) Codes(secret string) *otp.Kit {
	ginkgo.GinkgoHelper()
	parsed, err := otp.ParseSecret(secret)
	if err != nil {
		s.Untestable("the shared secret is not usable: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kits[secret] == nil {
		s.kits[secret] = otp.NewKit(parsed, s.env.Clock, s.env.Vault)
	}
	if s.run != nil {
		s.run.use(s.kits[secret])
	}
	return s.kits[secret]
}

// inFlight is how much older a code may get on its way to the target.
const inFlight = 2 * time.Second

// Code returns a code that is right and was not sent before: first that of the
// step before, which RFC 6238 section 5.2 lets a target accept, then the current
// one, and where both are used it waits for the next step. Setting
// totp-tolerance 0 leaves the step before alone.
func (s *Context) Code(ctx context.Context, kit *otp.Kit) string {
	ginkgo.GinkgoHelper()
	code, err := s.code(ctx, kit, func(ctx context.Context, d time.Duration) error {
		s.WaitForCode(ctx, d)
		return nil
	})
	if err != nil {
		s.Error("cannot make a code: %v", err)
	}
	return code
}

// CodeAtOnce is Code for who does not wait: "" where no unused code is right now.
func (s *Context) CodeAtOnce(ctx context.Context, kit *otp.Kit) string {
	code, _ := s.code(ctx, kit, func(context.Context, time.Duration) error { return otp.ErrUsed })
	return code
}

func (s *Context) code(ctx context.Context, kit *otp.Kit, wait func(context.Context, time.Duration) error) (string, error) {
	ginkgo.GinkgoHelper()
	if s.Setting(Tolerance) != "0" {
		if code, err := kit.At(kit.Step(s.Now().Add(inFlight)) - 1); err == nil {
			return code, nil
		}
	}
	return kit.Fresh(ctx, wait)
}

// WaitForCode lets time pass until another code is right. A clean-up that comes here holds
// up every clause after it, which is a defect of the suite.
func (s *Context) WaitForCode(ctx context.Context, d time.Duration) {
	ginkgo.GinkgoHelper()
	if s.Closing() {
		s.Error("a defect of authconform, please report it: a clean-up waits %s for a one-time code", d)
	}
	s.Wait(ctx, d, "no unused code is left in these time steps")
}

// Closing tells whether the spec is over, and what it changed is being put back.
func (s *Context) Closing() bool { return s.current().closing.Load() }

// KeepFactor leaves word that the second factor of an account could not be put back now:
// which of identity.FactorLeftOn and FactorLeftOff it is, with the secret that the next
// lease needs to do it; a nil kit takes it back.
func (s *Context) KeepFactor(who *identity.Identity, left string, kit *otp.Kit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who.Keep(left, "")
	for secret, known := range s.kits {
		if known == kit {
			who.Keep(left, secret)
		}
	}
}

// CodeAhead is the code of some steps ahead, or of one more where the present step may
// end before the target looks at the code.
func (s *Context) CodeAhead(kit *otp.Kit, steps int) string {
	if now := s.Now(); kit.Step(now.Add(2*inFlight)) != kit.Step(now) {
		steps++
	}
	return kit.Future(steps)
}

// Tolerance is the setting that tells how many steps old a code may be.
const Tolerance = "totp-tolerance"

// Secret makes the redactor know a value that a spec made up or read out of a
// message, before it is used.
func (s *Context) Secret(label, value string) string {
	s.env.Vault.Register(label, value)
	return value
}

// ForgetMail passes over the messages that are in the inbox already: called
// before what sends a message, so that no older one is taken for it.
func (s *Context) ForgetMail(ctx context.Context, to string) {
	ginkgo.GinkgoHelper()
	if s.env.Inbox == nil {
		s.Untestable("it reads a mailed code or link, and the target file names no inbox")
	}
	if err := s.env.Inbox.Forget(ctx, to); err != nil {
		s.Error("cannot read the inbox: %v", err)
	}
}

// Messages lists what is in the inbox now for an address: for specs that show
// that something was not sent, once a later message has arrived.
func (s *Context) Messages(ctx context.Context, to string) []inbox.Message {
	ginkgo.GinkgoHelper()
	if s.env.Inbox == nil {
		s.Untestable("it reads mails, and the target file names no inbox")
	}
	messages, err := s.env.Inbox.Messages(ctx, to)
	if err != nil {
		s.Error("cannot read the inbox: %v", err)
	}
	for _, m := range messages {
		s.read(m)
	}
	return messages
}

// Mail waits for a message to the address that match accepts, which the clause
// needs and another one promises: where none arrives, and where the target file
// names no inbox, the clause is UNTESTABLE.
func (s *Context) Mail(ctx context.Context, to string, match func(inbox.Message) bool) inbox.Message {
	ginkgo.GinkgoHelper()
	if s.mails.hopeless() {
		s.unsent(fmt.Sprintf("no message to the leased identity is waited for: the last %d that were waited for never arrived in the inbox",
			enough))
	}
	message, arrived := s.awaitMail(ctx, to, match)
	if !arrived {
		s.unsent("no message to the leased identity arrived in the inbox in time")
	}
	return message
}

// unsent ends the spec for lack of a message. It waits for what the newest answer
// promised: the clause about that answer is the one that judges whether mails are sent.
func (s *Context) unsent(reason string) {
	ginkgo.GinkgoHelper()
	operation, outcome, ok := s.current().newestStep()
	if !ok {
		s.Untestable("%s", reason)
	}
	f := s.describe(reason, []string{"a message in the inbox of the target file"}, []string{"none"}, nil)
	f.Operation, f.Outcome = operation, outcome
	s.stop(verdict.Untestable, reason, &f)
}

// PromisedMail is Mail for the clause that promises the message: it fails where none
// arrives.
func (s *Context) PromisedMail(ctx context.Context, to string, match func(inbox.Message) bool) inbox.Message {
	ginkgo.GinkgoHelper()
	const sent = "the promised message is sent"
	s.current().checks.Add(1)
	message, arrived := s.awaitMail(ctx, to, match)
	s.current().record(journal.Check{Kind: journal.Assertion, What: sent, Holds: arrived})
	if !arrived {
		others := len(s.Messages(ctx, to))
		s.fail(sent, []string{"a message with what the clause reads out of it, in the inbox of the target file"},
			[]string{fmt.Sprintf("none within limits.max-wait (%s); %d messages to that address hold no such thing",
				s.env.Target.Limits.MaxWait, others)}, nil)
	}
	return message
}

// read shows a message to whoever watches.
func (s *Context) read(m inbox.Message) {
	for _, look := range s.readers {
		look(m)
	}
}

// lateMail is how long a clean-up waits for the mail with which it puts back what its spec
// changed: an account that it cannot put back is remembered as changed.
const lateMail = 30 * time.Second

func (s *Context) awaitMail(ctx context.Context, to string, match func(inbox.Message) bool) (inbox.Message, bool) {
	ginkgo.GinkgoHelper()
	if s.env.Inbox == nil {
		s.Untestable("it reads a mailed code or link, and the target file names no inbox")
	}
	patience := s.env.Target.Limits.MaxWait
	if s.Closing() {
		patience = min(patience, lateMail)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	message, err := s.env.Inbox.Wait(ctx, to, match)
	if errors.Is(err, context.DeadlineExceeded) {
		s.mails.missed()
		return message, false
	}
	if err != nil {
		s.Error("cannot read the inbox: %v", err)
	}
	s.mails.heard()
	s.read(message)
	for _, link := range inbox.Links(message.Text) {
		s.Secret("link", link)
	}
	return message, true
}
