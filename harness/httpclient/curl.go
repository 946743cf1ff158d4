package httpclient

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"authconform/harness/secret"
)

// Curl repeats the call as one line for a POSIX shell (bash, ksh or zsh where the body holds control characters). Secrets are
// placeholders such as ‹password›, to be filled in by whoever runs it.
func (c *Call) Curl(v *secret.Vault) string {
	clean := v.RedactURL(c.URL)
	args := []string{"curl", "-sS", "--path-as-is"}
	if strings.ContainsAny(clean, "[]{}") {
		args = append(args, "-g") // no globbing
	}
	if c.Method == http.MethodHead {
		args = append(args, "--head")
	} else {
		args = append(args, "-X", shellQuote(c.Method))
	}
	args = append(args, shellQuote(clean))
	args = append(args, curlHeaders(v.RedactHeader(c.RequestHeader))...)
	if len(c.RequestBody) > 0 {
		body := v.RedactBody(c.RequestHeader.Get("Content-Type"), c.RequestBody)
		args = append(args, "--data-raw", shellQuote(string(body)))
	}
	return strings.Join(args, " ")
}

func curlHeaders(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	var args []string
	for _, name := range names {
		for _, value := range h[name] {
			line := name + ": " + value
			if value == "" {
				line = name + ";" // curl's way to send an empty header
			}
			args = append(args, "-H", shellQuote(line))
		}
	}
	// curl adds these by itself unless told not to.
	for _, name := range []string{"Accept", "Content-Type", "User-Agent"} {
		if h.Get(name) == "" {
			args = append(args, "-H", shellQuote(name+":"))
		}
	}
	return args
}

// shellQuote makes one shell word of s, on one line.
func shellQuote(s string) string {
	plain := s != ""
	for _, r := range s {
		switch {
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			return ansiQuote(s)
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_./:=@%+,", r):
		default:
			plain = false
		}
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func ansiQuote(s string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f || r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	b.WriteString("'")
	return b.String()
}
