package httpclient

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// volatile fits what differs between any two responses: numbers, times, ids and tokens,
// which are words with a digit or long ones.
var volatile = regexp.MustCompile(`[A-Za-z0-9+/_=.-]*[0-9][A-Za-z0-9+/_=.-]*|[A-Za-z0-9+/_=-]{24,}`)

// Fields are the header fields of a response, sorted, with their values as far as two
// responses that may not be told apart have them in common: numbers, times, ids and
// tokens are masked, and of a cookie the name and the attributes are left.
func (c *Call) Fields() []string {
	var fields []string
	for name, values := range c.Header {
		name = http.CanonicalHeaderKey(name)
		for _, value := range values {
			if name == "Set-Cookie" {
				cookie, attributes, _ := strings.Cut(value, ";")
				before, _, _ := strings.Cut(cookie, "=")
				value = before + "=#;" + attributes
			}
			fields = append(fields, name+": "+volatile.ReplaceAllString(value, "#"))
		}
	}
	slices.Sort(fields)
	return fields
}
