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
	shown   string             // the cookie of the request that is served
}

type trader struct {
	name, password, key, secret string
	pending                     time.Time // until when a code may follow
	used                        int64
	lastToken                   string
	cookie                      string // that the first step set
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
func Venue(bug string, list ...Habit) *Alien {
	v := &venue{base: base{bug: bug, habits: habits(list)}, traders: map[string]*trader{}, keys: map[string]*trader{}}
	a := &Alien{Handler: v.serve(v.handle)}
	t := &a.Target
	t.Exchange, t.Operations = "kiiex", []string{"AuthenticateUser", "Authenticate2fa"}
	t.Settings = map[string]string{"path-authenticate-user": "/webauthenticateuser", "log-in": "password", "lock-after": "never"}
	t.Limits.Password = &target.Limit{Attempts: venueAttempts, Window: venueWindow}
	t.Limits.SecondFactor = t.Limits.Password
	if v.has(HeldIs403) {
		t.Settings["limit-status"] = "403"
	}
	if v.has(HeldIs401) {
		t.Settings["limit-status"] = "401"
	}
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
	step, known := steps[v.route(r.URL.Path)]
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
	if v.has(BodyFirst) && !isJSON(r) {
		answer(w, 415, `{"Message": "application/json, please"}`)
		return
	}
	members, ok := body(r)
	if v.has(BodyFirst) && !ok {
		answer(w, 400, `{"Message": "That is no JSON object"}`)
		return
	}
	if caller == nil && v.has(WrongIs400) {
		answer(w, 400, `{"Message": "The header APIKey is wrong"}`)
		return
	}
	if caller == nil {
		w.Header().Set("WWW-Authenticate", `APIKey realm="venue"`)
		answer(w, 401, `{"Message": "Who are you?"}`)
		return
	}
	if !ok {
		answer(w, 400, `{"Message": "That is no JSON object"}`)
		return
	}
	if !isJSON(r) && !v.has(MediaIgnored) {
		answer(w, 415, `{"Message": "application/json, please"}`)
		return
	}
	if v.unknown(members, "UserName", "Password", "Code") {
		answer(w, 400, `{"Message": "There is a member too many"}`)
		return
	}
	v.shown = ""
	if shown, err := r.Cookie(stepCookie); err == nil {
		v.shown = shown.Value
	}
	step(w, caller, members)
}

// stepCookie is what Express calls a visit's cookie unless it is told otherwise.
const stepCookie = "connect.sid"

func (v *venue) first(w http.ResponseWriter, caller *trader, members map[string]any) {
	name, typed1 := text(members, "UserName")
	name = v.name(name)
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
	v.reset("log-in " + name)
	if user.secret == "" || v.bug == "second-factor-skipped" {
		answer(w, 200, v.opened(user))
		return
	}
	user.pending = v.now().Add(5 * time.Minute)
	if v.has(StepCookie) {
		user.cookie = random()
		http.SetCookie(w, &http.Cookie{Name: stepCookie, Value: user.cookie, Path: "/", HttpOnly: true})
	}
	if v.bug == "session-before-code" {
		answer(w, 200, `{"TwoFAType": "Google", "SessionToken": `+quoted(v.session(user))+`, "Requires2FA": true, "Authenticated": true}`)
		return
	}
	switch {
	case v.has(Nulls):
		answer(w, 200, `{"UserId": null, "SessionToken": null, "TwoFAType": "Google", "TwoFAToken": `+quoted(random())+`, "errormsg": null}`)
	case v.has(Few):
		answer(w, 200, `{"TwoFAType": "Google", "TwoFAToken": `+quoted(random())+`}`)
	default:
		answer(w, 200, `{"TwoFAType": "Google", "TwoFAToken": `+quoted(random())+`, "Requires2FA": true, "Authenticated": false}`)
	}
}

func (v *venue) second(w http.ResponseWriter, user *trader, members map[string]any) {
	code, typed := text(members, "Code")
	code = v.code(code)
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
	waits := user.pending.After(v.now()) && v.shown == user.cookie || v.bug == "first-step-not-needed"
	used := user.used
	fits := (waits || v.has(SpentAnyway)) && v.codeFits(user, code)
	if step, right := v.fits(user.secret, code, v.steps()); waits && !fits && right && step <= used {
		if v.has(OpenReplay) {
			v.fail("code " + user.name)
			answer(w, 401, `{"Authenticated": false, "Reason": "This code was used"}`)
			return
		}
		if v.has(ReplayIs400) {
			v.fail("code " + user.name)
			answer(w, 400, `{"Message": "This code was used"}`)
			return
		}
	}
	if !waits || user.secret == "" || !fits {
		v.fail("code " + user.name)
		if v.has(WrongIs400) {
			answer(w, 400, `{"Message": "This code opens nothing"}`)
			return
		}
		answer(w, 401, `{"Authenticated": false, "Attempt": "denied"}`)
		return
	}
	v.reset("code " + user.name)
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
	w.Header().Set("Retry-After", "60")
	switch {
	case v.has(HeldIs403):
		answer(w, 403, `{"Message": "Slow down"}`)
	case v.has(HeldIs401):
		answer(w, 401, `{"Message": "Slow down"}`)
	default:
		answer(w, 429, `{"Message": "Slow down"}`)
	}
	return true
}

func (v *venue) codeFits(u *trader, code string) bool {
	steps := v.steps()
	switch {
	case v.bug == "any-code", v.bug == "empty-code" && code == "":
		return true
	case v.bug == "code-prefix" && len(code) > 6:
		code = code[:6]
	case v.bug == "old-codes" || v.bug == "future-codes":
		steps = 60
	case v.bug == "code-of-anybody":
		for _, other := range v.traders {
			if _, ok := v.fits(other.secret, code, v.steps()); ok && other != u && other.secret != "" {
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

func (v *venue) session(u *trader) string {
	u.lastToken = v.token(u.name)
	return u.lastToken
}

func (v *venue) open(w http.ResponseWriter, u *trader) {
	switch v.bug {
	case "no-token":
		answer(w, 200, `{"Authenticated": true}`)
	case "authenticated-false-with-token":
		answer(w, 200, `{"Authenticated": false, "SessionToken": `+quoted(v.session(u))+`}`)
	default:
		answer(w, 200, v.opened(u))
	}
}

// opened is the answer that opens a session.
func (v *venue) opened(u *trader) string {
	token := quoted(v.session(u))
	switch {
	case v.has(Nulls):
		return `{"Authenticated": true, "SessionToken": ` + token +
			`, "UserId": "70", "errormsg": null, "TwoFAType": null, "TwoFAToken": "", "Locked": null}`
	case v.has(Few):
		return `{"Authenticated": true, "SessionToken": ` + token + `}`
	case v.has(Reversed):
		return "{\n\t\"Extra\": [{\"Deep\": {}}, null, 1.50],\n\t\"SessionToken\" : " + token + ",\n\t\"Authenticated\" : true\n}\n"
	}
	return `{"UserId": 7, "SessionToken": ` + token + `, "Authenticated": true, "Requires2FA": false}`
}
