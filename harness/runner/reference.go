package runner

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/reference"
	"authconform/harness/reference/kit"
	"authconform/harness/target"
)

// Served is a reference that listens on an address.
type Served struct {
	URL    string
	server *http.Server
}

// Serve lets a handler listen. addr is HOST:PORT; port 0 picks a free one.
func Serve(handler http.Handler, addr string) (*Served, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, usage("cannot listen on %q: %v; give a free HOST:PORT, for example 127.0.0.1:0", addr, err)
	}
	served := &Served{
		URL:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { _ = served.server.Serve(listener) }() // Serve always ends in ErrServerClosed: Close ends it
	return served, nil
}

// Close ends the server at once, with whatever it still does.
func (s *Served) Close() { _ = s.server.Close() }

// Shutdown lets requests in flight finish.
func (s *Served) Shutdown(ctx context.Context) error { return s.server.Shutdown(ctx) }

// TargetOf describes a served reference as a target file does a deployment.
func TargetOf(st conform.Suite, c *contract.Contract, profile string, instance *reference.Instance, url string) *target.Target {
	t := &target.Target{
		Exchange: st.Exchange, URL: url, Profile: profile,
		Settings: instance.Settings, Features: instance.Features,
		Captcha: target.Captcha{Response: instance.Captcha},
		Clock:   target.Clock{AdvanceURL: url + instance.AdvancePath},
		Inbox:   &target.Inbox{Kind: "mailpit", URL: url + instance.MailpitPath, SMSAddress: instance.SMSAddress},
		Limits: target.Limits{Password: limitOf(instance.PasswordLimit), SecondFactor: limitOf(instance.CodeLimit),
			MaxWait: target.DefaultMaxWait},
		Allow: target.Allow{Disruptive: true},
		HTTP:  target.HTTP{Timeout: target.DefaultTimeout, MaxBody: target.DefaultMaxBody},
	}
	for _, who := range instance.Identities {
		t.Identities = append(t.Identities, identityOf(who))
	}
	return t
}

// SecretSettings names the settings that a target file only refers to.
func SecretSettings(st conform.Suite) []string {
	var names []string
	for name, setting := range st.Settings {
		if setting.Secret {
			names = append(names, name)
		}
	}
	return names
}

func limitOf(l reference.Limit) *target.Limit {
	if l.Attempts == 0 {
		return nil // it has no such limit
	}
	return &target.Limit{Attempts: l.Attempts, Window: l.Window, Block: l.Block}
}

func identityOf(who kit.Identity) target.Identity {
	return target.Identity{
		Name: who.Name, Roles: who.Roles, Login: who.Login, Password: who.Password,
		ID: who.ID, Phone: who.Phone, TOTPSecret: who.TOTPSecret,
		APIKey: who.APIKey, APISecret: who.APISecret, Token: who.Token,
	}
}

// startReference serves the reference of a suite for the length of a run and
// writes its target file into a folder of its own that only the user can read.
func startReference(st conform.Suite, c *contract.Contract, profile string, faults []string) (targetFile string, stop func(), err error) {
	instance, err := reference.New(st.Exchange, reference.Options{Profile: profile, Faults: faults})
	if err != nil {
		return "", nil, &UsageError{err}
	}
	served, err := Serve(instance.Handler, "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "authconform-")
	if err != nil {
		served.Close()
		return "", nil, err
	}
	stop = func() {
		served.Close()
		_ = os.RemoveAll(dir)
	}
	targetFile = filepath.Join(dir, "target.yaml")
	if err := TargetOf(st, c, profile, instance, served.URL).Write(targetFile, SecretSettings(st)...); err != nil {
		stop()
		return "", nil, err
	}
	return targetFile, stop, nil
}

// ServeOptions are what a person asks of a reference by itself.
type ServeOptions struct {
	Addr      string // HOST:PORT
	Profile   string
	Faults    []string
	Set       map[string]string // see reference.Settings
	TargetOut string            // where to write a target file; "" writes none

	// What a deployment is short of, so that anybody can rehearse field conditions.
	Accounts int           // identities of a role in the target file; 0 gives all
	Latency  time.Duration // how much later each answer comes
	RealTime bool          // the target file names no test clock
}

// ServeReference serves the reference of a suite until it is shut down.
func ServeReference(st conform.Suite, o ServeOptions) (*Served, error) {
	c, err := Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	profile, err := Profile(c, o.Profile)
	if err != nil {
		return nil, err
	}
	instance, err := reference.New(st.Exchange, reference.Options{Profile: profile, Faults: o.Faults, Set: o.Set})
	if err != nil {
		return nil, &UsageError{err}
	}
	served, err := Serve(late(instance.Handler, o.Latency), o.Addr)
	if err != nil {
		return nil, err
	}
	if o.TargetOut != "" {
		described := TargetOf(st, c, profile, instance, served.URL)
		if o.RealTime {
			described.Clock.AdvanceURL = ""
		}
		described.Identities = few(described.Identities, o.Accounts, st.UsedUp)
		if err := described.Write(o.TargetOut, SecretSettings(st)...); err != nil {
			served.Close()
			return nil, usage("cannot write the target file: %v", err)
		}
	}
	return served, nil
}

// late delays each request, as distance does.
func late(handler http.Handler, by time.Duration) http.Handler {
	if by == 0 {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(by)
		handler.ServeHTTP(w, r)
	})
}

// few keeps the first n identities of each combination of roles; 0 keeps all. Of roles
// that clauses use up it keeps all, too.
func few(ids []target.Identity, n int, usedUp []string) []target.Identity {
	if n == 0 {
		return ids
	}
	kept := map[string]int{}
	return slices.DeleteFunc(ids, func(id target.Identity) bool {
		if slices.ContainsFunc(id.Roles, func(role string) bool { return slices.Contains(usedUp, role) }) {
			return false
		}
		kept[strings.Join(id.Roles, " ")]++
		return kept[strings.Join(id.Roles, " ")] > n
	})
}
