package barong

import "net/http"

// serviceRow is the row of the database; no entity hides or formats anything.
type serviceRow struct {
	ID        int    `json:"id"`
	UID       string `json:"uid"`
	OwnerID   *int   `json:"owner_id"`
	Email     string `json:"email"`
	Role      string `json:"role"`
	Level     int    `json:"level"`
	State     string `json:"state"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func (s *Server) listServices(r *request) answer {
	return s.ok(r, each(s.oddServices(r.account), func(service *serviceAccount) serviceRow {
		return serviceRow{
			ID: service.id, UID: service.uid, OwnerID: &service.owner.id, Email: service.email, Role: service.role,
			Level: service.level, State: service.state, CreatedAt: millis(service.created), UpdatedAt: millis(service.updated),
		}
	}))
}

// ownService is the service account of the request, looked for before the code is
// judged.
func (s *Server) ownService(r *request) (*serviceAccount, *answer) {
	found := s.byService[r.text("service_account_uid")]
	if found == nil || found.owner != r.account && !s.On(faultServiceKeyForeignAccount) && !s.oddService(r) {
		return nil, refusal(http.StatusNotFound, "resource.service_account.doesnt_exist")
	}
	return found, nil
}

// serviceFactor finds the service account and then asks for the second factor.
func (s *Server) serviceFactor(r *request) (*serviceAccount, *answer) {
	service, refused := s.ownService(r)
	if refused == nil {
		refused = s.keyFactor(r, "resource.service_accounts")
	}
	return service, refused
}

func (s *Server) createServiceKey(r *request) answer {
	service, refused := s.serviceFactor(r)
	if refused != nil {
		return *refused
	}
	made, refused := s.makeKey(r, &keyOwner{account: service.owner, service: service}, service.state)
	if refused != nil {
		return *refused
	}
	return s.ok(r, made)
}

func (s *Server) serviceKey(r *request, service *serviceAccount) *apiKey {
	if owner := s.byKey[r.text("kid")]; owner != nil && (owner.service == service || s.oddOtherService(owner)) {
		return owner.key
	}
	return nil
}

func (s *Server) updateServiceKey(r *request) answer {
	service, refused := s.serviceFactor(r)
	if refused != nil {
		return *refused
	}
	found := s.serviceKey(r, service)
	if found == nil {
		return recordNotFound()
	}
	return s.changeKey(r, found, service.state)
}

func (s *Server) deleteServiceKey(r *request) answer {
	service, refused := s.serviceFactor(r)
	if refused != nil {
		return *refused
	}
	found := s.serviceKey(r, service)
	if found == nil {
		return recordNotFound()
	}
	s.removeKey(found)
	return s.ok(r, nil)
}

func (s *Server) listServiceKeys(r *request) answer {
	service, refused := s.ownService(r)
	if refused != nil {
		return *refused
	}
	return s.ok(r, each(paged(s, r, sortedKeys(r, service.keys)), s.shownKey))
}
