package contract

import (
	"net/http"
	"slices"
	"strings"
)

// Prints lists the members, at any depth, at which the operation's answers to accepted
// requests may hold a text in a profile, whatever envelope holds them.
func (c *Contract) Prints(o *Operation, profile string) []string {
	var names []string
	for _, a := range o.accepting(profile) {
		if a.Schema == nil {
			continue
		}
		for _, name := range c.Schemas.Printed(a.SchemaFile) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// SetsCookies tells whether an answer to an accepted request sets a cookie in a profile.
func (o *Operation) SetsCookies(profile string) bool {
	return slices.ContainsFunc(o.accepting(profile), func(a *Answer) bool {
		rule, named := a.Headers[http.CanonicalHeaderKey("Set-Cookie")]
		return named && rule.Presence != Absent
	})
}

func (o *Operation) accepting(profile string) (answers []*Answer) {
	for _, outcome := range o.outcomes {
		if a, ok := o.Answer(outcome, profile); ok && a.Accepts() {
			answers = append(answers, a)
		}
	}
	return answers
}

// SameName tells whether two names of members are one but for their case and for what
// stands between their words, as libraries write them: session_token is SessionToken.
func SameName(a, b string) bool { return bareName(a) == bareName(b) }

func bareName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
}
