package barong

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"authconform/harness/reference/kit"
)

// bcryptLimit is the length in bytes beyond which the original's hash cuts.
const bcryptLimit = 72

// minEntropy is what a password must have at least.
const minEntropy = 14

// passwordRegexp is the demand as the configuration shows it, in Ruby's syntax.
const passwordRegexp = `(?-mix:^(?=.*[[:lower:]])(?=.*[[:upper:]])(?=.*[[:digit:]])(?=.*[[:graph:]]).{8,80}$)`

// passwordPattern is passwordRegexp. Its anchors are those of a line, so one good
// line of several is enough.
func passwordPattern(password string) bool {
	for line := range strings.SplitSeq(password, "\n") {
		length := utf8.RuneCountInString(line)
		if length >= 8 && length <= 80 && strings.ContainsFunc(line, unicode.IsLower) &&
			strings.ContainsFunc(line, unicode.IsUpper) && strings.ContainsFunc(line, unicode.IsDigit) {
			return true
		}
	}
	return false
}

// passwordProblem is the key of what a new password lacks, "" when it is fine.
func passwordProblem(password string) string {
	switch {
	case !passwordPattern(password):
		return "password.requirements"
	case entropy(password) < minEntropy:
		return "password.weak"
	case len(password) > bcryptLimit:
		return "password.too_long"
	}
	return ""
}

// hash is slow by nature: hashSecrets does it before the lock is taken.
func (s *Server) hash(password string) string {
	switch {
	case s.On(faultPasswordCaseFolded):
		password = strings.ToLower(password)
	case s.On(faultPasswordTrimmed):
		password = strings.TrimSpace(password)
	case s.On(faultPasswordCutAtEight):
		password = password[:min(8, len(password))]
	}
	return s.Hash(password, s.salt)
}

// hashSecrets hashes the password parameters of an operation.
func (s *Server) hashSecrets(r *request) {
	r.hashes = map[string]string{}
	for _, name := range r.op.secrets {
		if password := r.text(name); password != "" {
			r.hashes[name] = s.hash(password)
		}
	}
}

// isPassword compares a hashed parameter with a user's password.
func (s *Server) isPassword(r *request, a *account, name string) bool {
	if s.On(faultAnyPasswordAccepted) && r.hashes[name] != "" {
		return true
	}
	if a.passwordHash == "" && a.password != "" {
		a.passwordHash, a.password = s.hash(a.password), ""
	}
	return kit.SameSecret(a.passwordHash, r.hashes[name]) || s.oddPassword(r, a, r.hashes[name])
}

// setPassword takes the new password from a hashed parameter.
func (a *account) setPassword(r *request, name string) {
	a.password, a.passwordHash = "", r.hashes[name]
}
