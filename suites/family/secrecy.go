package family

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
)

// ExpectHidden checks that an answer holds a value neither in its body, in letters
// of either case, nor in a header. The name stands in a failure.
func ExpectHidden(s *conform.Context, call *httpclient.Call, name, value string) {
	GinkgoHelper()
	shown := strings.Contains(strings.ToUpper(string(call.Body)), strings.ToUpper(value))
	for _, values := range call.Header {
		shown = shown || strings.Contains(strings.Join(values, "\n"), value)
	}
	s.Holds("the answer does not show "+name, !shown, "it does")
}

// internals are marks of stack traces, source files and queries (checks#I04; checks#I09; checks#I10; checks#I11;
// checks#I12; checks#I13; checks#I14; checks#I15; checks#T08; checks#T10; checks#T12
// P04).
var internals = []string{"\n    at ", "Traceback (most", ".js:", ".ts:", ".go:", "SELECT ", "node_modules", "Exception in"}

// ExpectNoInternals checks that a refusal shows nothing of how the program is built.
func ExpectNoInternals(s *conform.Context, call *httpclient.Call) {
	GinkgoHelper()
	text := strings.ReplaceAll(string(call.Body), `\n`, "\n")
	for _, mark := range internals {
		s.Holds("the refusal shows no place in the program", !strings.Contains(text, mark), "it shows one")
	}
}
