package family

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/value"
)

const (
	// tried bounds how many values that answers handed out are presented as a session, and
	// triedEach how many of one kind: sessions end, so that the newest say most.
	tried, triedEach = 60, 3
)

// handedOut are values that the answers and mails of a run gave, and that may open no
// session: what came with a refusal, and what is for something else.
type handedOut struct {
	session func(name string) bool // members and cookies that hold a session

	mu    sync.Mutex
	kinds map[string][]handout // by where it came from
}

// handout is one value, and the client that got it.
type handout struct {
	value  string
	header http.Header // as that client sends it; nil for a mail
	cookie string      // the cookie that holds it; "" for none
}

// refuses tells whether an answer is a refusal, by its status or by what it says.
func refuses(call *httpclient.Call) bool {
	return call.Status >= http.StatusBadRequest || saysNo.Match(call.Body)
}

var saysNo = regexp.MustCompile(`(?i)"(authenticated|result|success)"\s*:\s*false`)

// take notes what an answer gives that its request did not bring along.
func (h *handedOut) take(call *httpclient.Call) {
	if call.Status == 0 {
		return
	}
	if refuses(call) {
		for _, given := range Given(call) {
			if drawn(given) && !brought(call, given) {
				h.add("a refusal of "+call.Operation, handout{given, call.RequestHeader, cookieOf(call, given)})
			}
		}
		for name, given := range OddFields(call) {
			h.add("the field "+name+" of a refusal", handout{given, call.RequestHeader, ""})
		}
		return
	}
	held := map[string]bool{}
	h.sessions(held, value.Of(call))
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		twin := held[c.Value] || len(held) > 0 && httpclient.HoldsSession(c.Name) // of the session that the body hands out
		if !h.session(c.Name) && drawn(c.Value) && !twin {
			h.add("the cookie "+c.Name, handout{c.Value, call.RequestHeader, c.Name})
		}
	}
	if issuedSecret.Match(call.Body) {
		h.walk(call, "", value.Of(call), held)
	}
}

// sessions collects what the members of an answer hold that are named as sessions are.
func (h *handedOut) sessions(held map[string]bool, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if text, is := member.(string); is && text != "" && h.session(name) {
				held[text] = true
			}
			h.sessions(held, member)
		}
	case []any:
		for _, item := range v {
			h.sessions(held, item)
		}
	}
}

// issuedSecret fits bodies that have a member which holds a token or a secret.
var issuedSecret = regexp.MustCompile(`(?i)(token|secret|key|code|value|url|csrf|id)"\s*:`)

func (h *handedOut) walk(call *httpclient.Call, name string, v any, held map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			h.walk(call, name, member, held)
		}
	case []any:
		for _, item := range v {
			h.walk(call, name, item, held)
		}
	case string:
		if !h.session(name) && !held[v] && len(v) >= 16 && drawn(v) && !brought(call, v) && !strings.ContainsAny(v, " /:@") {
			h.add("the member "+name+" of "+call.Operation, handout{v, call.RequestHeader, ""})
		}
	}
}

// cookieOf names the cookie of an answer that holds a value.
func cookieOf(call *httpclient.Call, held string) string {
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Value == held {
			return c.Name
		}
	}
	return ""
}

// mail notes the proofs that a message holds.
func (h *handedOut) mail(m inbox.Message) {
	for _, proof := range proofsIn(m) {
		h.add("a mail", handout{proof, nil, ""})
	}
}

func (h *handedOut) add(kind string, given handout) {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.kinds[kind]
	if slices.ContainsFunc(list, func(other handout) bool { return other.value == given.value }) {
		return
	}
	if len(list) == triedEach {
		list = slices.Delete(list, 0, 1)
	}
	h.kinds[kind] = append(list, given)
}

// drawn tells whether a text looks drawn rather than written.
func drawn(text string) bool {
	return len(text) >= 8 && strings.ContainsAny(text, "0123456789") && !dated.MatchString(text)
}

var dated = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)

// brought tells whether the request has a text in any of its parts.
func brought(call *httpclient.Call, text string) bool {
	if sent(call, text) {
		return true
	}
	for _, values := range call.RequestHeader {
		if strings.Contains(strings.Join(values, "\n"), text) {
			return true
		}
	}
	return false
}

// opensNothing states that what the run was given for another purpose, or with a refusal,
// is no session wherever it is presented as one. session tells whether a member or cookie of
// a name holds one.
func opensNothing(s *conform.Context, entrance Entrance, whoAmI Subject, session func(name string) bool) {
	seen := &handedOut{session: session, kinds: map[string][]handout{}}
	s.Watch(seen.take)
	s.WatchMail(seen.mail)
	c := whoAmI.Should(s, "open-nothing", contract.Unauthenticated, "OWASP ASVS 5.0.0 6.3.3; checks#F01; checks#J09")
	c.ID = s.Exchange() + ".answers.open-nothing"
	It("No session is opened by what the run's refusals give, or by what its answers and mails give for another purpose", c,
		Serial, SpecPriority(-3),
		func(ctx SpecContext) {
			by, control := whoAmI.Ready(ctx)
			s.Require("use the session", s.Do(ctx, by, whoAmI.Operation, control()), whoAmI.Operation, whoAmI.expected())
			seen.mu.Lock()
			kinds := maps.Clone(seen.kinds)
			seen.mu.Unlock()
			names, left := slices.Sorted(maps.Keys(kinds)), tried // mails and refusals come first
			for _, kind := range names {
				for _, given := range kinds[kind] {
					if left--; left < 0 {
						break
					}
					for _, carrier := range given.carriers(entrance) {
						holder := s.Actor("holder", by.Who, stripped(entrance.Outsider(ctx).Header, given.header, carrier, given.value))
						call, err := s.Try(ctx, holder, entrance.Inside, entrance.Request(by.Who))
						if err == nil {
							s.ExpectShut(fmt.Sprintf("what %s gave, as %s", kind, carrier.Name), call, entrance.Inside, contract.Unauthenticated)
						}
					}
				}
			}
			s.Holds("the session opens what it opened before", s.Is(s.Do(ctx, by, whoAmI.Operation, control()), whoAmI.Operation,
				whoAmI.expected()), "it does not")
		})
}

// carriers are the ways to present what was given: a cookie under its own name too.
func (h handout) carriers(entrance Entrance) []Carrier {
	if h.cookie == "" {
		return entrance.Carriers
	}
	own := Carrier{Name: "the cookie " + h.cookie, Present: func(value string) http.Header {
		return http.Header{"Cookie": {h.cookie + "=" + value}}
	}}
	return append(slices.Clone(entrance.Carriers), own)
}

// stripped is the header of the client that was given a value, without what it proved by
// and with the value in its place.
func stripped(outsider, client http.Header, carrier Carrier, given string) http.Header {
	header := outsider.Clone()
	if header == nil {
		header = http.Header{}
	}
	for _, name := range []string{"User-Agent", "X-Forwarded-For"} { // what sessions are tied to
		if values := client[name]; values != nil {
			header[name] = values
		}
	}
	maps.Copy(header, carrier.Present(given))
	return header
}
