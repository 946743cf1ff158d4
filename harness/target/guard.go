package target

import (
	"net/netip"
	"net/url"
	"slices"
)

// Guard refuses a target whose owner has not agreed to be tested: every host the
// run would connect to is loopback or named in allow.hosts, and a production host
// needs allow.production as well. The error is an *Error.
func (t *Target) Guard() error {
	addresses := []struct{ field, url string }{{"url", t.URL}, {"clock.advance-url", t.Clock.AdvanceURL}, {"http.proxy", t.HTTP.Proxy}}
	if t.Inbox != nil {
		addresses = append(addresses, struct{ field, url string }{"inbox.url", t.Inbox.URL})
	}
	for _, name := range slices.DeleteFunc(slices.Clone(t.addresses), func(name string) bool { return t.Settings[name] == "" }) {
		addresses = append(addresses, struct{ field, url string }{"settings." + name, t.Settings[name]})
	}
	var problems []Problem
	for _, a := range addresses {
		if a.url == "" && a.field != "url" {
			continue
		}
		if w := t.refuses(a.url); w != nil {
			p := t.places[a.field]
			if p.file == "" {
				p.file = t.File
			}
			problems = append(problems, Problem{File: p.file, Line: p.line, Field: a.field, What: w.what, Want: w.want, Do: w.do})
		}
	}
	if len(problems) > 0 {
		return newError(problems)
	}
	return nil
}

// Allows tells whether a run may connect to an address.
func (t *Target) Allows(u *url.URL) bool { return t.refuses(u.Scheme+"://"+u.Host) == nil }

func (t *Target) refuses(address string) *wrong {
	u, w := checkURL(address)
	if w != nil {
		return &wrong{what: "the value " + w.what, want: w.want, do: w.do}
	}
	name, _ := hostName(u.Hostname())
	if loopback(name) {
		return nil
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if !slices.ContainsFunc(t.Allow.Hosts, func(allowed string) bool { return covers(allowed, name, port) }) {
		return &wrong{what: "host " + name + " is not allowed", want: "a loopback address, or the owner's word that this host may be tested",
			do: "if you may test it, add " + name + " (or " + withPort(name, port) + ") to allow.hosts in " + t.File}
	}
	if !t.Allow.Production && slices.ContainsFunc(t.production, func(p string) bool { return covers(p, name, port) }) {
		return &wrong{what: "host " + name + " is a production system", want: "a test or staging deployment",
			do: "point it elsewhere; if the owner agrees to this run on production, set allow.production: true in " + t.File}
	}
	return nil
}

// covers tells whether an entry, host or host:port, speaks of a host and port.
func covers(entry, name, port string) bool {
	normal, w := host(entry)
	return w == nil && (normal == name || normal == withPort(name, port))
}

func loopback(name string) bool {
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback()
}
