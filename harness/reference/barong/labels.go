package barong

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"authconform/harness/reference/kit"
)

// labelFold is how a key or value of a label is stored: in lower case, with single
// blanks in it and none around it.
func (s *Server) labelFold(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if s.On(faultLabelCaseKept) {
		return text
	}
	return strings.ToLower(text)
}

// labelProblems are the keys of what is wrong with a folded key or value.
func (s *Server) labelProblems(name, text string) []string {
	var keys []string
	switch length := utf8.RuneCountInString(text); {
	case length < 3:
		keys = append(keys, name+".too_short")
	case length > 255:
		keys = append(keys, name+".too_long")
	}
	if s.On(faultLabelCaseKept) {
		text = strings.ToLower(text)
	}
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		keys = append(keys, name+".invalid")
	}
	return keys
}

// createLabel adds a public label. Its key is unique among the public ones.
func (s *Server) createLabel(r *request) answer {
	key, value := s.labelFold(r.text("key")), s.labelFold(r.text("value"))
	problems := s.labelProblems("key", key)
	if r.account.scoped(key, public) != nil || s.On(faultLabelKeyOfPrivateTaken) && r.account.scoped(key, private) != nil {
		problems = append(problems, "key.taken")
	}
	problems = append(problems, s.labelProblems("value", value)...)
	if len(problems) > 0 {
		return unprocessable(problems...)
	}
	if s.On(faultLabelParallelDuplicates) {
		// Between check and insertion others get their turn, as without a unique index.
		s.mu.Unlock()
		kit.HashPassword("race", s.salt, 50_000)
		s.mu.Lock()
	}
	added := &label{key: key, value: value, scope: public, created: r.Now, updated: r.Now}
	if scope, sent := r.sent["scope"].(string); sent && s.On(faultLabelScopeObeyed) {
		added.scope = scope
	}
	r.account.labels = append(r.account.labels, added)
	s.oddLabelled(r, r.account)
	return s.ok(r, labelOf(added))
}

func (s *Server) listLabels(r *request) answer {
	labels := r.account.labels
	if s.On(faultLabelForeignVisible) {
		labels = s.everyLabel()
	}
	rows := each(labels, labelOf)
	if r.text("ordering") == "desc" {
		slices.Reverse(rows)
	}
	return s.ok(r, rows)
}

func (s *Server) everyLabel() []*label {
	var all []*label
	for _, a := range s.accounts {
		all = append(all, a.labels...)
	}
	return all
}

func (s *Server) getLabel(r *request) answer {
	found := r.account.findLabel(r.text("key"))
	if found == nil && s.On(faultLabelForeignVisible) {
		for _, l := range s.everyLabel() {
			if l.key == r.text("key") {
				found = l
			}
		}
	}
	if found == nil {
		return recordNotFound()
	}
	return s.ok(r, labelOf(found))
}

// publicLabel is the caller's label of the key in the path, unless it is private;
// privateToo is for faults.
func (s *Server) publicLabel(r *request, privateToo bool) (*label, *answer) {
	found := r.account.findLabel(r.text("key"))
	switch {
	case found == nil:
		return nil, refusal(http.StatusNotFound, "record.not_found")
	case found.scope == private && !privateToo:
		return nil, refusal(http.StatusBadRequest, "resource.labels.private")
	}
	return found, nil
}

// updateLabel echoes a value it does not save: the original ignores whether saving
// succeeded.
func (s *Server) updateLabel(r *request) answer {
	found, refused := s.publicLabel(r, s.On(faultLabelPrivateEditable))
	if refused != nil {
		return *refused
	}
	value := s.labelFold(r.text("value"))
	if len(s.labelProblems("value", value)) > 0 {
		echoed := *found
		echoed.value = value
		return s.ok(r, labelOf(&echoed))
	}
	found.value, found.updated = value, r.Now
	if found.scope == private {
		s.labelsChanged(r.account, r.Now)
	}
	return s.ok(r, labelOf(found))
}

func (s *Server) deleteLabel(r *request) answer {
	found, refused := s.publicLabel(r, s.On(faultLabelPrivateDeletable))
	if refused != nil {
		return *refused
	}
	r.account.labels = slices.DeleteFunc(r.account.labels, func(l *label) bool { return l == found })
	if found.scope == private {
		s.labelsChanged(r.account, r.Now)
	}
	return s.ok(r, nil)
}
