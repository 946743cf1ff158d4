package runner

import (
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/secret"
	"authconform/harness/target"
	"authconform/reports"
)

// loadTarget reads and guards a target file; its secrets go to the vault as
// they are read. production lists the production hosts of every exchange.
func loadTarget(file string, st conform.Suite, c *contract.Contract, production []string, vault *secret.Vault) (*target.Target, error) {
	t, err := target.Load(file, target.Options{
		Exchanges: map[string]target.Exchange{st.Exchange: ExchangeOf(st, c)},
		Secret:    vault.Register, Environ: os.Environ(), ProductionHosts: production,
	})
	if err != nil {
		return nil, &UsageError{err}
	}
	if err := t.Guard(); err != nil {
		return nil, &UsageError{err}
	}
	for name, setting := range st.Settings {
		if setting.Carries {
			vault.AddNames(t.Settings[name])
		}
	}
	return t, nil
}

// MissingSettings lists the settings that a target file of a suite leaves open
// although nothing else says them.
func MissingSettings(st conform.Suite, file string) ([]string, error) {
	c, err := Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	t, err := loadTarget(file, st, c, nil, secret.New()) // it sends nothing
	if err != nil {
		return nil, err
	}
	return st.Gaps(t), nil
}

// session is what one process of a run holds open.
type session struct {
	plan    Plan
	vault   *secret.Vault
	target  *target.Target
	wire    *httpclient.Wire
	journal *journal.Writer

	accounts *identity.Remote
	bounded  *bounded
	claims   map[string][]identity.Claim
	clock    *otp.Clock
}

// openSession gives a context everything of a run: the target, the client, the
// identities of this process and the journal.
func openSession(plan Plan, st conform.Suite, c *contract.Contract, process int) (*session, error) {
	vault := secret.New()
	t, err := loadTarget(plan.TargetFile, st, c, plan.ProductionHosts, vault)
	if err != nil {
		return nil, err
	}
	if plan.NoDrift {
		keepToCurrent(t)
	}
	w, err := openWire(plan, t, vault, process)
	if err != nil {
		return nil, err
	}
	claims, err := Claims(plan.Exchange)
	if err != nil {
		return nil, err
	}
	accounts, err := identity.Dial(plan.Accounts)
	if err != nil {
		return nil, err
	}
	j, err := journal.Create(plan.Out, process)
	if err != nil {
		return nil, &UsageError{err}
	}
	j.Bound(t.Limits.MaxEvidence)
	return &session{
		plan: plan, vault: vault, target: t, wire: w, journal: j, clock: otp.NewClock(time.Now), accounts: accounts, claims: claims,
		bounded: &bounded{Lender: accounts, plan: plan},
	}, nil
}

func openWire(plan Plan, t *target.Target, vault *secret.Vault, process int) (*httpclient.Wire, error) {
	w, err := httpclient.New(httpclient.Options{
		BaseURL: t.URL, Version: plan.Version, RunID: plan.RunID, Process: process, IDPrefix: plan.CallPrefix,
		Timeout: t.HTTP.Timeout, MaxBody: t.HTTP.MaxBody, MaxHeader: t.HTTP.MaxHeader, MaxDepth: t.HTTP.MaxDepth, MaxValues: t.HTTP.MaxValues,
		CAFile: t.HTTP.CAFile, ClientCertFile: t.HTTP.ClientCertFile, ClientKeyFile: t.HTTP.ClientKeyFile, ReadFile: t.ReadFile,
		Proxy: t.HTTP.Proxy, Header: header(t.HTTP, vault), Allowed: t.Allows,
	}, vault)
	if err != nil {
		return nil, &UsageError{err}
	}
	return w, nil
}

// header is what every request carries beside what its spec sends.
func header(h target.HTTP, vault *secret.Vault) http.Header {
	all := h.Header.Clone()
	if h.Basic == nil {
		return all
	}
	pair := base64.StdEncoding.EncodeToString([]byte(h.Basic.User + ":" + h.Basic.Password))
	vault.Register("basic", pair)
	if all == nil {
		all = http.Header{}
	}
	all.Set("Authorization", "Basic "+pair)
	return all
}

// close ends the journal and takes every secret out of it that this process learnt
// too late to keep it from being written. What cannot be taken out leaves a mark.
func (n *session) close(process int) error {
	n.accounts.Close()
	if skew := n.clock.Skew(); skew != "" {
		if err := n.journal.Finding(journal.Finding{Kind: journal.Clock, Text: skew}); err != nil {
			return err
		}
	}
	if n.bounded.over.Load() {
		if err := n.journal.Finding(journal.Finding{Kind: journal.Evidence, Text: n.bounded.why()}); err != nil {
			return err
		}
	}
	if err := n.journal.Close(); err != nil {
		return err
	}
	findings, err := reports.Gate(n.plan.Out, n.vault, journal.FileName(process))
	if err == nil {
		return journal.Append(n.plan.Out, process, findings)
	}
	mark := filepath.Join(n.plan.Out, leakMark(strconv.Itoa(process)))
	return errors.Join(err, os.WriteFile(mark, []byte(err.Error()), 0o600))
}

func (n *session) environment(process int) conform.Environment {
	return conform.Environment{
		Target: n.target, Vault: n.vault, Wire: n.wire, Sink: n.journal, Clock: n.clock,
		Accounts: n.bounded, Claims: n.claims,
		Inbox: openInbox(n.target), Process: process, Processes: n.plan.Procs, Today: time.Now(),
		RealTime: n.plan.RealTime,
	}
}

func openInbox(t *target.Target) inbox.Inbox {
	if t.Inbox == nil {
		return nil
	}
	switch t.Inbox.Kind {
	case "mailcatcher":
		return inbox.MailCatcher(t.Inbox.URL)
	case "exec":
		return inbox.Exec(t.Inbox.Command)
	}
	return inbox.Mailpit(t.Inbox.URL)
}

// tree puts the suite and the nodes that open and close its session into
// Ginkgo's tree. prepare runs once, on the first process, before any spec.
func tree(plan Plan, st conform.Suite, c *contract.Contract, prepare func() (Plan, error), finish func()) (registry *clause.Registry,
	unregister func(), err error) {
	selected, err := selection(plan.Profile, plan.Focus, plan.Skip)
	if err != nil {
		return nil, nil, err
	}
	registry = clause.NewRegistry(c, selected)
	registry.Beside, registry.FillsLast, registry.Musts = plan.Beside, plan.FillsLast, plan.Musts
	registry.Skips, registry.Places = skips(plan.Skip), plan.Places
	context := conform.New(st, c, plan.Profile, registry)
	var n *session
	ginkgo.SynchronizedBeforeSuite(func() []byte {
		ready, err := prepare()
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		return ready.encode()
	}, func(encoded []byte) {
		agreed, err := decodePlan(encoded)
		process := ginkgo.GinkgoParallelProcess() + agreed.Behind
		if err == nil {
			n, err = openSession(agreed, st, c, process)
		}
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		context.Open(n.environment(process))
	})
	ginkgo.SynchronizedAfterSuite(func() {
		if n == nil {
			return
		}
		if err := n.close(ginkgo.GinkgoParallelProcess() + n.plan.Behind); err != nil {
			ginkgo.Fail(err.Error())
		}
	}, finish)
	return registry, context.Build(), nil
}

// entries lists the clauses of a suite without running any: Ginkgo builds the
// tree, and the clauses register themselves.
func entries(st conform.Suite, c *contract.Contract, profile, focus, skip string) ([]clause.Entry, error) {
	selected, err := selection(profile, focus, skip)
	if err != nil {
		return nil, err
	}
	globals.Reset()
	defer globals.Reset()
	registry := clause.NewRegistry(c, selected)
	registry.Skips = skips(skip)
	unregister := conform.New(st, c, profile, registry).Build()
	defer unregister()
	ginkgo.PreviewSpecs(st.Exchange)
	return registry.Entries(), nil
}

// Clauses lists the clauses of a suite, in all profiles.
func Clauses(st conform.Suite) ([]clause.Info, error) {
	c, err := Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	all, err := entries(st, c, c.Profiles[0], "", "")
	if err != nil {
		return nil, err
	}
	infos := make([]clause.Info, 0, len(all))
	for _, e := range all {
		infos = append(infos, e.Info)
	}
	return infos, nil
}

// OpenAPI is the contract of a suite as plain OpenAPI 3.1, for other tools.
func OpenAPI(st conform.Suite) ([]byte, error) {
	c, err := Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	return c.OpenAPI()
}
