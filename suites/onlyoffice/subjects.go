package onlyoffice

import (
	"context"

	"authconform/harness/conform"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// subjects are the operations that the families of refusals are put to.
func subjects(p *client.Client) []family.Subject {
	user, admin, anonymous := p.As(client.User, client.NoBody), p.As(client.Admin, client.NoBody), p.Anonymously(client.NoBody)
	again := p.SignInAgain
	nothing := func(context.Context, *conform.Actor) conform.Request { return client.NoBody }
	return []family.Subject{
		{Operation: p.IsAuthentificated, Ready: user},
		{Operation: p.Login, Ready: p.LoginReady},
		{Operation: p.LoginByCode, Ready: p.LoginByCodeReady, SingleUse: true},
		{Operation: p.Logout, Ready: user},
		{Operation: p.CheckConfirm, Ready: p.Anonymously(unknownLink), Expected: client.ConfirmInvalid},
		{Operation: p.TFASettings, Ready: user},
		{Operation: p.UpdateTFA, Ready: again(client.Admin, p.SameTFA), Disrupts: true},
		{Operation: p.UpdateTFALink, Ready: p.SwitchOffReady, Expected: client.DisabledOK, Disrupts: true},
		{Operation: p.TFAConfirm, Ready: user},
		{Operation: p.BackupCodes, Ready: p.EnrolledReady},
		{Operation: p.RenewCodes, Ready: p.EnrolledReady},
		{Operation: p.UnlinkApp, Ready: p.UnlinkReady, SingleUse: true},
		{Operation: p.LoginSettings, Ready: admin},
		{Operation: p.UpdateLoginSettings, Ready: again(client.Admin, p.LoginLimits().Same), Disrupts: true},
		{Operation: p.ResetLoginSettings, Ready: p.ResetReady, Disrupts: true},
		{Operation: p.CookieSettings, Ready: admin},
		{Operation: p.UpdateCookieSettings, Ready: again(client.Admin, p.SessionLifetime().Same), Disrupts: true},
		{Operation: p.Connections, Ready: user},
		{Operation: p.LogoutAllChangePassword, Ready: again(client.User, nothing)},
		{Operation: p.LogoutAllForUser, Ready: again(client.User, p.OwnConnections)},
		{Operation: p.LogoutAllExceptThis, Ready: user},
		{Operation: p.LogoutConnection, Ready: again(client.User, p.OwnConnection)},
		{Operation: p.SendPassword, Ready: p.SendPasswordReady},
		{Operation: p.SendEmailChange, Ready: p.SendEmailChangeReady},
		{Operation: p.ProfileByEmail, Ready: p.ProfileReady},
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
		{Operation: p.ValidateCode, Ready: p.ConfirmReady, Expected: client.Verified, SingleUse: true},
		{Operation: p.TFASetup, Ready: p.SetupReady},
		{Operation: p.ChangePassword, Ready: p.ChangePasswordReady, SingleUse: true},
		{Operation: p.ChangeEmail, Ready: p.ChangeEmailReady, SingleUse: true},
		// A number takes six texts in ten minutes (onlyoffice#2.2-outstanding), and the accounts are few.
		{Operation: p.SetPhone, Ready: p.SetPhoneReady, Disrupts: true, Features: []string{"sms"}, SingleUse: true},
		{Operation: p.SendSMS, Ready: p.SendSMSReady, Disrupts: true, Features: []string{"sms"}},
	}
}
