package onlyoffice

import (
	"net/netip"
	"slices"
	"strings"
)

// tfaSettings is one of the two second factors of the portal.
type tfaSettings struct {
	enabled                                     bool
	trustedIPs, mandatoryUsers, mandatoryGroups []string
}

// applies tells whether a user must pass a factor from this address. Mandatory
// lists only override trusted addresses, they do not narrow the rest (1.2).
func (s *Server) applies(settings tfaSettings, u *user, r *request) bool {
	mandatory := u.role == roleTOTP && named(settings.mandatoryGroups, groupSecondFactor) || named(settings.mandatoryUsers, u.id)
	switch {
	case !settings.enabled:
		return false
	case mandatory && !s.On(faultTrustedAddressOverridesMandatory):
		return true
	}
	return !slices.ContainsFunc(settings.trustedIPs, func(trusted string) bool { return sameAddress(trusted, r.address) })
}

// sameAddress compares an address with an address or a CIDR range.
func sameAddress(trusted, address string) bool {
	is, err := netip.ParseAddr(address)
	if err != nil {
		return trusted == address
	}
	if one, err := netip.ParseAddr(trusted); err == nil {
		return one.Unmap() == is.Unmap()
	}
	many, err := netip.ParsePrefix(trusted)
	return err == nil && many.Contains(is.Unmap())
}

type tfaSettingsDTO struct {
	ID              string   `json:"id"`
	Title           string   `json:"title"`
	Enabled         bool     `json:"enabled"`
	Available       bool     `json:"available"`
	TrustedIPs      []string `json:"trustedIps,omitempty"`
	MandatoryUsers  []string `json:"mandatoryUsers,omitempty"`
	MandatoryGroups []string `json:"mandatoryGroups,omitempty"`
}

// T1 is for every signed-in user.
func (s *Server) getTFASettings(*request) answer {
	show := func(id, title string, from tfaSettings) tfaSettingsDTO {
		return tfaSettingsDTO{
			ID: id, Title: title, Enabled: from.enabled, Available: true,
			TrustedIPs: from.trustedIPs, MandatoryUsers: from.mandatoryUsers, MandatoryGroups: from.mandatoryGroups,
		}
	}
	return ok([]tfaSettingsDTO{
		show("sms", "Verify by text message", s.sms),
		show("app", "Verify by authenticator app", s.app),
	})
}

// tfaRequest is TfaRequestsDto.
type tfaRequest struct {
	Type            choice   `json:"type"`
	ID              *string  `json:"id"`
	TrustedIPs      []string `json:"trustedIps"`
	MandatoryUsers  []string `json:"mandatoryUsers"`
	MandatoryGroups []string `json:"mandatoryGroups"`
}

const (
	tfaNone = iota
	tfaSMS
	tfaApp
)

var tfaTypes = []string{"None", "Sms", "App"}

func (s *Server) readTFARequest(r *request) (in tfaRequest, kind int, refused *refusal) {
	if refused = s.decode(r, &in); refused != nil {
		return in, 0, refused
	}
	bad := ""
	kind, known := in.Type.pick(tfaTypes)
	malformed := func(id string) bool { return !isUUID(id) }
	switch {
	case !known:
		bad = "type"
	case in.ID != nil && !isUUID(*in.ID):
		bad = "id"
	case slices.ContainsFunc(in.MandatoryUsers, malformed):
		bad = "mandatoryUsers"
	case slices.ContainsFunc(in.MandatoryGroups, malformed):
		bad = "mandatoryGroups"
	}
	if bad != "" {
		why := wrongType(bad)
		return in, 0, &why
	}
	return in, kind, nil
}

// named tells whether an id is in a list, in letters of either case (RFC 9562 section 4).
func named(ids []string, id string) bool {
	return slices.ContainsFunc(ids, func(one string) bool { return sameID(one, id) })
}

// T2 switches the portal's second factor. The two factors exclude each other.
func (s *Server) updateTFASettings(r *request) answer {
	on, refused := s.changeTFA(r)
	if refused != nil {
		return refuseIf(refused)
	}
	return ok(on || s.policy.switchedOff)
}

func (s *Server) changeTFA(r *request) (on bool, refused *refusal) {
	in, kind, refused := s.readTFARequest(r)
	if refused != nil {
		return false, refused
	}
	if refused = s.requireAdmin(r); refused != nil && !s.On(faultOddRefusedTFA) {
		return false, refused
	}
	touchesOwner := named(in.MandatoryUsers, s.owner.id) || in.ID != nil && sameID(*in.ID, s.owner.id)
	if touchesOwner && r.caller != s.owner && !s.On(faultAdminTouchesOwnerFactor) {
		why := accessDenied()
		return false, &why
	}
	chosen := tfaSettings{enabled: true, trustedIPs: in.TrustedIPs, mandatoryUsers: in.MandatoryUsers, mandatoryGroups: in.MandatoryGroups}
	s.app.enabled, s.sms.enabled = false, false
	switch kind {
	case tfaNone:
		return false, refused // open sessions stay (1.2)
	case tfaSMS:
		s.sms = chosen
	case tfaApp:
		s.app = chosen
	}
	if !s.On(faultTokenAliveAfterFactorSwitchedOn) {
		s.endAll(func(*session) bool { return true })
	}
	return true, refused
}

// T3 is T2 that answers with the caller's own confirmation page.
func (s *Server) updateTFASettingsLink(r *request) answer {
	on, refused := s.changeTFA(r)
	if refused != nil {
		return refuseIf(refused)
	}
	if !on {
		return ok("")
	}
	kind := s.linkKindFor(r, r.caller)
	if kind == "" {
		if s.policy.linkForNoFactor != nil {
			return refuse(*s.policy.linkForNoFactor)
		}
		return ok("")
	}
	if strings.HasPrefix(kind, "Phone") {
		return ok(linkURL(r.portal, kind, "key", s.newKey(r.Now, kind, r.caller, ""), "encemail", s.sealedEmail(r.caller.email), "uid",
			r.caller.id))
	}
	s.setLinkCookie(r, r.caller, kind)
	return ok(s.appLink(r, r.caller, kind))
}

// linkKindFor is the kind of link a user needs to pass the second factor from
// here; "" when none applies.
func (s *Server) linkKindFor(r *request, u *user) string {
	switch {
	case s.applies(s.sms, u, r) && u.phoneActive:
		return "PhoneAuth"
	case s.applies(s.sms, u, r):
		return "PhoneActivation"
	case s.applies(s.app, u, r):
		return s.appLinkKind(u)
	}
	return ""
}

func (s *Server) appLinkKind(u *user) string {
	if u.enrolled {
		return "TfaAuth"
	}
	return "TfaActivation"
}

func (s *Server) appLink(r *request, u *user, kind string) string {
	return linkURL(r.portal, kind, "uid", u.id)
}
