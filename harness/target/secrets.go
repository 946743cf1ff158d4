package target

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A text's value may come from elsewhere:
//
//	${NAME}         the environment variable, anywhere in the text; $${ is a plain ${
//	file:PATH       the whole file, white space around it trimmed
//	file:PATH#NAME  the line NAME=value of a file
//
// Paths are relative to the target file. References are looked for in the text
// as written, never in what they resolve to: a password may look like one.

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	reference    = regexp.MustCompile(`(^|[^$])\$\{`)
)

// isReference tells whether a text takes anything from outside the file.
func isReference(raw string) bool {
	return strings.HasPrefix(raw, "file:") || reference.MatchString(raw)
}

// register makes a secret known to the caller and to the scrubbing of problems.
func (r *reader) register(label, value string) {
	if value == "" {
		return
	}
	r.opt.Secret(label, value)
	r.secrets = append(r.secrets, value)
}

// label names a secret in reports.
func label(s *spot) string {
	section, name, _ := strings.Cut(s.field, ".")
	switch {
	case strings.HasPrefix(section, "identities["):
		who := "identity"
		if given := child(s.parent, "name"); given != nil && identityName.MatchString(given.Value) {
			who = given.Value
		}
		return who + " " + name
	case s.field == "http.basic.password":
		return "basic password"
	case section == "http":
		return "header " + canonical(s.key.Value)
	}
	return strings.TrimSuffix(section, "s") + " " + name
}

// secret reads a value that must come from outside the file, and returns a
// reference for the schema to judge.
func (r *reader) secret(s *spot) any {
	n, label := s.value, label(s)
	_, fromEnvironment := r.overridden[n]
	if !fromEnvironment && !isReference(n.Value) {
		r.register(label, n.Value)
		return n.Value
	}
	written := n.Value
	value, ok := r.resolve(s)
	if fromEnvironment {
		written = "file:of the environment"
	}
	if !ok {
		return written
	}
	n.Value = value
	switch {
	case value == "":
		r.fault(s, &wrong{what: "is empty", want: "a secret", do: "set what the reference names"})
	case guessable(value): // it is not cut out of this message: it may be the name of its own field
		r.fault(s, &wrong{
			what: "is an ordinary word or shorter than 8 characters", want: "a secret that stands nowhere else by chance",
			do: "give the account another: whatever equals a secret is cut out of all reports",
		})
	default:
		r.register(label, value)
	}
	if s.definition == "totp-secret" {
		r.register(label, normalTOTP(value))
		if !validTOTP(value) {
			r.fault(s, &wrong{what: "is not Base32", do: "copy it again; the otpauth:// address itself does not go here"})
		}
	}
	return written
}

// ordinary are words that answers of any server hold, or that anybody would try first.
var ordinary = []string{
	"password", "passwort", "password1", "passw0rd", "changeme", "12345678", "123456789", "qwertyui", "username", "testtest", "authenticated",
	"authorization", "unauthorized", "application", "undefined", "required", "response", "statuscode",
}

// singleWord fits what is written like a single word of a language or a name.
var singleWord = regexp.MustCompile(`^(?:[A-Z]?[a-z]{7,12}|[A-Z]{8,12})$`)

// guessable tells whether a secret is one that the redactor could not tell from the rest
// of a report.
func guessable(value string) bool {
	return len(value) < 8 || singleWord.MatchString(value) || slices.Contains(ordinary, strings.ToLower(value))
}

// keep registers what a text that is no secret field took from elsewhere: whatever
// was worth keeping outside the target file is kept out of reports. A header is a
// secret unless it is written out and too short to be one: hiding every "en" or "1"
// would make a report unreadable.
func (r *reader) keep(s *spot, value string) {
	if s.definition == "header" {
		if isReference(s.written) || len(value) >= 8 {
			r.register(label(s), value)
		}
		return
	}
	if _, fromEnvironment := r.overridden[s.value]; !fromEnvironment && strings.HasPrefix(s.written, "file:") {
		r.register(s.field, value)
	}
}

// resolve follows the references of a text. It has reported why where ok is false.
func (r *reader) resolve(s *spot) (value string, ok bool) {
	written := s.value.Value
	_, fromEnvironment := r.overridden[s.value]
	path, fromFile := strings.CutPrefix(written, "file:")
	switch {
	case fromEnvironment:
		value, ok = written, true
	case fromFile:
		value, ok = r.fromFile(s, path)
	default:
		value, ok = r.expand(s, written)
	}
	if ok && !s.secret() {
		r.keep(s, value)
	}
	return value, ok
}

// fromFile reads PATH or PATH#NAME.
func (r *reader) fromFile(s *spot, written string) (value string, ok bool) {
	hash := strings.LastIndexByte(written, '#')
	if hash < 0 {
		hash = len(written)
	}
	path, ok := r.expand(s, written[:hash])
	switch {
	case !ok:
		return "", false
	case hash == len(written):
		return r.wholeFile(s, path)
	}
	return r.fileEntry(s, path, written[hash+1:])
}

// expand replaces each ${NAME}.
func (r *reader) expand(s *spot, raw string) (string, bool) {
	var b strings.Builder
	ok := true
	for raw != "" {
		before, after, found := strings.Cut(raw, "${")
		if escaped, isEscaped := strings.CutSuffix(before, "$"); found && isEscaped {
			b.WriteString(escaped + "${")
			raw = after
			continue
		}
		b.WriteString(before)
		if !found {
			break
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed || !variableName.MatchString(name) {
			r.fault(s, &wrong{what: "has a ${ that names no variable", want: "${NAME}, letters, digits and _ only",
				do: "correct it, or write $${ for a plain ${", hide: true})
			return "", false
		}
		r.referred[name] = true
		value, set := r.env[name]
		if !set {
			p := r.at(s.value)
			r.add(Problem{File: p.file, Line: p.line, Field: s.field,
				What: "the value needs the environment variable " + name + ", which is not set",
				Want: "${" + name + "} to be set", Do: "export " + name + ", or refer to a file as file:PATH#NAME"})
			ok = false
		}
		b.WriteString(value)
		raw = rest
	}
	return b.String(), ok
}

func (r *reader) wholeFile(s *spot, path string) (string, bool) {
	content, err := r.readText(r.beside(path), maxNamed)
	if err != nil {
		r.fault(s, &wrong{what: "cannot be read: " + reason(err), want: "a file, relative to the target file", do: "correct the path"})
		return "", false
	}
	value := strings.TrimSpace(content)
	if strings.ContainsAny(value, "\r\n") {
		r.fault(s, &wrong{what: "names a file of several lines", want: "a file that holds the one value",
			do: "name the line: file:PATH#NAME reads NAME=value"})
		return "", false
	}
	return value, true
}

func (r *reader) fileEntry(s *spot, path, name string) (string, bool) {
	entries, read := r.secretFiles[path]
	if !read {
		content, err := r.readText(r.beside(path), maxNamed)
		if err != nil {
			r.secretFiles[path] = nil
			r.fault(s, &wrong{what: "cannot be read: " + reason(err), want: "a file of NAME=value lines, relative to the target file",
				do: "correct the path, or spread what is too long over several files"})
			return "", false
		}
		entries = r.parseEntries(r.beside(path), content)
		r.secretFiles[path] = entries
	}
	value, ok := entries[name]
	if !ok && entries != nil { // of a file that cannot be read, the first reference to it says so
		r.fault(s, &wrong{what: "names an entry the file does not have", want: "a line " + name + "=value in that file",
			do: "add the line, or correct the name after #"})
	}
	return value, ok
}

// path checks that a file named by the target file is there. The content of a
// private key is a secret.
func (r *reader) path(name string, key bool) (string, *wrong) {
	content, err := r.readFile(r.beside(name), maxNamed)
	if err != nil {
		return "", &wrong{what: "cannot be read: " + reason(err), want: "a file of PEM blocks, at most 64 KiB",
			do: "correct the path, and name only what this deployment needs: the system's authorities are trusted anyway"}
	}
	if key {
		text := strings.TrimSpace(string(content))
		r.register("client key", text)
		for line := range strings.Lines(text) {
			// A report could quote one line of a PEM block as well as all of it.
			if line = strings.TrimSpace(line); len(line) >= 16 && !strings.HasPrefix(line, "-----") {
				r.register("client key", line)
			}
		}
	}
	return r.beside(name), nil
}

// beside resolves a path relative to the target file.
func (r *reader) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
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
