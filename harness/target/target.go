// Package target reads and guards the target file: the one YAML file that says
// which deployment is under test, with which identities, features and limits.
// Its published schema is schemas/report/target.schema.json.
package target

import (
	"fmt"
	"net/http"
	"time"
)

// Version is the version of the target file's format this package reads.
const Version = 1

// What holds when the target file is silent.
const (
	DefaultTimeout = 10 * time.Second
	DefaultMaxBody = 4 << 20
	DefaultMaxWait = 2 * time.Minute
)

// Target is one deployment under test. Load fills in every default, so a zero
// value here means "not declared".
type Target struct {
	File       string // as given to Load
	Exchange   string
	URL        string // base address, http or https, no trailing slash
	Profile    string // the exchange's default profile when the file is silent
	Settings   map[string]string
	Features   map[string]bool // true: declared present, false: declared absent
	Identities []Identity
	Inbox      *Inbox // nil: mailed codes cannot be read
	Captcha    Captcha
	Clock      Clock
	Limits     Limits
	Allow      Allow
	HTTP       HTTP
	Deviations []Deviation

	production []string // hosts of every exchange that need allow.production
	places     map[string]place
}

// Identity is an account on the target.
type Identity struct {
	Name       string // unique in the file; never sent to the target
	Roles      []string
	Login      string
	Password   string `json:"-"`
	ID         string // the account's id on the target, when known
	Phone      string
	TOTPSecret string `json:"-"` // Base32
	APIKey     string `json:"-"`
	APISecret  string `json:"-"` // what requests of the API key are signed with
	Token      string `json:"-"` // bearer token that was issued to the account outside of the tested calls
}

// Inbox is where mailed or texted codes arrive.
type Inbox struct {
	Kind       string   // mailpit, mailcatcher or exec
	URL        string   // mailpit, mailcatcher
	Command    []string // exec
	SMSAddress string   // address texts for {phone} arrive at; "" means none do
}

// Captcha holds the one answer the target's captcha accepts, if it has one.
type Captcha struct {
	Response string `json:"-"`
}

// Clock is the switch of servers that have a test clock; waiting is real
// without it.
type Clock struct {
	AdvanceURL string
}

// Limits declares what the target counts and refuses.
type Limits struct {
	Password     *Limit // nil: not declared
	SecondFactor *Limit
	Pace         float64       // requests per second the suite may send; 0: no budget
	MaxWait      time.Duration // longest real wait one spec may take
}

// Limit refuses what exceeds Attempts within Window, for the time Block. A zero
// Block means the refusal ends with the window.
type Limit struct {
	Attempts int
	Window   time.Duration
	Block    time.Duration
}

// Allow is what the owner of the target agrees to.
type Allow struct {
	Hosts      []string // host or host:port, lower case
	Production bool
	Disruptive bool
}

// HTTP says how to reach the target.
type HTTP struct {
	Timeout        time.Duration
	MaxBody        int64 // bytes
	CAFile         string
	ClientCertFile string
	ClientKeyFile  string
	Proxy          string
	Header         http.Header `json:"-"` // sent with every request
}

// Deviation is a failure the owner of the target accepts for a while.
type Deviation struct {
	Clause  string
	Reason  string
	Link    string
	Expires time.Time // first moment it no longer holds: the end of the written day, UTC
	Line    int       // in the target file
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

// Setting returns an exchange-specific setting, or "" when the file has none.
func (t *Target) Setting(name string) string { return t.Settings[name] }

// The Format methods keep secrets out of anything printed by accident, whatever
// the verb.

func (t *Target) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "target %s (%s, profile %s)", t.File, t.Exchange, t.Profile)
}

func (i Identity) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "identity %s %v", i.Name, i.Roles) }

func (c Captcha) Format(s fmt.State, _ rune) { fmt.Fprint(s, "captcha") }

func (h HTTP) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "http timeout=%s max-body=%d headers=%d", h.Timeout, h.MaxBody, len(h.Header))
}
