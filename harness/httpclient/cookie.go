package httpclient

import (
	"net/http"
	"regexp"
)

// SessionCookie names a cookie that the answer sets and that by its name holds a session;
// "" where it sets none.
func (c *Call) SessionCookie() string {
	for _, cookie := range (&http.Response{Header: c.Header}).Cookies() {
		if cookie.Value != "" && cookie.MaxAge >= 0 && HoldsSession(cookie.Name) {
			return cookie.Name
		}
	}
	return ""
}

// HoldsSession tells whether a cookie of this name is one of a session. A gateway in front
// sets cookies of its own with any answer, and some frameworks number every visit.
func HoldsSession(name string) bool {
	return sessionName.MatchString(name) && !visitName.MatchString(name)
}

var (
	sessionName = regexp.MustCompile(`(?i)sess|sid|token|auth|jwt|ticket|remember|log-?in|identity`)
	visitName   = regexp.MustCompile(`(?i)^_{0,2}(cf|lb|aws|gclb|incap|visid|nlbi|bigip|ts0|arr|ak|bm|route|srv|server)[_a-z0-9-]*$` +
		`|^(jsessionid|phpsessid|asp\.net_sessionid|connect\.sid|laravel_session)$|csrf|xsrf`)
)
