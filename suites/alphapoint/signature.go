package alphapoint

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// signing is the authority for how signatures are made: AlphaPoint's documents and
// clients say it, KIIEX's own documents name the member alone.
var signing = clause.From(contract.Inferred, "alphapoint#2")

// resigned replaces the signature of a right request by another one.
func (v specs) resigned(name string, sign func(who *identity.Identity, nonce string) string) forgery {
	return func(who *identity.Identity) conform.Change {
		return conform.Change{Name: name, Of: func(r conform.Request) conform.Request {
			return r.With("Signature", sign(who, r.JSON.(conform.Object)["Nonce"].(string)))
		}}
	}
}

// secret signs the right parts under another secret.
func (v specs) secret(name string, of func(who *identity.Identity) string) forgery {
	return v.resigned(name, func(who *identity.Identity, nonce string) string {
		return v.Signer().Sign(of(who), nonce, who.ID, who.APIKey)
	})
}

// parts signs nonce, user id and API key put together in another way.
func (v specs) parts(name string, join func(nonce, id, key string) string) forgery {
	return v.resigned(name, func(who *identity.Identity, nonce string) string {
		s, message := v.Signer(), join(nonce, who.ID, who.APIKey)
		if message == s.Message(nonce, who.ID, who.APIKey) { // the target puts them together just so
			message = nonce + who.ID + who.APIKey
		}
		return s.MAC(who.APISecret, message)
	})
}

// spelt writes the right signature in another way.
func (v specs) spelt(name string, spell func(signature string) string) forgery {
	return v.resigned(name, func(who *identity.Identity, nonce string) string {
		return spell(v.Signer().Sign(who.APISecret, nonce, who.ID, who.APIKey))
	})
}

// nearlySigned are signatures of which a part is right. Their case does not matter here.
func (v specs) nearlySigned() []forgery {
	const digits = "0123456789abcdef"
	var all []forgery
	for i, near := range family.NearProofs(digits + digits) {
		all = append(all, v.spelt(near.Name, func(signature string) string { return family.NearProofs(signature)[i].Value }))
	}
	return all
}

// member changes a member that is signed, and leaves the signature.
func member(name string, value func(who *identity.Identity) string) forgery {
	return func(who *identity.Identity) conform.Change { return conform.Set(name, value(who)) }
}

func (v specs) signature() {
	op := v.Login.Name()
	for _, row := range []conform.Row[[]forgery]{
		{Text: op + " rejects a signature that is nearly right: cut, made longer, with a character or a half changed, backwards or twice",
			Clause: clause.Graded(v.ID("signature.near-miss"), v.Login, client.SignatureUnfit), Given: v.nearlySigned()},
		{Text: op + " rejects a signature made with another secret",
			Clause: clause.Graded(v.ID("signature.wrong-secret"), v.Login, contract.BadCredentials), Given: []forgery{
				v.secret("made-up secret", func(*identity.Identity) string { return "made-up" }),
				v.secret("the API key as secret", func(who *identity.Identity) string { return who.APIKey }),
				v.secret("empty secret", func(*identity.Identity) string { return "" }),
				v.secret("the user id as secret", func(who *identity.Identity) string { return who.ID }),
				v.secret("the secret of another user", func(*identity.Identity) string { return v.Account(client.User).APISecret }),
				v.resigned("a digest without any secret", func(who *identity.Identity, nonce string) string {
					return v.Signer().Digest(v.Signer().Message(nonce, who.ID, who.APIKey))
				}),
			}},
		{Text: op + " rejects a signature over its parts in another order",
			Clause: clause.Should(v.ID("signature.order"), v.Login, contract.BadCredentials, signing), Given: []forgery{
				v.parts("nonce, key, id", func(n, i, k string) string { return n + k + i }),
				v.parts("id, nonce, key", func(n, i, k string) string { return i + n + k }),
				v.parts("id, key, nonce", func(n, i, k string) string { return i + k + n }),
				v.parts("key, nonce, id", func(n, i, k string) string { return k + n + i }),
				v.parts("key, id, nonce", func(n, i, k string) string { return k + i + n }),
			}},
		{Text: op + " rejects a signature that leaves out the user id, the nonce or the API key",
			Clause: clause.Should(v.ID("signature.part-unsigned"), v.Login, contract.BadCredentials, signing), Given: []forgery{
				v.parts("without the user id, as the reference page has it", func(n, _, k string) string { return n + k }),
				v.parts("without the nonce", func(_, i, k string) string { return i + k }),
				v.parts("without the API key", func(n, i, _ string) string { return n + i }),
				v.parts("of the nonce alone", func(n, _, _ string) string { return n }),
			}},
		{Text: op + " rejects a signature over parts with separators or a newline",
			Clause: clause.Should(v.ID("signature.separators"), v.Login, contract.BadCredentials, signing), Given: []forgery{
				v.parts("colons", func(n, i, k string) string { return n + ":" + i + ":" + k }),
				v.parts("spaces", func(n, i, k string) string { return n + " " + i + " " + k }),
				v.parts("trailing newline", func(n, i, k string) string { return n + i + k + "\n" }),
			}},
		{Text: op + " rejects a signature in upper case",
			Clause: clause.Should(v.ID("signature.upper-case"), v.Login, client.SignatureUnfit, signing),
			Given:  []forgery{v.spelt("upper case", strings.ToUpper)}},
		{Text: op + " rejects a signature in another encoding, with a prefix or with white space",
			Clause: clause.Should(v.ID("signature.spelling"), v.Login, client.SignatureUnfit, signing), Given: []forgery{
				v.resigned("Base64 for hexadecimal, or the other way round", func(who *identity.Identity, nonce string) string {
					return v.Signer().Respelt(who, nonce)
				}),
				v.spelt("0x before it", func(s string) string { return "0x" + s }),
				v.spelt("white space after it", func(s string) string { return s + " " }),
			}},
		{Text: op + " rejects the first half of a right signature",
			Clause: clause.Graded(v.ID("signature.cut"), v.Login, client.SignatureUnfit), Given: []forgery{
				v.spelt("first half", func(s string) string { return s[:len(s)/2] }),
			}},
		{Text: op + " rejects a nonce other than the signed one",
			Clause: clause.Graded(v.ID("signature.nonce-changed"), v.Login, contract.BadCredentials),
			Given:  []forgery{member("Nonce", func(*identity.Identity) string { return v.LoginNonce() + "1" })}},
		{Text: op + " rejects an API key other than the signed one",
			Clause: clause.Graded(v.ID("signature.key-changed"), v.Login, contract.BadCredentials),
			Given:  []forgery{member("APIKey", func(*identity.Identity) string { return v.Nonce() + v.Nonce() })}},
		{Text: op + " rejects the id of another user under the caller's own signature",
			Clause: clause.Graded(v.ID("signature.foreign-user"), v.Login, contract.BadCredentials), Given: []forgery{v.foreignUser}},
		{Text: op + " rejects the API key of another user under the caller's own secret",
			Clause: clause.Graded(v.ID("signature.foreign-key"), v.Login, contract.BadCredentials), Given: []forgery{v.foreignKey}},
		{Text: op + " rejects a user name to which the API key does not belong",
			Clause: clause.Should(v.ID("signature.foreign-user-name"), v.Login, contract.BadCredentials,
				clause.From(contract.Inferred, "alphapoint#7.3")),
			Given: []forgery{member("UserName", func(*identity.Identity) string { return v.Account(client.User).Login })}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) { v.rejectsForged(ctx, row.Clause.Outcome, row.Given...) })
	}
}

// foreignUser signs the id of another user (checks#B09).
func (v specs) foreignUser(who *identity.Identity) conform.Change {
	other := v.Account(client.User)
	return conform.Change{Name: "user id of another", Of: func(r conform.Request) conform.Request {
		signature := v.Signer().Sign(who.APISecret, r.JSON.(conform.Object)["Nonce"].(string), other.ID, who.APIKey)
		return r.With("UserId", other.ID).With("UserName", other.Login).With("Signature", v.Secret("signature", signature))
	}}
}

// foreignKey signs the API key of another user (checks#B09).
func (v specs) foreignKey(who *identity.Identity) conform.Change {
	other := v.Account(client.User)
	return conform.Change{Name: "API key of another", Of: func(r conform.Request) conform.Request {
		signature := v.Signer().Sign(who.APISecret, r.JSON.(conform.Object)["Nonce"].(string), who.ID, other.APIKey)
		return r.With("APIKey", other.APIKey).With("Signature", v.Secret("signature", signature))
	}}
}
