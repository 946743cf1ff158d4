package alien

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"authconform/harness/target"
)

// rabbit is written from document 004: a secret is created at the path of the
// activation, which has a body; both switches want a verification token of their
// own message type. The names that the document keeps to itself are its own, and so
// is what a refusal looks like.
type rabbit struct {
	base
	key      string
	users    map[string]*rabbitUser // by the partner's id
	sessions map[string]*rabbitUser // by user token
	mailed   map[string]*mailedCode // by type and address
	verified map[string]*mailedCode // by verification token
	mails    []rabbitMail
}

type rabbitUser struct {
	id, address, secret string
	on                  bool
	used                int64
	unverified          int // codes that were sent and came to nothing
}

type mailedCode struct {
	kind, code string
	before     string // the code that was mailed before, where it holds as well
	user       *rabbitUser
	wrong      int
	until      time.Time
}

type rabbitMail struct {
	to, subject, text, html string
	at                      time.Time
}

// RabbitBugs are what may go wrong in it, and a clause that has to say so.
var RabbitBugs = map[string]string{
	"any-code":                  "coinrabbit.activate.refusal-shows-nothing",
	"code-not-asked":            "coinrabbit.activate.no-code",
	"old-codes":                 "coinrabbit.activate.old-code",
	"code-replayed":             "coinrabbit.deactivate.replayed-code",
	"code-of-anybody":           "coinrabbit.activate.foreign-code",
	"verification-not-asked":    "coinrabbit.activate.no-verification",
	"any-verification":          "coinrabbit.activate.made-up-verification",
	"verification-of-any-type":  "coinrabbit.activate.verification-of-other-type",
	"verification-of-anybody":   "coinrabbit.activate.foreign-verification",
	"verification-twice":        "coinrabbit.activate.used-verification",
	"key-not-needed":            "coinrabbit.partner-login.no-key",
	"any-key":                   "coinrabbit.activate.made-up-key",
	"deactivation-does-nothing": "coinrabbit.deactivate.takes-effect",
	"activation-does-nothing":   "coinrabbit.activate.takes-effect",
	"secret-for-nobody":         "coinrabbit.secret.no-headers",
	"any-mailed-code":           "coinrabbit.verify-code.wrong",
	"no-limit":                  "coinrabbit.throttle.activate",
	"limit-per-session":         "coinrabbit.throttle.activate-new-session",
	"verification-lasts":        "coinrabbit.activate.expired-verification",
}

const (
	rabbitAttempts = 5
	rabbitWindow   = 3 * time.Minute
)

// Rabbit is a back end of the second factor and the log-ins around it.
func Rabbit(bug string, list ...Habit) *Alien {
	b := &rabbit{
		base: base{bug: bug, habits: habits(list)}, key: random(), users: map[string]*rabbitUser{}, sessions: map[string]*rabbitUser{},
		mailed: map[string]*mailedCode{}, verified: map[string]*mailedCode{},
	}
	a := &Alien{Handler: b.serve(b.handle)}
	t := &a.Target
	t.Exchange = "coinrabbit"
	t.Settings = map[string]string{
		"partner-key": b.key, "partner-login-path": "/v2/auth/partners", "login-path": "/v2/auth/log-in", "deactivate-path": "/v2/auth/2fa/off",
		"send-code-path": "/v2/utils/verification-code", "message-type-login": "LOG_IN", "message-type-member": "message_type",
		"recipient-member": "user_email", "code-member": "verification_code", "user-member": "user", "user-token-member": "x_user_token",
	}
	t.Limits.SecondFactor = &target.Limit{Attempts: rabbitAttempts, Window: rabbitWindow}
	t.Inbox = &target.Inbox{Kind: "mailpit", URL: "/test/mail"}
	for i := range 250 {
		u := &rabbitUser{id: fmt.Sprintf("bunny-%d", i), address: fmt.Sprintf("bunny%d@warren.test", i)}
		b.users[u.id] = u
		t.Identities = append(t.Identities, target.Identity{Name: u.id, Roles: []string{"user"}, ID: u.id, Login: u.address})
	}
	return a
}

func (b *rabbit) handle(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/test/mail/api/v1/") {
		b.mail(w, r)
		return
	}
	routes := map[string]func(http.ResponseWriter, *http.Request, map[string]any){
		"/v2/auth/partners": b.partners, "/v2/auth/log-in": b.logIn, "/v2/utils/verification-code": b.send,
		"/v2/utils/verification-code/verify": b.verify, "/v2/auth/2fa/activate": b.activate, "/v2/auth/2fa/off": b.deactivate,
	}
	route, known := routes[b.route(r.URL.Path)]
	switch {
	case !known:
		b.refuse(w, 404, "NO_SUCH_PAGE")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		b.refuse(w, 405, "POST_ONLY")
		return
	case r.ContentLength == 0:
		route(w, r, nil)
		return
	case !isJSON(r) && !b.has(MediaIgnored):
		b.refuse(w, 415, "JSON_ONLY")
		return
	}
	members, ok := body(r)
	if !ok {
		b.refuse(w, 400, "NOT_AN_OBJECT")
		return
	}
	if b.unknown(members, "user", "verification_token", "message_type", "user_email", "verification_code", "code_2fa", "secret_2fa") {
		b.refuse(w, 400, "NOT_IN_THE_BOOK")
		return
	}
	for name := range members {
		if _, typed := text(members, name); !typed {
			b.refuse(w, 400, "TEXT_WANTED")
			return
		}
	}
	route(w, r, members)
}

// partner tells whether a request carries the partner's key, and refuses it if not.
func (b *rabbit) partner(w http.ResponseWriter, r *http.Request) bool {
	given := r.Header.Get("x-api-key")
	if given == b.key || b.bug == "any-key" && given != "" || b.bug == "key-not-needed" && given == "" {
		return true
	}
	b.refuse(w, 401, "KEY")
	return false
}

// user is whose token a request carries; nil after a refusal.
func (b *rabbit) user(w http.ResponseWriter, r *http.Request) *rabbitUser {
	u := b.sessions[r.Header.Get("x-user-token")]
	if u == nil {
		b.refuse(w, 401, "USER_TOKEN")
	}
	return u
}

func (b *rabbit) partners(w http.ResponseWriter, r *http.Request, members map[string]any) {
	if !b.partner(w, r) {
		return
	}
	id, _ := text(members, "user")
	u := b.users[id]
	if u == nil {
		b.refuse(w, 422, "USER")
		return
	}
	b.session(w, u)
}

func (b *rabbit) session(w http.ResponseWriter, u *rabbitUser) {
	token := b.token(u.id)
	if b.has(OneSession) {
		maps.DeleteFunc(b.sessions, func(_ string, other *rabbitUser) bool { return other == u })
	}
	b.sessions[token] = u
	if b.has(Few) {
		answer(w, 200, `{"result": true, "response": {"x_user_token": `+quoted(token)+`}}`)
		return
	}
	answer(w, 201, `{"response": {"since": 1, "x_user_token": `+quoted(token)+`}, "result": true, "took_ms": 3}`)
}

func (b *rabbit) logIn(w http.ResponseWriter, r *http.Request, members map[string]any) {
	if !b.partner(w, r) {
		return
	}
	token, _ := text(members, "verification_token")
	v := b.verified[token]
	if v == nil || v.kind != "LOG_IN" || b.now().After(v.until) {
		b.refuse(w, 400, "VERIFICATION")
		return
	}
	delete(b.verified, token)
	b.session(w, v.user)
}

// activate creates a secret for a request without a body.
func (b *rabbit) activate(w http.ResponseWriter, r *http.Request, members map[string]any) {
	if members == nil {
		b.create(w, r)
		return
	}
	if !b.partner(w, r) {
		return
	}
	u := b.user(w, r)
	if u == nil {
		return
	}
	secret, _ := text(members, "secret_2fa")
	if u.secret == "" || u.on || secret != u.secret {
		b.refuse(w, 400, "SECRET")
		return
	}
	if b.confirmed(w, r, u, "TFA_ACTIVATION", members) {
		u.on = b.bug != "activation-does-nothing"
		b.done(w)
	}
}

func (b *rabbit) deactivate(w http.ResponseWriter, r *http.Request, members map[string]any) {
	if !b.partner(w, r) {
		return
	}
	u := b.user(w, r)
	if u == nil {
		return
	}
	if !u.on {
		b.refuse(w, 409, "IS_OFF")
		return
	}
	if b.confirmed(w, r, u, "TFA_DEACTIVATION", members) {
		u.on = b.bug == "deactivation-does-nothing"
		if b.has(Forgets) || b.has(KeepsSecret) {
			u.secret, u.used = "", 0
		}
		b.done(w)
	}
}

func (b *rabbit) create(w http.ResponseWriter, r *http.Request) {
	u := b.sessions[r.Header.Get("x-user-token")]
	if u == nil && b.bug == "secret-for-nobody" {
		u = &rabbitUser{}
	}
	if u == nil {
		b.refuse(w, 401, "USER_TOKEN")
		return
	}
	if u.on {
		b.refuse(w, 409, "IS_ON")
		return
	}
	if !b.has(KeepsSecret) || u.secret == "" {
		u.used = 0
		if u.secret = newSecret(); b.has(LowerSecret) {
			u.secret = strings.ToLower(u.secret)
		}
	}
	shown := quoted(u.secret)
	switch {
	case b.has(Few):
		answer(w, 200, `{"result": true, "response": {"secret": `+shown+`}}`)
	case b.has(Nulls):
		answer(w, 200, `{"result": true, "response": {"secret": `+shown+`, "qr": null}, "error": null, "message": ""}`)
	default:
		answer(w, 200, `{"response": {"app": "any", "secret": `+shown+`}, "result": true}`)
	}
}

// confirmed checks what both switches want beside the credentials, and refuses what
// lacks it.
func (b *rabbit) confirmed(w http.ResponseWriter, r *http.Request, u *rabbitUser, kind string, members map[string]any) bool {
	token, _ := text(members, "verification_token")
	v := b.verified[token]
	if code, _ := text(members, "code_2fa"); b.has(CodeFirst) && !b.limited(u.id, rabbitAttempts, rabbitWindow) && !b.codeFits(u, code) {
		b.fail(u.id)
		b.refuse(w, 400, "CODE_2FA")
		return false
	}
	switch {
	case b.bug == "verification-not-asked" && token == "", b.bug == "any-verification" && token != "":
	case v == nil || b.now().After(v.until) && b.bug != "verification-lasts" || v.kind != kind && b.bug != "verification-of-any-type" ||
		v.user != u && b.bug != "verification-of-anybody":
		b.refuse(w, 403, "VERIFICATION")
		return false
	}
	who := u.id
	if b.bug == "limit-per-session" {
		who = r.Header.Get("x-user-token")
	}
	if b.bug != "no-limit" && b.limited(who, rabbitAttempts, rabbitWindow) {
		w.Header().Set("Retry-After", "180")
		b.refuse(w, 429, "TOO_MANY_CODES")
		return false
	}
	code, _ := text(members, "code_2fa")
	code = b.code(code)
	if !b.has(CodeFirst) && !b.codeFits(u, code) {
		b.fail(who)
		if b.has(BurnsToken) {
			delete(b.verified, token)
		}
		b.refuse(w, 400, "CODE_2FA")
		return false
	}
	if b.bug != "verification-twice" {
		delete(b.verified, token)
	}
	b.reset(who)
	return true
}

func (b *rabbit) codeFits(u *rabbitUser, code string) bool {
	steps := b.steps()
	switch {
	case b.bug == "any-code" && code != "", b.bug == "code-not-asked" && code == "":
		return true
	case b.bug == "old-codes":
		steps = 60
	case b.bug == "code-of-anybody":
		for _, other := range b.users {
			if _, ok := b.fits(other.secret, code, 1); ok && other != u && other.secret != "" {
				return true
			}
		}
	}
	step, ok := b.fits(u.secret, code, steps)
	if !ok || step <= u.used && b.bug != "code-replayed" && b.bug != "old-codes" {
		return false
	}
	u.used = max(u.used, step)
	return true
}

// done says that a switch was thrown.
func (b *rabbit) done(w http.ResponseWriter) {
	switch {
	case b.has(Meta):
		answer(w, 200, `{"result": true, "meta": {"trace": `+quoted(random())+`, "at": `+fmt.Sprint(b.now().UnixMilli())+`}}`)
	case b.has(Nulls):
		answer(w, 200, `{"result": true, "response": null}`)
	case b.has(Reversed):
		answer(w, 201, "{ \"response\": {\"enabled\": 1, \"at\": \"2026-11-28T00:00:00Z\"},\n \"result\" : true }")
	default:
		answer(w, 200, `{"result": true}`)
	}
}

func (b *rabbit) refuse(w http.ResponseWriter, status int, word string) {
	if b.has(RefusalIs200) && status != 404 && status != 405 {
		answer(w, 200, `{"result": false, "message": `+quoted(word)+`}`)
		return
	}
	if b.has(RefusalIs400) && status < 404 {
		status = 400
	}
	answer(w, status, `{"why": {"word": `+quoted(word)+`, "help": "ask the burrow"}}`)
}
