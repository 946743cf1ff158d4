package contract

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"authconform/harness/baseline"
	"authconform/harness/grid"
	"authconform/harness/schema"
	"authconform/harness/source"
)

// Contract is everything one exchange promises. It is read-only after [Load]
// and safe for concurrent use.
type Contract struct {
	Exchange string // the folder's name, such as "onlyoffice"
	Title    string
	Profiles []string          // as declared; the first is the default
	About    map[string]string // what each profile means

	Operations []*Operation // in document order

	ErrorPointer   string   // JSON pointer to a refusal's error key; empty when none is promised
	StatusPointers []string // JSON pointers at which bodies repeat the HTTP status
	VerdictPointer string   // JSON pointer at which bodies say whether the request succeeded; empty: they do not

	Schemas *schema.Set
	Sources *source.Library // resolves every source that the contract and its clauses name

	Baseline baseline.List // what holds whatever the contract leaves out
	// Known are the sentences of the baseline that named releases are known to break.
	Known []baseline.Known
	Grids grid.List // tables whose cells are clauses

	text []byte // of openapi.yaml
}

// KnownIn are the sentences of the security baseline that the release of a profile is
// known to break.
func (c *Contract) KnownIn(profile string) []baseline.Known {
	return slices.DeleteFunc(slices.Clone(c.Known), func(k baseline.Known) bool { return !slices.Contains(k.Profiles, profile) })
}

// Operation is one method on one path.
type Operation struct {
	ID, Method, Path, Area, Summary string
	Called                          string   // what it is called where the documents print no path of its own; "" where they do
	Source                          string   // where it is promised, as package source reads it
	NamedOnly                       bool     // the documents give its name and nothing else
	Protected                       bool     // refuses a caller without a credential
	Security                        []string // names of the security schemes it accepts, in document order
	Parameters                      []Parameter
	Body                            *Body             // nil when it takes none
	Statuses                        map[int]string    // documented status -> the document's sentence
	Excuses                         map[string]string // status -> why no clause provokes it

	outcomes []Outcome
	answers  map[Outcome][]*Answer
	name     string
}

// Name is how people call the operation: its method, and its path without the
// segments that all paths of the contract share, such as "POST /otp/disable". A path
// that the documents do not print is nobody's name for it.
func (o *Operation) Name() string { return cmp.Or(o.Called, o.name) }

// Parameter is a path, query, header or cookie parameter. Type is its JSON type.
type Parameter struct {
	Name, In, Type string
	Required       bool
}

// Body is what an operation takes. Members are those of its top level, in
// document order.
type Body struct {
	MediaTypes []string
	Required   bool
	Members    []Member
}

// Member is one member of a request body; Types are JSON types, none when the
// documents leave them open.
type Member struct {
	Name     string
	Types    []string
	Required bool
	Enum     []any
}

// Answer is one answer that an outcome leads to, in the profiles it names.
type Answer struct {
	Outcome        Outcome
	Status         int    // 0 where the documents name none, or several: Class or Statuses then bounds it
	Class          int    // of Status 0: its first digit, or 0 for any
	Statuses       []int  // of Status 0: those that the documents print without saying which it is
	Verdict        *bool  // what the body says at VerdictPointer; nil: nothing is promised
	VerdictPointer string // the contract's, unless this body says it elsewhere
	Sentence       string // the response's description
	Body           BodyKind
	MediaTypes     []string       // allowed media types of the body; empty when it is not promised
	Schema         *schema.Schema // set exactly when Body is JSONBody
	SchemaFile     string
	Headers        map[string]HeaderRule // by canonical header name
	ErrorKeys      []string              // allowed values at the contract's ErrorPointer; empty: any
	StatusPointers []string              // where this body repeats Status
	Provenance     Provenance
	Source         string
	Profiles       []string
}

// Takes tells whether a status is the promised one, or one of them.
func (a *Answer) Takes(status int) bool {
	if len(a.Statuses) > 0 {
		return slices.Contains(a.Statuses, status)
	}
	return status == a.Status || a.Status == 0 && (a.Class == 0 || a.Class == status/100)
}

// StatusText names the promised status, each of several, or the range where the documents
// name none.
func (a *Answer) StatusText() string {
	switch {
	case len(a.Statuses) > 0:
		var texts []string
		for _, status := range a.Statuses {
			texts = append(texts, StatusText(status))
		}
		return strings.Join(texts, " or ")
	case a.Status != 0:
		return StatusText(a.Status)
	case a.Class != 0:
		return fmt.Sprintf("any %dXX", a.Class)
	}
	return "any"
}

// StatusText is a status with its reason phrase.
func StatusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// Accepts tells whether the answer is that of an accepted request: by its own verdict
// where it has one, else by its status.
func (a *Answer) Accepts() bool {
	if a.Verdict != nil {
		return *a.Verdict
	}
	return a.Status != 0 && a.Status < http.StatusBadRequest || a.Class != 0 && a.Class < 4
}

// HasShape tells whether more is promised of the answer than its status and its own word
// on success.
func (a *Answer) HasShape() bool {
	return a.Body != AnyBody || len(a.MediaTypes) > 0 || len(a.Headers) > 0
}

// Operation finds an operation by its operationId.
func (c *Contract) Operation(id string) (*Operation, bool) {
	i := slices.IndexFunc(c.Operations, func(o *Operation) bool { return o.ID == id })
	if i < 0 {
		return nil, false
	}
	return c.Operations[i], true
}

// Answers are all answers of an outcome, whatever their profile.
func (o *Operation) Answers(outcome Outcome) []*Answer { return o.answers[outcome] }

// Answer is the one answer an outcome leads to in a profile. It is false when
// that profile promises nothing for this outcome.
func (o *Operation) Answer(outcome Outcome, profile string) (*Answer, bool) {
	for _, answer := range o.answers[outcome] {
		if slices.Contains(answer.Profiles, profile) {
			return answer, true
		}
	}
	return nil, false
}

// Outcomes lists the outcomes of an operation in document order.
func (o *Operation) Outcomes() []Outcome { return slices.Clone(o.outcomes) }

// Exchanges lists the folders of fsys that hold a contract, sorted.
func Exchanges(fsys fs.FS) ([]string, error) {
	names, err := fs.Glob(fsys, "*/"+fileName)
	for i, file := range names {
		names[i] = path.Dir(file)
	}
	return names, err
}
