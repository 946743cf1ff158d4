package kit

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// presented is a one-time code as a request presents it, and what a server knows to judge
// it by.
type presented struct {
	secret, text string
	now          time.Time
}

// rights tells whether something holds of a code that is right now: that of this step, or
// of one beside it.
func (p presented) rights(holds func(right string) bool) bool {
	return slices.ContainsFunc(steps(0, 1, -1)(p), holds)
}

// ago is the code of a time before now.
func (p presented) ago(d time.Duration) string { return p.made(p.now.Add(-d), totp.ValidateOpts{}) }

// made is the code of an instant under other parameters than six digits, SHA-1 and 30
// seconds; "" for a secret that gives none.
func (p presented) made(at time.Time, o totp.ValidateOpts) string {
	if o.Digits == 0 {
		o.Digits = otp.DigitsSix
	}
	if o.Period == 0 {
		o.Period = uint(TOTPStep / time.Second)
	}
	code, _ := totp.GenerateCodeCustom(p.secret, at, o)
	return code
}

// keyed is the code of a counter under a key that was not decoded from Base32 (RFC 4226
// section 5.3).
func keyed(key []byte, counter uint64) string {
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, counter)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[offset:])&0x7fffffff)%1_000_000)
}

// step numbers the time step of now.
func (p presented) step() uint64 { return uint64(p.now.Unix()) / uint64(TOTPStep/time.Second) }

// like is a fault that compares codes of an app in a careless way, and sent one that does
// so with codes that were sent. Both have the form of a code.
func like(id, text string, same func(right, sent string) bool) commonFault {
	return commonFault{id: id, text: text, counts: func(p presented) bool {
		return p.rights(func(right string) bool { return alike(right, p.text) && same(right, p.text) })
	}}
}

func sent(id, text string, same func(right, sent string) bool) commonFault {
	return commonFault{id: id, text: text, arrives: func(r, s string) bool { return alike(r, s) && same(r, s) }}
}

// alike tells whether two texts are codes of one length.
func alike(right, sent string) bool {
	return len(right) == len(sent) && sent != "" && Digits(sent) == sent
}

// misread is a fault that makes a code of texts that are none.
func misread(id, text string, as func(sent string) string) commonFault {
	return commonFault{id: id, text: text, counts: func(p presented) bool {
		return p.rights(func(right string) bool { return as(p.text) == right })
	}}
}

// equals is a fault that takes a code of its own making.
func equals(id, text string, codes func(p presented) []string) commonFault {
	return commonFault{id: id, text: text, counts: func(p presented) bool { return slices.Contains(codes(p), p.text) }}
}

// away is equals for codes that are right in a wide window.
func away(id, text string, codes func(p presented) []string) commonFault {
	f := equals(id, text, codes)
	f.narrows = true
	return f
}

// steps are the codes of some time steps before now; after it where they are negative.
func steps(far ...int) func(presented) []string {
	return func(p presented) []string {
		var codes []string
		for _, n := range far {
			codes = append(codes, p.ago(time.Duration(n)*TOTPStep))
		}
		return codes
	}
}

// differences counts the places in which two texts of one length differ.
func differences(a, b string) int {
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func sorted(text string) string {
	b := []byte(text)
	slices.Sort(b)
	return string(b)
}

func reversed(text string) string {
	b := []byte(text)
	slices.Reverse(b)
	return string(b)
}

func digitSum(text string) int {
	sum := 0
	for _, c := range text {
		sum += int(c - '0')
	}
	return sum
}

func valueOf(text string) int {
	n, _ := strconv.Atoi(text) // of digits only
	return n
}

// carelessly are ways to compare two codes of one length.
var carelessly = []struct {
	id, text string
	same     func(right, sent string) bool
}{
	{"last-digit-ignored", "The last digit of %s is not compared.", func(r, s string) bool { return r[:len(r)-1] == s[:len(s)-1] }},
	{"first-digit-ignored", "The first digit of %s is not compared.", func(r, s string) bool { return r[1:] == s[1:] }},
	{"one-wrong-digit", "One digit of %s may be wrong.", func(r, s string) bool { return differences(r, s) <= 1 }},
	{"first-half", "The first half of %s is compared alone.", func(r, s string) bool { return r[:3] == s[:3] }},
	{"last-half", "The second half of %s is compared alone.", func(r, s string) bool { return r[len(r)-3:] == s[len(s)-3:] }},
	{"any-order", "The digits of %s count in any order.", func(r, s string) bool { return sorted(r) == sorted(s) }},
	{"backwards", "The digits of %s count backwards.", func(r, s string) bool { return reversed(r) == s }},
	{"digit-sum", "The sum of the digits of %s is compared.", func(r, s string) bool { return digitSum(r) == digitSum(s) }},
	{"off-by-one", "A number counts that is one more or less than %s.", func(r, s string) bool {
		return valueOf(r)-valueOf(s) == 1 || valueOf(s)-valueOf(r) == 1
	}},
}

// nearFaults compare codes of apps, and codes that were sent, in all these ways.
func nearFaults() []commonFault {
	var all []commonFault
	for _, way := range carelessly {
		all = append(all, like("code-by-"+way.id, fmt.Sprintf(way.text, "a code"), way.same),
			sent("sent-code-by-"+way.id, fmt.Sprintf(way.text, "a code that was sent"), way.same))
	}
	return all
}

// codeFaults are wrong judgements of the code of an app.
var codeFaults = []commonFault{
	// What other parameters make.
	away("code-of-two-steps-ago", "The code of exactly two steps ago counts.", steps(2)),
	away("code-of-two-steps-ahead", "The code of exactly two steps ahead counts.", steps(-2)),
	away("code-of-some-steps-ago", "The codes of the last ten steps count.", steps(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
	away("code-of-some-steps-ahead", "The codes of the next ten steps count.", steps(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10)),
	equals("code-by-sha256", "A code made with SHA-256 counts.", func(p presented) []string {
		return []string{p.made(p.now, totp.ValidateOpts{Algorithm: otp.AlgorithmSHA256})}
	}),
	equals("code-by-sha512", "A code made with SHA-512 counts.", func(p presented) []string {
		return []string{p.made(p.now, totp.ValidateOpts{Algorithm: otp.AlgorithmSHA512})}
	}),
	equals("code-of-eight-digits", "A code of eight digits counts.", func(p presented) []string {
		return []string{p.made(p.now, totp.ValidateOpts{Digits: otp.DigitsEight})}
	}),
	equals("code-of-longer-step", "A code of a step of 60 seconds counts.", func(p presented) []string {
		return []string{p.made(p.now, totp.ValidateOpts{Period: 60})}
	}),
	equals("code-of-undecoded-secret", "The text of the secret is the key of a code.", func(p presented) []string {
		return []string{keyed([]byte(p.secret), p.step()), keyed([]byte(strings.ToLower(p.secret)), p.step())}
	}),
	equals("code-of-empty-key", "A code of an empty key counts.", func(p presented) []string { return []string{keyed(nil, p.step())} }),
	equals("code-of-first-counter", "The code of the counter 0 counts.", func(p presented) []string {
		return []string{p.made(time.Unix(0, 0), totp.ValidateOpts{})}
	}),
	// What is no code.
	misread("code-end-compared", "The last six characters of a longer code are compared.", func(s string) string {
		return s[max(0, len(s)-6):]
	}),
	misread("code-sign-dropped", "A sign before a code is dropped.", func(s string) string { return strings.TrimLeft(s, "+-") }),
	misread("code-zeros-dropped", "Zeros before a longer code are dropped.", func(s string) string {
		if len(s) <= 6 {
			return s
		}
		return strings.Repeat("0", max(0, 6-len(strings.TrimLeft(s, "0")))) + strings.TrimLeft(s, "0")
	}),
	misread("code-cut-at-nul", "What follows a NUL in a code is dropped.", before("\x00")),
	misread("code-cut-at-line", "The last line of a code is compared.", func(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }),
	equals("code-of-ones", "The code 111111 counts for everybody.", func(presented) []string { return []string{"111111", "999999"} }),
	equals("code-of-a-row", "The code 654321 counts for everybody.", func(presented) []string { return []string{"654321", "012345"} }),
	equals("code-for-support", "A word of the support counts for everybody.", func(presented) []string { return []string{"bypass", "test"} }),
}

// before cuts a text at the first of a separator.
func before(separator string) func(string) string {
	return func(text string) string {
		head, _, _ := strings.Cut(text, separator)
		return head
	}
}

// mistakenTOTP is what faults take for a right code, at a step that nothing else has.
func (s *Server) mistakenTOTP(secret, code string, at time.Time) (step int64, ok bool) {
	for _, f := range s.common {
		if f.counts != nil && secret != "" && f.counts(presented{secret, code, at}) {
			return -at.UnixNano(), true
		}
	}
	if s.On(faultOddForgottenByWrong) {
		s.oneUse.Forget("totp/")
	}
	return 0, false
}

// mistakenSentCode tells whether faults take a code for the one that was sent.
func (s *Server) mistakenSentCode(right, text string) bool {
	return right != "" && slices.ContainsFunc(s.common, func(f commonFault) bool { return f.arrives != nil && f.arrives(right, text) })
}
