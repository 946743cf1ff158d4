package coinrabbit

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/coinrabbit/client"
)

// expectHidden checks that an answer holds a value neither in its body nor in a
// header.
func expectHidden(p *client.Client, call *httpclient.Call, name, value string) {
	GinkgoHelper()
	shown := strings.Contains(strings.ToUpper(string(call.Body)), strings.ToUpper(value))
	for _, values := range call.Header {
		shown = shown || strings.Contains(strings.Join(values, "\n"), value)
	}
	p.Holds("the answer does not show "+name, !shown, "it does")
}

// internals are marks of a program's inside (facts/auth-checks.md P04).
var internals = []string{"\n    at ", "Traceback (most", ".js:", ".ts:", ".go:", "SELECT ", "node_modules", "Exception in"}

// expectSilentRejection sends a wrong code and checks that the refusal repeats none
// of the named members of the request, and shows no place in the program.
func expectSilentRejection(ctx context.Context, p *client.Client, s subject, members ...string) {
	GinkgoHelper()
	t := s.ready(ctx)
	t.request = t.request.With("code_2fa", t.Codes.Wrong(farAway))
	call := send(ctx, p, s, t)
	p.Expect(call, s.operation, contract.SecondFactorWrong)
	for _, member := range members {
		expectHidden(p, call, member, t.request.JSON.(conform.Object)[member].(string))
	}
	text := strings.ReplaceAll(string(call.Body), `\n`, "\n")
	for _, mark := range internals {
		p.Holds("the refusal shows no place in the program", !strings.Contains(text, mark), "it shows one")
	}
}
