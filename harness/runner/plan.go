// Package runner is how a suite is entered: by the authconform binary, in one
// process or several, or by `ginkgo` and `go test`. Both doors run the same
// clauses, come to the same verdicts and write the same reports.
package runner

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"authconform/harness/glob"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
	"authconform/schemas"
)

// Version of authconform: the module's version where it was installed by one, and
// otherwise the commit that it was built from.
var Version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	setting := map[string]string{}
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	revision := setting["vcs.revision"]
	if revision == "" {
		return "devel"
	}
	version := "devel-" + revision[:min(len(revision), 12)]
	if setting["vcs.modified"] == "true" {
		version += "-dirty"
	}
	return version
})

// Plan is what every process of one run must agree on. It holds no secret: the
// target file it names does.
type Plan struct {
	Exchange   string `json:"exchange"`
	TargetFile string `json:"target_file"`
	Profile    string `json:"profile"`
	Focus      string `json:"focus,omitempty"`
	Skip       string `json:"skip,omitempty"`
	Out        string `json:"out"`
	RunID      string `json:"run_id"`
	CallPrefix string `json:"call_prefix,omitempty"` // of call ids, in a run over several exchanges
	Version    string `json:"version"`
	Procs      int    `json:"procs"`
	Behind     int    `json:"behind,omitempty"` // how many processes have run before
	RealTime   bool   `json:"real_time,omitempty"`
	Beside     bool   `json:"beside,omitempty"`     // what fills limits of its own runs beside other specs
	FillsLast  bool   `json:"fills_last,omitempty"` // what fills limits: the others run under a raised limit
	NoDrift    bool   `json:"no_drift,omitempty"`   // codes of the current step alone: the target was seen to take no other
	Musts      bool   `json:"musts,omitempty"`      // those first: the run may end early
	Accounts   string `json:"accounts"`             // where the broker of the run is
	// Places is the order of the clauses, as clause.Registry has it.
	Places    map[string]int `json:"places,omitempty"`
	MaxMemory int64          `json:"max_memory,omitempty"` // bytes, of each process of the run; 0: no bound

	ProductionHosts []string `json:"production_hosts,omitempty"` // of every exchange
}

func newRunID() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// UsageError is a mistake of the person who started the run: exit 2.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

func usage(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// Contract reads the contract of an exchange from the embedded schemas.
func Contract(exchange string) (*contract.Contract, error) {
	c, err := contract.Load(schemas.FS, exchange)
	if err != nil {
		return nil, fmt.Errorf("the contract of %s does not load: %w", exchange, err)
	}
	return c, nil
}

// Profile checks a profile's name; "" is the contract's default.
func Profile(c *contract.Contract, name string) (string, error) {
	if name == "" {
		return c.Profiles[0], nil
	}
	if !slices.Contains(c.Profiles, name) {
		return "", usage("unknown profile %q of %s; its contract has: %s", name, c.Exchange, strings.Join(c.Profiles, ", "))
	}
	return name, nil
}

// askedProfile is the profile that somebody asked for, by flag or by the variable that
// overrides the target file's; the reference is started in it.
func askedProfile(exchange, flag string) string {
	return cmp.Or(flag, os.Getenv("AUTHCONFORM_"+strings.ToUpper(exchange)+"_PROFILE"))
}

// selection says which clauses a profile, a focus and what is skipped leave.
func selection(profile, focus, skip string) (func(clause.Info) bool, error) {
	taken := globsOf(focus)
	for name, globs := range map[string][]string{"focus": taken, "skip": globsOf(skip)} {
		for _, glob := range globs {
			if _, err := path.Match(glob, ""); err != nil {
				return nil, usage("the %s %q is no glob: %v; write for example --%s 'onlyoffice.login.*'", name, glob, err, name)
			}
		}
	}
	return func(info clause.Info) bool {
		if !slices.Contains(info.Profiles, profile) {
			return false
		}
		// The clause about the shape of an answer has no spec: those that lead to the
		// answer are run for it.
		is := func(g string) bool { return glob.Fits(g, info.ID) || glob.Fits(g, info.ShapeOf()) }
		return (len(taken) == 0 || slices.ContainsFunc(taken, is)) && !skips(skip)(info)
	}, nil
}

// skips tells which clauses are left out.
func skips(skip string) func(clause.Info) bool {
	left := globsOf(skip)
	return func(info clause.Info) bool {
		return slices.ContainsFunc(left, func(g string) bool { return glob.Fits(g, info.ID) })
	}
}

// globsOf are the globs of a focus, which commas separate; no id has one.
func globsOf(focus string) []string {
	return strings.FieldsFunc(focus, func(r rune) bool { return r == ',' || r == ' ' })
}

// ExchangeOf tells the target file's reader what it may find in one.
func ExchangeOf(st conform.Suite, c *contract.Contract) target.Exchange {
	features := map[string]string{}
	for name, f := range st.Features {
		features[name] = f.Text
	}
	var operations []string
	for _, op := range c.Operations {
		operations = append(operations, op.ID)
	}
	return target.Exchange{
		Operations: operations,
		Profiles:   c.Profiles, Settings: st.Settings, Features: features, Roles: st.Roles, ProductionHosts: st.ProductionHosts,
	}
}
