// Package clause holds the words in which a promise is stated: its id, its
// level, its sentence, and the operation and outcome it speaks of.
package clause

// Level says how much a failed clause weighs. The words are those of RFC 2119;
// INFO is only recorded.
type Level string

const (
	MUST   Level = "MUST"
	SHOULD Level = "SHOULD"
	INFO   Level = "INFO"
)

// Info is one checkable sentence as `authconform list` prints it and as
// schemas/<exchange>/clauses.yaml freezes it.
type Info struct {
	ID         string   `json:"id" yaml:"id"`
	Level      Level    `json:"level" yaml:"level"`
	Text       string   `json:"text" yaml:"text"`
	Exchange   string   `json:"exchange" yaml:"exchange"`
	Operation  string   `json:"operation" yaml:"operation"`
	Method     string   `json:"method" yaml:"method"`
	Path       string   `json:"path" yaml:"path"`
	Outcome    string   `json:"outcome" yaml:"outcome"`
	Profiles   []string `json:"profiles" yaml:"profiles"`
	Source     string   `json:"source" yaml:"source"`
	Provenance string   `json:"provenance" yaml:"provenance"`
}
