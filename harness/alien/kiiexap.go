package alien

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"authconform/harness/target"
)

// desk is written from document 001, which prints one operation: AuthenticateUser
// behind a bearer JWT. How the signature is made it does not say, nor what an answer
// leaves out: this one signs other parts with another hash than AlphaPoint does, and
// spells its prefix as AlphaPoint's venues do.
type desk struct {
	base
	clients map[string]*client // by id
	key     []byte             // that signs the JWTs
}

type client struct {
	id                int
	name, jwt, apiKey string
	secret            string // of the API key
	twoFactor, locked bool
	nonces            map[string]bool
}

// DeskBugs are what may go wrong in it, and a clause that has to say so.
var DeskBugs = map[string]string{
	"any-signature":             "kiiexap.login.same-refusal",
	"secret-not-used":           "kiiexap.login.signature",
	"nonce-not-signed":          "kiiexap.login.signature",
	"key-not-signed":            "kiiexap.login.signature",
	"user-not-signed":           "kiiexap.login.signature",
	"key-of-anybody":            "kiiexap.signature.foreign-key",
	"jwt-not-needed":            "kiiexap.gateway.login-absent",
	"any-jwt":                   "kiiexap.gateway.login-junk",
	"jwt-signature-not-checked": "kiiexap.gateway.login-forged",
	"jwt-alg-none":              "kiiexap.gateway.login-forged",
	"locked-enters":             "kiiexap.login.locked",
	"second-factor-not-asked":   "kiiexap.pending.required",
	"session-with-pending":      "kiiexap.pending.required",
	"names-other-user":          "kiiexap.login.names-user",
	"says-true-when-wrong":      "kiiexap.login.same-refusal",
	"signature-may-be-missing":  "kiiexap.login.without-signature",
	"numbers-crash":             "kiiexap.fail-open.login",
	"unknown-user-enters":       "kiiexap.login.same-refusal",
	"authenticated-missing":     "kiiexap.login.signature",
	"no-limit":                  "kiiexap.throttle.parallel",
	"limit-spares-right":        "kiiexap.throttle.right-credentials",
	"signature-prefix":          "kiiexap.signature.cut",
}

// Desk is a back end of AuthenticateUser.
func Desk(bug string, list ...Habit) *Alien {
	d := &desk{base: base{bug: bug, habits: habits(list)}, clients: map[string]*client{}, key: []byte(random())}
	a := &Alien{Handler: d.serve(d.handle)}
	t := &a.Target
	t.Exchange, t.Operations = "kiiexap", []string{"AuthenticateUser"}
	t.Settings = map[string]string{"prefix": "/AP", "log-in": "signature",
		"signature": "HMAC-SHA512 of {APIKey}{Nonce}{UserId} in base64", "lock-after": "never"}
	t.Limits.Password = &target.Limit{Attempts: 5, Window: time.Minute}
	if d.has(HeldAlike) {
		t.Settings["limit-status"] = "401"
	}
	for i := range 90 {
		role := "user"
		if i < 12 {
			role = []string{"locked", "totp"}[i/6]
		}
		c := &client{
			id: 300 + i, name: fmt.Sprintf("client%d", i), apiKey: random(), secret: random(), nonces: map[string]bool{},
			twoFactor: role == "totp", locked: role == "locked",
		}
		c.jwt = d.sign(fmt.Sprintf(`{"sub":"%d","exp":%d}`, c.id, time.Now().Add(24*time.Hour).Unix()))
		d.clients[fmt.Sprint(c.id)] = c
		who := target.Identity{
			Name: c.name, Roles: []string{role}, Login: c.name, ID: fmt.Sprint(c.id), APIKey: c.apiKey, APISecret: c.secret, Token: c.jwt,
		}
		if c.twoFactor {
			who.TOTPSecret = newSecret()
		}
		t.Identities = append(t.Identities, who)
	}
	return a
}

func (d *desk) sign(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"HS512"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha512.New, d.key)
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// holder is whose JWT a request carries.
func (d *desk) holder(r *http.Request) *client {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return nil
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	none := d.bug == "jwt-alg-none" && strings.Contains(strings.ToLower(string(header)), "none")
	if d.sign(string(claims)) != token && d.bug != "jwt-signature-not-checked" && !none {
		return nil
	}
	var said struct{ Sub string }
	_ = json.Unmarshal(claims, &said)
	return d.clients[said.Sub]
}

func (d *desk) handle(w http.ResponseWriter, r *http.Request) {
	if path := d.route(r.URL.Path); path != d.route("/AP/AuthenticateUser") {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST, OPTIONS")
		http.Error(w, "no", http.StatusMethodNotAllowed)
		return
	}
	members, ok := body(r)
	if d.has(BodyFirst) && (!ok || !isJSON(r)) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	holder := d.holder(r)
	if holder == nil && (d.bug == "any-jwt" && r.Header.Get("Authorization") != "" ||
		d.bug == "jwt-not-needed" && r.Header.Get("Authorization") == "") {
		holder = &client{}
	}
	if holder == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="desk", error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if !isJSON(r) && !d.has(MediaIgnored) {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	if d.unknown(members, "APIKey", "Signature", "UserId", "UserName", "Nonce") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	given := map[string]string{}
	for _, name := range []string{"UserId", "UserName", "APIKey", "Nonce", "Signature"} {
		value, typed := text(members, name)
		if !typed && d.bug == "numbers-crash" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		given[name] = value
		ok = ok && typed && (value != "" || name == "UserName" || name == "Signature" && d.bug == "signature-may-be-missing")
	}
	if !ok || d.has(UnfitIs400) && len(given["Signature"]) != base64.StdEncoding.EncodedLen(sha512.Size) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	d.logIn(w, holder, given)
}

// expected is the signature that a client's log-in has to carry.
func (d *desk) expected(c *client, given map[string]string) string {
	secret, parts := c.secret, given["APIKey"]+given["Nonce"]+given["UserId"]
	switch d.bug {
	case "secret-not-used":
		secret = ""
	case "nonce-not-signed":
		parts = c.apiKey + given["UserId"]
	case "key-not-signed":
		parts = given["Nonce"] + given["UserId"]
	case "user-not-signed":
		parts = given["APIKey"] + given["Nonce"]
	}
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(parts))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (d *desk) logIn(w http.ResponseWriter, holder *client, given map[string]string) {
	c := d.clients[given["UserId"]]
	spared := d.bug == "no-limit" || d.bug == "limit-spares-right" && c != nil && d.fitsSignature(c, given)
	if !spared && d.limited(given["UserId"], 5, time.Minute) {
		if d.has(HeldAlike) {
			d.wrong(w)
			return
		}
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if c == nil && d.bug == "unknown-user-enters" {
		c = holder
		d.open(w, c)
		return
	}
	right := c != nil && d.fitsSignature(c, given) && !(d.has(NonceOnce) && c.nonces[given["Nonce"]])
	right = right && (c.apiKey == given["APIKey"] || d.bug == "key-of-anybody") &&
		(given["UserName"] == "" || d.name(given["UserName"]) == c.name)
	if !right {
		d.fail(given["UserId"])
	} else {
		d.reset(given["UserId"])
		c.nonces[given["Nonce"]] = true
	}
	switch {
	case !right && d.bug == "says-true-when-wrong":
		answer(w, http.StatusUnauthorized, `{"authenticated": true}`)
	case !right:
		d.wrong(w)
	case c.locked && d.bug != "locked-enters":
		d.lockedOut(w, c)
	case c.twoFactor && d.bug != "second-factor-not-asked":
		extra := ""
		if d.bug == "session-with-pending" {
			extra = `, "sessionToken": ` + quoted(random())
		}
		answer(w, http.StatusOK, d.waiting(c, extra))
	default:
		d.open(w, c)
	}
}

// wrong refuses who does not show who they are.
func (d *desk) wrong(w http.ResponseWriter) {
	answer(w, http.StatusUnauthorized, `{"authenticated": false, "detail": "not you"}`)
}

func (d *desk) fitsSignature(c *client, given map[string]string) bool {
	switch {
	case d.bug == "any-signature", d.bug == "signature-may-be-missing" && given["Signature"] == "":
		return true
	case d.bug == "signature-prefix" && given["Signature"] != "":
		return strings.HasPrefix(d.expected(c, given), given["Signature"])
	case d.bug == "key-of-anybody":
		for _, other := range d.clients {
			if other.apiKey == given["APIKey"] && d.expected(c, given) == given["Signature"] {
				return true
			}
		}
	}
	return subtle.ConstantTimeCompare([]byte(d.expected(c, given)), []byte(given["Signature"])) == 1
}

func (d *desk) open(w http.ResponseWriter, c *client) {
	id, name := c.id, c.name
	if d.bug == "names-other-user" {
		id, name = 999, "somebody"
	}
	said := `"authenticated": true, `
	if d.bug == "authenticated-missing" {
		said = ""
	}
	switch {
	case d.has(Nulls):
		answer(w, http.StatusOK, fmt.Sprintf(`{"user": {"userId": %d, "userName": %q, "email": null, "emailVerified": null, "accountId": null, "omsId": 1, "use2FA": null},
			%s"locked": null, "requires2FA": null, "twoFAType": null, "twoFAToken": null}`, id, name, said))
	case d.has(Few):
		answer(w, http.StatusOK, strings.ReplaceAll(`{`+said+`}`, ", }", "}"))
	case d.has(Reversed):
		answer(w, http.StatusOK, fmt.Sprintf(`{"user": {"userId": %d, "userName": %q, "email": "", "emailVerified": false, "accountId": 0, "omsId": 1, "use2FA": false},
			%s"locked": false, "requires2FA": false, "twoFAType": "", "twoFAToken": ""}`, id, name, said))
	default:
		answer(w, http.StatusOK, fmt.Sprintf(`{"requires2FA": false, "locked": false, %s"theme": "dark", "user":
			{"accountId": 12, "use2FA": false, "userName": %q, "userId": %d, "badges": []}}`, said, name, id))
	}
}

// lockedOut refuses the right log-in of a locked account.
func (d *desk) lockedOut(w http.ResponseWriter, c *client) {
	switch {
	case d.has(LockedIs423):
		answer(w, http.StatusLocked, `{"authenticated": false, "locked": true}`)
	case d.has(LockedIs401):
		answer(w, http.StatusUnauthorized, `{"authenticated": false, "locked": true}`)
	case d.has(Nulls):
		answer(w, http.StatusOK, `{"user": null, "authenticated": false, "locked": true, "requires2FA": false, "twoFAType": null, "twoFAToken": null}`)
	default:
		answer(w, http.StatusOK, fmt.Sprintf(`{"locked": true, "user": {"userName": %q, "userId": %d}, "authenticated": false}`, c.name, c.id))
	}
}

// waiting is the answer of a log-in whose second factor is missing.
func (d *desk) waiting(c *client, extra string) string {
	switch {
	case d.has(Nulls):
		return fmt.Sprintf(`{"user": null, "authenticated": false, "locked": false, "requires2FA": true, "twoFAType": "Google", "twoFAToken": null%s}`, extra)
	case d.has(Few):
		return fmt.Sprintf(`{"authenticated": false, "requires2FA": true%s}`, extra)
	case d.has(Reversed): // as the document's example, which says true to everything
		return fmt.Sprintf(`{"user": {"userId": %d, "userName": %q, "email": "a@alien.test", "emailVerified": true, "accountId": 1, "omsId": 1, "use2FA": true},
			"authenticated": true, "locked": false, "requires2FA": true, "twoFAType": "Google", "twoFAToken": %q%s}`, c.id, c.name, random(), extra)
	}
	return fmt.Sprintf(`{"twoFAToken": %q, "twoFAType": "Google", "requires2FA": true, "authenticated": false%s}`, random(), extra)
}
