package onlyoffice

type profile struct {
	ID          string `json:"id"`
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email"`
	Status      int    `json:"status"` // 1 active, 2 terminated
	IsOwner     bool   `json:"isOwner"`
	IsAdmin     bool   `json:"isAdmin"`
	IsRoomAdmin bool   `json:"isRoomAdmin"`
}

func profileOf(u *user) profile {
	status := 1
	if u.disabled() {
		status = 2
	}
	return profile{
		ID: u.id, UserName: u.name, DisplayName: u.name, Email: u.email, Status: status,
		IsOwner: u.portalOwner, IsAdmin: u.admin(), IsRoomAdmin: u.role == roleRoomAdmin,
	}
}

func (s *Server) getProfileByEmail(r *request) answer {
	email := r.http.URL.Query().Get("email")
	if email == "" {
		return refuse(invalid("email", "The email field is required."))
	}
	u := s.userByEmail(email)
	if u == nil {
		return refuse(notFound())
	}
	return ok(profileOf(u))
}

func invalidEmail() refusal {
	return invalid("Email", "The Email field is not a valid e-mail address.")
}

// sendEmailChange mails a link to the new address, which the link is bound to.
func (s *Server) sendEmailChange(r *request) answer {
	var in struct {
		UserID *string `json:"userId"`
		Email  string  `json:"email"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	if in.UserID != nil && !isUUID(*in.UserID) {
		return refuse(wrongType("userId"))
	}
	if !isEmail(in.Email) {
		return refuse(invalidEmail())
	}
	u := r.caller
	if in.UserID != nil && !sameID(*in.UserID, u.id) {
		other := s.userByID(*in.UserID)
		switch {
		case other == nil && r.caller.admin():
			return refuse(s.policy.unknownUserID)
		case other == nil || !s.On(faultForeignTokenAccepted):
			if other != nil && s.On(faultOddEmailMailDespite) {
				s.mailEmailChange(r, other, in.Email)
			}
			return refuse(accessDenied())
		}
		u = other
	}
	if s.userByEmail(in.Email) != nil {
		return refuse(argument("A user with this email is already registered"))
	}
	s.mailEmailChange(r, u, in.Email)
	return ok("The email change instructions have been sent")
}

func (s *Server) mailEmailChange(r *request, u *user, email string) {
	s.Outbox.Send(email, "Change of e-mail", "Confirm your new e-mail address: "+linkURL(r.portal, "EmailChange",
		"key", s.newKey(r.Now, "EmailChange", u, email), "uid", u.id, "email", email))
}

// changeUserEmail takes only the address its link was mailed to.
func (s *Server) changeUserEmail(r *request) answer {
	var in struct {
		Email    string `json:"email"`
		EncEmail string `json:"encemail"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	u, refused := s.linkedUser(r)
	if refused != nil {
		return refuseIf(refused)
	}
	email := in.Email
	if s.oddRole(r, r.link.kind) {
		r.link.email = email
	}
	if email == "" && in.EncEmail == s.sealedEmail(r.link.email) {
		email = r.link.email
	}
	switch {
	case !isEmail(email):
		return refuse(invalidEmail())
	case s.sealedEmail(email) != s.sealedEmail(r.link.email):
		return refuse(accessDenied())
	case s.userByEmail(email) != nil && s.userByEmail(email) != u:
		return refuse(argument("A user with this email is already registered"))
	}
	u.email = email
	return ok(profileOf(u))
}

// linkedUser is the user the path names, who must be the one of the link.
func (s *Server) linkedUser(r *request) (*user, *refusal) {
	var why refusal
	u := s.userByID(r.path["userid"])
	switch {
	case u == nil:
		why = notFound()
	case u.disabled(), u != r.link.user && !s.On(faultForeignConfirmLinkAccepted):
		why = accessDenied()
	default:
		return u, nil
	}
	return nil, &why
}
