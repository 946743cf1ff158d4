// Package clause holds the words in which a promise is stated: its id, its
// level, its sentence, and the operation and outcome it speaks of.
package clause

import "strconv"

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

	// File and Line are where the clause stands in the project's source. The frozen
	// list leaves them out: an edit above a clause is no change of its promise.
	File string `json:"file" yaml:"-"`
	Line int    `json:"line" yaml:"-"`
}

// Place is where the clause stands, as compilers and editors write it.
func (i Info) Place() string { return i.File + ":" + strconv.Itoa(i.Line) }
