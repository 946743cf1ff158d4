package kit

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Reference is all that an exchange's back end says of itself: the facts live in
// the exchange's own package.
type Reference struct {
	Exchange    string
	Start       func(Options) (*Instance, error)
	Faults      func() []Fault
	Settings    []Setting
	Deployments []Deployment // beside the usual one
}

// Options choose what a reference is.
type Options struct {
	Profile string
	Faults  []string          // ids; an unknown one is an error
	Set     map[string]string // what Settings lists, where it is not to be as usual
	Cheap   bool              // hashes passwords with one iteration, for proofs
	Small   bool              // has identities for a few specs only
	Large   bool              // has identities enough that none is used twice in a run
}

// Pools are how many identities a reference has of each role, by the size of the
// run; nil is its default.
type Pools struct{ Small, Large map[string]int }

// Of is the pool that the options ask for.
func (p Pools) Of(o Options) map[string]int {
	switch {
	case o.Large && p.Large != nil:
		return p.Large
	case o.Small:
		return p.Small
	}
	return nil
}

// HashIterations is the work that the options ask for; 0 is the default.
func (o Options) HashIterations() int {
	if o.Cheap {
		return 1
	}
	return 0
}

// Setting is something of a reference that differs between deployments.
type Setting struct {
	Name, Text string
	Values     []string // allowed; the first is the usual one. None: any text
}

// Deployment is one way to set up a reference. Where no single one has all that
// an exchange's documents describe, several together do.
type Deployment struct {
	Name string
	Set  map[string]string
}

// Limit refuses what exceeds Attempts within Window, for the time Block.
type Limit struct {
	Attempts      int
	Window, Block time.Duration
}

// Instance is one running state of a reference, ready to be served.
type Instance struct {
	Handler    http.Handler
	Identities []Identity
	Captcha    string            // the one captcha answer it accepts
	Features   map[string]bool   // what a target file declares of it
	Settings   map[string]string // likewise
	// PasswordLimit and CodeLimit are its limits of failed attempts.
	PasswordLimit, CodeLimit Limit
	// MailpitPath is where its outbox speaks the Mailpit HTTP API, and SMSAddress
	// the address under which a text for {phone} lands there.
	MailpitPath, SMSAddress string
	// AdvancePath is the control endpoint of its clock.
	AdvancePath string
}

// Instance is this server as every exchange shows it: its handler, identities and
// control endpoints.
func (s *Server) Instance() *Instance {
	return &Instance{
		Handler: s, Identities: s.Identities(),
		MailpitPath: ControlPrefix + "mailpit", AdvancePath: ControlPrefix + "clock/advance",
	}
}

// TextMessages is the SMSAddress of a reference whose texts land in its outbox.
const TextMessages = "{phone}@sms.invalid"

// New starts a reference. Its identities and secrets are drawn anew each time; an
// unknown setting or value is an error.
func (r Reference) New(o Options) (*Instance, error) {
	for name, value := range o.Set {
		if err := r.allows(name, value); err != nil {
			return nil, fmt.Errorf("the reference of %s: %w", r.Exchange, err)
		}
	}
	return r.Start(o)
}

func (r Reference) allows(name, value string) error {
	var names []string
	for _, setting := range r.Settings {
		if setting.Name != name {
			names = append(names, setting.Name)
			continue
		}
		if len(setting.Values) > 0 && !slices.Contains(setting.Values, value) {
			return fmt.Errorf("setting %s is %q; want one of: %s", name, value, strings.Join(setting.Values, ", "))
		}
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("it has no settings, so there is no %q", name)
	}
	return fmt.Errorf("it has no setting %q; it has: %s", name, strings.Join(names, ", "))
}
