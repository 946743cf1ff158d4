package client

import (
	"context"

	"authconform/harness/conform"
)

// Ready is a state in which an operation succeeds: who calls it, and how. The
// methods of this file are the Ready of one operation each.
type Ready = func(context.Context) (*conform.Actor, func() conform.Request)

// Always makes a control of a request that is right each time.
func Always(r conform.Request) func() conform.Request {
	return func() conform.Request { return r }
}

// As is the Ready of operations that take the same request from any session of a
// role, Anonymously that of those which need no session.
func (p *Client) As(role string, r conform.Request) Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		return p.SessionOf(ctx, role), Always(r)
	}
}

func (p *Client) Anonymously(r conform.Request) Ready {
	return func(context.Context) (*conform.Actor, func() conform.Request) { return p.Anonymous(), Always(r) }
}

// SignInAgain is the Ready of operations whose success ends the caller's session:
// the control signs in anew each time.
func (p *Client) SignInAgain(role string, request func(context.Context, *conform.Actor) conform.Request) Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, session := p.SignedIn(ctx, role)
		return session, func() conform.Request {
			session.Header = p.SignIn(ctx, who).Header
			return request(ctx, session)
		}
	}
}

func (p *Client) LoginReady(context.Context) (*conform.Actor, func() conform.Request) {
	return p.Anonymous(), Always(Credentials(p.Lease(User)))
}

func (p *Client) LoginByCodeReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	e := p.WithApp(ctx)
	return p.Anonymous(), Always(ByCode(e.Who, e.Right(ctx)))
}

// SwitchOffReady switches the second factor off, as a caller who needs none.
func (p *Client) SwitchOffReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	keeper, former := p.KeepTFA(ctx)
	session := p.SignIn(ctx, keeper)
	return session, func() conform.Request {
		session.Header = p.SignIn(ctx, keeper).Header
		return former.With(TFANone).Request()
	}
}

func (p *Client) EnrolledReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.Enrol(ctx).Session, Always(NoBody)
}

func (p *Client) UnlinkReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	e := p.Enrol(ctx)
	return e.Session, Always(Unlink(p.ID(ctx, e.Session)))
}

// ResetReady resets the log-in settings; they are restored when the spec ends.
func (p *Client) ResetReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, session := p.SignedIn(ctx, Admin)
	p.LoginLimits().Keep(ctx, who)
	return session, Always(NoBody)
}

// SendPasswordReady asks for one's own mail while signed in, which takes no
// captcha.
func (p *Client) SendPasswordReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, session := p.SignedIn(ctx, User)
	return session, Always(p.PasswordMail(who.Login))
}

func (p *Client) SendEmailChangeReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, session := p.SignedIn(ctx, User)
	return session, Always(EmailMail(p.ID(ctx, session), p.NewAddress(who)))
}

func (p *Client) ProfileReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, session := p.SignedIn(ctx, User)
	return session, Always(Query("email", who.Login))
}

func (p *Client) ConfirmReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	e := p.Enrol(ctx)
	return p.SecondStep(ctx, e), Always(Code(e.TakeBackup()))
}

func (p *Client) SetupReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.StartEnrolment(ctx).Bearer, Always(NoBody)
}

func (p *Client) ChangePasswordReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.NewPassword(ctx).Ready()
}

func (p *Client) ChangeEmailReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.NewEmail(ctx).Ready()
}

func (p *Client) SetPhoneReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	x := p.Phoneless(ctx)
	return x.Bearer, x.Number
}

func (p *Client) SendSMSReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.Anonymous(), Always(Credentials(p.Texted(ctx).Who))
}
