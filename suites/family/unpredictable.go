package family

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
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
	// enough is how many tokens of one kind say something of how they are drawn.
	enough = 8
	// fewBits is less than any two random tokens of 64 bits differ in. Whoever counts up,
	// or tells the time, differs in less.
	fewBits = 40
	// compared bounds how many tokens are compared with one another.
	compared = 400
	// leastBits is the entropy that a session or a key has to have at the least (OWASP ASVS 5.0.0 7.2.3).
	leastBits = 64
	// shared is how many callers cannot be given one token by chance, or by a server that
	// gives everybody the same text beside it.
	shared = 3
	// counted is how far a counter is followed whose hash a token may be.
	counted = 1 << 14
)

// issuedMember fits the members of an answer that hold a session or a token.
var issuedMember = regexp.MustCompile(`(?i)((token|session|csrf)(_?id)?|secret|tfakey|manualentrykey)$`)

// sessionMember fits those whose values are a caller's own.
var sessionMember = regexp.MustCompile(`(?i)^(session_?)?(token|session(_?id)?)$`)

// uuid fits the identifiers that some targets mail as codes (RFC 9562 section 4).
var uuid = regexp.MustCompile(`\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b`)

// samples are the tokens of a run by the member or cookie that issued them, and the
// names of users that were seen beside them.
type samples struct {
	mu     sync.Mutex
	cookie func() string // name of the session cookie; nil where there is none
	tokens map[string]map[string]bool
	owners map[string]map[string]bool // of sessions, by the token: who they were issued to
	names  map[string]bool
	times  map[int64]bool // in seconds, by the target's clock
	sent   sentCodes
	sets   map[string]bool // backup codes
	// backup tells whether an operation hands backup codes out.
	backup func(operation string) bool
}

// mail reads the proofs that a message holds: those of its links, and JSON Web Tokens.
func (s *samples) mail(m inbox.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, proof := range proofsIn(m) {
		s.add("what is mailed", proof)
	}
	for _, id := range uuid.FindAllString(m.Text+"\n"+m.HTML, -1) {
		s.add("what is mailed", id)
	}
	if code := s.sent.take(m); code != "" {
		s.names[code] = true // what is given for it may be made of it
	}
}

// take reads what an answer issues and whom it and its request name.
func (s *samples) take(call *httpclient.Call) {
	if call.Status >= http.StatusBadRequest {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, err := http.ParseTime(call.Header.Get("Date")); err == nil {
		s.times[at.Unix()] = true
	}
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if s.cookie != nil && c.Name == s.cookie() && c.MaxAge >= 0 { // load balancers have cookies of their own
			s.add("the cookie "+c.Name, c.Value)
			s.own(c.Value, call)
		}
	}
	s.read(value.Of(call), call)
}

// own remembers who was given the token of a session that he had not sent.
func (s *samples) own(token string, call *httpclient.Call) {
	for _, values := range call.RequestHeader {
		if slices.ContainsFunc(values, func(sent string) bool { return strings.Contains(sent, token) }) {
			return
		}
	}
	if bytes.Contains(call.RequestBody, []byte(token)) {
		return
	}
	if s.owners[token] == nil {
		s.owners[token] = map[string]bool{}
	}
	s.owners[token][call.Actor] = true
}

func (s *samples) read(v any, call *httpclient.Call) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			text, isText := member.(string)
			switch {
			case isText && issuedMember.MatchString(name):
				s.add("the member "+name, text)
				if sessionMember.MatchString(name) {
					s.own(text, call)
				}
			case isText && name == "code" && len(text) >= 5 && s.backup != nil && s.backup(call.Operation):
				s.sets[text] = true
			case isText && len(text) < 64:
				s.names[text] = true
			default:
				s.read(member, call)
			}
		}
	case []any:
		for _, element := range v {
			s.read(element, call)
		}
	}
}

func (s *samples) add(where, token string) {
	if jwt := strings.Split(token, "."); len(jwt) == 3 {
		token = jwt[2] // what stands before says what it is about
	}
	if len(token) < 16 {
		return
	}
	if s.tokens[where] == nil {
		s.tokens[where] = map[string]bool{}
	}
	s.tokens[where][token] = true
}

// guessable says of the first kind of tokens that can be guessed how; "" where none can.
func (s *samples) guessable() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.commonly() {
		return "several callers were given the same session"
	}
	var derived map[string]string
	for _, where := range slices.Sorted(maps.Keys(s.tokens)) {
		tokens := slices.Sorted(maps.Keys(s.tokens[where]))
		if alike := mostAlike(tokens); alike >= enough {
			return fmt.Sprintf("%d of %d values of %s differ from one of them in less than %d bits", alike, len(tokens), where, fewBits)
		}
		if pattern := patterned(tokens); pattern != "" {
			return "the values of " + where + " " + pattern
		}
		if derived == nil {
			derived = s.derived()
		}
		for _, token := range tokens {
			if named, made, two := strings.Cut(token, "."); two && ownDigest(named, made) {
				return "a value of " + where + " is a digest of its own beginning"
			}
			if from := derived[digest(token)]; from != "" {
				return "a value of " + where + " is " + from
			}
		}
	}
	if patternedCodes(slices.Sorted(maps.Keys(s.sets))) {
		return "backup codes resemble one another in most of their characters"
	}
	return s.sent.guessable()
}

// ownDigest tells whether a text is a digest of another in hexadecimal digits.
func ownDigest(of, text string) bool {
	md, sha, sha2 := md5.Sum([]byte(of)), sha1.Sum([]byte(of)), sha256.Sum256([]byte(of))
	return slices.ContainsFunc([][]byte{md[:], sha[:], sha2[:]}, func(sum []byte) bool {
		return strings.EqualFold(hex.EncodeToString(sum), text)
	})
}

// mostAlike counts the tokens that differ least from one of them: those that have other
// characters in so few places that these hold less than fewBits. Random tokens of 64 bits
// have less than one such neighbour in a thousand. Some targets issue random tokens beside
// those that can be guessed, so that all of them together tell nothing.
func mostAlike(tokens []string) int {
	tokens = tokens[:min(len(tokens), compared)]
	places := int(fewBits / math.Log2(float64(alphabet(tokens))))
	most := 0
	for _, one := range tokens {
		near := 0
		for _, other := range tokens {
			if len(one) == len(other) && differing(one, other) <= places {
				near++
			}
		}
		most = max(most, near)
	}
	return most
}

// alphabet counts the characters that tokens are made of. Few tokens of hexadecimal digits
// may lack one of these, which says nothing of how they are drawn.
func alphabet(tokens []string) int {
	seen := map[rune]bool{}
	for _, token := range tokens {
		for _, c := range token {
			seen[c] = true
		}
	}
	const decimal, hexadecimal = 10, 16
	if all := strings.Join(tokens, ""); len(seen) > decimal && strings.Trim(all, "0123456789abcdef") == "" {
		return hexadecimal
	}
	return max(len(seen), 2)
}

// differing counts the places in which two texts of one length differ.
func differing(one, other string) int {
	n := 0
	for at := range len(one) {
		if one[at] != other[at] {
			n++
		}
	}
	return n
}

// digest is the beginning of a token as a hash in hexadecimal digits would have it,
// without the separators of a UUID.
func digest(token string) string {
	if kind, rest, named := strings.Cut(token, "-"); named && len(kind) <= 4 { // "vt-" and the like say what it is
		token = rest
	}
	token = strings.ToLower(strings.ReplaceAll(token, "-", ""))
	return token[:min(len(token), 32)]
}

// derived are values that anybody can work out: of a counter, and of the names of users.
func (s *samples) derived() map[string]string {
	all := map[string]string{}
	put := func(text, what string) {
		md, sha, sha2 := md5.Sum([]byte(text)), sha1.Sum([]byte(text)), sha256.Sum256([]byte(text))
		all[digest(hex.EncodeToString(md[:]))] = "the MD5 digest of " + what
		all[digest(hex.EncodeToString(sha[:]))] = "the SHA-1 digest of " + what
		all[digest(hex.EncodeToString(sha[4:]))] = "the end of the SHA-1 digest of " + what
		all[digest(hex.EncodeToString(sha2[:]))] = "the SHA-256 digest of " + what
	}
	for n := range counted {
		put(strconv.Itoa(n), "a small number")
	}
	for second := range s.times {
		for _, near := range []int64{second - 1, second, second + 1} {
			put(strconv.FormatInt(near, 10), "the time")
		}
	}
	for name := range s.names {
		if len(name) < 4 {
			continue
		}
		put(name, "what the answer says of the user")
		backwards := []byte(name)
		slices.Reverse(backwards)
		for _, spelt := range []string{string(backwards), hex.EncodeToString([]byte(name)), base64.StdEncoding.EncodeToString([]byte(name))} {
			if len(spelt) >= 16 {
				all[digest(spelt)] = "a spelling of what the answer says of the user"
			}
		}
	}
	return all
}

// commonly tells whether several callers were given one token of a session.
func (s *samples) commonly() bool {
	for token, owners := range s.owners {
		if len(token) >= 16 && len(owners) >= shared {
			return true
		}
	}
	return false
}

// suffice tells whether there are enough tokens of some kind.
func (s *samples) suffice() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.commonly() {
		return true
	}
	for _, tokens := range s.tokens {
		if len(tokens) >= enough {
			return true
		}
	}
	return false
}

// unpredictable states that nobody can work out the next token from those before. It
// looks at all sessions and tokens that the answers of a run issue, and asks for more
// only where a run is too short for it.
func unpredictable(s *conform.Context, whoAmI Subject, cookie func() string, issues func(operation, label string) bool) {
	seen := &samples{cookie: cookie, tokens: map[string]map[string]bool{}, owners: map[string]map[string]bool{},
		names: map[string]bool{}, times: map[int64]bool{}, sets: map[string]bool{},
		backup: func(operation string) bool { return issues(operation, "backup-code") }}
	s.Watch(seen.take)
	s.WatchMail(seen.mail)
	c := whoAmI.Should(s, "unpredictable", contract.OK, "OWASP ASVS 5.0.0 7.2.3; checks#S11")
	c.ID = s.Exchange() + ".answers.unpredictable"
	It("The tokens that the answers of the run issue cannot be guessed from one another", c, Serial, SpecPriority(-3), func(ctx SpecContext) {
		for range enough {
			by, control := whoAmI.Ready(ctx)
			s.Require("use the session", s.Do(ctx, by, whoAmI.Operation, control()), whoAmI.Operation, whoAmI.expected())
			if seen.suffice() {
				break
			}
			if whoAmI.Done != nil {
				whoAmI.Done(ctx, by)
			}
		}
		found := seen.guessable()
		if found == "" && !seen.suffice() {
			s.Untestable("it compares at least %d tokens of one kind, and the run saw fewer", enough)
		}
		s.Holds("no token can be guessed", found == "", found)
	})
}
