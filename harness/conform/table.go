package conform

import (
	"github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
)

// Row is one line of a table of specs: a promise, its clause, and the one thing
// in which its spec differs from the others of the table.
type Row[T any] struct {
	Text   string
	Clause clause.Clause
	Given  T
}

// Table states one spec for each row; body puts what the row is given to the
// target. Decorators, such as ginkgo.Serial, hold for all rows.
func Table[T any](body func(ginkgo.SpecContext, T), rows []Row[T], decorators ...any) {
	ginkgo.GinkgoHelper()
	for _, row := range rows {
		ginkgo.It(row.Text, row.Clause, decorators, func(ctx ginkgo.SpecContext) { body(ctx, row.Given) })
	}
}
