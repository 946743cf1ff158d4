package otp

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Level says how binding the rule behind a finding is.
type Level string

const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	Info   Level = "INFO"
)

// Finding is one rule that a provisioning URI breaks. It never holds the secret.
type Finding struct {
	Rule   string // stable name
	Level  Level
	Text   string
	Source string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s %s: %s (%s)", f.Level, f.Rule, f.Text, f.Source)
}

// URI is a provisioning URI as read.
type URI struct {
	Type    string // totp or hotp
	Issuer  string // the issuer parameter, else the label's prefix
	Account string
	Secret  Secret
	Params  Params
}

const (
	keyURI  = "Key URI Format"
	rfc4226 = "RFC 4226 section 4 R6"
)

// ParseURI reads an otpauth URI strictly: what an authenticator app would silently put up with is a finding. The error says
// that no code can be made from it at all; the findings are complete in either case.
func ParseURI(raw string) (URI, []Finding, error) {
	r := &reading{}
	u, err := url.Parse(raw)
	if err != nil {
		r.find("uri", Must, keyURI, "it cannot be parsed as a URI")
		return URI{}, r.findings, errors.New("the otpauth URI cannot be parsed")
	}
	if u.Scheme != "otpauth" {
		r.find("scheme", Must, keyURI, fmt.Sprintf("its scheme is %q, expected otpauth", u.Scheme))
	}
	r.uri.Type = u.Host
	if u.Host != "totp" {
		r.find("type", Must, keyURI, fmt.Sprintf("its type is %q, expected totp", u.Host))
	}
	if u.User != nil || u.Fragment != "" {
		r.find("extra-parts", Should, keyURI, "it has a user part or a fragment")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		r.find("query", Must, keyURI, "its parameters are not percent-encoded properly")
	}
	r.label(strings.TrimPrefix(u.EscapedPath(), "/"))
	r.names(query)
	r.issuer(query)
	r.secret(query)
	r.params(query)
	switch {
	case u.Scheme != "otpauth" || u.Host != "totp":
		return r.uri, r.findings, errors.New("the URI is no otpauth://totp/ URI")
	case r.uri.Secret.Len() == 0:
		return r.uri, r.findings, errors.New("the otpauth URI holds no usable secret")
	case r.unusable != "":
		return r.uri, r.findings, errors.New("the otpauth URI has an unusable " + r.unusable)
	}
	return r.uri, r.findings, nil
}

type reading struct {
	uri      URI
	prefix   string // issuer in the label
	unusable string
	findings []Finding
}

func (r *reading) find(rule string, level Level, source, text string) {
	r.findings = append(r.findings, Finding{rule, level, text, source})
}

// label reads "issuer:account" or "account"; the colon may be percent-encoded, spaces may precede the account.
func (r *reading) label(escaped string) {
	label, err := url.PathUnescape(escaped)
	if err != nil || label == "" {
		r.find("label", Must, keyURI, "it has no label, expected issuer:account")
		return
	}
	prefix, account, split := strings.Cut(label, ":")
	if !split {
		r.uri.Account = label
		r.find("label-issuer", Should, keyURI, "its label has no issuer before the account")
		return
	}
	r.prefix, r.uri.Issuer, r.uri.Account = prefix, prefix, strings.TrimLeft(account, " ")
	if strings.Contains(account, ":") {
		r.find("label-colon", Must, keyURI, "issuer or account contains a colon")
	}
	if prefix == "" || r.uri.Account == "" {
		r.find("label", Must, keyURI, "issuer or account in its label is empty")
	}
}

func (r *reading) names(query url.Values) {
	known := []string{"secret", "issuer", "algorithm", "digits", "period", "counter"}
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if len(query[name]) > 1 {
			r.find("duplicate-parameter", Must, keyURI, fmt.Sprintf("parameter %s occurs %d times", quoted(name), len(query[name])))
		}
		if !slices.Contains(known, name) {
			r.find("unknown-parameter", Info, keyURI, fmt.Sprintf("parameter %s is not in the format", quoted(name)))
		}
	}
	if query.Has("counter") {
		r.find("counter", Should, keyURI, "a totp URI has a counter")
	}
}

// quoted keeps a name from carrying a secret into a finding.
func quoted(name string) string {
	if len(name) > 20 {
		return "of a long name"
	}
	return strconv.Quote(name)
}

func (r *reading) issuer(query url.Values) {
	issuer := query.Get("issuer")
	switch {
	case issuer == "":
		r.find("issuer", Should, keyURI, "it has no issuer parameter")
		return
	case r.prefix != "" && issuer != r.prefix:
		r.find("issuer-prefix", Should, keyURI, "its issuer parameter differs from the issuer in its label")
	}
	if strings.Contains(issuer, ":") {
		r.find("issuer-colon", Must, keyURI, "its issuer contains a colon")
	}
	r.uri.Issuer = issuer
}

func (r *reading) secret(query url.Values) {
	text := query.Get("secret")
	if text == "" {
		r.find("secret", Must, keyURI, "it has no secret")
		return
	}
	s, err := ParseSecret(text)
	if err != nil {
		r.find("secret-base32", Must, keyURI, err.Error())
		return
	}
	r.uri.Secret = s
	if text != s.Base32() {
		r.find("secret-form", Should, keyURI, "its secret is not plain Base32: upper case, no padding, no spaces, no unused bits")
	}
	r.findings = append(r.findings, s.Findings()...)
}

// Findings judges the length of a secret.
func (s Secret) Findings() []Finding {
	switch {
	case s.Len() < MinSecret:
		return []Finding{{"secret-length", Must, fmt.Sprintf("the secret has %d bits, at least 128 are required", s.Len()*8), rfc4226}}
	case s.Len() < GoodSecret:
		return []Finding{{"secret-length", Should, fmt.Sprintf("the secret has %d bits, 160 are recommended", s.Len()*8), rfc4226}}
	}
	return nil
}

// params reads the three parameters Google Authenticator ignores, so that any other value than the default is worth a note.
func (r *reading) params(query url.Values) {
	p := Params{Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
	if query.Has("algorithm") {
		p.Algorithm = Algorithm(query.Get("algorithm"))
		if _, known := algorithms[p.Algorithm]; !known {
			r.bad("algorithm", "expected SHA1, SHA256 or SHA512")
			p.Algorithm = SHA1
		}
	}
	if query.Has("digits") {
		if p.Digits = whole(query.Get("digits")); p.Digits != 6 && p.Digits != 8 {
			r.bad("digits", "expected 6 or 8")
			p.Digits = 6
		}
	}
	if query.Has("period") {
		if p.Period = time.Duration(whole(query.Get("period"))) * time.Second; p.Period <= 0 {
			r.bad("period", "expected a positive number of seconds")
			p.Period = 30 * time.Second
		}
	}
	if (p != Params{SHA1, 6, 30 * time.Second}) {
		r.find("portability", Info, keyURI, fmt.Sprintf("it asks for %s, %d digits, %s: some apps always use SHA1, 6 digits, 30s",
			p.Algorithm, p.Digits, p.Period))
	}
	r.uri.Params = p
}

func (r *reading) bad(parameter, expected string) {
	r.find(parameter, Must, keyURI, "its "+parameter+" is not valid: "+expected)
	r.unusable = parameter
}

// whole reads a plain decimal number, without sign or leading zero; anything else is 0.
func whole(text string) int {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0
	}
	return int(n)
}
