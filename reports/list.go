package reports

import (
	"io"

	"authconform/harness/clause"
)

// List is what `authconform list --format json` prints; its schema is
// schemas/report/list.schema.json.
type List struct {
	SchemaVersion int           `json:"schema_version"`
	Exchange      string        `json:"exchange"`
	Clauses       []clause.Info `json:"clauses"`
}

// WriteList prints the clauses of an exchange, in the order given.
func WriteList(w io.Writer, exchange string, clauses []clause.Info) error {
	list := List{SchemaVersion: 1, Exchange: exchange, Clauses: make([]clause.Info, 0, len(clauses))}
	for _, c := range clauses {
		c.Profiles = append([]string{}, c.Profiles...) // an empty list, never null
		list.Clauses = append(list.Clauses, c)
	}
	return indented(w, list)
}
