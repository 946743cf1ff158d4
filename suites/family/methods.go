package family

import (
	"net/http"
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// methods are those of RFC 9110 that act on a resource, and PATCH (RFC 5789).
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch}

// Methods states, for each operation, that it rejects the methods that are
// not documented for its path.
func Methods(s *conform.Context, subjects []Subject) {
	for _, p := range subjects {
		path := p.Operation.Path
		refused := undocumentedMethods(s, path)
		if len(refused) == 0 || !p.promised(contract.MethodRefused) {
			continue
		}
		It(p.rejects("the same request sent with a method that is not documented for its path"), p.Clause(s, "method", contract.MethodRefused),
			func(ctx SpecContext) {
				p.needsBody(s)
				by, control := p.Ready(ctx)
				pair := p.refusal(by, control, contract.MethodRefused)
				for _, method := range refused {
					pair.Changes = append(pair.Changes, conform.Change{Name: method, Of: func(r conform.Request) conform.Request {
						r.Method = method
						return r
					}})
				}
				s.Refuses(ctx, pair)
			})
	}
}

func undocumentedMethods(s *conform.Context, path string) []string {
	return slices.DeleteFunc(slices.Clone(methods), func(method string) bool {
		return slices.ContainsFunc(s.Operations(), func(op *contract.Operation) bool {
			return op.Path == path && op.Method == method
		})
	})
}
