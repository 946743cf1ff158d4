package family

import (
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
	s.Holds("both answers have the same body", string(other.Body) == string(first.Body), "the bodies differ")
}
