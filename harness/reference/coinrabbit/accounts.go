package coinrabbit

import (
	"errors"
	"fmt"
	"strings"

	"authconform/harness/reference/kit"
)

// account is a user of the partner.
type account struct {
	id, external, email, phone string

	pending string   // the secret created last, not yet confirmed
	former  []string // pending secrets that were replaced; kept for faults only
	secret  string   // of the active second factor; "" while it is off
	dead    []string // secrets of earlier factors; kept for faults only

	wrongCodes int // of the app; counted for faults only
}

// seed makes an identity with the role user and without a second factor. Its ID is
// the partner's external_id, its Login the e-mail address.
func (s *Server) seed(n int) {
	who := kit.Identity{
		Name: fmt.Sprintf("user-%03d", n), Roles: []string{"user"}, ID: "partner-user-" + kit.RandomString(12, kit.Alphanumeric),
		// The leading digits keep the numbers of two accounts apart.
		Phone: fmt.Sprintf("47%04d%s", n%10000, kit.RandomString(4, kit.Decimal)),
	}
	who.Login = who.Name + "@partner.example"
	s.AddIdentity(who)
	s.add(&account{id: kit.RandomUUID(), external: who.ID, email: who.Login, phone: who.Phone})
}

func (s *Server) add(a *account) {
	s.accounts = append(s.accounts, a)
	s.byID[a.id], s.byExternal[a.external] = a, a
	for _, recipient := range []string{strings.ToLower(a.email), a.phone} {
		if recipient != "" {
			s.byRecipient[recipient] = a
		}
	}
}

// externalAccount finds the account the partner calls so, or makes it: a partner
// may name any user of its own. Codes reach the one whose name is an address.
func (s *Server) externalAccount(external string) *account {
	if a, known := s.byExternal[external]; known {
		return a
	}
	a := &account{id: kit.RandomUUID(), external: external}
	if strings.Contains(external, "@") {
		a.email = external
	}
	s.add(a)
	return a
}

// partnerLogin opens a session for a user that the partner vouches for.
func (s *Server) partnerLogin(r *request) answer {
	in, refused := s.decode(r)
	if refused != nil {
		return refuse(*refused)
	}
	external, refused := text(in, "external_id")
	if refused != nil {
		return refuse(*refused)
	}
	return s.session(r, s.externalAccount(external))
}

// login opens a session for a user who proved to own an address.
func (s *Server) login(r *request) answer {
	in, refused := s.decode(r)
	if refused != nil {
		return refuse(*refused)
	}
	token, refused := text(in, "verification_token")
	if refused != nil {
		return refuse(*refused)
	}
	v := s.findVerification(r, token, nil, typeLogin)
	if v == nil || !s.useVerification(r, v) {
		if s.On(faultOddRefusalLogsIn) && len(s.accounts) > 0 {
			r.note = s.newUserToken(r.Now, s.accounts[0])
		}
		return refuse(notVerified())
	}
	if s.On(faultOddLoginSwitchesOff) {
		v.account.secret = ""
	}
	return s.session(r, v.account)
}

func (s *Server) session(r *request, a *account) answer {
	if s.On(faultOddCodesForgottenAtLogin) {
		s.Unspend("totp/")
	}
	if s.On(faultOddGuessesResetByLogin) {
		s.codeTry.Reset()
	}
	return ok(map[string]string{"token": s.newUserToken(r.Now, a)})
}

// decode reads the body as one JSON object.
func (s *Server) decode(r *request) (map[string]any, *refusal) {
	var in map[string]any
	err := kit.DecodeJSON(r.http.Header.Get("Content-Type"), r.body, &in)
	var unusable *kit.BodyError
	switch {
	case err == nil && in != nil:
		return in, nil
	case errors.As(err, &unusable) && unusable.Problem == kit.MediaType:
		why := mediaType()
		return nil, &why
	}
	why := malformed()
	return nil, &why
}

// text reads a member that must be a text and not empty.
func text(in map[string]any, member string) (string, *refusal) {
	value, isText := in[member].(string)
	if !isText || value == "" {
		why := invalid(member)
		return "", &why
	}
	return value, nil
}
