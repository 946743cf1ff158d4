package alphapoint

import (
	"strings"
	"unicode"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// unpublished is the authority for the log-in by password: both pages promise it
// in words, neither publishes a member for the password.
var unpublished = clause.From(contract.Inferred,
	`kiiexap#document-001-description; kiiexap#0c-no-password; alphapoint#1.1-request`)

func (v specs) password() {
	v.nearPasswords()
	op := v.Login.Name()
	It(op+" opens a session for a user name and its password", clause.Should(v.ID("password.right"), v.Login, contract.OK, unpublished),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.ExpectAlive(ctx, v.Session(who, v.ExpectAnswer(ctx, v.Caller(who), v.Login, v.PasswordLogin(who), contract.OK)))
		})
	conform.Table(func(ctx SpecContext, changes func(*identity.Identity) []conform.Change) {
		who := v.Account(client.User)
		v.Refuses(ctx, conform.Refusal{
			Operation: v.Login, By: v.Caller(who), Control: client.Always(v.PasswordLogin(who)),
			Changes: changes(who), Outcome: contract.BadCredentials,
		})
	}, []conform.Row[func(*identity.Identity) []conform.Change]{
		{Text: op + " rejects a wrong password",
			Clause: clause.Should(v.ID("password.wrong"), v.Login, contract.BadCredentials, unpublished),
			Given: func(who *identity.Identity) []conform.Change {
				return []conform.Change{
					conform.Set("Password", client.WrongPassword), named("the user name", conform.Set("Password", who.Login)),
					named("the user id", conform.Set("Password", who.ID)),
				}
			}},
		{Text: op + " rejects an unknown user name",
			Clause: clause.Should(v.ID("password.unknown-user"), v.Login, contract.BadCredentials, unpublished),
			Given: func(*identity.Identity) []conform.Change {
				return []conform.Change{conform.Set("UserName", v.UnknownLogin())}
			}},
		{Text: op + " rejects the password in another case, cut short or made longer",
			Clause: clause.Should(v.ID("password.exact"), v.Login, contract.BadCredentials, unpublished),
			Given: func(who *identity.Identity) []conform.Change {
				return []conform.Change{
					named("swapped case", conform.Set("Password", strings.Map(swapCase, who.Password))),
					named("last character cut", conform.Set("Password", who.Password[:len(who.Password)-1])),
					named("one character more", conform.Set("Password", who.Password+"x")),
				}
			}},
		{Text: op + " rejects the password of another user",
			Clause: clause.Should(v.ID("password.foreign"), v.Login, contract.BadCredentials, unpublished),
			Given: func(*identity.Identity) []conform.Change {
				return []conform.Change{conform.Set("Password", v.Account(client.User).Password)}
			}},
	})
}

// nearPasswords sends what is nearly the right password to as many accounts as its number
// takes.
func (v specs) nearPasswords() {
	v.nearlyRight(clause.Should(v.ID("password.near-miss"), v.Login, contract.BadCredentials, unpublished),
		func(who *identity.Identity, password string) (*conform.Actor, conform.Request) {
			return v.Caller(who), v.PasswordLogin(who).With("Password", password)
		})
}

func (v specs) nearlyRight(c clause.Clause, logIn func(who *identity.Identity, password string) (*conform.Actor, conform.Request)) {
	GinkgoHelper()
	op := c.Operation
	It(op.Name()+" opens no session for a password that is nearly right: in part, spelt otherwise or with more in it", c,
		func(ctx SpecContext) {
			v.InTurn(client.User)
			family.Spread(v.WrongInARow(), v.AtMost(client.User), func() ([]family.Near, func([]family.Near)) {
				who := v.Account(client.User)
				by, right := logIn(who, who.Password)
				return family.NearPasswords(who.Password), func(share []family.Near) {
					v.RequireOK(ctx, "log in by the right password", by, op, right)
					for _, near := range share {
						by, wrong := logIn(who, v.Secret("near-password", near.Value))
						v.ExpectShut(near.Name, v.Do(ctx, by, op, wrong), op, contract.BadCredentials)
					}
					v.RequireOK(ctx, "log in by the right password afterwards", by, op, right)
					v.Done(ctx, who)
				}
			})
		})
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}
