package family

import (
	"bytes"
	"cmp"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/secret"
)

// Issues says what secrets an operation hands out when it succeeds, beside the members that
// the contract prints (conform.Context.HandsOut): by operationId, globs over the names of
// secrets that no member is named after, and over "cookie-" and a cookie's name. What no
// operation declares, no answer may show.
type Issues map[string][]string

// Allow tells whether an operation hands out what has a label.
func (i Issues) Allow(operation, label string) bool {
	return slices.ContainsFunc(i[operation], func(glob string) bool {
		matched, _ := path.Match(glob, label)
		return matched
	})
}

const (
	// remembered is how many answers of a spec are kept until it reads its mail.
	remembered = 24
	// readable is how much of an answer is kept.
	readable = 16 << 10
)

// tellTale looks for secrets that an answer has no reason to hold: what the run knows to
// be one, digests of it, members by whose names one is told, and the right code.
type tellTale struct {
	see     func(text string) []secret.Sighting
	isRight func(code string) bool
	told    func(text string) string // the right code that a text holds in another form
	issues  func(operation, label string) bool

	mu     sync.Mutex
	recent []*httpclient.Call // of one spec, for what a mail turns out to hold
	codes  map[string]bool    // right codes that answers told
}

// look names the first secret that an answer tells without leave; "" where none does.
func (t *tellTale) look(call *httpclient.Call) string {
	t.remember(call)
	body := string(call.Body)
	for _, found := range t.see(body) {
		if !found.Code && !t.allowed(call, found.Label) && !asked(call, body[found.Start:found.End]) {
			return "its body shows " + found.Label
		}
	}
	for _, name := range slices.Sorted(maps.Keys(call.Header)) {
		for _, value := range call.Header[name] {
			for _, found := range t.see(value) {
				if !found.Code && !t.inHeader(call, name, value, found.Label) {
					return "the header field " + name + " shows " + found.Label
				}
			}
		}
	}
	if name := t.secretMember(call); name != "" {
		return "it has the member " + name
	}
	if (strings.ContainsRune(body, '$') || strings.Contains(body, "{SSHA")) && digested.MatchString(body) {
		return "its body shows a password as servers store it"
	}
	return t.rightCode(call, body)
}

// allowed tells whether an answer may show what has a label. A refusal issues nothing; what
// only its form makes a token may be anybody's in an answer that is none.
func (t *tellTale) allowed(call *httpclient.Call, label string) bool {
	if label == secret.Signed {
		return call.Status < http.StatusBadRequest && !deniesResult.Match(call.Body)
	}
	return call.Status < http.StatusBadRequest && t.issues(call.Operation, label)
}

// deniesResult fits bodies of refusals that have a status of success; Authenticated false may
// be the first of two steps.
var deniesResult = regexp.MustCompile(`(?i)"(result|success)"\s*:\s*false`)

// asked tells whether the request has a secret in its own address, as answers that repeat
// their address show it.
func asked(call *httpclient.Call, secret string) bool { return strings.Contains(call.URL, secret) }

// inHeader is allowed for a header field. Each answer may set a cookie anew that its
// request brought along, and one that by its name holds no session.
func (t *tellTale) inHeader(call *httpclient.Call, name, value, label string) bool {
	if t.allowed(call, label) {
		return true
	}
	if name != "Set-Cookie" {
		return false
	}
	pair, _, _ := strings.Cut(value, ";")
	cookie, secret, _ := strings.Cut(pair, "=")
	if label == "cookie-"+cookie && !httpclient.HoldsSession(cookie) {
		return true
	}
	return secret != "" && slices.ContainsFunc(call.RequestHeader["Cookie"], func(sent string) bool { return strings.Contains(sent, secret) })
}

// digested fits passwords as servers store them.
var digested = regexp.MustCompile(`\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(id?|d)\$|\$(scrypt|pbkdf2)[-$]|pbkdf2_sha\d+\$|\{SSHA\d*\}|\$[156]\$[^$"]{2,16}\$`)

// telling fits names of members by which a secret is told.
var telling = regexp.MustCompile(`(?i)^[a-z_-]*(?:passw(?:or)?d|passwd|salt|secret|private_?key|seed|digest|` +
	`(?:reset|confirmation|refresh|access|session|remember|auth|activation|unlock)_?token|session_?id|recovery_?codes?|backup_?codes?|otp_?key|totp|jwt)` +
	`[a-z_-]*$`)

// secretMember names a member whose name says that it holds a secret, with a value that is
// no word, and that the operation does not declare to issue.
func (t *tellTale) secretMember(call *httpclient.Call) string {
	for at := range call.Body {
		if call.Body[at] != ':' {
			continue
		}
		value := textAfter(call.Body[at+1:])
		if len(value) < 8 || !bytes.ContainsAny(value, "0123456789") || !bytes.ContainsFunc(value, isLetter) ||
			bytes.ContainsFunc(value, isForeign) {
			continue
		}
		name := string(textBefore(call.Body[:at]))
		if telling.MatchString(name) && !t.allowed(call, name) && !asked(call, string(value)) {
			return name
		}
	}
	return ""
}

const blanks = " \t\r\n"

// textBefore is the JSON string that ends where a text does, without its quotes: of a name
// of a member, before its colon. A name of more than 64 bytes is none that tells.
func textBefore(text []byte) []byte {
	name, quoted := bytes.CutSuffix(bytes.TrimRight(text[max(0, len(text)-70):], blanks), []byte{'"'})
	if at := bytes.LastIndexByte(name, '"'); quoted && at >= 0 {
		return name[at+1:]
	}
	return nil
}

// textAfter is the JSON string that a text begins with, or the first of a list.
func textAfter(text []byte) []byte {
	text = bytes.TrimLeft(text, blanks)
	if list, is := bytes.CutPrefix(text, []byte{'['}); is {
		text = bytes.TrimLeft(list, blanks)
	}
	value, quoted := bytes.CutPrefix(text, []byte{'"'})
	if at := bytes.IndexByte(value, '"'); quoted && at >= 0 {
		return value[:at]
	}
	return nil
}

// isForeign fits what stands in no token, digest or key.
func isForeign(r rune) bool {
	return !isLetter(r) && !(r >= '0' && r <= '9') && !strings.ContainsRune("_.+/=$-", r)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// rightCode tells of a one-time code that would be right now and that the request did not
// name. One alone can be a number that equals it by chance.
func (t *tellTale) rightCode(call *httpclient.Call, body string) string {
	text := body
	for _, values := range call.Header {
		text += "\n" + strings.Join(values, "\n")
	}
	if code := t.told(text); code != "" && !bytes.Contains(call.RequestBody, []byte(code)) {
		return "it tells the right one-time code in Base64 or as a digest"
	}
	if !slices.ContainsFunc(sixDigits(text), t.isRight) {
		return ""
	}
	for _, code := range inbox.Codes(text, 6) {
		if asked(call, code) || bytes.Contains(call.RequestBody, []byte(code)) || !t.isRight(code) {
			continue
		}
		t.mu.Lock()
		t.codes[code] = true
		many := len(t.codes) > 1
		t.mu.Unlock()
		if many {
			return "it tells the right one-time code"
		}
	}
	return ""
}

// sixDigits lists what stands in a text as six digits and no more: whether one of them is
// right costs a hundredth of looking closer.
func sixDigits(text string) (runs []string) {
	run := 0
	for i := range len(text) + 1 {
		switch {
		case i < len(text) && text[i] >= '0' && text[i] <= '9':
			run++
			continue
		case run == 6:
			runs = append(runs, text[i-6:i])
		}
		run = 0
	}
	return runs
}

// remember keeps the newest answers of a spec.
func (t *tellTale) remember(call *httpclient.Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.recent) > 0 && t.recent[0].Clause != call.Clause {
		t.recent = nil
	}
	if len(t.recent) == remembered {
		t.recent = slices.Delete(t.recent, 0, 1)
	}
	t.recent = append(t.recent, call)
}

// mailed are texts of a message that prove that somebody has read it.
var mailed = regexp.MustCompile(`ey[\w-]{8,}\.ey[\w-]{8,}\.[\w-]{16,}|(?i)[?&][\w-]*(?:token|key|code|secret|hash|signature)=([\w.~%-]{16,})`)

// mail names the answer that told what a message holds, and how; nil where none did. A
// message itself may hold no password, no shared secret and no session.
func (t *tellTale) mail(m inbox.Message) (*httpclient.Call, string) {
	text := m.Text + "\n" + m.HTML
	for _, found := range t.see(text) {
		if !found.Code && neverMailed.MatchString(found.Label) {
			return nil, "a mail shows " + found.Label
		}
	}
	proofs := proofsIn(m)
	codes := slices.Concat(inbox.Codes(text, 5), inbox.Codes(text, 6), inbox.Codes(text, 7), inbox.Codes(text, 8))
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, call := range t.recent {
		if t.allowed(call, "link") {
			continue
		}
		shown := string(call.Body[:min(len(call.Body), readable)])
		for name, values := range call.Header {
			if name != "Date" {
				shown += "\n" + strings.Join(values, "\n")
			}
		}
		told := slices.ContainsFunc(proofs, func(proof string) bool { return strings.Contains(shown, proof) && !sent(call, proof) }) ||
			len(codes) > 0 && slices.ContainsFunc(codes, func(code string) bool {
				return !sent(call, code) && slices.Contains(inbox.Codes(shown, len(code)), code)
			})
		if told {
			return call, "it tells what is mailed or texted"
		}
	}
	return nil, ""
}

// proofsIn are the texts of a message that prove that somebody has read it.
func proofsIn(m inbox.Message) []string {
	var proofs []string
	for _, found := range mailed.FindAllStringSubmatch(m.Text+"\n"+m.HTML, -1) {
		proofs = append(proofs, cmp.Or(found[1], found[0]))
	}
	return proofs
}

// neverMailed fits the labels of what no mail may hold.
var neverMailed = regexp.MustCompile(`(?i)password|totp|tfakey|api-secret|cookie-.*(session|auth_key)$|^(session_?)?token$`)

// sent tells whether the request has a text itself.
func sent(call *httpclient.Call, text string) bool {
	return asked(call, text) || bytes.Contains(call.RequestBody, []byte(text))
}
