package client

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// Setting is one page of settings: the operations that read and update it, and
// its members that can be set.
type Setting struct {
	p       *Client
	read    *contract.Operation
	update  *contract.Operation
	members []string
}

// LoginLimits are the log-in settings. All times are seconds, as the server
// counts; the documents call blockTime minutes.
func (p *Client) LoginLimits() Setting {
	return Setting{p, p.LoginSettings, p.UpdateLoginSettings, []string{"attemptCount", "blockTime", "checkPeriod"}}
}

// SessionLifetime is how long sessions live, in minutes, and whether that is
// applied.
func (p *Client) SessionLifetime() Setting {
	return Setting{p, p.CookieSettings, p.UpdateCookieSettings, []string{"lifeTime", "enabled"}}
}

// PasswordDemands is what a portal demands of passwords.
func (p *Client) PasswordDemands() Setting {
	return Setting{p, p.PasswordSettings, p.UpdatePasswordSettings, []string{"minLength", "upperCase", "digits", "specSymbols"}}
}

// Keep reads the settings, and restores them when the spec ends: in a session
// opened beforehand, for the settings may keep anybody from signing in, or in a
// new one where the settings ended that.
func (s Setting) Keep(ctx context.Context, who *identity.Identity) conform.Object {
	ginkgo.GinkgoHelper()
	spare := s.p.SignIn(ctx, who)
	former := s.Now(ctx, spare)
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		call, err := s.p.Try(ctx, spare, s.update, JSON(former))
		if err == nil && s.p.Is(call, s.update, contract.OK) {
			return
		}
		s.p.DoRequire(ctx, "restore the settings", s.p.SignIn(ctx, who), s.update, JSON(former), contract.OK)
	})
	return former
}

// Keeper is an administrator for whom the settings are restored when the spec
// ends.
func (s Setting) Keeper(ctx context.Context) *identity.Identity {
	ginkgo.GinkgoHelper()
	who := s.p.Lease(Admin)
	s.Keep(ctx, who)
	return who
}

// Now reads the settings.
func (s Setting) Now(ctx context.Context, session *conform.Actor) conform.Object {
	ginkgo.GinkgoHelper()
	return s.In(s.p.DoRequire(ctx, "read the settings", session, s.read, NoBody, contract.OK))
}

// State reads the settings before and after a refusal.
func (s Setting) State(ctx context.Context, session *conform.Actor) func() any {
	return func() any { return s.Now(ctx, session) }
}

// In picks the settings out of an answer, with numbers that are whole as such.
func (s Setting) In(call *httpclient.Call) conform.Object {
	picked := conform.Object{}
	for _, name := range s.members {
		value := value.At(value.Of(call), "response", name)
		if n, ok := value.(float64); ok && n == float64(int(n)) {
			value = int(n)
		}
		picked[name] = value
	}
	return picked
}

// Same is a request that sets the settings to what they are.
func (s Setting) Same(ctx context.Context, session *conform.Actor) conform.Request {
	ginkgo.GinkgoHelper()
	return JSON(s.Now(ctx, session))
}

// SameReady is the Ready of an update that changes nothing.
func (s Setting) SameReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	ginkgo.GinkgoHelper()
	_, session := s.p.SignedIn(ctx, Admin)
	return session, Always(s.Same(ctx, session))
}

// Update changes the settings in a session of its own, for that may end by it.
func (s Setting) Update(ctx context.Context, who *identity.Identity, made conform.Object) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return s.p.Do(ctx, s.p.SignIn(ctx, who), s.update, JSON(made))
}

// Limits are log-in settings; block and period are seconds.
func Limits(attempts, block, period int) conform.Object {
	return conform.Object{"attemptCount": attempts, "blockTime": block, "checkPeriod": period}
}

// Lifetime is a setting of how long sessions live.
func Lifetime(minutes int, enabled bool) conform.Object {
	return conform.Object{"lifeTime": minutes, "enabled": enabled}
}

// Demands are password settings, with all kinds of characters or none demanded.
func Demands(length int, all bool) conform.Object {
	return conform.Object{"minLength": length, "upperCase": all, "digits": all, "specSymbols": all}
}

// LimitSettings reads attemptCount and blockTime, which the released server takes
// for seconds.
func (p *Client) LimitSettings(ctx context.Context) (attempts int, block time.Duration) {
	ginkgo.GinkgoHelper()
	who, session := p.SignedIn(ctx, Admin)
	call := p.DoRequire(ctx, "read the log-in settings", session, p.LoginSettings, NoBody, contract.OK)
	p.GiveBack(who)
	settings := value.At(value.Of(call), "response")
	return value.Number(settings, "attemptCount"), time.Duration(value.Number(settings, "blockTime")) * time.Second
}

// Kinds of second factor that a portal can demand (TfaRequestsDtoType).
const (
	TFANone = "None"
	TFASMS  = "Sms"
	TFAApp  = "App"
)

// TFAMode is what the portal demands as a second factor, and of whom.
type TFAMode struct {
	Kind string
	// Trusted addresses need no second factor, but for these users and groups.
	Trusted, Users, Groups []string
}

// With is the mode with another kind, and mandatory for some users more.
func (m TFAMode) With(kind string, users ...string) TFAMode {
	m.Kind = kind
	m.Users = ordered(append(slices.Clone(m.Users), users...))
	return m
}

// Trusting is the mode with one trusted address more.
func (m TFAMode) Trusting(address string) TFAMode {
	m.Trusted = ordered(append([]string{address}, m.Trusted...))
	return m
}

// Request sets the mode.
func (m TFAMode) Request() conform.Request {
	return JSON(conform.Object{
		"type": m.Kind, "trustedIps": append([]string{}, m.Trusted...),
		"mandatoryUsers": append([]string{}, m.Users...), "mandatoryGroups": append([]string{}, m.Groups...),
	})
}

// Outcome is what setting the mode leads to.
func (m TFAMode) Outcome() contract.Outcome {
	if m.Kind == TFANone {
		return DisabledOK
	}
	return contract.OK
}

func modeOf(call *httpclient.Call) TFAMode {
	kinds := map[string]string{"sms": TFASMS, "app": TFAApp}
	for _, way := range value.List(value.Of(call), "response") {
		if value.Flag(way, "enabled") {
			return TFAMode{
				Kind:    kinds[value.Text(way, "id")],
				Trusted: texts(way, "trustedIps"), Users: texts(way, "mandatoryUsers"), Groups: texts(way, "mandatoryGroups"),
			}
		}
	}
	return TFAMode{Kind: TFANone}
}

// texts is a list of strings in a fixed order: a portal may keep its own.
func texts(v any, members ...string) []string {
	var found []string
	for _, item := range value.List(v, members...) {
		found = append(found, value.Text(item))
	}
	return ordered(found)
}

func ordered(ids []string) []string {
	for i := range ids {
		ids[i] = strings.ToLower(ids[i])
	}
	slices.Sort(ids)
	return ids
}

// ReadTFA reads what the portal demands.
func (p *Client) ReadTFA(ctx context.Context, session *conform.Actor) TFAMode {
	ginkgo.GinkgoHelper()
	return modeOf(p.DoRequire(ctx, "read the settings of the second factor", session, p.TFASettings, NoBody, contract.OK))
}

// SameTFA re-states the portal's present mode, so that a control changes nothing
// but sessions.
func (p *Client) SameTFA(ctx context.Context, session *conform.Actor) conform.Request {
	ginkgo.GinkgoHelper()
	return p.ReadTFA(ctx, session).Request()
}

// KeepTFA reads what the portal demands and restores it when the spec ends, as an
// administrator who needs no second factor from here. A spec must not take that
// away: it leaves the trusted addresses in and the keeper unbound.
//
// Identities enrolled before are unlinked after the former mode is restored, so a
// spec enrols first and calls this next.
func (p *Client) KeepTFA(ctx context.Context) (keeper *identity.Identity, former TFAMode) {
	ginkgo.GinkgoHelper()
	keeper, session := p.SignedIn(ctx, Admin)
	former = p.ReadTFA(ctx, session)
	if len(former.Trusted) == 0 {
		p.Untestable("the portal's second factor trusts no address, so that switching it would lock the administrators out; " +
			"add the address this runs from to its trusted addresses")
	}
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.restoreTFA(ctx, keeper, former) })
	return keeper, former
}

// restoreTFA judges by the settings read back, not by the answer to the change:
// the answer may be what the spec found broken.
func (p *Client) restoreTFA(ctx context.Context, keeper *identity.Identity, former TFAMode) {
	ginkgo.GinkgoHelper()
	try := func(op *contract.Operation, r conform.Request) *httpclient.Call {
		login, err := p.Try(ctx, p.Anonymous(), p.Login, Credentials(keeper))
		if err != nil {
			p.Error("cannot put the portal's second factor back to %s: %v", former.Kind, err)
		}
		call, err := p.Try(ctx, p.Session(keeper, login), op, r)
		if err != nil {
			p.Error("cannot put the portal's second factor back to %s: %v", former.Kind, err)
		}
		return call
	}
	try(p.UpdateTFA, former.Request())
	now := modeOf(try(p.TFASettings, NoBody))
	same := now.Kind == former.Kind && slices.Equal(now.Trusted, former.Trusted) &&
		slices.Equal(now.Users, former.Users) && slices.Equal(now.Groups, former.Groups)
	if !same {
		p.Error("the portal's second factor is %s after the spec and was %s before, or binds others: put its settings right by hand",
			now.Kind, former.Kind)
	}
}

// SwitchTFA sets a mode as the keeper.
func (p *Client) SwitchTFA(ctx context.Context, keeper *identity.Identity, mode TFAMode) {
	ginkgo.GinkgoHelper()
	p.DoRequire(ctx, "switch the portal's second factor to "+mode.Kind, p.SignIn(ctx, keeper), p.UpdateTFA, mode.Request(), mode.Outcome())
}

// ExpectTFA checks that the portal demands what the mode says.
func (p *Client) ExpectTFA(ctx context.Context, keeper *identity.Identity, mode TFAMode) {
	ginkgo.GinkgoHelper()
	p.Check("the settings that are read back", p.ReadTFA(ctx, p.SignIn(ctx, keeper)), gomega.Equal(mode))
}
