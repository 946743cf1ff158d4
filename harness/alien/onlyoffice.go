package alien

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"authconform/harness/target"
)

// office is written from document 003, which prints one operation: the log-in by a
// code. It answers bare members, only those that say something.
type office struct {
	base
	users map[string]*officeUser
}

type officeUser struct {
	login, password, secret string
	used                    int64 // time step of the last code
	token                   string
	disabled                bool
}

// OfficeBugs are what may go wrong in it, and a clause that has to say so.
var OfficeBugs = map[string]string{
	"any-code":                "onlyoffice.code.wrong-then-right",
	"code-not-asked":          "onlyoffice.code.absent",
	"null-is-a-code":          "onlyoffice.code.absent",
	"code-prefix":             "onlyoffice.code.length",
	"code-of-anybody":         "onlyoffice.code.foreign",
	"old-codes":               "onlyoffice.code.expired",
	"future-codes":            "onlyoffice.code.future",
	"code-in-path-is-enough":  "onlyoffice.code.path-ignored",
	"code-replayed":           "onlyoffice.code.replayed",
	"password-not-checked":    "onlyoffice.code.wrong-password",
	"no-password-needed":      "onlyoffice.code.no-password",
	"unknown-user-enters":     "onlyoffice.code.unknown-user",
	"no-second-factor-needed": "onlyoffice.code.unavailable",
	"no-token":                "onlyoffice.code.valid",
	"no-limit":                "onlyoffice.throttle.by-code",
	"limit-spares-right":      "onlyoffice.throttle.by-code",
	"limit-never-ends":        "onlyoffice.throttle.codes",
	"password-any-case":       "onlyoffice.code.password-exact",
	"same-token":              "onlyoffice.code.token-fresh",
	"limit-by-address":        "onlyoffice.throttle.codes-claimed-address",
	"success-in-refusal":      "onlyoffice.code.wrong",
}

const (
	officeAttempts = 6
	officeWindow   = 2 * time.Minute
)

// Office is a back end of the log-in by code.
func Office(bug string, list ...Habit) *Alien {
	o := &office{base: base{bug: bug, habits: habits(list)}, users: map[string]*officeUser{}}
	a := &Alien{Handler: o.serve(o.handle)}
	t := &a.Target
	t.Exchange, t.Operations = "onlyoffice", []string{"authenticateMeFromBodyWithCode"}
	t.Limits.Password = &target.Limit{Attempts: officeAttempts, Window: officeWindow}
	t.Limits.SecondFactor = t.Limits.Password
	for i := range 60 {
		u := &officeUser{login: fmt.Sprintf("member%d@galaxy.test", i), password: "Zaphod-" + random()[:8]}
		role := "totp"
		switch {
		case i == 0:
			role, u.disabled = "disabled", true
		case i < 8:
			role = "user"
		default:
			u.secret = newSecret()
		}
		o.users[u.login] = u
		t.Identities = append(t.Identities, target.Identity{
			Name: fmt.Sprintf("member-%d", i), Roles: []string{role}, Login: u.login, Password: u.password, TOTPSecret: u.secret,
		})
	}
	return a
}

const officePrefix = "/api/2.0/authentication/"

func (o *office) handle(w http.ResponseWriter, r *http.Request) {
	switch {
	case !strings.HasPrefix(o.route(r.URL.Path)+"/", officePrefix):
		o.refuse(w, 404, "no such page")
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		o.refuse(w, 405, "only POST is understood here")
	case !isJSON(r) && !o.has(MediaIgnored):
		o.refuse(w, 415, "send JSON")
	default:
		o.logIn(w, r)
	}
}

func (o *office) logIn(w http.ResponseWriter, r *http.Request) {
	members, ok := body(r)
	name, typed1 := text(members, "userName")
	name = o.name(name)
	password, typed2 := text(members, "password")
	hash, typed3 := text(members, "passwordHash")
	code, typed4 := text(members, "code")
	code = o.code(code)
	if o.bug == "null-is-a-code" && ok && members["code"] == nil {
		code = "null"
	}
	if o.unknown(members, "userName", "password", "passwordHash", "provider", "accessToken", "serializedProfile", "code", "codeOAuth",
		"session", "confirmData",
		"recaptchaType", "recaptchaResponse", "culture") {
		o.refuse(w, 400, "there is a member that nobody knows")
		return
	}
	if o.has(CodeIs400) && code == "" {
		o.refuse(w, 400, "the code is empty")
		return
	}
	if !ok || !typed1 || !typed2 || !typed3 || !typed4 {
		o.refuse(w, 400, "the request cannot be understood")
		return
	}
	for _, other := range []string{"provider", "accessToken", "serializedProfile", "codeOAuth", "recaptchaResponse", "culture"} {
		if _, typed := text(members, other); !typed {
			o.refuse(w, 400, other+" has to be a text")
			return
		}
	}
	if v, there := members["session"]; there && v != true && v != false {
		o.refuse(w, 400, "session has to be true or false")
		return
	}
	if v, there := members["confirmData"]; there && v != nil {
		if _, object := v.(map[string]any); !object {
			o.refuse(w, 400, "confirmData has to be an object")
			return
		}
	}
	if name == "" || password == "" && hash == "" && o.bug != "no-password-needed" {
		o.refuse(w, 400, "userName, password or passwordHash is empty")
		return
	}
	who := strings.ToLower(name)
	if o.bug == "limit-by-address" {
		who = r.Header.Get("X-Forwarded-For")
	}
	user := o.users[strings.ToLower(name)]
	right := user != nil && o.passwordFits(user, password) && !user.disabled
	if o.bug != "no-limit" && o.limited(who, officeAttempts, o.window()) && !(o.bug == "limit-spares-right" && right) {
		w.Header().Set("Retry-After", fmt.Sprint(int(officeWindow.Seconds())))
		o.refuse(w, 429, "Too many login attempts. Come back later")
		return
	}
	if o.bug == "unknown-user-enters" && user == nil {
		user, right = &officeUser{secret: "JBSWY3DPEHPK3PXP"}, true
		o.enter(w, user)
		return
	}
	if o.has(DisabledIs403) && user != nil && user.disabled && o.passwordFits(user, password) {
		o.refuse(w, 403, "This account is switched off")
		return
	}
	if !right {
		o.fail(who)
		o.refuse(w, 401, "Authentication failed")
		return
	}
	if user.secret == "" {
		if o.bug == "no-second-factor-needed" {
			o.enter(w, user)
			return
		}
		o.refuse(w, 403, "There is no code for this account")
		return
	}
	used := user.used
	if !o.codeFits(user, code, strings.TrimPrefix(r.URL.Path, officePrefix)) {
		o.fail(who)
		if step, fits := o.fits(user.secret, code, o.steps()); o.has(ReplayIs403) && fits && step <= used {
			o.refuse(w, 403, "This code is not available any more")
			return
		}
		o.refuse(w, 401, "Authentication failed")
		return
	}
	o.reset(who)
	o.enter(w, user)
}

func (o *office) window() time.Duration {
	if o.bug == "limit-never-ends" {
		return 1000 * time.Hour
	}
	return officeWindow
}

func (o *office) passwordFits(u *officeUser, given string) bool {
	switch o.bug {
	case "password-not-checked":
		return true
	case "password-any-case":
		return strings.EqualFold(u.password, given)
	case "no-password-needed":
		return given == "" || u.password == given
	}
	return u.password == given
}

func (o *office) codeFits(u *officeUser, code, inPath string) bool {
	steps, secret := o.steps(), u.secret
	switch {
	case o.bug == "any-code" && code != "", o.bug == "code-not-asked" && code == "", o.bug == "null-is-a-code" && code == "null":
		return true
	case o.bug == "code-prefix" && len(code) > 6:
		code = code[:6]
	case o.bug == "old-codes" || o.bug == "future-codes":
		steps = 60
	case o.bug == "code-in-path-is-enough" && len(inPath) == 6:
		code = inPath
	}
	step, ok := o.fits(secret, code, steps)
	if !ok && o.bug == "code-of-anybody" {
		for _, other := range o.users {
			if _, theirs := o.fits(other.secret, code, steps); other.secret != "" && theirs {
				return true
			}
		}
	}
	now := o.now().Unix() / 30
	if o.bug == "old-codes" && step > now+1 || o.bug == "future-codes" && step < now-1 {
		return false
	}
	if !ok || step <= u.used && o.bug != "code-replayed" && o.bug != "old-codes" {
		return false
	}
	u.used = max(step, u.used)
	return true
}

func (o *office) enter(w http.ResponseWriter, u *officeUser) {
	if u.token == "" || o.bug != "same-token" {
		u.token = o.base.token(u.login)
	}
	token := u.token
	if o.bug == "no-token" {
		token = ""
	}
	expires := o.now().Add(8 * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
	switch {
	case o.has(ZonedTimes):
		east := o.now().Add(time.Hour).In(time.FixedZone("", 9*3600)).Format("2006-01-02T15:04:05.0000000-07:00")
		answer(w, 200, `{"token": `+quoted(token)+`, "expires": `+quoted(east)+`, "meta": {"trace": `+quoted(random())+`}}`)
	case o.has(Nulls):
		answer(w, 200, `{"token": `+quoted(token)+`, "expires": `+quoted(expires)+`, "sms": null, "phoneNoise": null, "tfa": null, "tfaKey": null, "confirmUrl": null}`)
	case o.has(Reversed): // as the document prints them
		answer(w, 200, `{"token": `+quoted(token)+`, "expires": `+quoted(o.now().Add(time.Hour).Format(time.RFC3339Nano))+`, "sms": false, "phoneNoise": "", "tfa": true, "tfaKey": "", "confirmUrl": ""}`)
	case o.has(Few):
		answer(w, 200, `{"token": `+quoted(token)+`}`)
	case o.has(Enveloped):
		answer(w, 200, `{"count": 1, "response": {"token": `+quoted(token)+`, "expires": `+quoted(expires)+`, "sms": false, "tfa": false}, "status": 0, "statusCode": 200, "ok": true}`)
	default:
		answer(w, 200, `{"expires": `+quoted(expires)+`, "server": "alien", "token": `+quoted(token)+`}`)
	}
}

func (o *office) refuse(w http.ResponseWriter, status int, why string) {
	if status == 401 {
		w.Header().Set("WWW-Authenticate", `Bearer realm="galaxy"`)
	}
	token := ""
	if o.bug == "success-in-refusal" && status == 401 {
		token = `, "token": "` + random() + random() + `"`
	}
	answer(w, status, `{"title": `+quoted(why)+`, "status": `+fmt.Sprint(status)+token+`}`)
}
