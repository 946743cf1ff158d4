package family

import (
	"bytes"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
)

// ExpectSameWords is ExpectSameAnswer but for numbers, clocks and ids: for answers that say
// how long to wait.
func ExpectSameWords(s *conform.Context, first, other *httpclient.Call) {
	GinkgoHelper()
	s.Holds("both answers say the same", seen(first) == seen(other), "they differ in their status, body or header fields")
}

// ExpectSameAnswer checks that two answers have the same status, header fields and body, so that
// they do not tell an account that exists from one that does not.
func ExpectSameAnswer(s *conform.Context, first, other *httpclient.Call) {
	GinkgoHelper()
	s.Check("both answers have the same header fields", other.Fields(), Equal(first.Fields()))
	s.Check("both answers have the same status", other.Status, Equal(first.Status))
	s.Holds("both answers have the same body", SameBody(first, other), "the bodies differ")
}

// SameBody tells whether two bodies are the same but for what a server makes anew for every
// answer and an honest one may print: the id of a trace and the time. Numbers that count
// are left as they are, for they tell one account from another.
func SameBody(a, b *httpclient.Call) bool {
	return bytes.Equal(a.Body, b.Body) || Wording(a) == Wording(b)
}

// Wording is a body without what a server makes anew for every answer.
func Wording(call *httpclient.Call) string {
	return encoded.ReplaceAllStringFunc(string(madeAnew.ReplaceAll(call.Body, hole)), func(word string) string {
		if strings.ContainsAny(word, "0123456789=") && strings.ToLower(word) != word && strings.ToUpper(word) != word {
			return string(hole)
		}
		return word
	})
}

var (
	// encoded fits what may be an id in base64, which has digits or padding, capitals and small letters.
	encoded = regexp.MustCompile(`\b[0-9A-Za-z+/_-]{15,44}={0,2}`)
	// madeAnew fits the trace ids of ASP.NET, ids of 16 or more hexadecimal digits, UUIDs, ULIDs, times of RFC 3339 and of
	// RFC 9110, and Unix clocks in seconds or milliseconds.
	madeAnew = regexp.MustCompile(`\b0H[0-9A-V]{11}(:[0-9A-F]{8})?\b|` +
		`\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9a-fA-F]{16,64}\b|\b[0-9A-HJKMNP-TV-Z]{26}\b|` +
		`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?|` +
		`\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b|\b1[6-9]\d{8}(\d{3}|\.\d+)?\b`)
	hole = []byte("…")
)
