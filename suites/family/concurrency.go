package family

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// ExpectOneAccepted sends requests at the same time and checks that exactly one is
// accepted: what is single-use must not be used twice by whoever is fast enough (RFC
// 6238 section 5.2; OWASP ASVS 5.0.0 2.3.4). It returns the other calls.
func ExpectOneAccepted(ctx context.Context, s *conform.Context, op *contract.Operation, attempts []conform.Attempt) []*httpclient.Call {
	GinkgoHelper()
	calls := s.Together(ctx, op, attempts)
	others := slices.DeleteFunc(slices.Clone(calls), func(call *httpclient.Call) bool { return s.Is(call, op, contract.OK) })
	s.Check("requests that were accepted, of those sent at the same time", len(calls)-len(others), Equal(1))
	return others
}
