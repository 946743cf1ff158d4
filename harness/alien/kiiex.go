package alien

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"authconform/harness/target"
)

// venue is written from document 000: POST /authenticate2fa behind an APIKey header,
// and the first step that its text names, webauthenticateuser, of which it says only
// that it hands out TwoFAType and TwoFAToken. The document's one credential beside
// the code is the APIKey header, so that ties the two steps together.
type venue struct {
	base
	traders map[string]*trader // by name
	keys    map[string]*trader // by API key
}

type trader struct {
	name, password, key, secret string
	pending                     time.Time // until when a code may follow
	used                        int64
	lastToken                   string
}

// VenueBugs are what may go wrong in it, and a clause that has to say so.
var VenueBugs = map[string]string{
	"any-code":                       "kiiex.code.wrong-then-right",
	"empty-code":                     "kiiex.authenticate2fa.missing-member",
	"code-of-anybody":                "kiiex.code.foreign",
	"old-codes":                      "kiiex.code.expired",
	"future-codes":                   "kiiex.code.future",
	"code-prefix":                    "kiiex.code.length",
	"first-step-not-needed":          "kiiex.code.without-first-step",
	"first-step-lasts":               "kiiex.code.without-first-step",
	"password-not-checked":           "kiiex.login.same-refusal",
	"second-factor-skipped":          "kiiex.authenticate2fa.malformed",
	"session-before-code":            "kiiex.pending.required",
	"authenticated-false-with-token": "kiiex.code.right",
	"no-token":                       "kiiex.code.right",
	"code-replayed":                  "kiiex.code.replayed",
	"booleans-open":                  "kiiex.code.json-boolean",
	"no-limit":                       "kiiex.throttle.parallel",
}

const (
	venueAttempts = 7
	venueWindow   = time.Minute
)

// Venue is a back end of the log-in in two steps.
func Venue(bug string) *Alien {
	v := &venue{base: base{bug: bug}, traders: map[string]*trader{}, keys: map[string]*trader{}}
	a := &Alien{Handler: v.serve(v.handle)}
	t := &a.Target
	t.Exchange, t.Operations = "kiiex", []string{"AuthenticateUser", "Authenticate2fa"}
	t.Settings = map[string]string{"path-authenticate-user": "/webauthenticateuser", "log-in": "password", "lock-after": "never"}
	t.Limits.Password = &target.Limit{Attempts: venueAttempts, Window: venueWindow}
	t.Limits.SecondFactor = t.Limits.Password
	for i := range 90 {
		u := &trader{name: fmt.Sprintf("trader%d", i), password: "pass-" + random()[:12], key: random()}
		if i >= 45 {
			u.secret = newSecret()
		}
		v.traders[u.name], v.keys[u.key] = u, u
		role := "user"
		if u.secret != "" {
			role = "totp"
		}
		t.Identities = append(t.Identities, target.Identity{
			Name: u.name, Roles: []string{role}, Login: u.name, Password: u.password, ID: fmt.Sprint(70 + i), APIKey: u.key, TOTPSecret: u.secret,
		})
	}
	return a
}

func (v *venue) handle(w http.ResponseWriter, r *http.Request) {
	steps := map[string]func(http.ResponseWriter, *trader, map[string]any){
		"/webauthenticateuser": v.first, "/authenticate2fa": v.second,
	}
	step, known := steps[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	caller := v.keys[r.Header.Get("APIKey")]
	if caller == nil {
		w.Header().Set("WWW-Authenticate", `APIKey realm="venue"`)
		answer(w, 401, `{"Message": "Who are you?"}`)
		return
	}
	members, ok := body(r)
	if !ok {
		answer(w, 400, `{"Message": "That is no JSON object"}`)
		return
	}
	if !isJSON(r) {
		answer(w, 415, `{"Message": "application/json, please"}`)
		return
	}
	step(w, caller, members)
}

func (v *venue) first(w http.ResponseWriter, caller *trader, members map[string]any) {
	name, typed1 := text(members, "UserName")
	password, typed2 := text(members, "Password")
	if !typed1 || !typed2 || name == "" || password == "" {
		answer(w, 400, `{"Message": "UserName and Password are needed"}`)
		return
	}
	if v.held(w, "log-in "+strings.ToLower(name)) {
		return
	}
	user := v.traders[name]
	if user == nil || user.password != password && v.bug != "password-not-checked" || user != caller {
		v.fail("log-in " + strings.ToLower(name))
		answer(w, 401, `{"Authenticated": false}`)
		return
	}
	v.refused["log-in "+name] = nil
	if user.secret == "" || v.bug == "second-factor-skipped" {
		answer(w, 200, `{"UserId": 7, "SessionToken": `+quoted(v.token(user))+`, "Authenticated": true, "Requires2FA": false}`)
		return
	}
	user.pending = v.now().Add(5 * time.Minute)
	if v.bug == "session-before-code" {
		answer(w, 200, `{"TwoFAType": "Google", "SessionToken": `+quoted(v.token(user))+`, "Requires2FA": true, "Authenticated": true}`)
		return
	}
	answer(w, 200, `{"TwoFAType": "Google", "TwoFAToken": `+quoted(random())+`, "Requires2FA": true, "Authenticated": false}`)
}

func (v *venue) second(w http.ResponseWriter, user *trader, members map[string]any) {
	code, typed := text(members, "Code")
	if v.bug == "booleans-open" && members["Code"] == true {
		v.open(w, user)
		return
	}
	if !typed || code == "" && v.bug != "empty-code" {
		answer(w, 400, `{"Message": "Code is needed"}`)
		return
	}
	if v.held(w, "code "+user.name) {
		return
	}
	waits := user.pending.After(v.now()) || v.bug == "first-step-not-needed"
	if !waits || user.secret == "" || !v.codeFits(user, code) {
		v.fail("code " + user.name)
		answer(w, 401, `{"Authenticated": false, "Attempt": "denied"}`)
		return
	}
	v.refused["code "+user.name] = nil
	if v.bug != "first-step-lasts" {
		user.pending = time.Time{}
	}
	v.open(w, user)
}

// held refuses whom the limit holds back.
func (v *venue) held(w http.ResponseWriter, who string) bool {
	if v.bug == "no-limit" || !v.limited(who, venueAttempts, venueWindow) {
		return false
	}
	answer(w, 429, `{"Message": "Slow down"}`)
	return true
}

func (v *venue) codeFits(u *trader, code string) bool {
	steps := 1
	switch {
	case v.bug == "any-code", v.bug == "empty-code" && code == "":
		return true
	case v.bug == "code-prefix" && len(code) > 6:
		code = code[:6]
	case v.bug == "old-codes" || v.bug == "future-codes":
		steps = 60
	case v.bug == "code-of-anybody":
		for _, other := range v.traders {
			if _, ok := v.fits(other.secret, code, 1); ok && other != u && other.secret != "" {
				return true
			}
		}
	}
	step, ok := v.fits(u.secret, code, steps)
	now := v.now().Unix() / 30
	if !ok || v.bug == "old-codes" && step > now+1 || v.bug == "future-codes" && step < now-1 {
		return false
	}
	if step <= u.used && v.bug != "code-replayed" && v.bug != "old-codes" {
		return false
	}
	u.used = max(u.used, step)
	return true
}

func (v *venue) token(u *trader) string {
	u.lastToken = random()
	return u.lastToken
}

func (v *venue) open(w http.ResponseWriter, u *trader) {
	switch v.bug {
	case "no-token":
		answer(w, 200, `{"Authenticated": true}`)
	case "authenticated-false-with-token":
		answer(w, 200, `{"Authenticated": false, "SessionToken": `+quoted(v.token(u))+`}`)
	default:
		answer(w, 200, `{"UserId": 7, "SessionToken": `+quoted(v.token(u))+`, "Authenticated": true}`)
	}
}
