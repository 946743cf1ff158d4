// Package clause holds the words in which a promise is stated: its id, its
// level, its sentence, and the operation and outcome it speaks of.
package clause

import (
	"strconv"

	"authconform/harness/verdict"
)

// Level says how much a failed clause weighs. The verdict judges by it, and knows
// nothing else of a clause.
type Level = verdict.Level

const (
	MUST   = verdict.MUST
	SHOULD = verdict.SHOULD
	INFO   = verdict.INFO
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

	// Baseline names the sentences of the security baseline that the clause judges.
	// A breach of their behaviour is FAIL at every level and in every profile.
	Baseline []string `json:"baseline,omitempty" yaml:"baseline,omitempty,flow"`

	// File and Line are where the clause stands in the project's source. The frozen
	// list leaves them out: an edit above a clause is no change of its promise.
	File string `json:"file" yaml:"-"`
	Line int    `json:"line" yaml:"-"`
}

// Place is where the clause stands, as compilers and editors write it.
func (i Info) Place() string { return i.File + ":" + strconv.Itoa(i.Line) }
