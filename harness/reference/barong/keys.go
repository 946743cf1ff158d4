package barong

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

type keyEntity struct {
	KID       string   `json:"kid"`
	Algorithm string   `json:"algorithm"`
	Scope     []string `json:"scope"`
	State     string   `json:"state"`
	Secret    string   `json:"secret,omitempty"` // only when it was just made
	stamps
}

func keyOf(k *apiKey) keyEntity {
	return keyEntity{
		KID: k.kid, Algorithm: k.algorithm, Scope: append([]string{}, k.scope...), State: k.state,
		stamps: stampsOf(k.created, k.updated),
	}
}

// shownKey is a key as lists and changes show it: without the secret.
func (s *Server) shownKey(k *apiKey) keyEntity {
	entity := keyOf(k)
	if s.On(faultKeySecretListed) {
		entity.Secret = k.secret
	}
	return entity
}

// scopes splits a comma list.
func scopes(text string) []string {
	found := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}

// keyFactor asks for the second factor, which every change of a key needs.
// namespace is that of the keys: resource.api_key or resource.service_accounts.
func (s *Server) keyFactor(r *request, namespace string) *answer {
	if !r.account.otp {
		if r.op.id == "createKey" && s.On(faultKeyWithout2fa) {
			return nil
		}
		return refusal(http.StatusBadRequest, namespace+".2fa_disabled")
	}
	if s.On(faultKeyWithoutCode) {
		return nil
	}
	result := s.checkCode(r, r.account, r.text("totp_code"))
	return refuseCode(result, http.StatusUnprocessableEntity, namespace+".invalid_totp")
}

func (s *Server) createKey(r *request) answer {
	if refused := s.keyFactor(r, "resource.api_key"); refused != nil {
		return *refused
	}
	made, refused := s.makeKey(r, &keyOwner{account: r.account}, r.account.state)
	if refused != nil {
		return *refused
	}
	return s.ok(r, made)
}

// makeKey makes the key an operation asks for, unless its algorithm is unknown or
// its holder is not active.
func (s *Server) makeKey(r *request, owner *keyOwner, holderState string) (keyEntity, *answer) {
	problems := algorithmProblems(r.text("algorithm"))
	if problems != nil && s.On(faultKeyWrongNotSpent) {
		delete(s.memory.seen, r.account.uid+"/"+s.remembered(r.text("totp_code")))
	}
	if holderState != "active" && !(holderState == "pending" && s.On(faultKeyPendingOwner)) {
		problems = append(problems, "key_holder_account.invalid")
	}
	if problems != nil {
		if s.On(faultKeyBadAlgorithmSaved) {
			s.addKey(r.Now, owner, "HS256", scopes(r.text("scope")))
		}
		return keyEntity{}, refusal(http.StatusUnprocessableEntity, problems...)
	}
	made := s.addKey(r.Now, owner, r.text("algorithm"), scopes(r.text("scope")))
	entity := keyOf(made)
	entity.Secret = made.secret
	return entity, nil
}

func algorithmProblems(algorithm string) []string {
	switch {
	case algorithm == "HS256":
		return nil
	case strings.Contains(algorithm, "HS"):
		return []string{"algorithm.inclusion"}
	}
	return []string{"kid.blank", "algorithm.inclusion"}
}

func (s *Server) addKey(now time.Time, owner *keyOwner, algorithm string, scope []string) *apiKey {
	made := &apiKey{
		id: s.nextID(), kid: randomHex(8), secret: randomHex(16), algorithm: algorithm, scope: scope,
		state: "active", created: now, updated: now,
	}
	s.oddMade(made)
	owner.key = made
	s.byKey[made.kid] = owner
	if owner.service != nil {
		owner.service.keys = append(owner.service.keys, made)
	} else {
		owner.account.keys = append(owner.account.keys, made)
	}
	return made
}

func (s *Server) updateKey(r *request) answer {
	if refused := s.keyFactor(r, "resource.api_key"); refused != nil {
		return *refused
	}
	found := s.ownKey(r)
	if found == nil {
		return recordNotFound()
	}
	return s.changeKey(r, found, r.account.state)
}

// changeKey sets scope and state. Leaving the scope out empties it, and any text
// is a state.
func (s *Server) changeKey(r *request, changed *apiKey, holderState string) answer {
	if r.text("state") == "active" && holderState != "active" {
		return unprocessable("state.invalid")
	}
	changed.scope, changed.updated = scopes(r.text("scope")), r.Now
	if state := r.text("state"); state != "" {
		changed.state = state
	}
	return s.ok(r, s.oddShown(changed))
}

// ownKey is the key of the path, when the caller owns it himself.
func (s *Server) ownKey(r *request) *apiKey {
	owner := s.byKey[r.text("kid")]
	if owner == nil || owner.service != nil || owner.account != r.account && !s.On(faultKeyForeignEditable) && !s.oddKeyOwned(r) {
		return nil
	}
	return owner.key
}

func (s *Server) deleteKey(r *request) answer {
	if refused := s.keyFactor(r, "resource.api_key"); refused != nil {
		return *refused
	}
	found := s.ownKey(r)
	if found == nil {
		return recordNotFound()
	}
	s.removeKey(found)
	return s.ok(r, nil)
}

func (s *Server) removeKey(removed *apiKey) {
	owner := s.byKey[removed.kid]
	is := func(k *apiKey) bool { return k == removed }
	if owner.service != nil {
		owner.service.keys = slices.DeleteFunc(owner.service.keys, is)
	} else {
		owner.account.keys = slices.DeleteFunc(owner.account.keys, is)
	}
	if !s.On(faultKeyAliveAfterDelete) {
		delete(s.byKey, removed.kid)
	}
}

func (s *Server) listKeys(r *request) answer {
	return s.ok(r, each(paged(s, r, sortedKeys(r, r.account.keys)), s.shownKey))
}

// keyColumns are what lists of keys can be ordered by.
var keyColumns = []string{
	"id", "key_holder_account_id", "key_holder_account_type", "kid", "algorithm", "scope", "secret_encrypted", "state",
	"created_at", "updated_at",
}

// sortedKeys orders by the column asked for; keys that do not differ in it keep
// the order of their ids.
func sortedKeys(r *request, keys []*apiKey) []*apiKey {
	sorted := slices.Clone(keys)
	slices.SortStableFunc(sorted, func(a, b *apiKey) int {
		order := compareKeys(a, b, r.text("order_by"))
		if r.text("ordering") == "desc" {
			return -order
		}
		return order
	})
	return sorted
}

func compareKeys(a, b *apiKey, column string) int {
	switch column {
	case "kid":
		return strings.Compare(a.kid, b.kid)
	case "state":
		return strings.Compare(a.state, b.state)
	case "scope":
		return strings.Compare(strings.Join(a.scope, ","), strings.Join(b.scope, ","))
	case "created_at":
		return a.created.Compare(b.created)
	case "updated_at":
		return a.updated.Compare(b.updated)
	case "", "id":
		return a.id - b.id
	}
	return 0
}
