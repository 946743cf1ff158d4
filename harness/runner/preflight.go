package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/secret"
	"authconform/harness/target"
)

// Preflight asks the target for any answer at all, and then signs in once for each role
// of its file: a wrong address or a wrong password shows as one sentence that names the
// line to change (a *UsageError), and not as one failure a clause. Any other error is why
// the target gives no answer; nil means that the run may begin.
func Preflight(ctx context.Context, plan Plan, st conform.Suite, c *contract.Contract, t *target.Target, vault *secret.Vault) error {
	w, err := openWire(plan, t, vault, 0)
	if err != nil {
		return err
	}
	call, err := w.Actor("preflight").Do(ctx, httpclient.Request{Method: "GET", Path: "/"})
	if wrong := otherScheme(ctx, t, call, err); wrong != nil {
		return &UsageError{wrong}
	}
	if err != nil {
		return fmt.Errorf("nothing answers at %s: %w", t.URL, err)
	}
	found := apart(plan, st, c, t, vault, w).Preflight(ctx)
	for _, wrong := range []error{asksBasic(t, call, found.Knocks), repeatsPrefix(t, found.Knocks)} {
		if wrong != nil {
			return &UsageError{wrong}
		}
	}
	var refused []error
	for _, u := range found.Unwelcome {
		refused = append(refused, unwelcome(t, u))
	}
	if len(refused) > 0 {
		return &UsageError{errors.New(vault.Redact(errors.Join(refused...).Error()))}
	}
	return nil
}

// TryMail has the target send one mail to an account of its file, and tells what arrived.
func TryMail(ctx context.Context, plan Plan, st conform.Suite, c *contract.Contract, t *target.Target, vault *secret.Vault) (
	*conform.Delivery, error) {
	w, err := openWire(plan, t, vault, 0)
	if err != nil {
		return nil, err
	}
	return apart(plan, st, c, t, vault, w).Deliver(ctx), nil
}

// apart is a context of no spec, for what is sent before the first one and between two.
func apart(plan Plan, st conform.Suite, c *contract.Contract, t *target.Target, vault *secret.Vault, w *httpclient.Wire) *conform.Context {
	s := conform.New(st, c, plan.Profile, nil)
	s.Open(conform.Environment{
		Target: t, Vault: vault, Wire: w, Sink: unwritten{}, Clock: otp.NewClock(time.Now), Today: time.Now(), Inbox: openInbox(t),
		Process: outsider, Processes: outsider, Accounts: identity.NewBroker(nil, identity.Terms{}, time.Now),
	})
	return s
}

// outsider is a process that runs no spec, so that the addresses it makes up are those
// of no spec either.
const outsider = 16

// unwritten takes the calls of the preflight: they belong to no clause.
type unwritten struct{}

func (unwritten) Call(journal.Call) error     { return nil }
func (unwritten) Result(journal.Result) error { return nil }

// unwelcome says which lines of the file a refused log-in may be about: those of the
// first identity that was tried, for what is wrong with one of a role is wrong with the
// others as a rule.
func unwelcome(t *target.Target, u conform.Unwelcome) error {
	var fields []string
	for _, name := range u.Rests {
		fields = append(fields, name+" ("+t.At(name)+")")
	}
	others := ""
	if len(u.Who) > 1 {
		others = ", and " + strings.Join(u.Who[1:], " and ") + " of the same role,"
	}
	return fmt.Errorf("%s: the deployment refuses %s (role %s)%s as it refuses wrong credentials (%s): correct %s; "+
		"where they are right, it lets nobody of that role in", t.At(u.Rests[0]), u.Who[0], u.Role, others, u.Call, strings.Join(fields, " or "))
}

// otherScheme finds the address whose port speaks the other one of http and https.
func otherScheme(ctx context.Context, t *target.Target, call *httpclient.Call, err error) error {
	u, parsed := url.Parse(t.URL)
	if parsed != nil || t.HTTP.Proxy != "" {
		return nil
	}
	speaks := ""
	switch {
	case u.Scheme == "https" && err != nil && plainHTTP.MatchString(err.Error()):
		speaks = "http"
	case u.Scheme == "http" && (err != nil || call.Status == http.StatusBadRequest) && httpclient.SpeaksTLS(ctx, u, t.HTTP.Timeout):
		speaks = "https"
	default:
		return nil
	}
	return fmt.Errorf("%s: url begins with %s://, and what listens at %s speaks %s: write %s://",
		t.At("url"), u.Scheme, u.Host, speaks, speaks)
}

// plainHTTP is how net/http and crypto/tls tell that a port does not speak TLS.
var plainHTTP = regexp.MustCompile(`HTTP response to HTTPS client|does not look like a TLS handshake`)

// asksBasic finds the deployment behind a gateway that wants Basic credentials of every
// request: of one to its root, and of each log-in.
func asksBasic(t *target.Target, root *httpclient.Call, knocks []*httpclient.Call) error {
	asks := func(call *httpclient.Call) bool {
		scheme, _, _ := strings.Cut(call.Header.Get("WWW-Authenticate"), " ")
		return call.Status == http.StatusUnauthorized && strings.EqualFold(scheme, "Basic")
	}
	if t.HTTP.Basic != nil && !asks(root) && len(knocks) > 0 && asks(knocks[0]) {
		return fmt.Errorf("%s: log-ins carry credentials of their own in the header Authorization, "+
			"where the gateway asks for those of http.basic: test the deployment past that gateway", t.At("http.basic.password"))
	}
	if !asks(root) || slices.ContainsFunc(knocks, func(call *httpclient.Call) bool { return !asks(call) }) {
		return nil
	}
	if t.HTTP.Basic == nil {
		return fmt.Errorf("%s: the deployment asks for Basic credentials (401, WWW-Authenticate: Basic): "+
			"add basic: {user: NAME, password: ${VARIABLE}} under http of the file", t.At("url"))
	}
	return fmt.Errorf("%s: the deployment refuses the Basic credentials of http.basic (401, WWW-Authenticate: Basic): correct user or "+
		"password",
		t.At("http.basic.password"))
}

// repeatsPrefix finds the address that ends with what the paths of the exchange begin
// with, where no log-in is taken: a gateway may answer otherwise than 404 to a path that
// there is not.
func repeatsPrefix(t *target.Target, knocks []*httpclient.Call) error {
	u, err := url.Parse(t.URL)
	found := func(call *httpclient.Call) bool { return call.Status < http.StatusBadRequest }
	if err != nil || len(knocks) == 0 || slices.ContainsFunc(knocks, found) {
		return nil
	}
	prefix := repeated(u.Path, knocks[0].Path)
	if prefix == "" {
		return nil
	}
	return fmt.Errorf("%s: url ends with %s, and the paths of %s begin with it (%s %s%s answers %d): take it off url",
		t.At("url"), prefix, t.Exchange, knocks[0].Method, u.Path, knocks[0].Path, knocks[0].Status)
}

// repeated is the longest end of one path that another one begins with.
func repeated(base, path string) string {
	parts := strings.Split(strings.Trim(base, "/"), "/")
	for i := range parts {
		end := "/" + strings.Join(parts[i:], "/")
		if end != "/" && len(path) > len(end) && strings.EqualFold(path[:len(end)], end) && path[len(end)] == '/' {
			return end
		}
	}
	return ""
}
