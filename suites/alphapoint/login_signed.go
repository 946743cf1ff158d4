package alphapoint

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// perIdentity is how many wrong attempts one identity may make before its limit
// could be what refuses it.
const perIdentity = 4

func (v *Venue) signatures() {
	Describe("AuthenticateUser by API key", func() {
		v.signatureOpens()
		v.signatureRefused()
		v.signatureMembers()
		v.nonces()
	})
}

func (v *Venue) signatureOpens() {
	It("opens a session for an API key with a right signature",
		v.promise("login.signature", v.login, contract.OK),
		func(ctx SpecContext) {
			who := v.lease(user)
			call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Expect(call, v.login, contract.OK)
			v.works(ctx, v.session(who, call))
		})
	if len(v.login.Answers(complete)) > 0 {
		It("answers with every member that the documents publish",
			v.promise("login.complete", v.login, complete),
			func(ctx SpecContext) {
				who := v.lease(user)
				v.Expect(v.Do(ctx, v.caller(who), v.login, v.signed(who)), v.login, complete)
			})
	}
	It("names the user who signed",
		v.promise("login.names-user", v.login, contract.OK),
		func(ctx SpecContext) {
			who := v.lease(user)
			call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Expect(call, v.login, contract.OK)
			object, _ := body(call).(map[string]any)
			for member, id := range map[string]string{"user": "userId", "User": "UserId"} {
				if object[member] != nil {
					v.Holds("the answer's user is the one who signed", number(object[member], id) == v.userID(who), "it is another")
				}
			}
		})
	It("says that a locked account is locked, and does not let it in",
		v.promise("login.locked", v.login, accountLocked), Serial,
		func(ctx SpecContext) {
			who, twin := v.lease(locked), v.lease(user)
			v.Require("sign in as a user who is not locked", v.Do(ctx, v.caller(twin), v.login, v.signed(twin)), v.login, contract.OK)
			call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Expect(call, v.login, accountLocked)
			v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
			v.closed(ctx, v.caller(who))
		})
}

// forged replaces the signature of a right request by one over something else.
func forged(name string, sign func(who *identity.Identity, nonce string) string) func(*identity.Identity) conform.Change {
	return func(who *identity.Identity) conform.Change {
		return conform.Change{Name: name, Of: func(r conform.Request) conform.Request {
			return r.With("Signature", sign(who, r.JSON.(conform.Object)["Nonce"].(string)))
		}}
	}
}

// signatureRefused lists the signatures that show nothing.
func (v *Venue) signatureRefused() {
	refuses := func(text, slug string, forge ...func(*identity.Identity) conform.Change) {
		It(text, v.promise("signature."+slug, v.login, contract.BadCredentials), func(ctx SpecContext) {
			v.refusesSigned(ctx, contract.BadCredentials, forge)
		})
	}
	order := func(name string, join func(nonce, id, key string) string) func(*identity.Identity) conform.Change {
		return forged(name, func(who *identity.Identity, nonce string) string {
			return mac(who.APISecret, join(nonce, who.ID, who.APIKey))
		})
	}
	spelt := func(name string, spell func(string) string) func(*identity.Identity) conform.Change {
		return forged(name, func(who *identity.Identity, nonce string) string {
			return spell(Sign(who.APISecret, nonce, who.ID, who.APIKey))
		})
	}
	refuses("refuses a signature under another secret", "wrong-secret",
		forged("made-up secret", func(who *identity.Identity, nonce string) string { return Sign("made-up", nonce, who.ID, who.APIKey) }),
		forged("the API key as secret", func(who *identity.Identity, nonce string) string { return Sign(who.APIKey, nonce, who.ID, who.APIKey) }),
		forged("empty secret", func(who *identity.Identity, nonce string) string { return Sign("", nonce, who.ID, who.APIKey) }))
	refuses("refuses what is signed in another order", "order",
		order("nonce, key, id", func(n, i, k string) string { return n + k + i }),
		order("id, nonce, key", func(n, i, k string) string { return i + n + k }),
		order("id, key, nonce", func(n, i, k string) string { return i + k + n }),
		order("key, nonce, id", func(n, i, k string) string { return k + n + i }),
		order("key, id, nonce", func(n, i, k string) string { return k + i + n }))
	refuses("refuses a signature that leaves a part out", "part-unsigned",
		order("without the user id, as the reference page has it", func(n, i, k string) string { return n + k }),
		order("without the nonce", func(n, i, k string) string { return i + k }),
		order("without the API key", func(n, i, k string) string { return n + i }))
	refuses("refuses parts put together with something between them", "separators",
		order("colons", func(n, i, k string) string { return n + ":" + i + ":" + k }),
		order("spaces", func(n, i, k string) string { return n + " " + i + " " + k }),
		order("trailing newline", func(n, i, k string) string { return n + i + k + "\n" }))
	refuses("refuses upper-case hexadecimal", "upper-case", spelt("upper case", strings.ToUpper))
	refuses("refuses a signature in another spelling or cut short", "spelling",
		spelt("Base64", func(s string) string { raw, _ := hex.DecodeString(s); return base64.StdEncoding.EncodeToString(raw) }),
		spelt("first half", func(s string) string { return s[:len(s)/2] }),
		spelt("0x before it", func(s string) string { return "0x" + s }),
		spelt("white space after it", func(s string) string { return s + " " }))
	member := func(slug, text, name string, other func(*identity.Identity) string) {
		refuses(text, slug, func(who *identity.Identity) conform.Change { return conform.Set(name, other(who)) })
	}
	member("nonce-changed", "refuses a nonce that is not the one that was signed", "Nonce",
		func(*identity.Identity) string { return v.nonce() + "1" })
	member("key-changed", "refuses an API key that is not the one that was signed", "APIKey",
		func(*identity.Identity) string { return v.Nonce() + v.Nonce() })
	v.foreignIdentities()
}

// foreignIdentities mixes the members of two users (facts/auth-checks.md B09).
func (v *Venue) foreignIdentities() {
	mixed := func(text, slug string, options []clause.Option, change func(who, other *identity.Identity) conform.Change) {
		It(text, v.promise("signature."+slug, v.login, contract.BadCredentials, options...), func(ctx SpecContext) {
			who, other := v.lease(user), v.lease(user)
			v.Refuses(ctx, conform.Refusal{
				Operation: v.login, By: v.caller(who), Control: func() conform.Request { return v.signed(who) },
				Changes: []conform.Change{change(who, other)}, Outcome: contract.BadCredentials,
			})
		})
	}
	mixed("refuses another user's id under one's own signature", "foreign-user", nil, func(who, other *identity.Identity) conform.Change {
		return conform.Change{Name: "user id of another", Of: func(r conform.Request) conform.Request {
			nonce := r.JSON.(conform.Object)["Nonce"].(string)
			return r.With("UserId", other.ID).With("UserName", other.Login).With("Signature", v.Secret("signature", Sign(who.APISecret, nonce, other.ID, who.APIKey)))
		}}
	})
	mixed("refuses another user's API key under one's own secret", "foreign-key", nil, func(who, other *identity.Identity) conform.Change {
		return conform.Change{Name: "API key of another", Of: func(r conform.Request) conform.Request {
			nonce := r.JSON.(conform.Object)["Nonce"].(string)
			return r.With("APIKey", other.APIKey).With("Signature", v.Secret("signature", Sign(who.APISecret, nonce, who.ID, other.APIKey)))
		}}
	})
	mixed("refuses a user name that is not the API key's", "foreign-user-name",
		[]clause.Option{clause.From(contract.Inferred, "facts/kiiex.md 7.3")},
		func(_, other *identity.Identity) conform.Change { return conform.Set("UserName", other.Login) })
}

// signatureMembers takes each member away, or gives it another JSON type.
func (v *Venue) signatureMembers() {
	for _, name := range []string{"APIKey", "Signature", "UserId", "Nonce"} {
		It("refuses a log-in by API key without "+name,
			v.promise("login.without-"+strings.ToLower(name), v.login, incomplete),
			func(ctx SpecContext) {
				v.refusesSigned(ctx, incomplete, []func(*identity.Identity) conform.Change{
					func(who *identity.Identity) conform.Change { return v.without(who, name) },
					func(*identity.Identity) conform.Change { return renamed(name+" null", conform.Set(name, nil)) },
					func(*identity.Identity) conform.Change { return renamed(name+" empty", conform.Set(name, "")) },
				})
			})
	}
	It("refuses a log-in without any credentials",
		v.promise("login.empty", v.login, incomplete),
		func(ctx SpecContext) {
			v.refusesSigned(ctx, incomplete, []func(*identity.Identity) conform.Change{
				func(*identity.Identity) conform.Change {
					return conform.Change{Name: "{}", Of: func(r conform.Request) conform.Request { r.JSON = conform.Object{}; return r }}
				},
				func(who *identity.Identity) conform.Change {
					return conform.Change{Name: "the user name alone", Of: func(r conform.Request) conform.Request {
						r.JSON = conform.Object{"UserName": who.Login}
						return r
					}}
				},
			})
		})
	It("refuses numbers in place of texts",
		v.promise("login.numbers", v.login, contract.InvalidType),
		func(ctx SpecContext) {
			v.refusesSigned(ctx, contract.InvalidType, []func(*identity.Identity) conform.Change{
				func(who *identity.Identity) conform.Change {
					return renamed("UserId as a number", conform.Set("UserId", v.userID(who)))
				},
				func(who *identity.Identity) conform.Change {
					return conform.Change{Name: "Nonce as a number", Of: func(r conform.Request) conform.Request {
						const nonce = "1234567890"
						return r.With("Nonce", 1234567890).With("Signature", v.Secret("signature", Sign(who.APISecret, nonce, who.ID, who.APIKey)))
					}}
				},
			})
		})
}

// without drops a member, and signs what is left.
func (v *Venue) without(who *identity.Identity, name string) conform.Change {
	return conform.Change{Name: "without " + name, Of: func(r conform.Request) conform.Request {
		if name != "Signature" {
			left := map[string]string{"Nonce": r.JSON.(conform.Object)["Nonce"].(string), "UserId": who.ID, "APIKey": who.APIKey}
			delete(left, name)
			r = r.With("Signature", v.Secret("signature", Sign(who.APISecret, left["Nonce"], left["UserId"], left["APIKey"])))
		}
		return r.Without(name)
	}}
}

// nonces records what the documents leave open: KIIEX shows a fixed nonce beside
// its keys, so that a signature is expected to work more than once.
func (v *Venue) nonces() {
	open := clause.From(contract.Inferred, "facts/kiiex.md 2 nonce: arbitrary number or random string, replay undocumented")
	It("takes a nonce a second time",
		clause.Note(v.Exchange()+".nonce.repeated", v.login, contract.OK, open),
		func(ctx SpecContext) {
			who := v.lease(user)
			request := v.signed(who)
			v.Require("sign in once", v.Do(ctx, v.caller(who), v.login, request), v.login, contract.OK)
			v.Expect(v.Do(ctx, v.caller(who), v.login, request), v.login, contract.OK)
		})
	It("takes a nonce that is lower than the one before",
		clause.Note(v.Exchange()+".nonce.stale", v.login, contract.OK, open),
		func(ctx SpecContext) {
			who := v.lease(user)
			v.Require("sign in once", v.Do(ctx, v.caller(who), v.login, v.signed(who)), v.login, contract.OK)
			v.Expect(v.Do(ctx, v.caller(who), v.login, v.signedWith(who, "1"+v.Nonce()[:4])), v.login, contract.OK)
		})
}

// refusesSigned puts forged log-ins to the target, few enough to each identity
// that no limit is what refuses them.
func (v *Venue) refusesSigned(ctx SpecContext, outcome contract.Outcome, forge []func(*identity.Identity) conform.Change) {
	GinkgoHelper()
	for batch := range slices.Chunk(forge, v.wrongInARow()) {
		who := v.lease(user)
		var changes []conform.Change
		for _, change := range batch {
			changes = append(changes, change(who))
		}
		for _, call := range v.Refuses(ctx, conform.Refusal{
			Operation: v.login, By: v.caller(who), Control: func() conform.Request { return v.signed(who) },
			Changes: changes, Outcome: outcome,
		}) {
			v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
		}
	}
}
