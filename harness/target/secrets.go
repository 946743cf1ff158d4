package target

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A text's value may come from elsewhere:
//
//	${NAME}         the environment variable, anywhere in the text; $${ is a plain ${
//	file:PATH       the whole file, white space around it trimmed
//	file:PATH#NAME  the line NAME=value of a file
//
// Paths are relative to the target file. References are looked for in the text
// as written, never in what they resolve to: a password may look like one.

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// register makes a secret known to the caller and to the scrubbing of problems.
func (r *reader) register(label, value string) {
	if value == "" {
		return
	}
	r.opt.Secret(label, value)
	r.secrets = append(r.secrets, value)
}

// secret reads a value that must come from outside the file.
func (r *reader) secret(into *string, label string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !r.scalar(n, field, "a reference to a secret", "!!str") {
			return
		}
		if _, fromEnvironment := r.overridden[n]; !fromEnvironment && !isReference(n.Value) {
			r.register(label, n.Value)
			r.badSecret(n, field, &wrong{"is written into the target file", "${NAME} or file:PATH#NAME", "move the secret to an environment variable or a file, and change it if this file was shared"})
			return
		}
		value, _, ok := r.resolve(n, field)
		if !ok {
			return
		}
		r.register(label, value)
		if value == "" {
			r.badSecret(n, field, &wrong{"is empty", "a secret", "set what the reference names"})
			return
		}
		*into = value
	}
}

func (r *reader) totpSecret(into *string, label string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		r.secret(into, label)(n, field)
		if *into == "" {
			return
		}
		r.register(label, normalTOTP(*into))
		if !validTOTP(*into) {
			r.badSecret(n, field, &wrong{"is not Base32", "the secret shown at enrolment: letters A-Z and digits 2-7 (RFC 4648 section 6)", "copy it again; the otpauth:// address itself does not go here"})
		}
	}
}

// header reads a header's value. It is a secret unless it is written out and too
// short to be one: hiding every "en" or "1" would make a report unreadable.
func (r *reader) header(n *yaml.Node, field, label string) string {
	if !r.scalar(n, field, "text", "!!str") {
		return ""
	}
	value, _, ok := r.resolve(n, field)
	if !ok {
		return ""
	}
	if isReference(n.Value) || len(value) >= 8 {
		r.register(label, value)
	}
	if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) || strings.TrimSpace(value) == "" {
		r.badSecret(n, field, &wrong{"is empty or has control characters", "a header value on one line", "correct it"})
	}
	return value
}

// path reads a file name relative to the target file, and sees that the file is there.
func (r *reader) path(into *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) { r.readable(n, field, into) }
}

// keyPath is path for a private key, whose content is a secret.
func (r *reader) keyPath(into *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		content := strings.TrimSpace(string(r.readable(n, field, into)))
		r.register("client key", content)
		for line := range strings.Lines(content) {
			// A report could quote one line of a PEM block as well as all of it.
			if line = strings.TrimSpace(line); len(line) >= 16 && !strings.HasPrefix(line, "-----") {
				r.register("client key", line)
			}
		}
	}
}

func (r *reader) readable(n *yaml.Node, field string, into *string) []byte {
	name, ok := r.text(n, field)
	if !ok {
		return nil
	}
	if _, w := filled(name); w != nil {
		r.bad(n, field, w)
		return nil
	}
	content, err := r.opt.ReadFile(r.beside(name))
	if err != nil {
		r.bad(n, field, &wrong{"cannot be read: " + reason(err), "a file, relative to the target file", "correct the path"})
		return nil
	}
	*into = r.beside(name)
	return content
}

// isReference tells whether a text takes anything from outside the file.
func isReference(raw string) bool {
	return strings.HasPrefix(raw, "file:") || reference.MatchString(raw)
}

// reference is also the pattern of secrets in the published schema.
var reference = regexp.MustCompile(`(^|[^$])\$\{`)

// resolve follows the references of a text.
func (r *reader) resolve(n *yaml.Node, field string) (value string, fromFile, ok bool) {
	if _, fromEnvironment := r.overridden[n]; fromEnvironment {
		return n.Value, false, true
	}
	path, fromFile := strings.CutPrefix(n.Value, "file:")
	if !fromFile {
		value, ok = r.expand(n, field, n.Value)
		return value, false, ok
	}
	path, name, named := cutLast(path, "#")
	path, ok = r.expand(n, field, path)
	if !ok {
		return "", true, false
	}
	if !named {
		value, ok = r.wholeFile(n, field, path)
	} else {
		value, ok = r.fileEntry(n, field, path, name)
	}
	return value, true, ok
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// expand replaces each ${NAME}.
func (r *reader) expand(n *yaml.Node, field, raw string) (string, bool) {
	var b strings.Builder
	ok := true
	for raw != "" {
		switch {
		case strings.HasPrefix(raw, "$${"):
			b.WriteString("${")
			raw = raw[3:]
		case strings.HasPrefix(raw, "${"):
			name, rest, closed := strings.Cut(raw[2:], "}")
			if !closed || !variableName.MatchString(name) {
				r.badSecret(n, field, &wrong{"has a ${ that names no variable", "${NAME}, letters, digits and _ only", "correct it, or write $${ for a plain ${"})
				return "", false
			}
			r.referred[name] = true
			value, set := r.env[name]
			if !set {
				r.badSecret(n, field, &wrong{"needs the environment variable " + name + ", which is not set", "${" + name + "} to be set", "export " + name + ", or refer to a file as file:PATH#NAME"})
				ok = false
			}
			b.WriteString(value)
			raw = rest
		default:
			b.WriteByte(raw[0])
			raw = raw[1:]
		}
	}
	return b.String(), ok
}

func (r *reader) wholeFile(n *yaml.Node, field, path string) (string, bool) {
	content, err := r.opt.ReadFile(r.beside(path))
	if err != nil {
		r.bad(n, field, &wrong{"cannot be read: " + reason(err), "a file, relative to the target file", "correct the path"})
		return "", false
	}
	value := strings.TrimSpace(string(content))
	if strings.ContainsAny(value, "\r\n") {
		r.bad(n, field, &wrong{"names a file of several lines", "a file that holds the one value", "name the line: file:PATH#NAME reads NAME=value"})
		return "", false
	}
	return value, true
}

func (r *reader) fileEntry(n *yaml.Node, field, path, name string) (string, bool) {
	entries, read := r.secretFiles[path]
	if !read {
		content, err := r.opt.ReadFile(r.beside(path))
		if err != nil {
			r.bad(n, field, &wrong{"cannot be read: " + reason(err), "a file of NAME=value lines, relative to the target file", "correct the path"})
			return "", false
		}
		entries = r.parseEntries(r.beside(path), string(content))
		r.secretFiles[path] = entries
	}
	value, ok := entries[name]
	if !ok {
		r.bad(n, field, &wrong{"names an entry the file does not have", "a line " + name + "=value in that file", "add the line, or correct the name after #"})
	}
	return value, ok
}

// parseEntries reads NAME=value lines. A value is taken as it stands, but for
// white space around it; in double quotes it is a JSON string, in single quotes
// literal. Lines beginning with # are comments.
func (r *reader) parseEntries(file, content string) map[string]string {
	entries := map[string]string{}
	number := 0
	for line := range strings.Lines(content) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, found := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		problem := Problem{File: file, Line: number, Want: "NAME=value", Do: "correct the line"}
		if !found || !variableName.MatchString(name) {
			problem.What = "a line is not NAME=value" // never quoted: it may be a bare secret
			r.report(problem)
			continue
		}
		if _, twice := entries[name]; twice {
			problem.What = name + " is given twice"
			r.report(problem)
			continue
		}
		value, ok := unquote(value)
		if !ok {
			problem.What = "the value of " + name + " begins with a quote but is not a quoted value"
			r.report(problem)
		}
		entries[name] = value
	}
	return entries
}

func unquote(s string) (string, bool) {
	switch {
	case strings.HasPrefix(s, `"`):
		var out string
		err := json.Unmarshal([]byte(s), &out)
		return out, err == nil
	case strings.HasPrefix(s, "'"):
		if len(s) < 2 || !strings.HasSuffix(s, "'") {
			return "", false
		}
		return s[1 : len(s)-1], true
	}
	return s, true
}

// entry is a line unquote reads back as value.
func entry(name, value string) string {
	quoted, _ := json.Marshal(value)
	return fmt.Sprintf("%s=%s\n", name, quoted)
}
