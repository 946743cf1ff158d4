package onlyoffice

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// Kinds of second factor that a portal can demand (TfaRequestsDtoType).
const (
	tfaNone = "None"
	tfaSMS  = "Sms"
	tfaApp  = "App"
)

// disabledOK is what switching the second factor off leads to.
const disabledOK = contract.Outcome("disabled-ok")

// tfaMode is what the portal demands as a second factor, and of whom.
type tfaMode struct {
	kind string
	// trusted addresses need no second factor, but for these users and groups.
	trusted, users, groups []string
}

// with is the mode with another kind, and mandatory for some users more.
func (m tfaMode) with(kind string, users ...string) tfaMode {
	m.kind = kind
	m.users = ordered(append(slices.Clone(m.users), users...))
	return m
}

// request sets the mode.
func (m tfaMode) request() conform.Request {
	return conform.Request{JSON: conform.Object{
		"type": m.kind, "trustedIps": append([]string{}, m.trusted...),
		"mandatoryUsers": append([]string{}, m.users...), "mandatoryGroups": append([]string{}, m.groups...),
	}}
}

// outcome is what setting the mode leads to.
func (m tfaMode) outcome() contract.Outcome {
	if m.kind == tfaNone {
		return disabledOK
	}
	return contract.OK
}

func tfaModeOf(call *httpclient.Call) tfaMode {
	kinds := map[string]string{"sms": tfaSMS, "app": tfaApp}
	for _, way := range value.List(value.Of(call), "response") {
		if value.Flag(way, "enabled") {
			return tfaMode{
				kind:    kinds[value.Text(way, "id")],
				trusted: texts(way, "trustedIps"), users: texts(way, "mandatoryUsers"), groups: texts(way, "mandatoryGroups"),
			}
		}
	}
	return tfaMode{kind: tfaNone}
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

func (p *portal) readTFA(ctx context.Context, me *conform.Actor) tfaMode {
	GinkgoHelper()
	call := p.Do(ctx, me, p.tfaSettings, conform.Request{})
	p.Require("read the settings of the second factor", call, p.tfaSettings, contract.OK)
	return tfaModeOf(call)
}

// sameTFA re-states the portal's present settings, so that a control changes
// nothing but sessions.
func (p *portal) sameTFA(ctx context.Context, me *conform.Actor) conform.Request {
	GinkgoHelper()
	return p.readTFA(ctx, me).request()
}

// switchOffReady is the Ready of a change that needs no caller who must pass a
// second factor: it switches the factor off, and leads to disabledOK.
func (p *portal) switchOffReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	keeper, former := p.keepTFA(ctx)
	me := p.signIn(ctx, keeper)
	return me, func() conform.Request {
		me.Header = p.signIn(ctx, keeper).Header
		return former.with(tfaNone).request()
	}
}

// keepTFA reads what the portal demands and puts it back when the spec ends, as
// an administrator who needs no second factor from here. A spec must not take
// that away: it leaves the trusted addresses in and the keeper unbound.
//
// Identities enrolled before are unlinked after the former settings are back, so
// a spec enrols first and calls this next.
func (p *portal) keepTFA(ctx context.Context) (keeper *identity.Identity, former tfaMode) {
	GinkgoHelper()
	keeper, me := p.signedIn(ctx, admin)
	former = p.readTFA(ctx, me)
	if len(former.trusted) == 0 {
		p.Untestable("the portal's second factor trusts no address, so that switching it would lock the administrators out; add the address this runs from to its trusted addresses")
	}
	DeferCleanup(func(ctx SpecContext) { p.restoreTFA(ctx, keeper, former) })
	return keeper, former
}

// restoreTFA judges by the settings read back, not by the answer to the change:
// the answer may be what the spec found broken.
func (p *portal) restoreTFA(ctx context.Context, keeper *identity.Identity, former tfaMode) {
	GinkgoHelper()
	signIn := func() *conform.Actor {
		call, err := p.Try(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(keeper)})
		if err != nil {
			p.Error("cannot put the portal's second factor back to %s: %v", former.kind, err)
		}
		return p.Actor(keeper.Name, keeper, cookie(token(call)))
	}
	if _, err := p.Try(ctx, signIn(), p.updateTFA, former.request()); err != nil {
		p.Error("cannot put the portal's second factor back to %s: %v", former.kind, err)
	}
	call, err := p.Try(ctx, signIn(), p.tfaSettings, conform.Request{})
	if now := tfaModeOf(call); err != nil || !now.same(former) {
		p.Error("the portal's second factor is %s after the spec and was %s before, or binds others: put its settings right by hand", now.kind, former.kind)
	}
}

func (m tfaMode) same(other tfaMode) bool {
	return m.kind == other.kind && slices.Equal(m.trusted, other.trusted) && slices.Equal(m.users, other.users) && slices.Equal(m.groups, other.groups)
}

// switchTFA sets a mode as the keeper.
func (p *portal) switchTFA(ctx context.Context, keeper *identity.Identity, mode tfaMode) {
	GinkgoHelper()
	call := p.Do(ctx, p.signIn(ctx, keeper), p.updateTFA, mode.request())
	p.Require("switch the portal's second factor to "+mode.kind, call, p.updateTFA, mode.outcome())
}

// tfaStays requires that the portal demands what it did before.
func (p *portal) tfaStays(ctx context.Context, keeper *identity.Identity, former tfaMode) {
	GinkgoHelper()
	p.Check("the settings are as before", p.readTFA(ctx, p.signIn(ctx, keeper)), Equal(former))
}
