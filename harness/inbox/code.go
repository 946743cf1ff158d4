package inbox

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	year = regexp.MustCompile(`^(19|20)[0-9]{2}$`)
	// Numbers in a row, such as a phone's, and those that are a code whose digits are set
	// apart for the eye: in halves, or each in a box of its own.
	row   = regexp.MustCompile(`[\w+./:-]*[0-9](?:[\s\x{a0}-]+[0-9]+)+[\w/:-]*`)
	apart = regexp.MustCompile(`^(?:[0-9]{3}[ \x{a0}-][0-9]{3}|[0-9](?:\s+[0-9]){3,7})$`)
	// A button that fills the code in for its reader.
	linked = regexp.MustCompile(`(?i)[?&#;](?:[a-z_-]*code|otp|pin)=([0-9]+)(?:$|[^0-9a-z])`)
)

// Code is the one-time code of a message, with one of these numbers of digits: those given
// first are looked for first. It stands alone, or else is set apart by spaces, or else is
// part of a link; "" where there is none. The subject is read where the body has none.
func Code(m Message, lengths ...int) string {
	years := ""
	for _, text := range []string{m.Text + "\n" + m.HTML, m.Subject} {
		for _, length := range lengths {
			codes := Codes(text, length)
			if at := slices.IndexFunc(codes, func(code string) bool { return !year.MatchString(code) }); at >= 0 {
				return codes[at]
			}
			if len(codes) > 0 {
				years = cmp.Or(years, codes[0])
			}
		}
	}
	if years != "" {
		return years
	}
	readings := Readings(m)
	for _, reading := range readings {
		for _, numbers := range row.FindAllString(reading, -1) {
			if code := digitsOf(numbers); apart.MatchString(numbers) && slices.Contains(lengths, len(code)) {
				return code
			}
		}
	}
	for _, reading := range readings {
		for _, found := range linked.FindAllStringSubmatch(reading, -1) {
			if slices.Contains(lengths, len(found[1])) {
				return found[1]
			}
		}
	}
	return ""
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
