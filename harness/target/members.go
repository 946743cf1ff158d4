package target

import (
	"fmt"
	"net/http"
	"net/textproto"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// members is the table of the target file's fields.
func (r *reader) members(t *Target) members {
	return members{
		"version":    r.version,
		"exchange":   r.exchangeName,
		"url":        parsed(r, &t.URL, baseURL),
		"profile":    r.choice(&t.Profile, "profile", r.exchange.Profiles, !r.known),
		"settings":   func(n *yaml.Node, field string) { r.settings(n, field, t.Settings) },
		"features":   func(n *yaml.Node, field string) { r.features(n, field, t.Features) },
		"identities": func(n *yaml.Node, field string) { r.identities(n, field, t) },
		"inbox":      func(n *yaml.Node, field string) { r.inbox(n, field, t) },
		"captcha": r.section(nil, members{
			"response": r.secret(&t.Captcha.Response, "captcha response"),
		}),
		"clock": r.section(nil, members{
			"advance-url": parsed(r, &t.Clock.AdvanceURL, anyURL),
		}),
		"limits": r.section(nil, members{
			"password":      r.limit(&t.Limits.Password),
			"second-factor": r.limit(&t.Limits.SecondFactor),
			"pace":          parsed(r, &t.Limits.Pace, pace),
			"max-wait":      parsed(r, &t.Limits.MaxWait, duration),
		}),
		"allow": r.section(nil, members{
			"hosts":      r.texts(&t.Allow.Hosts, host),
			"production": r.flag(&t.Allow.Production),
			"disruptive": r.flag(&t.Allow.Disruptive),
		}),
		"http":       func(n *yaml.Node, field string) { r.http(n, field, &t.HTTP) },
		"deviations": func(n *yaml.Node, field string) { r.deviations(n, field, t) },
	}
}

func (r *reader) section(needs []need, m members) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) { r.object(n, field, needs, m) }
}

func (r *reader) version(n *yaml.Node, field string) {
	if r.scalar(n, field, "version: 1", "!!int") && n.Value != "1" {
		r.bad(n, field, &wrong{"is not a version this program reads", "version: 1", "use a newer program, or rewrite the file after the example"})
	}
}

// exchangeName only reports: the name was needed, and read, before all others.
func (r *reader) exchangeName(n *yaml.Node, field string) {
	known := sorted(r.opt.Exchanges)
	if !r.scalar(n, field, "the name of an exchange", "!!str") || slices.Contains(known, n.Value) {
		return
	}
	r.bad(n, field, &wrong{"is not a known exchange", "one of " + strings.Join(known, ", "), suggest(n.Value, known)})
}

func (r *reader) settings(n *yaml.Node, field string, into map[string]string) {
	known := sorted(r.exchange.Settings)
	r.pairs(n, field, func(key, value *yaml.Node, at string) {
		setting, ok := r.exchange.Settings[key.Value]
		if !ok {
			r.unknownOfExchange(n, key, value, at, "setting", known)
			return
		}
		var s string
		if setting.Secret {
			r.secret(&s, "setting "+key.Value)(value, at)
		} else {
			parsed(r, &s, setting.parse)(value, at)
		}
		into[key.Value] = s
	})
}

func (r *reader) features(n *yaml.Node, field string, into map[string]bool) {
	known := sorted(r.exchange.Features)
	r.pairs(n, field, func(key, value *yaml.Node, at string) {
		if !slices.Contains(known, key.Value) {
			r.unknownOfExchange(n, key, value, at, "feature", known)
			return
		}
		var present bool
		r.flag(&present)(value, at)
		into[key.Value] = present
	})
}

// unknownOfExchange is silent when the exchange itself is unknown: that one
// problem would otherwise be reported once per name.
func (r *reader) unknownOfExchange(parent, key, value *yaml.Node, at, kind string, known []string) {
	if r.known {
		r.unknownName(parent, key, value, at, kind, known)
	}
}

func (r *reader) identities(n *yaml.Node, field string, t *Target) {
	needs := []need{{"name", "a name of your choice, unique in this file"}, {"roles", "a list of roles such as [user]"}, {"login", "what the account signs in with"}}
	for _, name := range r.exchange.Needs {
		needs = append(needs, need{name, "the account's " + name})
	}
	r.list(n, field, func(item *yaml.Node, field string) {
		var i Identity
		label := "identity"
		if name := child(item, "name"); name != nil && name.Kind == yaml.ScalarNode && identityName.MatchString(name.Value) {
			label = name.Value
		}
		r.object(item, field, needs, members{
			"name":        parsed(r, &i.Name, slug),
			"roles":       r.roles(&i.Roles),
			"login":       parsed(r, &i.Login, filled),
			"password":    r.secret(&i.Password, label+" password"),
			"id":          parsed(r, &i.ID, filled),
			"phone":       parsed(r, &i.Phone, filled),
			"totp-secret": r.totpSecret(&i.TOTPSecret, label+" totp-secret"),
			"api-key":     r.secret(&i.APIKey, label+" api-key"),
			"api-secret":  r.secret(&i.APISecret, label+" api-secret"),
			"token":       r.secret(&i.Token, label+" token"),
		})
		t.Identities = append(t.Identities, i)
	})
}

func (r *reader) roles(into *[]string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		known := sorted(r.exchange.Roles)
		r.list(n, field, func(item *yaml.Node, field string) {
			var role string
			r.choice(&role, "role", known, !r.known)(item, field)
			if slices.Contains(*into, role) && role != "" {
				r.bad(item, field, &wrong{"is given twice", "each role once", "remove one of them"})
			}
			*into = append(*into, role)
		})
		if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			r.bad(n, field, &wrong{"is an empty list", "at least one role", suggest("", known)})
		}
	}
}

// unique reports identities that are the same account twice: two leases of one
// account would spoil each other's specs.
func (r *reader) unique(t *Target) {
	seen := map[string]string{}
	for i, id := range t.Identities {
		for name, value := range map[string]string{"name": id.Name, "login": id.Login, "id": id.ID, "phone": id.Phone} {
			key, field := name+"="+strings.ToLower(value), fmt.Sprintf("identities[%d].%s", i, name)
			if first, taken := seen[key]; taken && value != "" {
				p := r.places[field]
				r.report(Problem{File: p.file, Line: p.line, Field: field, What: "is the same as " + first, Want: "one entry per account", Do: "remove one, or correct it"})
				continue
			}
			seen[key] = field
		}
	}
}

func (r *reader) inbox(n *yaml.Node, field string, t *Target) {
	in := &Inbox{}
	kinds := []string{"exec", "mailcatcher", "mailpit"}
	ok := r.object(n, field, []need{{"kind", "one of " + strings.Join(kinds, ", ")}}, members{
		"kind":        r.choice(&in.Kind, "kind of inbox", kinds, false),
		"url":         parsed(r, &in.URL, anyURL),
		"command":     r.texts(&in.Command, filled),
		"sms-address": parsed(r, &in.SMSAddress, smsAddress),
	})
	if !ok {
		return
	}
	t.Inbox = in
	command, url := child(n, "command"), child(n, "url")
	switch {
	case in.Kind == "exec" && (command == nil || len(command.Content) == 0):
		r.bad(n, join(field, "command"), &wrong{"is missing", "the program that prints the messages, and its arguments", "add command: [program, argument]"})
	case in.Kind == "exec" && url != nil:
		r.bad(url, join(field, "url"), &wrong{"does not go with kind exec", "a command only", "remove url, or name it as an argument of command"})
	case in.Kind != "exec" && in.Kind != "" && url == nil:
		r.bad(n, join(field, "url"), &wrong{"is missing", "the address of the " + in.Kind + " server", "add url"})
	case in.Kind != "exec" && in.Kind != "" && command != nil:
		r.bad(command, join(field, "command"), &wrong{"does not go with kind " + in.Kind, "a url only", "remove command, or set kind: exec"})
	}
}

func (r *reader) limit(into **Limit) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		*into = &Limit{}
		r.object(n, field, []need{{"attempts", "the number of failures the target accepts in a window"}, {"window", "a time such as 60s"}}, members{
			"attempts": r.count(&(*into).Attempts),
			"window":   parsed(r, &(*into).Window, duration),
			"block":    parsed(r, &(*into).Block, duration),
		})
	}
}

func (r *reader) http(n *yaml.Node, field string, h *HTTP) {
	h.Header = http.Header{}
	ok := r.object(n, field, nil, members{
		"timeout":          parsed(r, &h.Timeout, duration),
		"max-body":         parsed(r, &h.MaxBody, size),
		"ca-file":          r.path(&h.CAFile),
		"client-cert-file": r.path(&h.ClientCertFile),
		"client-key-file":  r.keyPath(&h.ClientKeyFile),
		"proxy":            parsed(r, &h.Proxy, anyURL),
		"headers":          func(n *yaml.Node, field string) { r.headers(n, field, h.Header) },
	})
	certificate, key := child(n, "client-cert-file"), child(n, "client-key-file")
	if ok && (certificate == nil) != (key == nil) {
		r.bad(n, field, &wrong{"has one of client-cert-file and client-key-file", "both or none", "add the other, or remove it"})
	}
}

func (r *reader) headers(n *yaml.Node, field string, into http.Header) {
	r.pairs(n, field, func(key, value *yaml.Node, at string) {
		name := textproto.CanonicalMIMEHeaderKey(key.Value)
		if w := headerName(name); w != nil {
			r.report(Problem{File: r.file, Line: key.Line, Field: at, What: w.what, Want: w.want, Do: w.do})
			return
		}
		if _, twice := into[name]; twice {
			r.report(Problem{File: r.file, Line: key.Line, Field: at, What: "is given twice: header names ignore case", Want: "each header once", Do: "remove one of them"})
			return
		}
		into[name] = []string{r.header(value, at, "header "+name)}
	})
}

func (r *reader) deviations(n *yaml.Node, field string, t *Target) {
	needs := []need{{"clause", "a clause id, see `authconform list`"}, {"reason", "why the failure is accepted"}, {"link", "where it is tracked"}, {"expires", "the last day it is accepted, as 2026-12-31"}}
	seen := map[string]bool{}
	r.list(n, field, func(item *yaml.Node, field string) {
		d := Deviation{Line: item.Line}
		r.object(item, field, needs, members{
			"clause":  parsed(r, &d.Clause, clauseID),
			"reason":  parsed(r, &d.Reason, filled),
			"link":    parsed(r, &d.Link, link),
			"expires": r.date(&d.Expires),
		})
		if d.Clause != "" && seen[d.Clause] {
			r.bad(child(item, "clause"), join(field, "clause"), &wrong{"is listed twice", "each clause once", "remove one of them"})
		}
		seen[d.Clause] = true
		t.Deviations = append(t.Deviations, d)
	})
}

// beside resolves a path relative to the target file.
func (r *reader) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
}
