package onlyoffice

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// linkKinds is ConfirmType. Only kinds this surface sends have keys that verify.
var linkKinds = []string{
	"EmpInvite", "LinkInvite", "PortalSuspend", "PortalContinue", "PortalRemove", "DnsChange", "PortalOwnerChange",
	"Activation", "EmailChange", "EmailActivation", "PasswordChange", "ProfileRemove", "PhoneActivation", "PhoneAuth",
	"Auth", "TfaActivation", "TfaAuth", "Wizard", "GuestShareLink",
}

// linkEpoch is where the milliseconds of a key start (1.1, A5).
var linkEpoch = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	mailLinkLifetime = 7 * 24 * time.Hour
	authLinkLifetime = time.Hour
)

// linkState is ConfirmDto.result.
type linkState int

const (
	linkValid linkState = iota
	linkInvalid
	linkExpired
)

// confirmation is a link whose key verified: who, for what, with which address.
type confirmation struct {
	kind  string
	user  *user
	email string // the new address of an EmailChange
}

// newKey makes the key of a link: "<ms since 2010>.<hash>".
func (s *Server) newKey(now time.Time, kind string, u *user, email string) string {
	return s.keyAt(strconv.FormatInt(now.Sub(linkEpoch).Milliseconds(), 10), kind, u, email)
}

func (s *Server) keyAt(ms, kind string, u *user, email string) string {
	if key := s.oddKey(ms); key != "" {
		return key
	}
	hash := base64.StdEncoding.EncodeToString(s.mac(s.binding(kind, u, email) + "\n" + ms))
	return ms + "." + strings.ToUpper(strings.NewReplacer("=", "", "+", "", "/", "", `\`, "").Replace(hash))
}

// binding is what a key is good for: one kind, one user, and the state that its
// use changes, which makes mailed links single use.
func (s *Server) binding(kind string, u *user, email string) string {
	if s.On(faultForeignConfirmLinkAccepted) {
		return kind
	}
	parts := []string{kind, u.id}
	if !s.On(faultConfirmKeyReusable) {
		switch kind {
		case "PasswordChange":
			parts = append(parts, strconv.Itoa(u.passwordChanges))
		case "EmailChange":
			if !s.On(faultOddOlderLink) {
				parts = append(parts, u.email)
			}
		}
	}
	return strings.Join(append(parts, strings.ToLower(email)), "\n")
}

func (s *Server) checkKey(r *request, kind, key string, u *user, email string) linkState {
	ms, sent, _ := strings.Cut(key, ".")
	right := strings.TrimPrefix(s.keyAt(ms, kind, u, email), ms+".")
	if !s.SameProof(right, strings.ToUpper(sent)) {
		return linkInvalid
	}
	issued, _ := strconv.ParseInt(ms, 10, 64) // the proof covers it: newKey wrote it
	lifetime := mailLinkLifetime
	if s.On(faultOddLinkLivesLonger) {
		lifetime *= 2
	}
	if slices.Contains([]string{"Auth", "PhoneActivation", "PhoneAuth", "TfaActivation", "TfaAuth"}, kind) {
		lifetime = authLinkLifetime
	}
	age := r.Now.Sub(linkEpoch) - time.Duration(issued)*time.Millisecond
	if age >= lifetime && !s.On(faultExpiredConfirmLinkAccepted) {
		return linkExpired
	}
	return linkValid
}

// linkParts is EmailValidationKeyModel, from the confirm header or a body.
type linkParts struct{ kind, key, uid, email, sealed string }

// verifyLink checks a link. A missing key is looked for in the cookie
// asc_confirm_key_<type>.
func (s *Server) verifyLink(r *request, parts linkParts) (*confirmation, linkState) {
	if parts.key == "" {
		if cookie, err := r.http.Cookie(linkCookie(parts.kind)); err == nil {
			parts.key = cookie.Value
		}
	}
	u := s.linkUser(parts)
	if u == nil || u.disabled() {
		return nil, linkInvalid
	}
	found := &confirmation{kind: parts.kind, user: u}
	if parts.kind == "EmailChange" {
		found.email = parts.email
	}
	if strings.HasPrefix(parts.kind, "Tfa") && s.On(faultSecondStepWithoutFirst) {
		return found, linkValid
	}
	if parts.kind == "TfaAuth" && r.session != nil && !s.policy.linkSignedIn {
		return nil, linkInvalid
	}
	return found, s.checkKey(r, parts.kind, parts.key, u, found.email)
}

func (s *Server) linkUser(parts linkParts) *user {
	switch {
	case parts.uid != "":
		return s.userByID(parts.uid)
	case parts.sealed != "":
		return s.findUser(func(u *user) bool { return s.sealedEmail(u.email) == parts.sealed })
	case parts.email != "":
		return s.userByEmail(parts.email)
	}
	return nil
}

// authoriseByLink is the scheme `confirm`: header "confirm: type=...&key=...".
// Without a type a signed-in caller passes the scheme and fails the role.
func (s *Server) authoriseByLink(r *request) *refusal {
	header, _ := url.ParseQuery(r.http.Header.Get("confirm")) // what does not parse is missing
	kind := header.Get("type")
	if kind == "" {
		return s.authoriseWithoutLink(r)
	}
	found, state := s.verifyLink(r, linkParts{
		kind: kind, key: header.Get("key"), uid: header.Get("uid"), email: header.Get("email"), sealed: header.Get("encemail"),
	})
	if state != linkValid {
		why := unauthenticated()
		return &why
	}
	role := slices.Contains(r.op.kinds, found.kind) || slices.Contains(r.op.kinds, anySession)
	if !role && !s.On(faultConfirmRoleIgnored) && !s.oddRole(r, found.kind) {
		why := wrongRole()
		return &why
	}
	r.link = found
	return nil
}

func (s *Server) authoriseWithoutLink(r *request) *refusal {
	var why refusal
	switch {
	case r.session == nil:
		why = unauthenticated()
	case slices.Contains(r.op.kinds, anySession):
		return nil
	default:
		why = wrongRole()
	}
	return &why
}

func linkCookie(kind string) string { return "asc_confirm_key_" + kind }

// setLinkCookie hands the key of a link to the browser that asked for it.
func (s *Server) setLinkCookie(r *request, u *user, kind string) {
	r.cookies = append(r.cookies, &http.Cookie{
		Name: linkCookie(kind), Value: s.newKey(r.Now, kind, u, ""), Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.http.TLS != nil,
	})
}

// linkURL is the address of a confirmation page with parameters in order.
func linkURL(portal, kind string, parameters ...string) string {
	text := portal + "/confirm/" + kind + "?type=" + kind
	for i := 0; i < len(parameters); i += 2 {
		text += "&" + parameters[i] + "=" + url.QueryEscape(parameters[i+1])
	}
	return text
}

// linkKind is a kind of link as this server writes it; letters may be in either case.
func linkKind(text string) (kind string, known bool) {
	for _, kind := range linkKinds {
		if strings.EqualFold(kind, text) {
			return kind, true
		}
	}
	return "", false
}

// A5 tells whether a link would count; the answer is always 200.
func (s *Server) checkConfirm(r *request) answer {
	var in struct {
		Key      string  `json:"key"`
		EmplType choice  `json:"emplType"`
		Email    string  `json:"email"`
		EncEmail string  `json:"encEmail"`
		UID      *string `json:"uiD"`
		Type     string  `json:"type"`
		First    string  `json:"first"`
		RoomID   string  `json:"roomId"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	kind, known := linkKind(in.Type)
	uid := ""
	if in.UID != nil {
		uid = *in.UID
	}
	switch {
	case in.Type != "" && !known:
		return refuse(wrongType("type"))
	case uid != "" && !isUUID(uid):
		return refuse(wrongType("uiD"))
	case in.Email != "" && !isEmail(in.Email):
		return refuse(invalid("Email", "The Email field is not a valid e-mail address."))
	case in.Type == "" && in.Key == "":
		return refuse(argument("The link has no key"))
	}
	state := linkInvalid
	if known {
		_, state = s.verifyLink(r, linkParts{kind: kind, key: in.Key, uid: uid, email: in.Email, sealed: in.EncEmail})
	}
	return ok(struct {
		Result  linkState `json:"result"`
		IsAgent bool      `json:"isAgent"`
	}{Result: state})
}
