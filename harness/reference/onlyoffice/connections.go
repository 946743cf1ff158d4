package onlyoffice

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

type connection struct {
	ID       int    `json:"id"`
	TenantID int    `json:"tenantId"`
	UserID   string `json:"userId"`
	Mobile   bool   `json:"mobile"`
	IP       string `json:"ip"`
	Browser  string `json:"browser"`
	Date     string `json:"date"`
	Page     string `json:"page"`
}

func (s *Server) connectionsOf(include func(*session) bool, now time.Time) []connection {
	found := []connection{}
	for _, known := range s.sessions {
		if include(known) && known.live(now) {
			found = append(found, connection{
				ID: known.event, TenantID: 1, UserID: known.user.id, IP: known.address, Browser: known.agent,
				Date: *s.dateText(known.opened), Page: s.oddPage(known),
			})
		}
	}
	slices.SortFunc(found, func(a, b connection) int { return cmp.Compare(b.ID, a.ID) })
	return found
}

func (s *Server) getConnections(r *request) answer {
	out := struct {
		LoginEvent int          `json:"loginEvent"`
		Items      []connection `json:"items"`
	}{Items: s.connectionsOf(func(known *session) bool { return known.user == r.caller }, r.Now)}
	if this := s.thisConnection(r); this != nil {
		out.LoginEvent = this.event
	}
	return ok(out)
}

// logOutAllChangePassword ends every session of the caller and hands out a link
// to change the password.
func (s *Server) logOutAllChangePassword(r *request) answer {
	if !s.On(faultTokenAliveAfterLogoutAll) {
		s.endAllOf(r.caller)
	}
	return ok(s.passwordLink(r, r.caller))
}

func (s *Server) logOutAllForUser(r *request) answer {
	id := r.path["userId"]
	if !isUUID(id) {
		return refuse(noRoute())
	}
	if !sameID(id, r.caller.id) && !r.caller.admin() && !s.On(faultForeignTokenAccepted) && !s.oddRight(r) {
		return refuse(accessDenied())
	}
	if u := s.userByID(id); u != nil && !s.On(faultTokenAliveAfterLogoutAll) {
		s.endAllOf(u)
	}
	return ok(nil)
}

// logOutAllExceptThis spares the caller's connection, if it is known: in the
// release a header token is not, and ends too (1.5).
func (s *Server) logOutAllExceptThis(r *request) answer {
	this := s.thisConnection(r)
	if instead := s.oddEnds(r, r.caller); instead != nil {
		s.endAll(func(known *session) bool { return slices.Contains(instead, known) })
	} else if !s.On(faultTokenAliveAfterLogoutAll) {
		s.endAll(func(known *session) bool { return known.user == r.caller && known != this })
	}
	return ok(r.caller.name)
}

func (s *Server) logOutConnection(r *request) answer {
	event, err := strconv.Atoi(r.path["loginEventId"])
	if err != nil {
		return refuse(noRoute())
	}
	for _, known := range s.sessions {
		if known.event != event || !known.live(r.Now) {
			continue
		}
		if known.user != r.caller && !r.caller.admin() && !s.On(faultForeignConnectionLogout) {
			if s.On(faultOddRefusedLogoutCounts) {
				s.end(known)
			}
			return refuse(accessDenied())
		}
		if !s.On(faultTokenAliveAfterConnectionLogout) {
			s.end(known)
		}
		return ok(true)
	}
	return ok(false)
}

// getLoginEvents is named by the documents only; it lists what is open.
func (s *Server) getLoginEvents(r *request) answer {
	if refused := s.requireAdmin(r); refused != nil {
		return refuseIf(refused)
	}
	type event struct {
		ID     int    `json:"id"`
		Date   string `json:"date"`
		User   string `json:"user"`
		UserID string `json:"userId"`
		Action string `json:"action"`
		IP     string `json:"ip"`
	}
	events := []event{}
	for _, known := range s.connectionsOf(func(*session) bool { return true }, r.Now) {
		events = append(events, event{known.ID, known.Date, s.userByID(known.UserID).name, known.UserID, "Successful Login", known.IP})
	}
	return ok(events)
}
