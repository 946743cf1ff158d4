package family

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// FirstStep is a log-in that proves all but the second factor of an account that has
// one.
type FirstStep struct {
	Subject                    // Ready gives the client and the request without a second factor
	Required  contract.Outcome // what it leads to
	Entrance  Entrance
	Protected []Subject // what only a session opens
	// Name is the member that names the account, and Names are other texts which could
	// name it; nil where there are none.
	Name  string
	Names func(ctx context.Context, by *conform.Actor, r conform.Request) []string
	// Way tells several first steps of one operation apart: "" or a word for the ids.
	Way string
	// Paced says that who makes the requests waits for a limiter: minutes, unless nothing runs
	// beside it and the clock can be moved.
	Paced bool
}

// FirstSteps states of a first step that it stays one whatever the request looks like,
// and that nothing it gives opens what the second factor guards.
func FirstSteps(s *conform.Context, f FirstStep) {
	name, way := f.Operation.Name(), ""
	if f.Way != "" {
		name, way = f.Operation.Name()+" by "+f.Way, f.Way+"-"
	}
	at := func(slug string) clause.Clause {
		return f.Should(s, way+"first-step-"+slug, f.Required,
			"OWASP ASVS 5.0.0 6.3.3; OWASP ASVS 5.0.0 8.3.1; checks#F08; checks#F14")
	}
	rows := []conform.Row[attempts]{{Text: name + " opens no session without the second factor whatever the client claims of itself" +
		" in header fields and parameters", Clause: at("disguised"),
		Given: func(context.Context, *conform.Actor, conform.Request) []attempt { return dressed(s, f.Operation) }}}
	if f.Operation.Body != nil {
		rows = append(rows, conform.Row[attempts]{
			Text:   name + " opens no session without the second factor in whatever media type the credentials are sent",
			Clause: at("encoded"),
			Given:  func(context.Context, *conform.Actor, conform.Request) []attempt { return encodings() },
		}, conform.Row[attempts]{
			Text:   name + " opens no session without the second factor with whatever members the request has beside the credentials",
			Clause: at("members"),
			Given:  func(_ context.Context, _ *conform.Actor, r conform.Request) []attempt { return f.undocumented(r) },
		}, conform.Row[attempts]{
			Text:   name + " opens no session without the second factor under other spellings of the path",
			Clause: at("respelt"),
			Given: func(context.Context, *conform.Actor, conform.Request) []attempt {
				return respelt(spellings(s.PathOf(f.Operation)))
			},
		})
	}
	if f.Operation.Body != nil && f.Names != nil {
		rows = append(rows, conform.Row[attempts]{
			Text:   name + " opens no session without the second factor by whichever of its names the account is called",
			Clause: at("named"), Given: f.otherNames,
		})
	}
	var serial []any
	if f.Paced {
		serial = []any{Serial}
	}
	conform.Table(func(ctx SpecContext, of attempts) {
		by, control := f.Ready(ctx)
		request := control()
		s.Require("take the first step", s.Do(ctx, by, f.Operation, request), f.Operation, f.Required)
		for _, a := range of(ctx, by, request) {
			f.try(ctx, s, by, control(), a) // made anew, for its maker may have to wait for a limiter
		}
		s.Require("take the first step afterwards", s.Do(ctx, by, f.Operation, control()), f.Operation, f.Required)
	}, rows, serial...)
}

// attempts are forms of a first step that would be right in its documented form.
type attempts func(ctx context.Context, by *conform.Actor, r conform.Request) []attempt

// otherNames are first steps that call the account by another name.
func (f FirstStep) otherNames(ctx context.Context, by *conform.Actor, r conform.Request) []attempt {
	var attempts []attempt
	for i, other := range f.Names(ctx, by, r) {
		attempts = append(attempts, attempt{name: fmt.Sprintf("name %d", i+1),
			of: func(r conform.Request) conform.Request { return r.With(f.Name, other) }})
	}
	return attempts
}

// try sends one form of the first step and checks that neither its answer nor what the
// answer gives opens anything.
func (f FirstStep) try(ctx context.Context, s *conform.Context, by *conform.Actor, r conform.Request, a attempt) {
	GinkgoHelper()
	if a.of != nil {
		r = a.of(r)
	}
	call, err := s.Try(ctx, with(s, by, a.fields), f.Operation, r)
	if err != nil {
		return
	}
	s.ExpectShut(a.name, call, f.Operation, f.Required)
	f.Entrance.OpensNothing(ctx, s, a.name, call, by)
}

// OpensNothing presents everything that an answer gives in each place that can carry a
// credential, to the operation that shows whether there is a session.
func (e Entrance) OpensNothing(ctx context.Context, s *conform.Context, which string, call *httpclient.Call, by *conform.Actor) {
	GinkgoHelper()
	for _, given := range Given(call) {
		if bytes.Contains(call.RequestBody, []byte(given)) {
			continue // the client's own
		}
		for _, carrier := range e.Carriers {
			inside, err := s.Try(ctx, with(s, by, carrier.Present(given)), e.Inside, e.Request(by.Who))
			if err == nil {
				s.ExpectShut(which+": what the answer gives, as "+carrier.Name, inside, e.Inside, contract.Unauthenticated)
			}
		}
	}
}

// OddFields are the header fields of an answer that no standard gives a meaning and that
// hold what looks drawn and was not sent, by their names: a credential may be among them.
func OddFields(call *httpclient.Call) map[string]string {
	found := map[string]string{}
	for name, values := range call.Header {
		if len(name) < 3 || !strings.HasPrefix(name, "X-") || len(values) != 1 {
			continue
		}
		if value := values[0]; len(value) >= 16 && drawn(value) && !strings.ContainsAny(value, " ;,") && !brought(call, value) {
			found[name] = value
		}
	}
	return found
}

// Given lists what in an answer could be a credential: values of cookies and of header
// fields that are no usual ones, texts of the body, and parameters of addresses in it.
func Given(call *httpclient.Call) []string {
	var all []string
	add := func(text string) {
		if len(text) >= 8 && len(text) <= 4096 && !strings.ContainsAny(text, " \r\n\t") && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		add(c.Value)
	}
	for _, name := range []string{"Authorization", "X-Auth-Token", "X-Access-Token", "X-Session", "X-Session-Id", "Aptoken",
		"X-User-Token", "X-Csrf-Token"} {
		add(strings.TrimPrefix(call.Header.Get(name), "Bearer "))
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name])
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		case string:
			if u, err := url.Parse(v); err == nil && u.RawQuery != "" {
				for _, name := range slices.Sorted(maps.Keys(u.Query())) {
					add(u.Query().Get(name))
				}
				return
			}
			add(v)
		}
	}
	walk(value.Of(call))
	return all
}

// membersOf are what a request sends as JSON.
func membersOf(r conform.Request) conform.Object {
	members, _ := r.JSON.(conform.Object)
	return members
}

// asForm are the members of a request as a form.
func asForm(r conform.Request) url.Values {
	form := url.Values{}
	for name, member := range membersOf(r) {
		form.Set(name, fmt.Sprint(member))
	}
	return form
}

// parted is a form in parts, between lines that no member has.
func parted(r conform.Request) []byte {
	var parts bytes.Buffer
	multi, members := multipart.NewWriter(&parts), membersOf(r)
	_ = multi.SetBoundary(boundary)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		_ = multi.WriteField(name, fmt.Sprint(members[name])) // into memory
	}
	_ = multi.Close()
	return parts.Bytes()
}

const boundary = "part-of-a-first-step"

// encodings are other ways to send the members of a request, which may have to be made
// anew for each: a target that takes a nonce once refuses it in all further ones.
func encodings() []attempt {
	raw := func(name, media string, body func(conform.Request) []byte) attempt {
		return attempt{name: name, of: func(r conform.Request) conform.Request {
			r.Raw, r.ContentType = body(r), media
			r.JSON = nil
			return r
		}}
	}
	text := func(r conform.Request) []byte {
		text, _ := json.Marshal(membersOf(r))
		return text
	}
	form := func(r conform.Request) []byte { return []byte(asForm(r).Encode()) }
	attempts := []attempt{
		raw("a form", "application/x-www-form-urlencoded", form),
		raw("a form in parts", "multipart/form-data; boundary="+boundary, parted),
		raw("JSON without a media type", "-", text), raw("a form without a media type", "-", form),
		raw("JSON in a list", "application/json", func(r conform.Request) []byte { return []byte("[" + string(text(r)) + "]") }),
		raw("JSON behind a byte order mark", "application/json", func(r conform.Request) []byte {
			return append([]byte("\xef\xbb\xbf"), text(r)...)
		}),
	}
	for _, media := range []string{
		"text/json", "application/vnd.api+json", "application/ld+json", "application/merge-patch+json", "application/problem+json",
		"application/x-json",
		"text/plain", "text/javascript", "application/json; charset=iso-8859-1", "application/json; v=1", "APPLICATION/JSON",
		"application/octet-stream", "*/*",
		"application/x-www-form-urlencoded",
	} {
		attempts = append(attempts, raw("JSON as "+media, media, text))
	}
	inQuery := func(name, method string, body any) attempt {
		return attempt{name: name, of: func(r conform.Request) conform.Request {
			r.Query, r.JSON, r.Method = withQuery(r.Query, asForm(r)), body, method
			return r
		}}
	}
	recased := func(name string, change func(string) string) attempt {
		return attempt{name: name, of: func(r conform.Request) conform.Request {
			other := conform.Object{}
			for name, member := range membersOf(r) {
				other[change(name)] = member
			}
			r.JSON = other
			return r
		}}
	}
	return append(attempts, inQuery("parameters alone", "", nil), inQuery("parameters and an empty object", "", conform.Object{}),
		inQuery("parameters of a GET", "GET", nil),
		recased("members in capitals", strings.ToUpper), recased("members in small letters", strings.ToLower),
		recased("members whose first letter has the other case", func(name string) string {
			if first := strings.ToUpper(name[:1]); first != name[:1] {
				return first + name[1:]
			}
			return strings.ToLower(name[:1]) + name[1:]
		}))
}

// switches are members by which a client might say that no second factor is needed, or
// who it is; those of one list go into one request.
var switches = []struct {
	name    string
	members conform.Object
}{
	{"members that switch it off", conform.Object{
		"otp": false, "2fa": false, "tfa": false, "mfa": false, "twofa": false, "twoFactor": false, "two_factor": false,
		"otp_required": false, "otpRequired": false,
		"requires2FA": false, "Requires2FA": false, "use2FA": false, "Use2FA": false, "sms": false, "require_otp": false,
		"otp_enabled": false, "EnforceEnable2FA": false,
	}},
	{"members that say it was passed", conform.Object{
		"authenticated": true, "Authenticated": true, "verified": true, "otp_verified": true, "mfa_verified": true,
		"code_verified": true, "twofa_passed": true,
		"skip_2fa": true, "skipTfa": true, "skip_otp": true, "skipOtp": true, "bypass": true, "no_otp": true, "confirmed": true, "step": 2,
	}},
	{"members of a device that is trusted", conform.Object{
		"trusted": true, "trust": true, "trusted_device": true, "trustedDevice": true, "remember": true, "remember_me": true, "rememberMe": true,
		"remember_device": true, "device_id": "known", "deviceId": "known", "device_token": "known", "DeviceToken": "known",
		"fingerprint": "known",
	}},
	{"members of a program inside", conform.Object{
		"debug": true, "test": true, "internal": true, "api": true, "service": true, "client": "mobile", "client_id": "internal",
		"platform": "ios", "source": "internal",
		"version": 1, "app": "mobile", "mobile": true, "legacy": true, "grant_type": "password", "auth_method": "password",
		"method": "password", "ip": "127.0.0.1",
	}},
	{"members of somebody above", conform.Object{
		"role": "superadmin", "level": 9, "state": "active", "admin": true, "isAdmin": true, "is_admin": true, "scope": "all",
		"scopes":      []string{"all"},
		"permissions": []string{"all"}, "group": "admin", "superuser": true,
	}},
	{"codes of other kinds", conform.Object{
		"backup_code": "", "recovery_code": "", "backupCode": nil, "otp_code": nil, "code": nil, "totp": nil, "token": nil,
		"Code": nil, "smsCode": "", "otp": nil,
	}},
	{"a code of another member", conform.Object{"code": "", "otp_code": "", "Code": "", "totp": "", "TFaCode": "", "tfaCode": "",
		"twoFactorCode": ""}},
}

// undocumented adds members that the operation does not document, together and then,
// for those that it documents as truths, one by one.
func (f FirstStep) undocumented(r conform.Request) []attempt {
	var attempts []attempt
	known := func(name string) bool {
		return slices.ContainsFunc(f.Operation.Body.Members, func(m contract.Member) bool { return strings.EqualFold(m.Name, name) })
	}
	for _, list := range switches {
		attempts = append(attempts, attempt{name: list.name, of: func(r conform.Request) conform.Request {
			for name, member := range list.members {
				if !known(name) {
					r = r.With(name, member)
				}
			}
			return r
		}})
	}
	for _, m := range f.Operation.Body.Members {
		for _, said := range []bool{true, false} {
			if slices.Contains(m.Types, "boolean") {
				attempts = append(attempts, attempt{name: fmt.Sprintf("%s: %v", m.Name, said), of: conform.Set(m.Name, said).Of})
			}
		}
	}
	return attempts
}
