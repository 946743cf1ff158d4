package contract

import (
	"net/http"
	"slices"
	"strings"
)

// Prints lists the members, at any depth, at which the operation's answers to accepted
// requests may hold a text, whatever envelope holds them: what one release hands out is no
// leak of another.
func (c *Contract) Prints(o *Operation) []string {
	var names []string
	for _, a := range c.accepting(o) {
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

// SetsCookies tells whether an answer to an accepted request sets a cookie.
func (c *Contract) SetsCookies(o *Operation) bool {
	return slices.ContainsFunc(c.accepting(o), func(a *Answer) bool {
		rule, named := a.Headers[http.CanonicalHeaderKey("Set-Cookie")]
		return named && rule.Presence != Absent
	})
}

func (c *Contract) accepting(o *Operation) (answers []*Answer) {
	for _, profile := range c.Profiles {
		for _, outcome := range o.outcomes {
			if a, ok := o.Answer(outcome, profile); ok && a.Accepts() {
				answers = append(answers, a)
			}
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
