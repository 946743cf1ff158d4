package client

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
)

// most is the highest attemptCount that a portal takes (onlyoffice#1.3-range).
const most = 9999

// Ease raises the attempts that the log-in settings allow. What the documents leave open
// is tried: whether passwords and codes are counted as the settings say and not by
// another rule. It is nil where the portal does not grant it, and for no role where it
// counts otherwise.
func Ease(ctx context.Context, s *conform.Context) *conform.Ease {
	p := New(s)
	boss := p.first(Admin)
	if boss == nil || !p.Has(p.Login) || !p.Has(p.LoginSettings) || !p.Has(p.UpdateLoginSettings) {
		return nil
	}
	limits := p.LoginLimits()
	var former conform.Object
	err := p.asAdmin(ctx, boss, func(session *conform.Actor) error {
		call, err := p.succeed(ctx, session, p.LoginSettings, NoBody)
		former = limits.In(call)
		return err
	})
	allowed, _ := former["attemptCount"].(int)
	if err != nil || allowed < 1 || allowed > most/10 {
		return nil
	}
	turn := func(ctx context.Context, raised bool) error {
		made := former
		if raised {
			made = conform.Object{"attemptCount": most, "blockTime": former["blockTime"], "checkPeriod": former["checkPeriod"]}
		}
		return p.asAdmin(ctx, boss, func(session *conform.Actor) error {
			_, err := p.succeed(ctx, session, p.UpdateLoginSettings, JSON(made))
			return err
		})
	}
	e := &conform.Ease{Attempts: most, Turn: turn, Tried: map[string]identity.State{}}
	if turn(ctx, true) != nil {
		return nil
	}
	if e.Roles = p.countedAsSet(ctx, allowed, e); len(e.Roles) == 0 {
		_ = turn(ctx, false)
	}
	return e
}

// countedAsSet finds the roles whose attempts count as the raised settings say: one more
// than the former ones allowed is answered as the first. Without passwords it is none.
func (p *Client) countedAsSet(ctx context.Context, allowed int, e *conform.Ease) []string {
	user, totp := p.first(User), p.first(TOTP)
	if user == nil || !p.answersAlike(ctx, e, user, allowed, p.Login, Password(user.Login, WrongPassword)) {
		return nil
	}
	roles := []string{User, Admin, Owner, RoomAdmin, Disabled}
	if totp == nil || !p.Has(p.LoginByCode) {
		return roles
	}
	secret := totp.TOTPSecret
	if first, err := p.Try(ctx, p.Anonymous(), p.Login, Credentials(totp)); secret == "" && err == nil {
		secret = p.TFAKey(first)
	}
	if secret != "" && p.answersAlike(ctx, e, totp, allowed, p.LoginByCode, ByCode(totp, p.Codes(secret).Wrong(Window))) {
		roles = append(roles, TOTP)
	}
	return roles
}

// answersAlike sends a wrong request once more than the limit was, and tells whether the
// last answer is like the first.
func (p *Client) answersAlike(ctx context.Context, e *conform.Ease, who *identity.Identity, allowed int, op *contract.Operation,
	r conform.Request) bool {
	var first, last *httpclient.Call
	for range allowed + 1 {
		call, err := p.Try(ctx, p.Anonymous(), op, r)
		if err != nil {
			return false
		}
		who.Failed()
		if last = call; first == nil {
			first = call
		}
	}
	e.Tried[who.Name] = who.State()
	return last.Status == first.Status && string(last.Body) == string(first.Body)
}

// first is an identity of the role, which no spec has yet; nil where there is none.
func (p *Client) first(role string) *identity.Identity {
	for _, id := range p.Target().Identities {
		if slices.Contains(id.Roles, role) {
			return p.Fresh(id)
		}
	}
	return nil
}

// asAdmin does something in a session of its own, which it ends.
func (p *Client) asAdmin(ctx context.Context, boss *identity.Identity, do func(*conform.Actor) error) error {
	call, err := p.succeed(ctx, p.Anonymous(), p.Login, Credentials(boss))
	if err != nil {
		return err
	}
	session := p.Session(boss, call)
	err = do(session)
	_, _ = p.Try(ctx, session, p.Logout, NoBody)
	return err
}

// succeed sends a request that has to be accepted.
func (p *Client) succeed(ctx context.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	call, err := p.Try(ctx, by, op, r)
	if err == nil && !p.Is(call, op, contract.OK) {
		err = fmt.Errorf("%s %s answers %d", op.Method, strings.TrimPrefix(call.Path, p.Target().URL), call.Status)
	}
	return call, err
}
