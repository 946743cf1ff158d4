package barong

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// mayAct tells the states in which a user may log in and act.
func (a *account) mayAct() bool { return a.state == "active" || a.state == "pending" }

// triggers are the label keys that set a user's state; of several the last wins.
var triggers = []struct{ key, state string }{
	{"ban", "banned"}, {"fraud", "banned"}, {"delete", "deleted"}, {"suspicious", "locked"}, {"lock", "locked"},
}

// triggered tells whether one of a user's labels is a trigger. The whole key has to
// be it: releases before 2.6.45 looked at the beginning and locked out `lockx`.
func (s *Server) triggered(a *account, trigger string) bool {
	return slices.ContainsFunc(a.labels, func(l *label) bool {
		return l.key == trigger || s.On(faultLabelTriggerPrefix) && strings.HasPrefix(l.key, trigger)
	})
}

// levels are the private labels a user needs, one after the other.
var levels = []label{
	{key: "email", value: "verified"}, {key: "phone", value: "verified"}, {key: "document", value: "verified"},
}

// findLabel is the first label with a key, of whatever scope.
func (a *account) findLabel(key string) *label {
	return cmp.Or(a.scoped(key, private), a.scoped(key, public))
}

func (a *account) scoped(key, scope string) *label {
	for _, l := range a.labels {
		if l.key == key && l.scope == scope {
			return l
		}
	}
	return nil
}

func (a *account) hasPrivate(key, value string) bool {
	return slices.ContainsFunc(a.labels, func(l *label) bool { return l.scope == private && l.key == key && l.value == value })
}

// setPrivate adds or changes a private label, as the server itself does, and lets
// it take effect.
func (s *Server) setPrivate(a *account, key, value string, now time.Time) {
	found := a.scoped(key, private)
	if found == nil {
		found = &label{key: key, scope: private, created: now}
		a.labels = append(a.labels, found)
	}
	found.value, found.updated = value, now
	s.labelsChanged(a, now)
}

// removePrivate drops a private label and lets that take effect.
func (s *Server) removePrivate(a *account, key string, now time.Time) {
	a.labels = slices.DeleteFunc(a.labels, func(l *label) bool { return l.scope == private && l.key == key })
	s.labelsChanged(a, now)
}

// labelsChanged computes state and level from the labels. It runs when a private
// label changes and then looks at the public ones too; a change of a public label
// alone has no effect.
func (s *Server) labelsChanged(a *account, now time.Time) {
	state := "pending"
	if a.hasPrivate("email", "verified") {
		state = "active"
	}
	for _, trigger := range triggers {
		if s.triggered(a, trigger.key) {
			state = trigger.state
		}
	}
	level := 0
	for level < len(levels) && s.hasVerified(a, levels[level].key, levels[level].value) {
		level++
	}
	a.level = level
	s.setState(a, state, now)
}

// setState changes the state; the keys of a user who is no longer active die.
func (s *Server) setState(a *account, state string, now time.Time) {
	if a.state == "active" && state != "active" {
		s.deactivateKeys(a, now)
	}
	a.state, a.updated = state, now
}

// deactivateKeys makes a user's API keys inactive, and those of his service
// accounts.
func (s *Server) deactivateKeys(a *account, now time.Time) {
	for _, k := range a.keys {
		k.state, k.updated = "inactive", now
	}
	if s.On(faultServiceKeyAliveAfterDisable) {
		return
	}
	for _, service := range a.services {
		for _, k := range service.keys {
			k.state, k.updated = "inactive", now
		}
	}
}
