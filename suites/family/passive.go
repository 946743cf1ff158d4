package family

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
)

// rule is something that no answer of a run may show, whatever it was asked for. look
// names what a call shows of it; "" is nothing.
type rule struct {
	slug, what, authority string
	look                  func(call *httpclient.Call) string
}

// finding is the first call that broke a rule, and how many did.
type finding struct {
	mu    sync.Mutex
	call  *httpclient.Call // nil where no answer broke it, but a mail did
	shown string
	count int
}

// add notes what a call, or a mail, shows; "" is nothing.
func (f *finding) add(call *httpclient.Call, shown string) {
	if shown == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count++; f.count == 1 {
		f.call, f.shown = call, shown
	}
}

func (f *finding) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.count == 0:
		return ""
	case f.call == nil:
		return f.shown
	}
	return fmt.Sprintf("%d did, first call %s (%s %s, status %d): %s",
		f.count, f.call.ID, f.call.Method, f.call.Path, f.call.Status, f.shown)
}

// trace are marks of stack traces, source files and databases.
var trace = regexp.MustCompile(`goroutine \d+ \[|Traceback \(most recent|panic: |\n\s+at [\w.$<>]+ ?\(|Exception in thread|` +
	`\w\.(?:go|java|php|py|rb|cs|js|ts):\d+|File "[^"]+", line \d+|node_modules/|SQLSTATE|PG::\w+|\nLINE \d+: |syntax error at or near|ORA-\d{5}`)

// traceMarks are texts of which trace always holds one: a run has thousands of answers,
// and looking for a text costs a hundredth of looking for an expression.
var traceMarks = [][]byte{
	[]byte("goroutine "), []byte("Traceback ("), []byte("panic: "), []byte("at "), []byte("Exception in"), []byte(`File "`),
	[]byte(".go:"), []byte(".java:"), []byte(".php:"), []byte(".py:"), []byte(".rb:"), []byte(".cs:"), []byte(".js:"), []byte(".ts:"),
	[]byte("node_modules/"), []byte("PG::"), []byte("LINE "), []byte("SQLSTATE"), []byte("syntax error"), []byte("ORA-"),
}

func isTrace(text []byte) bool {
	return slices.ContainsFunc(traceMarks, func(mark []byte) bool { return bytes.Contains(text, mark) }) && trace.Match(text)
}

// rules are those of every exchange; cookie names the one that carries the session, and
// is nil where none does.
func rules(cookie func() string) []rule {
	all := []rule{
		{"trace", "shows a stack trace, a source file or an error of a database", "OWASP ASVS 5.0.0 16.5.1; checks#F18", showsTrace},
		{"origin", "lets every web page that asks read it with the user's credentials", "OWASP ASVS 5.0.0 3.4.2", reflectsOrigin},
		{"cacheable", "invites shared caches to keep what a credential opened or a cookie that it sets", "OWASP ASVS 5.0.0 14.3.2",
			invitesCaches},
		{"echo", "repeats in a refusal a credential of the request", "OWASP ASVS 5.0.0 14.2.6", echoesCredential},
	}
	if cookie != nil {
		all = append(all,
			rule{"cookie", "sets the session cookie without HttpOnly", "OWASP ASVS 5.0.0 3.3.4; checks#S14", func(call *httpclient.Call) string {
				return sessionCookie(call, cookie(), func(c *http.Cookie) bool { return !c.HttpOnly })
			}})
	}
	return all
}

// Passive states of all answers of a run together what none may show. Each is looked at
// as it comes; the clauses are judged when nothing else is left to run. In a run of
// several processes each judges its own calls. issues says what operations may tell beside
// what the contract has them hand out, and session tells whether a member or cookie of a
// name holds a session.
func Passive(s *conform.Context, entrance Entrance, whoAmI Subject, cookie func() string, issues Issues, session func(name string) bool) {
	may := func(operation, label string) bool {
		return s.HandsOut(operation, label) || issues.Allow(operation, label)
	}
	unpredictable(s, whoAmI, cookie, may)
	opensNothing(s, entrance, whoAmI, session)
	secrets := &tellTale{see: s.See, isRight: s.IsRightCode, told: s.ToldCode, codes: map[string]bool{}, issues: may}
	told := rule{"secret", "tells a secret that its operation does not issue", "OWASP ASVS 5.0.0 14.2.6; checks#F18", secrets.look}
	for _, r := range append(rules(cookie), told) {
		var found finding
		s.Watch(func(call *httpclient.Call) { found.add(call, r.look(call)) })
		if r.slug == told.slug {
			s.WatchMail(func(m inbox.Message) { found.add(secrets.mail(m)) })
		}
		c := whoAmI.Should(s, "no-"+r.slug, contract.OK, r.authority)
		c.ID = s.Exchange() + ".answers.no-" + r.slug
		It("No answer of the run "+r.what, c, Serial, SpecPriority(-3), func(ctx SpecContext) {
			by, control := whoAmI.Ready(ctx)
			requests := []conform.Request{control(), control().WithHeader("Origin", "https://attacker.invalid")}
			if r.slug == "origin" {
				requests = append(requests, control().WithHeader("Origin", "null"), control().WithHeader("Origin", s.Target().URL+".attacker.invalid"),
					control().WithHeader("Origin", endingLike(s.Target().URL)))
			}
			for _, request := range requests {
				s.Require("use the session", s.Do(ctx, by, whoAmI.Operation, request), whoAmI.Operation, whoAmI.expected())
			}
			elsewhere := control()
			elsewhere.Template, elsewhere.Path = s.PathOf(whoAmI.Operation)+"/nowhere", control().Path
			for _, request := range []conform.Request{control().WithHeader("Origin", "https://attacker.invalid"), elsewhere} {
				_, _ = s.Try(ctx, with(s, entrance.Outsider(ctx), entrance.Carriers[0].Present("made-up-by-the-harness")), whoAmI.Operation, request)
			}
			otherwise := found.String()
			s.Holds("no answer "+r.what, otherwise == "", otherwise)
		})
	}
}

// endingLike is the origin of somebody whose host ends like the target's own.
func endingLike(target string) string {
	if own, err := url.Parse(target); err == nil {
		return "https://attacker-" + own.Hostname()
	}
	return "https://attacker.invalid"
}

func showsTrace(call *httpclient.Call) string {
	if isTrace(call.Body) || bytes.Contains(call.Body, []byte(`\n`)) && isTrace(bytes.ReplaceAll(call.Body, []byte(`\n`), []byte("\n"))) {
		return "its body does"
	}
	for name, values := range call.Header {
		if slices.ContainsFunc(values, func(value string) bool { return isTrace([]byte(value)) }) {
			return "the header field " + name + " does"
		}
	}
	return ""
}

func reflectsOrigin(call *httpclient.Call) string {
	origin := call.RequestHeader.Get("Origin")
	if origin == "" || !strings.EqualFold(call.Header.Get("Access-Control-Allow-Credentials"), "true") {
		return ""
	}
	if allowed := call.Header.Get("Access-Control-Allow-Origin"); allowed == origin || allowed == "null" {
		return "it allows the origin that the request named, with credentials"
	}
	return ""
}

var mayKeep = regexp.MustCompile(`(?i)\bpublic\b|s-maxage=[1-9]|max-age=[1-9]`)

func invitesCaches(call *httpclient.Call) string {
	for _, name := range []string{"Cdn-Cache-Control", "Surrogate-Control"} { // RFC 9213: they win over Cache-Control
		if targeted := call.Header.Get(name); mayKeep.MatchString(targeted) &&
			slices.ContainsFunc(slices.Collect(maps.Keys(call.RequestHeader)), carriesCredential) {
			return name + ": " + targeted
		}
	}
	control := strings.ToLower(call.Header.Get("Cache-Control"))
	if !mayKeep.MatchString(control) && !(control == "" && later(call)) || strings.Contains(control, "no-store") ||
		strings.Contains(control, "private") {
		return ""
	}
	opened := false
	for name := range call.RequestHeader {
		opened = opened || carriesCredential(name)
	}
	if call.Header.Get("Set-Cookie") == "" && !opened {
		return ""
	}
	return "Cache-Control: " + control + ", Expires: " + call.Header.Get("Expires")
}

// later tells whether an answer says that it is good for some time.
func later(call *httpclient.Call) bool {
	expires, err := http.ParseTime(call.Header.Get("Expires"))
	now, unknown := http.ParseTime(call.Header.Get("Date"))
	return err == nil && unknown == nil && expires.After(now.Add(time.Minute))
}

// credentialMarks stand in the names of header fields that carry a credential, whatever a
// deployment calls them.
var credentialMarks = []string{"authorization", "cookie", "token", "api-key", "apikey", "session", "secret", "signature"}

func carriesCredential(field string) bool {
	lower := strings.ToLower(field)
	return slices.ContainsFunc(credentialMarks, func(mark string) bool { return strings.Contains(lower, mark) })
}

// echoesCredential looks into the body of a refusal by its status, and into header fields
// whatever the status is: some targets refuse with 200. A field that carries credentials
// itself may renew one.
func echoesCredential(call *httpclient.Call) string {
	for name, values := range call.RequestHeader {
		if !carriesCredential(name) {
			continue
		}
		for _, value := range values {
			if shown := echoes(call, lastWord(value)); shown != "" {
				return shown
			}
		}
	}
	return ""
}

// lastWord is what stands after a scheme or a cookie's name, unless it is too short to be
// told from chance.
func lastWord(value string) string {
	if at := strings.LastIndexAny(value, " ="); at >= 0 && at < len(value)-16 {
		return value[at+1:]
	}
	return value
}

func echoes(call *httpclient.Call, credential string) string {
	if len(credential) < 16 {
		return ""
	}
	if call.Status >= http.StatusBadRequest && bytes.Contains(call.Body, []byte(credential)) {
		return "its body does"
	}
	for field, values := range call.Header {
		if !carriesCredential(field) && strings.Contains(strings.Join(values, "\n"), credential) {
			return "the header field " + field + " does"
		}
	}
	return ""
}

func sessionCookie(call *httpclient.Call, name string, wrong func(*http.Cookie) bool) string {
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name && c.Value != "" && c.MaxAge >= 0 && wrong(c) {
			return "it sets the cookie so"
		}
	}
	return ""
}
