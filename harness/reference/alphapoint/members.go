package alphapoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"authconform/harness/reference/kit"
)

// member is a member of a request's body exactly as sent.
type member struct {
	kind string // "" (absent), null, string, number, boolean, array, object
	text string // of a string, or the literal of anything else
}

// given tells whether there is a value at all.
func (m member) given() bool { return m.kind != "" && m.kind != "null" && m.text != "" }

// members reads the body's object. Names count in their documented case only:
// encoding/json alone would fold it.
func (s *Server) members(r *request) (map[string]member, *answer) {
	if s.inQuery && r.op.id == opSecond {
		return queryMembers(r), nil
	}
	contentType := r.http.Header.Get("Content-Type")
	if s.policy.failuresOn200 {
		contentType = "application/json"
	}
	raw := map[string]json.RawMessage{}
	err := kit.DecodeJSON(contentType, r.body, &raw)
	var unusable *kit.BodyError
	if errors.As(err, &unusable) {
		if s.On(faultMalformedBodyAccepted) && unusable.Problem != kit.MediaType {
			return s.fromBroken(r), nil
		}
		why := malformed
		if unusable.Problem == kit.MediaType {
			why = mediaTypeRefused
		}
		if why == mediaTypeRefused && s.On(faultMediaTypeIgnored) {
			r.http.Header.Set("Content-Type", "application/json")
			return s.members(r)
		}
		refused := s.refuse(r, why)
		return nil, &refused
	}
	out := map[string]member{}
	for name, value := range raw {
		out[name] = readMember(value)
	}
	return out, nil
}

// queryMembers are those of a call that takes them in its query.
func queryMembers(r *request) map[string]member {
	out := map[string]member{}
	for name, values := range r.http.URL.Query() {
		out[name] = member{kit.KindString, values[0]}
	}
	return out
}

// fromBroken is what a lenient reader makes of a body that it cannot read: the
// caller's own id, so that the call goes through.
func (s *Server) fromBroken(r *request) map[string]member {
	out := map[string]member{}
	if r.session != nil {
		out["UserId"] = member{"number", r.session.user.idText()}
		out["userId"] = out["UserId"]
	}
	return out
}

func readMember(raw json.RawMessage) member {
	raw = bytes.TrimSpace(raw)
	m := member{kind: kit.KindOf(raw), text: string(raw)}
	if m.kind == kit.KindString {
		_ = json.Unmarshal(raw, &m.text) // the body was valid JSON
	}
	return m
}

// texts refuses members that are there but no strings.
func (s *Server) texts(r *request, in map[string]member, names ...string) *answer {
	for _, name := range names {
		if m := in[name]; !slices.Contains([]string{"", "null", "string"}, m.kind) {
			if m.kind == "number" && s.On(faultNumbersReadAsText) {
				continue
			}
			refused := s.refuse(r, wrongType)
			return &refused
		}
	}
	return nil
}

// userID reads the whole number that names a user.
func (s *Server) userID(r *request, in map[string]member, name string) (int, *answer) {
	m := in[name]
	id, err := strconv.Atoi(m.text)
	switch {
	case m.kind == "number" && err == nil:
		return id, nil
	case m.kind == "" || m.kind == "null":
		refused := s.refuse(r, incomplete)
		return 0, &refused
	}
	refused := s.refuse(r, wrongType)
	return 0, &refused
}
