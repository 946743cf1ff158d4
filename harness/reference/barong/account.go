package barong

import (
	"encoding/json"
	"net/http"
	"slices"
)

func (s *Server) getCurrentUser(r *request) answer { return s.ok(r, s.userWithFullInfo(r.account)) }

// updateCurrentUser replaces the user's own data.
func (s *Server) updateCurrentUser(r *request) answer {
	data := r.text("data")
	if problems := s.dataProblems(data, dataLimit); len(problems) > 0 {
		return unprocessable(problems...)
	}
	if s.On(faultUserObeysMembers) {
		r.account.obey(r.sent)
	}
	r.account.data, r.account.updated = &data, r.Now
	return s.ok(r, s.userWithFullInfo(r.account))
}

// obey takes over members that nobody may send, for faults.
func (a *account) obey(members map[string]any) {
	if role, sent := members["role"].(string); sent {
		a.role = role
	}
	if state, sent := members["state"].(string); sent {
		a.state = state
	}
	if level, sent := members["level"].(json.Number); sent {
		n, _ := level.Int64()
		a.level = int(n)
	}
}

// deleteCurrentUser takes the user out of service by a label; the row stays, and
// so does the e-mail address. Sessions are not ended: AuthZ refuses them by the
// state of their user.
func (s *Server) deleteCurrentUser(r *request) answer {
	if !s.isPassword(r, r.account, "password") && !s.On(faultDeleteWithoutPassword) {
		return unprocessable("resource.user.invalid_password")
	}
	if r.account.otp && !s.On(faultDeleteWithoutCode) {
		if !r.given("otp_code") {
			return unprocessable("resource.user.missing_otp_code")
		}
		result := s.checkCode(r, r.account, r.text("otp_code"))
		if refused := refuseCode(result, http.StatusUnprocessableEntity, "resource.user.invalid_otp"); refused != nil {
			return *refused
		}
	}
	if !s.On(faultDeleteDoesNothing) {
		s.setPrivate(r.account, "delete", "by-user", r.Now)
	}
	return s.ok(r, http.StatusOK)
}

// holderOf is the account an e-mail address cannot be signed up for again, in
// whatever state.
func (s *Server) holderOf(email string) *account {
	found := s.byEmail[collated(email)]
	if found != nil && found.state == "deleted" && s.On(faultDeletedEmailFree) {
		return nil
	}
	return found
}

const storageLimit = 5120 // characters

// reservedTitles are what a stored piece of data cannot be called.
var reservedTitles = []string{"document", "label", "profile", "phone", "user"}

// createDataStorage keeps JSON text under one of the titles this deployment
// allows, and marks the account with a label of that name.
func (s *Server) createDataStorage(r *request) answer {
	title, data := r.text("title"), r.text("data")
	var keys []string
	if !slices.Contains(s.config.StorageTitles, title) && !s.On(faultStorageAnyTitle) {
		keys = append(keys, "title.inclusion")
	}
	if slices.Contains(reservedTitles, title) {
		keys = append(keys, "title.exclusion")
	}
	if slices.ContainsFunc(r.account.storages, func(d *storage) bool { return d.title == title }) {
		keys = append(keys, "title.taken")
	}
	if keys = append(keys, s.dataProblems(data, storageLimit)...); len(keys) > 0 {
		return unprocessable(keys...)
	}
	r.account.storages = append(r.account.storages, &storage{title: title, data: data, created: r.Now, updated: r.Now})
	s.setPrivate(r.account, title, "recorded", r.Now)
	return s.ok(r, http.StatusCreated)
}
