package kit

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Surface is what a back end shows to the faults that any back end can have: those
// stand before or behind its own handler and are switched on by the same ids everywhere.
type Surface struct {
	Credentials []string // header fields that carry them
	Companions  []string // header fields that a session is tied to
	Opaque      bool     // the session tokens are random texts, which Drawn draws
	Digits      bool     // credentials are hexadecimal digits, whose case does not matter
	MixedCase   bool     // paths have small letters and capitals, which nothing can restore
	Guarded     []string // parts of the paths, in small letters, that a session opens
	Inside      []string // operationIds behind them
	FirstSteps  []string // operationIds that ask for a second factor; none where none do
	Codes       []string // operationIds that take time-based codes and remember them in Spend
	CodesOnce   []string // profiles in which they do; nil: all
	Mails       []string // operationIds that mail a proof to the address that a request names
	Limited     []string // operationIds whose wrong attempts are limited; none where none are
	Limiter     bool     // they are by a Limiter
	Unguarded   bool     // its suite has been proven by the newest faults: those of unguarded, and what codes are forgotten by
	Profiles    []string // in which there is a limit; nil: all
	Codings     []string // operationIds that take time-based codes, whether they remember them or not
	Narrow      []string // profiles in which no code of two steps away counts; nil: all
	Sent        []string // operationIds that take a code that was sent
	SentWrong   []string // outcomes of a wrong one
	Passwords   []string // operationIds that take a password
	Proofs      []string // operationIds that compare a proof by SameProof
	Unproven    []string // outcomes of a wrong one
}

// commonFault is a fault with what makes it show: one of the functions is set.
type commonFault struct {
	id, text string

	junk     func(value string) bool                         // such a credential is that of whoever came last
	near     func(right, sent string) bool                   // such a credential is taken for the right one
	dress    func(r *http.Request) bool                      // such a request needs no credential
	respelt  func(path string) (string, bool)                // such a path leads to another and needs no credential
	waives   func(r *http.Request) bool                      // such a first step needs no second
	varies   func(r *http.Request) string                    // what a limit is counted by too
	spoils   func(r *http.Request, w *written)               // such an answer tells more
	tells    func(c *confidence, now time.Time, w *written)  // such an answer tells what the server knows
	tickets  bool                                            // a refusal gives a ticket that opens what the last caller may
	believes believes                                        // such a request leads a mail astray
	draws    func(n int, now time.Time, token string) string // such is the nth token in place of a random one
	counts   func(p presented) bool                          // such a one-time code counts
	arrives  func(right, sent string) bool                   // such a code that was sent is taken for the right one
	narrows  bool                                            // ... which some profiles take anyway
	reads    func(password string) string                    // a password is taken for this one
	takes    func(right, sent string) bool                   // such a proof is taken for the right one
}

// written is an answer before it is sent.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header         { return w.header }
func (w *written) WriteHeader(status int)      { w.status = status }
func (w *written) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *written) refuses() bool {
	return w.status >= http.StatusBadRequest || bytes.Contains(bytes.ToLower(w.body.Bytes()), []byte(`"authenticated":false`)) ||
		bytes.Contains(w.body.Bytes(), []byte(`"result":false`))
}

// CommonFaults are the faults that make sense on a surface.
func CommonFaults(surface Surface) []Fault {
	var all []Fault
	for _, f := range allCommon() {
		fault := Fault{ID: f.id, Text: f.text, Operations: surface.Inside, Outcomes: []string{"unauthenticated"}}
		switch {
		case f.waives != nil:
			fault.Operations, fault.Outcomes = surface.FirstSteps, []string{"second-factor-required"}
		case f.varies != nil:
			fault.Operations, fault.Outcomes, fault.Profiles = surface.Limited, []string{"throttled", "second-factor-throttled"}, surface.Profiles
		case f.spoils != nil:
			fault.Outcomes = []string{"ok", "unauthenticated"}
		case f.believes != nil:
			fault.Operations, fault.Outcomes = surface.Mails, []string{"ok"}
		case f.tells != nil, f.tickets:
			fault.Operations = slices.Compact(slices.Sorted(slices.Values(slices.Concat(surface.Inside, surface.FirstSteps, surface.Codes,
				surface.Limited))))
			fault.Outcomes = []string{"ok", "unauthenticated"}
		case f.counts != nil:
			fault.Operations, fault.Outcomes = surface.Codings, []string{"second-factor-wrong"}
			if f.narrows {
				fault.Profiles = surface.Narrow
			}
		case f.arrives != nil:
			fault.Operations, fault.Outcomes = surface.Sent, surface.SentWrong
		case f.reads != nil:
			fault.Operations, fault.Outcomes = surface.Passwords, []string{"bad-credentials"}
		case f.takes != nil:
			fault.Operations, fault.Outcomes = surface.Proofs, surface.Unproven
		case f.draws != nil:
			fault.Operations, fault.Outcomes = slices.Concat(surface.Inside, surface.FirstSteps, surface.Codes), []string{"ok"}
		}
		withPassword := slices.Contains(ofPasswords, f.id)
		pointless := withPassword && len(surface.FirstSteps) == 0 || f.draws != nil && !surface.Opaque ||
			surface.Digits && f.id == faultCredentialInAnyCase || surface.MixedCase && f.id == faultOpenInCapitals
		pointless = pointless || !surface.Unguarded && slices.ContainsFunc(unguarded, func(u commonFault) bool { return u.id == f.id })
		if len(fault.Operations) > 0 && !pointless {
			all = append(all, fault)
		}
	}
	for _, f := range []Fault{
		{ID: faultOnlyLastCodeRemembered, Text: "Of the used codes only the last one is remembered."},
		{ID: faultCodesForgottenAfterStep, Text: "A used code counts again in the next time step."},
		{ID: faultOddReplaySecondTime, Text: "A used code is rejected once and counts again after that."},
		{ID: faultOddForgottenByWrong, Text: "A wrong code makes used ones count again."},
	} {
		f.Operations, f.Outcomes, f.Profiles = surface.Codes, []string{"second-factor-replayed"}, surface.CodesOnce
		newest := f.ID == faultOddReplaySecondTime || f.ID == faultOddForgottenByWrong
		if len(f.Operations) > 0 && (surface.Unguarded || !newest) {
			all = append(all, f)
		}
	}
	for _, f := range limiterFaults {
		f.Operations, f.Outcomes, f.Profiles = surface.Limited, []string{"throttled", "second-factor-throttled"}, surface.Profiles
		if surface.Limiter {
			all = append(all, f)
		}
	}
	return all
}

// ofPasswords are faults of servers that know passwords.
var ofPasswords = []string{
	faultPasswordInMember, faultPasswordInHeader, faultPasswordDigest,
	faultPasswordSHA1, faultPasswordMD5, faultPasswordBackwards, faultPasswordInRefusal,
}

// Faults that the code speaks of.
const (
	faultCredentialInAnyCase     = "credential-in-any-case"
	faultOpenInCapitals          = "open-in-capitals"
	faultOnlyLastCodeRemembered  = "only-last-code-remembered"
	faultCodesForgottenAfterStep = "used-codes-forgotten-after-step"
	faultOddReplaySecondTime     = "odd-replay-second-time"
	faultOddForgottenByWrong     = "odd-used-codes-forgotten-by-wrong-code"
)

// Waives tells whether a fault lets a first step do without the second.
func (s *Server) Waives(r *http.Request) bool {
	return slices.ContainsFunc(s.common, func(f commonFault) bool { return f.waives != nil && f.waives(r) })
}

// Varies is what faults add to the key by which a limit counts attempts.
func (s *Server) Varies(r *http.Request) string {
	key := ""
	for _, f := range s.common {
		if f.varies != nil {
			key += "/" + f.varies(r)
		}
	}
	return key
}

// Drawn is a random token that was just drawn, or what faults make of it.
func (s *Server) Drawn(token string) string {
	for _, f := range s.common {
		if f.draws != nil {
			token = f.draws(int(s.drawn.Add(1)), s.Clock.Now(), token)
		}
	}
	return token
}

// faulty puts the common faults that are on around a handler.
func (s *Server) faulty(surface Surface, next http.HandlerFunc) http.HandlerFunc {
	if len(s.common) == 0 {
		return next
	}
	last := &lastCaller{surface: surface, seen: map[string]http.Header{}}
	return func(w http.ResponseWriter, r *http.Request) {
		asked := r
		for _, f := range s.common {
			asked = last.admit(f, asked)
			if f.tells != nil {
				s.knows.overhear(asked)
			}
			if f.believes != nil {
				f.believes(&s.Outbox.misled, asked)
			}
		}
		answer := &written{header: w.Header(), status: http.StatusOK}
		next(answer, asked)
		if !answer.refuses() {
			last.remember(asked)
		}
		for _, f := range s.common {
			if f.tickets && answer.refuses() {
				answer.header.Add("Set-Cookie", "ticket="+last.ticket())
			}
			if f.spoils != nil {
				f.spoils(r, answer)
			}
			if f.tells != nil {
				s.knows.see(last.another(asked))
				f.tells(&s.knows, s.Clock.Now(), answer)
			}
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body.Bytes())
	}
}

// lastCaller remembers with what credentials somebody got in.
type lastCaller struct {
	surface Surface

	mu   sync.Mutex
	last http.Header
	seen map[string]http.Header // by the value of one credential

	tickets []string
}

// ticket is a new one, which holdsTicket finds again.
func (l *lastCaller) ticket() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tickets = append(l.tickets, "t1"+RandomString(30, Alphanumeric))
	return l.tickets[len(l.tickets)-1]
}

// holdsTicket tells whether a request carries one as a credential.
func (l *lastCaller) holdsTicket(r *http.Request) bool {
	return slices.ContainsFunc(l.surface.Credentials, func(name string) bool {
		return slices.ContainsFunc(r.Header.Values(name), func(value string) bool { return slices.Contains(l.tickets, bare(name, value)) })
	})
}

// another is a credential of somebody else than who sent a request; "" while nobody was
// seen.
func (l *lastCaller) another(r *http.Request) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for value := range l.seen {
		sent := func(name string) bool { return strings.Contains(r.Header.Get(name), value) }
		if len(value) >= 16 && !slices.ContainsFunc(l.surface.Credentials, sent) {
			return value
		}
	}
	return ""
}

func (l *lastCaller) guarded(path string) bool {
	return slices.ContainsFunc(l.surface.Guarded, func(part string) bool { return strings.Contains(strings.ToLower(path), part) })
}

func (l *lastCaller) remember(r *http.Request) {
	if !l.guarded(r.URL.Path) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = http.Header{}
	for _, name := range l.surface.Credentials {
		if values := r.Header.Values(name); len(values) > 0 {
			l.last[name] = values
			for _, value := range values {
				l.seen[bare(name, value)] = l.last
			}
		}
	}
	for _, name := range l.surface.Companions {
		l.last[name] = r.Header.Values(name)
	}
}

// bare is the credential of a header field without the scheme or the name of a cookie
// before it. Base64 may end with more equals signs.
func bare(field, value string) string {
	if _, after, found := strings.Cut(value, "="); found && strings.EqualFold(field, "Cookie") {
		return after
	}
	for _, scheme := range []string{"Bearer ", "Basic "} {
		value = strings.TrimPrefix(value, scheme)
	}
	return value
}

// admit makes of a request what a fault takes it for.
func (l *lastCaller) admit(f commonFault, r *http.Request) *http.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.respelt != nil {
		if path, odd := f.respelt(r.URL.EscapedPath()); odd && l.guarded(path) && l.last != nil {
			return l.as(r, l.last, path)
		}
		return r
	}
	if !l.guarded(r.URL.Path) || l.last == nil {
		return r
	}
	if f.tickets && l.holdsTicket(r) || f.dress != nil && f.dress(r) {
		return l.as(r, l.last, r.URL.Path)
	}
	for _, name := range l.surface.Credentials {
		for _, value := range r.Header.Values(name) {
			value = bare(name, value)
			if f.junk != nil && f.junk(value) {
				return l.as(r, l.last, r.URL.Path)
			}
			if l.seen[value] != nil || f.near == nil {
				continue
			}
			for right, header := range l.seen {
				if len(right) >= 12 && f.near(right, value) {
					return l.as(r, header, r.URL.Path)
				}
			}
		}
	}
	return r
}

func (l *lastCaller) as(r *http.Request, credentials http.Header, path string) *http.Request {
	r = r.Clone(r.Context())
	for _, name := range l.surface.Credentials {
		r.Header.Del(name)
	}
	for name, values := range credentials {
		r.Header[name] = values
	}
	r.URL.Path, r.URL.RawPath = path, ""
	return r
}
