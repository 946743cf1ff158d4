package alien

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Habit is one way in which an honest back end may differ from another one that is written
// from the same document, because the document does not speak of it.
type Habit string

// Habits that any server may have, whatever it serves.
const (
	Charset        Habit = "charset"             // application/json; charset=utf-8
	Chunked        Habit = "chunked"             // no Content-Length
	Closes         Habit = "closes"              // one request a connection
	BalancerCookie Habit = "balancer-cookie"     // a cookie of the gateway in front, with each answer
	Crossing       Habit = "cross-origin"        // CORS headers, and OPTIONS is answered
	HTMLErrors     Habit = "html-errors"         // pages of a web server in place of the words of a refusal
	TextErrors     Habit = "text-errors"         // plain text
	ProblemErrors  Habit = "problem-errors"      // RFC 9457
	BareErrors     Habit = "bare-errors"         // no body at all
	SameErrors     Habit = "one-error-for-all"   // the same words whatever was wrong
	NullErrors     Habit = "nulls-in-errors"     // members of a success, null, false or empty
	Nulls          Habit = "nulls"               // null for what has no value
	Few            Habit = "few-members"         // none but those that the document prints
	Reversed       Habit = "other-member-order"  // and white space, as another library writes it
	MethodNotFound Habit = "method-not-found"    // 404 for a path with another method
	MediaRefused   Habit = "media-type-is-400"   // 400 for another media type than JSON
	MediaIgnored   Habit = "media-type-ignored"  // any media type, if the body is JSON
	Slashes        Habit = "trailing-slashes"    // a path may end with a slash
	AnyCase        Habit = "paths-in-any-case"   // and be written in any case
	BodyFirst      Habit = "body-before-caller"  // 400 before 401
	StrictMembers  Habit = "unknown-members-400" // refuses members that the document does not print
	NoDrift        Habit = "no-drift"            // takes the code of the current step alone
	WrongIs400     Habit = "wrong-code-is-400"   // document 000 prints 400 and 401, and not which is which
	UnfitIs400     Habit = "unfit-is-400"        // a signature that has not the length of one is no request
	HeldIs403      Habit = "limits-are-403"      // in place of 429, which no document of KIIEX prints
	HeldIs401      Habit = "limits-are-401"      // as a wrong attempt, in other words
	HeldAlike      Habit = "limits-are-not-told" // as a wrong attempt, to the letter
	StepCookie     Habit = "cookie-ties-steps"   // the second step needs the cookie that the first one set
	ReplayIs400    Habit = "replay-is-400"       // as a request that cannot be right
	SpentAnyway    Habit = "spent-when-refused"  // a right code is used up, whatever else was wrong
	OpenReplay     Habit = "replay-is-told"      // other words for a code that was used
	JWTTokens      Habit = "tokens-are-jwt"      // and not drawn at random alone
	ShortTokens    Habit = "tokens-are-uuids"
	LockedIs401    Habit = "locked-is-401"
	CodeIs400      Habit = "missing-code-is-400"
	Enveloped      Habit = "enveloped"
	RefusalIs200   Habit = "refusals-are-200"    // and say result: false
	RefusalIs400   Habit = "refusals-are-400"    // whatever was wrong
	VerifiesUsers  Habit = "mails-want-the-user" // x-user-token where a code is sent and verified
	HTMLMail       Habit = "mails-in-html"       // and no other text
	FourDigits     Habit = "four-digits-mailed"
	EightDigits    Habit = "eight-digits-mailed"
	KeepsSecret    Habit = "secret-until-activated" // the same one, however often it is asked for
	LowerSecret    Habit = "secret-in-lower-case"   // as the document prints one
	Forgets        Habit = "secret-ends-when-off"
	BurnsToken     Habit = "one-try-a-verification" // a wrong code uses the verification up
	CodeFirst      Habit = "code-before-verification"
	OneSession     Habit = "one-session"      // a new log-in ends the older session
	Gzip           Habit = "gzip"             // for who accepts it
	LowerNames     Habit = "lower-case-names" // of header fields
	EdgeHeaders    Habit = "edge-headers"     // of a content network in front, validators and trace ids among them
	VisitCookies   Habit = "visit-cookies"    // several with every attribute, one of them renewed and one removed each time
	Traces         Habit = "traces"           // ids and the time, made anew, in each refusal
	Redirects      Habit = "slash-redirects"  // to the path without the slash at its end
	SkewedClock    Habit = "skewed-clock"     // the back end's clock is 20 seconds fast
	RetryDate      Habit = "retry-after-date" // as RFC 9110 allows, in place of seconds
	NamesAnyhow    Habit = "names-anyhow"     // user names in any case, blanks around them taken away
	CodeTrimmed    Habit = "codes-trimmed"    // blanks around a code taken away
	CountsOn       Habit = "count-goes-on"    // success does not reset the count of failures
	NonceOnce      Habit = "nonce-once"       // a nonce that was seen is refused
	LockedIs423    Habit = "locked-is-423"
	ReplayIs403    Habit = "replay-is-403" // a code that was used is not available
	DisabledIs403  Habit = "disabled-is-403"
	ZonedTimes     Habit = "times-in-a-zone"   // seven digits of a second, and not UTC
	SubjectMail    Habit = "code-in-subject"   // and nothing else in the mail but numbers of no account
	CodesStay      Habit = "mailed-codes-stay" // one that was mailed before holds beside the new one
	SameCode       Habit = "same-code-mailed"  // again, until it was used
	Meta           Habit = "meta-in-answers"   // beside the members that the document prints
)

// wanted are the habits that an alien is given.
type wanted map[Habit]bool

func (b *base) has(h Habit) bool { return b.habits[h] }

func habits(list []Habit) wanted {
	all := wanted{}
	for _, h := range list {
		all[h] = true
	}
	return all
}

// reply keeps an answer until it is whole, so that habits can be seen in it.
type reply struct {
	header  http.Header
	accepts string // Accept-Encoding of the request
	status  int
	body    bytes.Buffer
}

func (r *reply) Header() http.Header { return r.header }
func (r *reply) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *reply) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// dress gives an answer the habits of a server.
func (b *base) dress(w http.ResponseWriter, r *reply) {
	h, body := r.header, r.body.Bytes()
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.status == http.StatusMethodNotAllowed && b.has(MethodNotFound) {
		r.status, body = http.StatusNotFound, []byte("no route")
		h.Del("Allow")
		h.Set("Content-Type", "text/plain")
	}
	if r.status == http.StatusUnsupportedMediaType && b.has(MediaRefused) {
		r.status = http.StatusBadRequest
	}
	if r.status >= http.StatusBadRequest {
		body = b.refusal(h, r.status, body)
	}
	if b.has(Charset) && h.Get("Content-Type") == "application/json" {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	if b.has(BalancerCookie) {
		h.Add("Set-Cookie", "__lb_route="+random()+"; Path=/; HttpOnly; Secure; SameSite=None")
	}
	if b.has(Crossing) {
		h.Set("Access-Control-Allow-Origin", "https://app.alien.test")
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Vary", "Origin, Accept-Encoding")
	}
	if b.has(Closes) {
		h.Set("Connection", "close")
	}
	b.decorate(h)
	if b.has(Gzip) && strings.Contains(r.accepts, "gzip") && len(body) > 0 {
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
		body = zipped(body)
	}
	maps.Copy(w.Header(), b.named(h))
	w.WriteHeader(r.status)
	half := len(body) / 2
	_, _ = w.Write(body[:half]) // a client that went away is its own affair
	if flusher, ok := w.(http.Flusher); ok && b.has(Chunked) {
		flusher.Flush()
	}
	_, _ = w.Write(body[half:])
}

// refusal words what is refused.
func (b *base) refusal(h http.Header, status int, body []byte) []byte {
	title := http.StatusText(status)
	switch {
	case b.has(HTMLErrors):
		h.Set("Content-Type", "text/html; charset=utf-8")
		return fmt.Appendf(nil, "<!doctype html><html><head><title>%d %s</title></head><body><center><h1>%d %s</h1></center></body></html>",
			status, title, status, title)
	case b.has(TextErrors):
		h.Set("Content-Type", "text/plain; charset=utf-8")
		return []byte(title + "\n")
	case b.has(ProblemErrors):
		h.Set("Content-Type", "application/problem+json")
		return fmt.Appendf(nil, `{"type":"about:blank","title":%q,"status":%d,"traceId":%q}`, title, status, random())
	case b.has(BareErrors):
		h.Del("Content-Type")
		return nil
	case b.has(SameErrors):
		h.Set("Content-Type", "application/json")
		return []byte(`{"error":"refused"}`)
	case b.has(Traces):
		h.Set("Content-Type", "application/json")
		drawn := random()
		return fmt.Appendf(nil, `{"message":%q,"traceId":"%s-%s-%s-%s-%s","requestId":%q,"span":"0HM%s:0000000A","timestamp":%q}`,
			title, drawn[:8], drawn[8:12], drawn[12:16], drawn[16:20], drawn[20:], base64.StdEncoding.EncodeToString([]byte(drawn[:16])),
			strings.ToUpper(drawn[:10]), b.now().UTC().Format(time.RFC3339Nano))
	case b.has(NullErrors):
		h.Set("Content-Type", "application/json")
		return []byte(`{"Authenticated":false,"authenticated":false,"SessionToken":null,"sessionToken":"","token":null,"result":false,"response":null,"errors":[]}`)
	}
	return body
}

// route is the path of a request as a server with these habits reads it.
func (b *base) route(path string) string {
	if b.has(Slashes) && len(path) > 1 {
		path = strings.TrimRight(path, "/")
	}
	if b.has(AnyCase) {
		path = strings.ToLower(path)
	}
	return path
}

// steps is how many time steps from now a code may be away.
func (b *base) steps() int {
	if b.has(NoDrift) {
		return 0
	}
	return 1
}

// unknown tells whether a request has a member that its document does not print, and the
// server minds.
func (b *base) unknown(members map[string]any, printed ...string) bool {
	if !b.has(StrictMembers) {
		return false
	}
	for name := range members {
		if !slices.Contains(printed, name) {
			return true
		}
	}
	return false
}
