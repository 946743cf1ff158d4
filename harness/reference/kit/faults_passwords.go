package kit

import (
	"html"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reading is a fault that takes many passwords for one: it stores and compares something
// else than what was sent.
func reading(id, text string, as func(password string) string) commonFault {
	return commonFault{id: id, text: text, reads: as}
}

// dropped is a reading without some characters.
func dropped(id, text string, drop func(rune) bool) commonFault {
	return reading(id, text, func(password string) string {
		return strings.Map(func(r rune) rune {
			if drop(r) {
				return -1
			}
			return r
		}, password)
	})
}

// passwordFaults are careless readings of a password.
var passwordFaults = []commonFault{
	reading("password-first-letter-in-any-case", "The first letter of a password counts in any case.", func(p string) string {
		at := strings.IndexFunc(p, unicode.IsLetter)
		if at < 0 {
			return p
		}
		_, size := utf8.DecodeRuneInString(p[at:])
		return p[:at] + strings.ToLower(p[at:at+size]) + p[at+size:]
	}),
	reading("password-in-swapped-case", "A password counts with the case of each letter swapped.", func(p string) string {
		return min(p, strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, p))
	}),
	reading("password-last-character-ignored", "The last character of a password does not count.", func(p string) string {
		return p[:max(0, len(p)-1)]
	}),
	reading("password-first-character-ignored", "The first character of a password does not count.", func(p string) string {
		return p[min(1, len(p)):]
	}),
	reading("password-second-half-ignored", "The second half of a password does not count.", func(p string) string { return p[:len(p)/2] }),
	reading("password-first-half-ignored", "The first half of a password does not count.", func(p string) string { return p[len(p)/2:] }),
	reading("password-cut-at-twelve", "The first twelve bytes of a password count.", func(p string) string { return p[:min(12, len(p))] }),
	reading("password-in-any-order", "The characters of a password count in any order.", sorted),
	reading("password-backwards", "A password counts backwards too.", func(p string) string { return min(p, reversed(p)) }),
	reading("password-twice", "A password counts when it is written twice.", func(p string) string {
		if half := p[:len(p)/2]; half+half == p {
			return half
		}
		return p
	}),
	reading("password-cut-at-nul", "What follows a NUL in a password does not count.", before("\x00")),
	reading("password-cut-at-line", "What follows the first line of a password does not count.", before("\n")),
	reading("password-unescaped", "A password is read with percent signs.", func(p string) string {
		if text, err := url.PathUnescape(p); err == nil {
			return text
		}
		return p
	}),
	reading("password-of-html", "A password is read with the entities of HTML.", html.UnescapeString),
	reading("password-unquoted", "Quotes around a password are dropped.", func(p string) string { return strings.Trim(p, `"'`) }),
	dropped("password-without-blanks", "Blanks inside a password are dropped.", unicode.IsSpace),
	dropped("password-without-controls", "Control characters in a password are dropped.", unicode.IsControl),
	dropped("password-of-ascii", "Characters beyond ASCII are dropped from a password.", func(r rune) bool { return r > unicode.MaxASCII }),
	dropped("password-without-marks", "Invisible and combining characters are dropped from a password.", func(r rune) bool {
		return unicode.In(r, unicode.Mn, unicode.Cf)
	}),
	dropped("password-of-letters-and-digits", "All but the letters and digits of a password is dropped.", func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}),
}

// readPassword is what faults make of a password before it is hashed.
func (s *Server) readPassword(password string) string {
	for _, f := range s.common {
		if f.reads != nil && password != "" {
			password = f.reads(password)
		}
	}
	return password
}
