// Package target reads and guards the target file: the one YAML file that says
// which deployment is under test, with which identities, features and limits.
// Its published schema is schemas/config/target.schema.json.
package target

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Version is the version of the target file's format this package reads.
const Version = 1

// What holds when the target file is silent.
const (
	DefaultTimeout = 10 * time.Second
	DefaultMaxBody = 1 << 20
	DefaultMaxWait = 2 * time.Minute

	// Of a whole run. No right deployment comes near them; a hostile one could otherwise
	// fill a disk, a memory or a day.
	DefaultMaxRun      = 6 * time.Hour
	DefaultMaxCalls    = 200_000
	DefaultMaxEvidence = 200 << 20
	DefaultMaxMemory   = 256 << 20
)

// Target is one deployment under test. Load fills in every default, so a zero
// value here means "not declared".
type Target struct {
	File       string            `yaml:"-"` // as given to Load
	Exchange   string            `yaml:"exchange"`
	URL        string            `yaml:"url"`               // base address, http or https, no trailing slash
	Profile    string            `yaml:"profile,omitempty"` // the exchange's default profile when the file is silent
	Settings   map[string]string `yaml:"settings,omitempty"`
	Features   map[string]bool   `yaml:"features,omitempty"`        // true: declared present, false: declared absent
	Operations []string          `yaml:"operations,flow,omitempty"` // all that the deployment has, by operationId; empty: all there are
	Except     []string          `yaml:"except,flow,omitempty"`     // what it lacks, in place of Operations
	Identities []Identity        `yaml:"identities,omitempty"`
	Provision  Provision         `yaml:"provision,omitempty"`
	Inbox      *Inbox            `yaml:"inbox,omitempty"` // nil: mailed codes cannot be read
	Captcha    Captcha           `yaml:"captcha,omitempty"`
	Clock      Clock             `yaml:"clock,omitempty"`
	Limits     Limits            `yaml:"limits,omitempty"`
	Allow      Allow             `yaml:"allow"`
	HTTP       HTTP              `yaml:"http,omitempty"`
	Deviations []Deviation       `yaml:"deviations,omitempty"`

	production []string // hosts of every exchange that need allow.production
	addresses  []string // settings that are addresses
	places     map[string]place
	files      map[string][]byte // by path, as they were read
}

// document is the whole of a target file.
type document struct {
	Version int `yaml:"version"`
	*Target `yaml:",inline"`
}

// Identity is an account on the target.
type Identity struct {
	Name       string   `yaml:"name"` // unique in the file; never sent to the target
	Roles      []string `yaml:"roles,flow"`
	Login      string   `yaml:"login"`
	Password   string   `yaml:"password,omitempty" json:"-"`
	ID         string   `yaml:"id,omitempty"` // the account's id on the target, when known
	Phone      string   `yaml:"phone,omitempty"`
	TOTPSecret string   `yaml:"totp-secret,omitempty" json:"-"` // Base32
	APIKey     string   `yaml:"api-key,omitempty" json:"-"`
	APISecret  string   `yaml:"api-secret,omitempty" json:"-"` // what requests of the API key are signed with
	Token      string   `yaml:"token,omitempty" json:"-"`      // bearer token that was issued to the account outside of the tested calls
}

// Provision is how accounts are made that Identities lacks; no command makes none.
type Provision struct {
	Command []string `yaml:"command,flow,omitempty"`
}

// Inbox is where mailed or texted codes arrive.
type Inbox struct {
	Kind       string   `yaml:"kind"`                   // mailpit, mailcatcher or exec
	URL        string   `yaml:"url,omitempty"`          // mailpit, mailcatcher
	Command    []string `yaml:"command,flow,omitempty"` // exec
	SMSAddress string   `yaml:"sms-address,omitempty"`  // address texts for {phone} arrive at; "" means none do
}

// Captcha holds the one answer the target's captcha accepts, if it has one.
type Captcha struct {
	Response string `yaml:"response" json:"-"`
}

// Clock is the switch of servers that have a test clock; waiting is real
// without it.
type Clock struct {
	AdvanceURL string `yaml:"advance-url"`
}

// Limits declares what the target counts and refuses.
type Limits struct {
	Password     *Limit        `yaml:"password,omitempty"` // nil: not declared
	SecondFactor *Limit        `yaml:"second-factor,omitempty"`
	Pace         float64       `yaml:"pace,omitempty"`     // requests per second the suite may send; 0: no budget
	MaxWait      time.Duration `yaml:"max-wait,omitempty"` // longest real wait one spec may take
	MaxRun       time.Duration `yaml:"max-run,omitempty"`  // longest that a whole run may take
	MaxCalls     int           `yaml:"max-calls,omitempty"`
	MaxEvidence  int64         `yaml:"max-evidence,omitempty"` // bytes of all that a run writes
	MaxMemory    int64         `yaml:"max-memory,omitempty"`   // bytes, of each of its processes
}

// Limit refuses what exceeds Attempts within Window, for the time Block. A zero
// Block means the refusal ends with the window.
type Limit struct {
	Attempts int           `yaml:"attempts"`
	Window   time.Duration `yaml:"window"`
	Block    time.Duration `yaml:"block,omitempty"`
}

// Allow is what the owner of the target agrees to.
type Allow struct {
	Hosts      []string `yaml:"hosts,flow,omitempty"` // host or host:port, lower case
	Production bool     `yaml:"production"`
	Disruptive bool     `yaml:"disruptive"`
}

// HTTP says how to reach the target.
type HTTP struct {
	Timeout        time.Duration `yaml:"timeout,omitempty"`
	MaxBody        int64         `yaml:"max-body,omitempty"`   // bytes
	MaxHeader      int64         `yaml:"max-header,omitempty"` // bytes; 0: the client's own bound, as with the next two
	MaxDepth       int           `yaml:"max-depth,omitempty"`
	MaxValues      int           `yaml:"max-values,omitempty"`
	CAFile         string        `yaml:"ca-file,omitempty"`
	ClientCertFile string        `yaml:"client-cert-file,omitempty"`
	ClientKeyFile  string        `yaml:"client-key-file,omitempty"`
	Proxy          string        `yaml:"proxy,omitempty"`
	Header         http.Header   `yaml:"headers,omitempty" json:"-"` // sent with every request
	Basic          *Basic        `yaml:"basic,omitempty"`            // nil: nothing asks for it
}

// Basic is what stands before a deployment asks for (RFC 7617): sent with every
// request that carries no other credentials in its Authorization header.
type Basic struct {
	User     string `yaml:"user"`
	Password string `yaml:"password" json:"-"`
}

// Deviation is a failure the owner of the target accepts for a while.
type Deviation struct {
	Clause  string    `yaml:"clause"` // an id, or a glob over ids
	Reason  string    `yaml:"reason"`
	Link    string    `yaml:"link,omitempty"`
	Owner   string    `yaml:"owner"`
	Expires time.Time `yaml:"expires"` // first moment it no longer holds: the end of the written day, UTC
	Line    int       `yaml:"-"`       // in the target file
}

// Disruptive tells whether clauses that lock accounts out or change settings of
// the whole deployment may run.
func (t *Target) Disruptive() bool { return t.Allow.Disruptive }

// Feature tells what the file declares of a feature: present or absent, or
// (declared false) nothing.
func (t *Target) Feature(name string) (present, declared bool) {
	present, declared = t.Features[name]
	return present, declared
}

// Lacks tells whether the file says that the deployment does not have an operation.
func (t *Target) Lacks(operation string) bool {
	return slices.Contains(t.Except, operation) || len(t.Operations) > 0 && !slices.Contains(t.Operations, operation)
}

// IdentityField is how problems name a member of the identity at an index of the file.
func IdentityField(index int, member string) string {
	return fmt.Sprintf("identities[%d].%s", index, member)
}

// At says where a field was set, as FILE:LINE or as the variable that overrides it; the
// file alone where it was not.
func (t *Target) At(field string) string {
	p := t.places[field]
	switch {
	case p.file == "":
		return t.File
	case p.line == 0:
		return p.file
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

// Setting returns an exchange-specific setting, or "" when the file has none.
func (t *Target) Setting(name string) string { return t.Settings[name] }

// The Format methods keep secrets out of anything printed by accident, whatever
// the verb.

func (t *Target) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "target %s (%s, profile %s)", t.File, t.Exchange, t.Profile)
}

func (i Identity) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "identity %s %v", i.Name, i.Roles) }

func (c Captcha) Format(s fmt.State, _ rune) { fmt.Fprint(s, "captcha") }

func (b Basic) Format(s fmt.State, _ rune) { fmt.Fprint(s, "basic credentials") }

func (h HTTP) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "http timeout=%s max-body=%d headers=%d", h.Timeout, h.MaxBody, len(h.Header))
}
