package family

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// Carrier is a place in a request that can carry a credential.
type Carrier struct {
	Name    string
	Present func(value string) http.Header
}

// Entrance is how callers are told apart on an exchange.
type Entrance struct {
	Carriers []Carrier
	// Secrets are the header fields that hold a credential in a right request to an
	// operation.
	Secrets func(*contract.Operation) []string
	// Outsider is a client with what every call carries and no session.
	Outsider func(context.Context) *conform.Actor
	// Inside is an operation that only a session opens, and the request to it of somebody.
	Inside  *contract.Operation
	Request func(*identity.Identity) conform.Request
}

// with is a client that presents further header fields.
func with(s *conform.Context, by *conform.Actor, fields http.Header) *conform.Actor {
	header := by.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	maps.Copy(header, fields)
	return s.Actor(by.Name, by.Who, header)
}

// nobody is a caller as whom no account attempts anything: what it sends lacks a session,
// so that no target can count it against one.
func nobody(s *conform.Context, by *conform.Actor) *conform.Actor {
	return s.Actor(by.Name, nil, by.Header)
}

// text is a value with a name for it.
type text struct{ name, value string }

// junk are texts that are nobody's credential, whatever a server's language makes of
// them: a missing value, a truth, a number, a list, an object of a serialiser.
var junk = []text{
	{"null", "null"}, {"undefined", "undefined"}, {"None", "None"}, {"nil", "nil"}, {"true", "true"}, {"false", "false"},
	{"zero", "0"}, {"one", "1"}, {"minus one", "-1"}, {"a small number", "1001"}, {"NaN", "NaN"},
	{"an empty text in quotes", `""`}, {"two quotes", "''"}, {"an empty list", "[]"}, {"a list", "[null]"}, {"an object", "{}"},
	{"a query operator", `{"$ne":null}`}, {"a wildcard", "*"}, {"a per cent sign", "%"}, {"an encoded NUL", "%00"}, {"a path",
		"../../etc/passwd"},
	{"a quote", "' OR '1'='1"}, {"words", "not-a-sid!"}, {"admin", "admin"}, {"a nil UUID", "00000000-0000-0000-0000-000000000000"},
	{"many zeros", strings.Repeat("0", 32)}, {"many f", strings.Repeat("f", 64)}, {"letters that are not ASCII", "sëssiön-日本"},
	{"an empty JWT", "e30.e30."}, {"two dots", ".."}, {"Base64 of nothing", "=="}, {"commas", "a,b,c"}, {"one character", "x"},
	{"4 KiB", strings.Repeat("QUJD", 1024)}, // a web server in front answers 400 to a field of 8 KiB by itself
}

// some is how many of a long list of variations each operation is tried with, beside
// the two that are tried with all: a check of credentials is seldom one operation's own.
const some = 16

// Intruders states of each protected operation that neither junk in place of a
// credential nor another spelling of the request lets anybody in.
func Intruders(s *conform.Context, entrance Entrance, subjects []Subject) {
	whole := map[bool]bool{} // by whether the operation only reads
	turn := 0
	for _, p := range subjects {
		if !p.Operation.Protected || !p.promised(contract.Unauthenticated) {
			continue
		}
		reads := p.Operation.Method == http.MethodGet
		all, from := !whole[reads], turn
		whole[reads], turn = true, turn+some
		It(p.rejects("junk in place of a credential, in each place that can carry one"),
			p.Should(s, "junk", contract.Unauthenticated, "OWASP ASVS 5.0.0 7.2.1; checks#B08"), func(ctx SpecContext) {
				p.intrude(ctx, s, entrance, entrance.junkHeaders(part(junk, from, all)))
			})
		if all {
			p.nearlyRight(s, entrance)
		}
		It(p.rejects("a request without a credential under other spellings of its path and method, and with header fields that proxies set"),
			p.Should(s, "disguised", contract.Unauthenticated, "OWASP ASVS 5.0.0 8.3.1; checks#B07"), func(ctx SpecContext) {
				p.intrude(ctx, s, entrance,
					append(respelt(part(spellings(s.PathOf(p.Operation)), from, all)), part(dressed(s, p.Operation), from, all)...))
			})
	}
}

// part is a list or, from a place on and around its end, some of it.
func part[T any](list []T, from int, all bool) []T {
	if all || len(list) <= some {
		return list
	}
	var few []T
	for i := range some {
		few = append(few, list[(from+i)%len(list)])
	}
	return few
}

// attempt is one deviation of a request from a right one that lacks a credential.
type attempt struct {
	name   string
	fields http.Header // of the outsider
	of     func(conform.Request) conform.Request
}

// intrude sends each attempt without a session and requires that none lets in, and
// that the right request of somebody with a session succeeds beside them.
func (p Subject) intrude(ctx context.Context, s *conform.Context, entrance Entrance, attempts []attempt) {
	GinkgoHelper()
	by, control := p.Ready(ctx)
	if !p.SingleUse {
		s.Require("get the control accepted", s.Do(ctx, by, p.Operation, control()), p.Operation, p.expected())
	}
	request, outsider := control(), nobody(s, entrance.Outsider(ctx))
	for _, a := range attempts {
		r := request
		if a.of != nil {
			r = a.of(r)
		}
		call, err := s.Try(ctx, with(s, outsider, a.fields), p.Operation, r)
		if err != nil {
			continue // the client or the server does not take such a request at all
		}
		s.ExpectShut(a.name, call, p.Operation, contract.Unauthenticated)
	}
	s.Require("get the control accepted after the refusals", s.Do(ctx, by, p.Operation, control()), p.Operation, p.expected())
}

// nearlyRight states that a credential counts as a whole.
func (p Subject) nearlyRight(s *conform.Context, entrance Entrance) {
	It(p.rejects("a credential that is nearly right: cut, made longer, with a character or a half changed, in another case"),
		p.Should(s, "near-miss", contract.Unauthenticated, "OWASP ASVS 5.0.0 7.2.1; checks#B08"), func(ctx SpecContext) {
			by, control := p.Ready(ctx)
			if !p.SingleUse {
				s.Require("get the control accepted", s.Do(ctx, by, p.Operation, control()), p.Operation, p.expected())
			}
			request := control()
			for _, a := range nearHeaders(s, entrance.secrets(p.Operation, by.Header)) {
				if call, err := s.Try(ctx, with(s, by, a.fields), p.Operation, request); err == nil {
					s.ExpectShut(a.name, call, p.Operation, contract.Unauthenticated)
				}
			}
			s.Require("get the control accepted after the refusals", s.Do(ctx, by, p.Operation, control()), p.Operation, p.expected())
		})
}

// secrets are the header fields of a caller that hold a credential.
func (e Entrance) secrets(op *contract.Operation, header http.Header) http.Header {
	names, secrets := e.Secrets(op), http.Header{}
	for name, values := range header {
		if slices.ContainsFunc(names, func(secret string) bool { return strings.EqualFold(secret, name) }) {
			secrets[name] = values
		}
	}
	return secrets
}

func (e Entrance) junkHeaders(texts []text) []attempt {
	var attempts []attempt
	for _, carrier := range e.Carriers {
		for _, t := range texts {
			attempts = append(attempts, attempt{name: t.name + " as " + carrier.Name, fields: carrier.Present(t.value)})
		}
	}
	return attempts
}

// respelt sends a request to other spellings of its path.
func respelt(paths []text) []attempt {
	var attempts []attempt
	for _, t := range paths {
		attempts = append(attempts, attempt{name: "the path spelt with " + t.name, of: func(r conform.Request) conform.Request {
			r.Template = t.value
			return r
		}})
	}
	return attempts
}

// dressed is a request with what a proxy might have added to it, and by other methods.
func dressed(s *conform.Context, op *contract.Operation) []attempt {
	var attempts []attempt
	for _, d := range Disguises(s.PathOf(op), op.Method) {
		attempts = append(attempts, attempt{name: d.Name, fields: d.Header, of: func(r conform.Request) conform.Request {
			r.Query = withQuery(r.Query, d.Query)
			return r
		}})
	}
	for _, method := range []string{http.MethodHead, "TRACE", strings.ToLower(op.Method)} {
		attempts = append(attempts, attempt{name: "the method " + method, of: func(r conform.Request) conform.Request {
			r.Method = method
			return r
		}})
	}
	return attempts
}

func withQuery(old, more url.Values) url.Values {
	query := url.Values{}
	maps.Copy(query, old)
	maps.Copy(query, more)
	return query
}

// spellings are other ways to write a path that routers are known to take for it.
func spellings(path string) []text {
	last := strings.LastIndexByte(path, '/')
	if last < 0 { // the target file leaves the path open, and getting ready says so
		return nil
	}
	folder, name := path[:last+1], path[last+1:]
	odd := []text{
		{"a slash at the end", path + "/"}, {"two slashes at the end", path + "//"}, {"two slashes at the beginning", "/" + path},
		{"two slashes inside", folder + "/" + name}, {"a dot segment", folder + "./" + name}, {"a segment that is taken back",
			folder + "x/../" + name},
		{"a parameter behind a semicolon", path + ";a=b"}, {"a semicolon before the last segment", folder + ";/" + name},
		{"a parameter in a segment that is taken back", folder + "..;/" + strings.TrimPrefix(path[strings.LastIndexByte(path[:last],
			'/')+1:], "/")},
		{"the suffix .json", path + ".json"}, {"the suffix .css", path + ".css"}, {"the suffix .html", path + ".html"},
		{"the suffix .xml", path + ".xml"}, {"the suffix .php", path + ".php"}, {"the suffix .png", path + ".png"},
		{"an encoded number sign at the end", path + "%23"}, {"an encoded slash at the end", path + "%2f"},
		{"an encoded NUL at the end", path + "%00"}, {"an encoded space at the end", path + "%20"}, {"a dot at the end", path + "."},
		{"an encoded question mark at the end", path + "%3f"}, {"an encoded tab at the end", path + "%09"},
		{"a slash and a dot at the end", path + "/."},
		{"an asterisk at the end", path + "/*"}, {"an encoded backslash", folder + "%5c" + name},
	}
	if capitals := strings.ToUpper(name); capitals != name && !strings.Contains(name, "{") {
		odd = append(odd, text{"capitals in its last segment", folder + capitals}, text{"capitals", strings.ToUpper(path)},
			text{"one letter in its other case", folder + strings.ToUpper(name[:1]) + name[1:]})
	}
	if name != "" && name[0] != '{' {
		const hexDigits = "0123456789ABCDEF"
		encoded := "%" + string(hexDigits[name[0]>>4]) + string(hexDigits[name[0]&15])
		odd = append(odd, text{"an encoded letter", folder + encoded + name[1:]}, text{"a letter that is encoded twice",
			folder + "%25" + encoded[1:] + name[1:]})
	}
	return odd
}
