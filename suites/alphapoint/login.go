package alphapoint

import (
	"context"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

func (v specs) login() {
	op := v.Login.Name()
	It(op+" opens a session for an API key with a valid signature", clause.Graded(v.ID("login.signature"), v.Login, contract.OK),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.ExpectAlive(ctx, v.Session(who, v.ExpectLogIn(ctx, who, contract.OK)))
		})
	if len(v.Login.Answers(client.Complete)) > 0 {
		It(op+" returns every member that its documents publish", clause.Graded(v.ID("login.complete"), v.Login, client.Complete),
			func(ctx SpecContext) { v.ExpectLogIn(ctx, v.Account(client.User), client.Complete) })
	}
	It(op+" names no user other than the one who signed", clause.Graded(v.ID("login.names-user"), v.Login, contract.OK),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			object, _ := client.Body(v.ExpectLogIn(ctx, who, contract.OK)).(map[string]any)
			for member, id := range map[string]string{"user": "userId", "User": "UserId"} {
				if object[member] != nil {
					v.Holds("the answer's user is the one who signed", client.Number(object[member], id) == v.UserID(who), "it is another")
				}
			}
		})
	It(op+" answers the valid signature of a locked account that it is locked, and opens no session",
		clause.Graded(v.ID("login.locked"), v.Login, client.AccountLocked), Serial,
		func(ctx SpecContext) {
			v.RequireLocks(client.Locked)
			who, twin := v.Account(client.Locked), v.Account(client.User)
			v.SignIn(ctx, twin)
			v.expectLocked(ctx, who, v.SignedLogin(who))
			v.ExpectNoSession(ctx, v.Caller(who))
		})
	v.loginMembers()
	v.loginTellsNothing()
}

// loginMembers takes each member away, or gives it another JSON type.
func (v specs) loginMembers() {
	op := v.Login.Name()
	for _, name := range []string{"APIKey", "Signature", "UserId", "Nonce"} {
		It(op+" rejects a log-in by API key whose "+name+" is missing, null or empty",
			clause.Graded(v.ID("login.without-"+strings.ToLower(name)), v.Login, client.Incomplete),
			func(ctx SpecContext) {
				v.rejectsForged(ctx, client.Incomplete,
					func(who *identity.Identity) conform.Change { return v.without(who, name) },
					func(*identity.Identity) conform.Change { return named(name+" null", conform.Set(name, nil)) },
					func(*identity.Identity) conform.Change { return named(name+" empty", conform.Set(name, "")) })
			})
	}
	It(op+" rejects a log-in without credentials", clause.Graded(v.ID("login.empty"), v.Login, client.Incomplete),
		func(ctx SpecContext) {
			v.rejectsForged(ctx, client.Incomplete,
				func(*identity.Identity) conform.Change { return replaced("{}", conform.Object{}) },
				func(who *identity.Identity) conform.Change {
					return replaced("the user name alone", conform.Object{"UserName": who.Login})
				})
		})
	It(op+" rejects a UserId or a Nonce that is a JSON number", clause.Should(v.ID("login.numbers"), v.Login, contract.InvalidType),
		func(ctx SpecContext) {
			v.rejectsForged(ctx, contract.InvalidType,
				func(who *identity.Identity) conform.Change {
					return named("UserId as a number", conform.Set("UserId", v.UserID(who)))
				},
				func(who *identity.Identity) conform.Change {
					return conform.Change{Name: "Nonce as a number", Of: func(conform.Request) conform.Request {
						return v.SignedLoginWith(who, "1234567890").With("Nonce", 1234567890)
					}}
				})
		})
}

// replaced is a request with other members altogether.
func replaced(name string, members conform.Object) conform.Change {
	return conform.Change{Name: name, Of: func(r conform.Request) conform.Request {
		r.JSON = members
		return r
	}}
}

// without drops a member, and signs what is left.
func (v specs) without(who *identity.Identity, name string) conform.Change {
	return conform.Change{Name: "without " + name, Of: func(r conform.Request) conform.Request {
		r = r.Without(name)
		left := r.JSON.(conform.Object)
		if name == "Signature" {
			return r
		}
		signed := func(name string) string {
			text, _ := left[name].(string)
			return text
		}
		signature := v.Signer().Sign(who.APISecret, signed("Nonce"), signed("UserId"), signed("APIKey"))
		return r.With("Signature", v.Secret("signature", signature))
	}}
}

// forgery is a deviation of one account's log-in by API key.
type forgery = func(who *identity.Identity) conform.Change

// rejectsForged puts forged log-ins to the target, few enough to each account that
// no limit is what rejects them.
func (v specs) rejectsForged(ctx context.Context, outcome contract.Outcome, forgeries ...forgery) {
	GinkgoHelper()
	forgeries = family.Thin(forgeries, v.WrongInARow()*v.AtMost(client.User))
	inTurn := len(forgeries) > v.WrongInARow() // a forgery of one batch may take another account
	if inTurn {
		v.InTurn(client.User)
	}
	for batch := range slices.Chunk(forgeries, v.WrongInARow()) {
		who := v.Account(client.User)
		var changes []conform.Change
		for _, forged := range batch {
			changes = append(changes, forged(who))
		}
		v.Refuses(ctx, conform.Refusal{
			Operation: v.Login, By: v.Caller(who), Control: func() conform.Request { return v.SignedLogin(who) },
			Changes: changes, Outcome: outcome,
		})
		if inTurn {
			v.Done(ctx, who)
		}
	}
}

// enumeration is the authority for refusals that must not tell accounts apart.
var enumeration = clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; checks#E01; checks#E02; checks#E03; "+
	"alphapoint#1.1-generic-message")

// loginTellsNothing compares refusals with each other: what differs between an
// unknown user and a wrong password tells an attacker which accounts exist.
func (v specs) loginTellsNothing() {
	op := v.Login.Name()
	same := func(ctx context.Context, who *identity.Identity, login string) (usual, other *httpclient.Call) {
		plain := v.Account(client.User)
		usual, other = v.wrongPassword(ctx, plain, plain.Login), v.wrongPassword(ctx, who, login)
		v.Check("both have the same status", other.Status, Equal(usual.Status))
		v.Holds("both bodies are the same", family.SameBody(usual, other), "they differ")
		v.Expect(other, v.Login, contract.BadCredentials)
		return usual, other
	}
	alike := func(ctx context.Context, who *identity.Identity, login string) {
		usual, other := same(ctx, who, login)
		v.Expect(usual, v.Login, contract.BadCredentials)
		v.Check("both carry the same header fields", other.Fields(), Equal(usual.Fields()))
		if family.Wording(usual) == string(usual.Body) { // ids of requests and clocks differ in length too
			v.Check("both are as long", other.Header.Get("Content-Length"), Equal(usual.Header.Get("Content-Length")))
		}
	}
	It(op+" answers an unknown user and a wrong password alike",
		clause.Should(v.ID("login.same-refusal"), v.Login, contract.BadCredentials, enumeration),
		func(ctx SpecContext) { alike(ctx, v.Account(client.User), v.UnknownLogin()) })
	It(op+" answers a wrong password alike with and without a second factor",
		clause.Should(v.ID("login.no-second-factor-hint"), v.Login, contract.BadCredentials, enumeration),
		func(ctx SpecContext) {
			who := v.Account(client.TOTP)
			alike(ctx, who, who.Login)
		})
	It(op+" answers a wrong password of a locked account with the same body as that of any other",
		clause.Should(v.ID("login.no-lock-hint"), v.Login, contract.BadCredentials, enumeration), Serial,
		func(ctx SpecContext) {
			v.RequireLocks(client.Locked)
			who := v.Account(client.Locked)
			same(ctx, who, who.Login)
		})
	It(op+" answers a wrong password of a locked account with the same header fields as that of any other",
		clause.Should(v.ID("login.no-lock-field"), v.Login, contract.BadCredentials, enumeration), Serial,
		func(ctx SpecContext) {
			v.RequireLocks(client.Locked)
			who := v.Account(client.Locked)
			alike(ctx, who, who.Login)
		})
	It(op+" answers an unknown API key, an unknown user id and a wrong signature alike",
		clause.Should(v.ID("login.same-refusal-by-key"), v.Login, contract.BadCredentials, enumeration),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			by, wrong := v.Caller(who), v.SignedLogin(who).With("Signature", v.Signer().Sign("made-up", v.LoginNonce(), who.ID, who.APIKey))
			usual := v.ExpectAnswer(ctx, by, v.Login, wrong, contract.BadCredentials)
			for _, unknown := range []conform.Request{
				wrong.With("APIKey", strings.Repeat("0", len(who.APIKey))), wrong.With("UserId", "9"+who.ID+"9").Without("UserName"),
			} {
				who.Failed()
				family.ExpectSameWords(v.Context, usual, v.Do(ctx, by, v.Login, unknown))
			}
		})
}

func (v specs) wrongPassword(ctx context.Context, by *identity.Identity, login string) *httpclient.Call {
	GinkgoHelper()
	if v.Setting(client.LoginSetting) != "signature" {
		members := conform.Object{"UserName": login, "Password": client.WrongPassword}
		return v.Do(ctx, v.Caller(by), v.Login, conform.Request{JSON: members})
	}
	request := v.WrongLogin(by)
	if login != by.Login {
		request = request.With("UserName", login).With("UserId", "9"+strconv.Itoa(len(login))+by.ID)
	}
	return v.Do(ctx, v.Caller(by), v.Login, request)
}
