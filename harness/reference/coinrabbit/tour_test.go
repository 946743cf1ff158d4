package coinrabbit

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authconform/harness/reference/kit"
)

// diary is what a client writes down on a tour: a line for each step.
type diary struct {
	*portal
	text  strings.Builder
	users int
}

func (d *diary) note(step string, r reply) { fmt.Fprintf(&d.text, "%s: %s\n", step, r.seen()) }

func (d *diary) say(step string, holds bool) {
	fmt.Fprintf(&d.text, "%s: %s\n", step, map[bool]string{true: "yes", false: "no"}[holds])
}

// next is a user that no step has met before.
func (d *diary) next() *visitor {
	d.users++
	return d.visitor(d.users - 1)
}

func (d *diary) created() *visitor {
	v := d.next()
	v.create()
	return v
}

func (d *diary) enrolled() *visitor {
	d.users++
	return d.portal.enrolled(d.users - 1)
}

// tour tries everything and returns the diary.
func tour(p *portal) string {
	d := &diary{portal: p}
	for _, part := range []func(){d.sessions, d.secrets, d.activations, d.whileOn, d.deactivations, d.tokens, d.codes, d.limits, d.answers} {
		part()
	}
	return d.text.String()
}

func (d *diary) sessions() {
	partner := who{key: d.key}
	d.note("partner log-in", d.post(partner, d.policy.partnerPath, object{"external_id": d.Identities()[0].ID}))
	first := d.partnerToken(0)
	d.say("another token each time", d.partnerToken(0) != first)
	d.note("partner without key", d.post(who{}, d.policy.partnerPath, object{"external_id": "x"}))
	d.note("partner with any key", d.post(who{key: "x"}, d.policy.partnerPath, object{"external_id": "x"}))
	v := d.next()
	parts := strings.Split(v.by.token, ".")
	var claims jwt.RegisteredClaims
	part(parts[1], &claims)
	d.say("token expires", claims.ExpiresAt != nil)
	key := []byte("a key of the client's own, 32 bytes")
	for i, token := range []string{
		header(object{"alg": "none"}) + "." + parts[1] + ".",
		header(object{"alg": "nOnE"}) + "." + parts[1] + ".",
		parts[0] + "." + parts[1] + ".",
		parts[0] + "." + parts[1] + ".AAAA",
		own(object{"alg": "HS256", "jwk": object{"k": base64.RawURLEncoding.EncodeToString(key)}}, parts[1], key),
		own(object{"alg": "HS256"}, parts[1], []byte("secret")), byOwnRSA(parts[1]),
		d.key,
		v.verified(typeActivation),
		"unreadable",
	} {
		d.note(fmt.Sprintf("forged token %d", i+1), d.post(who{key: d.key, token: token}, d.policy.createPath, nil))
	}
	d.note("token in query", d.post(who{key: d.key}, d.policy.createPath+"?x-user-token="+v.by.token, nil))
	d.note("no headers", d.post(who{}, d.policy.createPath, nil))
	old := d.next()
	d.Clock.Advance(userTokenLife + time.Minute)
	d.note("expired token", d.post(old.by, d.policy.createPath, nil))
	d.note("expired token replaced", d.post(who{key: d.key, token: d.partnerToken(1)}, d.policy.createPath, nil))
}

func header(h object) string {
	text, _ := json.Marshal(h)
	return base64.RawURLEncoding.EncodeToString(text)
}

func byOwnRSA(payload string) string {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	encode := base64.RawURLEncoding.EncodeToString
	input := header(object{"alg": "RS256", "jwk": object{
		"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
	}}) + "." + payload
	signature, _ := jwt.SigningMethodRS256.Sign(input, key)
	return input + "." + encode(signature)
}

func own(h object, payload string, key []byte) string {
	input := header(h) + "." + payload
	signature, _ := jwt.SigningMethodHS256.Sign(input, key)
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (d *diary) secrets() {
	v := d.next()
	first := v.create()
	d.note("secret", first)
	d.say("160 bits", len(first.text("secret")) == 32 && strings.Trim(first.text("secret"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "")
	d.say("kept from caches", first.header.Get("Cache-Control") == "no-store")
	d.say("new secret each time", v.create().text("secret") != first.text("secret"))
	d.say("secret of its own for each user", d.next().create().text("secret") != v.secret)
}

func (d *diary) activations() {
	try := func(step string, change func(v *visitor, in object) object) {
		v := d.created()
		d.note("activation with "+step, d.post(v.by, activatePath, change(v, v.activation())))
		d.note("then deactivation after "+step, d.post(v.by, deactivatePath, v.deactivation()))
	}
	set := func(member string, value any) func(*visitor, object) object {
		return func(_ *visitor, in object) object { return with(in, member, value) }
	}
	d.codeCases(try)
	try("no verification", set("verification_token", nil))
	try("empty verification", set("verification_token", ""))
	try("made-up verification", set("verification_token", "made up"))
	try("other type", func(v *visitor, in object) object {
		return with(in, "verification_token", v.verified(typeDeactivation))
	})
	try("other user's verification", func(_ *visitor, in object) object {
		return with(in, "verification_token", d.next().verified(typeActivation))
	})
	try("old verification", func(v *visitor, in object) object {
		d.Clock.Advance(verificationLife + time.Second)
		return with(in, "code_2fa", v.code())
	})
	chosen := func(secret string) func(*visitor, object) object {
		return func(v *visitor, in object) object {
			return with(with(in, "secret_2fa", secret), "code_2fa", codeAt(secret, d.Clock.Now()))
		}
	}
	try("chosen secret", chosen(kit.NewTOTPSecret(20)))
	try("short secret", chosen(kit.NewTOTPSecret(5)))
	try("other user's secret", func(v *visitor, in object) object { return chosen(d.created().secret)(v, in) })
	try("replaced secret", func(v *visitor, in object) object { v.create(); return in })
	v := d.created()
	in := v.activation()
	d.note("no user token", d.post(who{key: d.key}, activatePath, in))
	d.note("no headers at activation", d.post(who{}, activatePath, in))
	d.note("unreadable user token", d.post(who{key: d.key, token: "x"}, activatePath, in))
	done := d.post(v.by, activatePath, in)
	d.note("activation", done)
	d.say("activation shows nothing", !strings.Contains(done.raw, v.secret))
}

// codeCases are codes that are not right.
func (d *diary) codeCases(try func(string, func(*visitor, object) object)) {
	code := func(of func(v *visitor, right string) any) func(*visitor, object) object {
		return func(v *visitor, in object) object { return with(in, "code_2fa", of(v, in["code_2fa"].(string))) }
	}
	try("wrong code", code(func(v *visitor, _ string) any { return codeAt(v.secret, d.Clock.Now().Add(5*time.Hour)) }))
	try("no code", code(func(*visitor, string) any { return nil }))
	try("old code", code(func(v *visitor, _ string) any { return codeAt(v.secret, d.Clock.Now().Add(-20*time.Minute)) }))
	try("other user's code", code(func(*visitor, string) any { return d.enrolled().code() }))
	try("long code", code(func(_ *visitor, right string) any { return right + "0" }))
	try("spaced code", code(func(_ *visitor, right string) any { return right[:3] + " " + right[3:] }))
	try("number", code(func(_ *visitor, right string) any { return json.Number(strings.TrimLeft(right, "0")) }))
	try("list", code(func(_ *visitor, right string) any { return []string{"000000", right} }))
}

func (d *diary) whileOn() {
	v := d.enrolled()
	live := v.secret
	again := v.create()
	d.note("secret while on", again)
	d.say("live secret shown", strings.Contains(again.raw, live))
	other := kit.NewTOTPSecret(20)
	if s := again.text("secret"); s != "" {
		other = s
	}
	d.note("activation while on", d.post(v.by, activatePath, object{
		"verification_token": v.verified(typeActivation), "secret_2fa": other, "code_2fa": codeAt(other, d.Clock.Now()),
	}))
	v.secret = live
	d.note("live secret stays", d.post(v.by, deactivatePath, v.deactivation()))
}

func (d *diary) deactivations() {
	try := func(step string, change func(v *visitor, in object) object) {
		v := d.enrolled()
		d.note("deactivation with "+step, d.post(v.by, deactivatePath, change(v, v.deactivation())))
	}
	d.codeCases(try)
	try("no verification", func(_ *visitor, in object) object { return with(in, "verification_token", nil) })
	v := d.created()
	in := v.activation()
	d.post(v.by, activatePath, in)
	d.note("replayed code", d.post(v.by, deactivatePath, with(v.deactivation(), "code_2fa", in["code_2fa"])))
	wrong := with(v.deactivation(), "code_2fa", codeAt(v.secret, d.Clock.Now().Add(5*time.Hour)))
	d.post(v.by, deactivatePath, wrong)
	right := v.deactivation()
	d.note("deactivation", d.post(v.by, deactivatePath, right))
	d.note("deactivation while off", d.post(v.by, deactivatePath, v.deactivation()))
	dead := v.code()
	v.create()
	d.note("anew", d.post(v.by, activatePath, v.activation()))
	d.note("used verification", d.post(v.by, deactivatePath, with(right, "code_2fa", v.code())))
	d.note("dead secret", d.post(v.by, deactivatePath, with(v.deactivation(), "code_2fa", dead)))
	d.note("no key", d.post(who{token: v.by.token}, deactivatePath, v.deactivation()))
	d.note("any key", d.post(who{key: "x", token: v.by.token}, deactivatePath, v.deactivation()))
}

func (d *diary) tokens() {
	v := d.next()
	token := v.verified(typeLogin)
	d.note("log-in by code", d.post(who{key: d.key}, loginPath, object{"verification_token": token}))
	d.note("log-in twice", d.post(who{key: d.key}, loginPath, object{"verification_token": token}))
	token = v.verified(typeLogin)
	n := d.atOnce(4, func() reply { return d.post(who{key: d.key}, loginPath, object{"verification_token": token}) })
	d.say("several log-ins at once", n > 1)
}

func (d *diary) codes() {
	v, other := d.next(), d.next()
	nobody := v.request(typeLogin)
	nobody[d.policy.recipientMember] = "nobody"
	d.say("unknown address answered alike", d.post(who{key: d.key}, sendPath, nobody).raw == d.post(who{key: d.key}, sendPath,
		v.request(typeLogin)).raw)
	d.say("code in answer", strings.Contains(d.post(v.by, sendPath, v.request(typeActivation)).raw, "code"))
	d.note("unknown type", d.post(v.by, sendPath, v.request("NO_SUCH_TYPE")))
	first := v.newCode(typeActivation)
	second := v.newCode(typeActivation)
	d.note("wrong verification code", v.verify(typeActivation, "x"+second))
	d.note("replaced code", v.verify(typeActivation, first))
	d.note("other type's code", v.verify(typeActivation, v.newCode(typeDeactivation)))
	d.note("other user's code", v.verify(typeActivation, other.newCode(typeActivation)))
	v.verify(typeActivation, second)
	d.note("used code", v.verify(typeActivation, second))
	late := other.newCode(typeActivation)
	d.Clock.Advance(codeLife + time.Second)
	d.note("late code", other.verify(typeActivation, late))
}

func (d *diary) limits() {
	guess := func(v *visitor, times int, vary func(i int) who) {
		in := object{"verification_token": v.verified(typeActivation), "secret_2fa": v.secret, "code_2fa": "x"}
		for i := range times {
			by := v.by
			if vary != nil {
				by = vary(i)
			}
			d.post(by, activatePath, in)
		}
	}
	right := func(step string, v *visitor) { d.note(step, d.post(v.by, activatePath, v.activation())) }
	v := d.created()
	guess(v, 4, nil)
	right("right code after one guess less", v)
	v = d.created()
	guess(v, 5, nil)
	right("right code at the limit", v)
	d.Clock.Advance(time.Minute)
	right("limit ends", v)
	v = d.created()
	guess(v, 5, func(i int) who { return who{v.by.key, v.by.token, fmt.Sprint("198.51.100.", i)} })
	right("claimed addresses", v)
	v = d.created()
	guess(v, 5, nil)
	v.by.token = d.partnerToken(d.users - 1)
	right("new session", v)
	v = d.created()
	guess(v, 5, nil)
	v.create()
	right("new secret", v)
	for range 6 {
		v.verify(typeDeactivation, "x")
	}
	d.note("verifying", v.verify(typeDeactivation, v.newCode(typeDeactivation)))
	var last reply
	for range 12 {
		last = d.post(v.by, sendPath, v.request(typeDeactivation))
	}
	d.note("sending", last)
}

func (d *diary) answers() {
	v := d.created()
	refused := d.post(v.by, activatePath, with(v.activation(), "code_2fa", "wrong!"))
	d.note("refusal", refused)
	d.say("refusals show nothing", !strings.Contains(refused.raw, v.secret) && !strings.Contains(refused.raw, ".js"))
	d.note("method", d.call(v.by, "GET", deactivatePath, nil))
	d.note("forbidden", d.post(v.by, activatePath, with(v.activation(), "verification_token", "x")))
}
