package onlyoffice

import (
	"context"

	"authconform/harness/conform"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// subjects are the operations that the families of refusals are put to.
func subjects(p *client.Client) []family.Subject {
	user, admin := p.As(client.User, client.NoBody), p.As(client.Admin, client.NoBody)
	anonymous := anonymously(p, client.NoBody)
	again := p.SignInAgain
	nothing := func(context.Context, *conform.Actor) conform.Request { return client.NoBody }
	return []family.Subject{
		{Operation: p.IsAuthentificated, Ready: user},
		{Operation: p.Login, Ready: loginReady(p)},
		{Operation: p.LoginByCode, Ready: loginByCodeReady(p), SingleUse: true},
		{Operation: p.Logout, Ready: user},
		{Operation: p.CheckConfirm, Ready: anonymously(p, unknownLink), Expected: client.ConfirmInvalid},
		{Operation: p.TFASettings, Ready: user},
		{Operation: p.UpdateTFA, Ready: again(client.Admin, p.SameTFA), Disrupts: true},
		{Operation: p.UpdateTFALink, Ready: switchOffReady(p), Expected: client.DisabledOK, Disrupts: true},
		{Operation: p.TFAConfirm, Ready: user},
		{Operation: p.BackupCodes, Ready: enrolledReady(p)},
		{Operation: p.RenewCodes, Ready: enrolledReady(p)},
		{Operation: p.UnlinkApp, Ready: unlinkReady(p), SingleUse: true},
		{Operation: p.LoginSettings, Ready: admin},
		{Operation: p.UpdateLoginSettings, Ready: again(client.Admin, p.LoginLimits().Same), Disrupts: true},
		{Operation: p.ResetLoginSettings, Ready: resetReady(p), Disrupts: true},
		{Operation: p.CookieSettings, Ready: admin},
		{Operation: p.UpdateCookieSettings, Ready: again(client.Admin, p.SessionLifetime().Same), Disrupts: true},
		{Operation: p.Connections, Ready: user},
		{Operation: p.LogoutAllChangePassword, Ready: again(client.User, nothing)},
		{Operation: p.LogoutAllForUser, Ready: again(client.User, p.OwnConnections)},
		{Operation: p.LogoutAllExceptThis, Ready: user},
		{Operation: p.LogoutConnection, Ready: again(client.User, p.OwnConnection)},
		{Operation: p.SendPassword, Ready: sendPasswordReady(p)},
		{Operation: p.SendEmailChange, Ready: sendEmailChangeReady(p)},
		{Operation: p.ProfileByEmail, Ready: profileReady(p)},
		{Operation: p.EmailActivation, Ready: p.As(client.Admin, shown(true))},
		{Operation: p.PasswordSettings, Ready: user},
		{Operation: p.UpdatePasswordSettings, Ready: again(client.Admin, p.PasswordDemands().Same)},
		{Operation: p.Capabilities, Ready: anonymous},
		{Operation: p.CapabilitiesJSON, Ready: anonymous},
		{Operation: p.Settings, Ready: anonymous},
	}
}

// linkSubjects are the operations that are not opened by a session: by a
// confirmation link, or only while the portal texts its codes.
func linkSubjects(p *client.Client) []family.Subject {
	return []family.Subject{
		{Operation: p.ValidateCode, Ready: validateReady(p), Expected: client.Verified, SingleUse: true},
		{Operation: p.TFASetup, Ready: setupReady(p)},
		{Operation: p.ChangePassword, Ready: changePasswordReady(p), SingleUse: true},
		{Operation: p.ChangeEmail, Ready: changeEmailReady(p), SingleUse: true},
		{Operation: p.SetPhone, Ready: setPhoneReady(p), Disrupts: true, Features: []string{"sms"}},
		{Operation: p.SendSMS, Ready: sendSMSReady(p), Disrupts: true, Features: []string{"sms"}},
	}
}

// anonymously is the Ready of operations that need no session.
func anonymously(p *client.Client, r conform.Request) client.Ready {
	return func(context.Context) (*conform.Actor, func() conform.Request) { return p.Anonymous(), client.Always(r) }
}

func loginReady(p *client.Client) client.Ready {
	return func(context.Context) (*conform.Actor, func() conform.Request) {
		return p.Anonymous(), client.Always(client.Credentials(p.Lease(client.User)))
	}
}

// loginByCodeReady uses a backup code up: unlike an app's codes, these do not run
// out with the time step.
func loginByCodeReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		e := p.Enrol(ctx)
		return p.Anonymous(), client.Always(client.ByCode(e.Who, e.TakeBackup()))
	}
}

// switchOffReady is the Ready of a change that needs no caller who must pass a
// second factor: it switches the factor off.
func switchOffReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		keeper, former := p.KeepTFA(ctx)
		session := p.SignIn(ctx, keeper)
		return session, func() conform.Request {
			session.Header = p.SignIn(ctx, keeper).Header
			return former.With(client.TFANone).Request()
		}
	}
}

func enrolledReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		return p.Enrol(ctx).Session, client.Always(client.NoBody)
	}
}

func unlinkReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		e := p.Enrol(ctx)
		return e.Session, client.Always(client.Unlink(p.ID(ctx, e.Session)))
	}
}

// resetReady resets the log-in settings; they are restored when the spec ends.
func resetReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, session := p.SignedIn(ctx, client.Admin)
		p.LoginLimits().Keep(ctx, who)
		return session, client.Always(client.NoBody)
	}
}

// sendPasswordReady asks for one's own mail while signed in, which takes no
// captcha.
func sendPasswordReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, session := p.SignedIn(ctx, client.User)
		return session, client.Always(p.PasswordMail(who.Login))
	}
}

func sendEmailChangeReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, session := p.SignedIn(ctx, client.User)
		return session, client.Always(client.EmailMail(p.ID(ctx, session), p.NewAddress(who)))
	}
}

func profileReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, session := p.SignedIn(ctx, client.User)
		return session, client.Always(client.Query("email", who.Login))
	}
}

func validateReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		e := p.Enrol(ctx)
		return p.SecondStep(ctx, e), client.Always(client.Code(e.TakeBackup()))
	}
}

func setupReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		return p.StartEnrolment(ctx).Bearer, client.Always(client.NoBody)
	}
}

func changePasswordReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) { return p.NewPassword(ctx).Ready() }
}

func changeEmailReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) { return p.NewEmail(ctx).Ready() }
}

func setPhoneReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		x := p.Phoneless(ctx)
		return x.Bearer, x.Number
	}
}

func sendSMSReady(p *client.Client) client.Ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		return p.Anonymous(), client.Always(client.Credentials(p.Texted(ctx).Who))
	}
}
