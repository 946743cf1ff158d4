package family

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"authconform/harness/inbox"
)

// patterned says how tokens of one kind resemble one another that are drawn by a rule; ""
// where they do not. Random ones resemble one another so once in more than a million runs.
func patterned(tokens []string) string {
	tokens = tokens[:min(len(tokens), compared)]
	if len(tokens) < enough {
		return ""
	}
	length := len(tokens[0])
	if !slices.ContainsFunc(tokens, func(t string) bool { return len(t) != length }) {
		varying := 0
		for at := range length {
			if slices.ContainsFunc(tokens, func(t string) bool { return t[at] != tokens[0][at] }) {
				varying++
			}
		}
		if bits := float64(varying) * math.Log2(float64(alphabet(tokens))); bits < leastBits {
			return "differ in " + strconv.Itoa(varying) + " places alone, which is less than " + strconv.Itoa(leastBits) + " bits"
		}
	}
	doubled := 0
	for _, token := range tokens {
		token = strings.Trim(strings.ReplaceAll(token, "-", ""), "=")
		if half := len(token) / 2; token[:half] == token[len(token)-half:] {
			doubled++
		}
	}
	switch {
	case doubled >= enough:
		return "repeat their first half in their second"
	case stride(tokens) >= enough/2:
		return "are a counter times a constant"
	}
	return ""
}

// stride counts how often the most frequent difference stands between two tokens, read as
// numbers of 64 bits. Those of random ones are all different.
func stride(tokens []string) int {
	var numbers []uint64
	for _, token := range tokens[:min(len(tokens), 100)] {
		token = strings.ReplaceAll(token, "-", "")
		if n, err := strconv.ParseUint(token[:min(len(token), 16)], 16, 64); err == nil && len(token) >= 16 {
			numbers = append(numbers, n)
		}
	}
	count := map[uint64]int{}
	most := 0
	for _, one := range numbers {
		for _, other := range numbers {
			if difference := one - other; one != other {
				count[difference]++
				most = max(most, count[difference])
			}
		}
	}
	return most
}

// patternedCodes tells whether backup codes, in the order of the alphabet, have one of two
// characters each in most of their places, or differ from the next in their last character
// alone for the most part. Random ones have the former in no place, and the latter once in
// twenty for five hundred codes of five digits.
func patternedCodes(codes []string) bool {
	if len(codes) < enoughSent || slices.ContainsFunc(codes, func(code string) bool { return len(code) != len(codes[0]) }) {
		return false
	}
	fixed, neighbours := 0, 0
	for i, code := range codes[1:] {
		if last := len(code) - 1; code[:last] == codes[i][:last] {
			neighbours++
		}
	}
	for at := range codes[0] {
		seen := map[byte]bool{}
		for _, code := range codes {
			seen[code[at]] = true
		}
		if len(seen) <= 2 {
			fixed++
		}
	}
	return 2*fixed > len(codes[0]) || 2*neighbours > len(codes)
}

// sentCodes are the one-time codes that messages of a run held, in the order they came.
type sentCodes struct {
	seen  map[string]bool // ids of messages
	codes []string
	times []time.Time
}

// enoughSent is how many codes that were sent say something of how they are drawn.
const enoughSent = 12

// take reads the code of a message, which it returns; "" where there is none or more than
// one, and where the code was sent before, as some targets do with codes of a phone.
func (s *sentCodes) take(m inbox.Message) string {
	var found []string
	for length := 5; length <= 8; length++ {
		found = append(found, inbox.Codes(m.Text+"\n"+m.HTML, length)...)
	}
	if found = slices.Compact(found); len(found) != 1 || s.seen[m.ID] {
		return ""
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	s.seen[m.ID] = true
	if !slices.Contains(s.codes, found[0]) {
		s.codes, s.times = append(s.codes, found[0]), append(s.times, m.At)
	}
	return found[0]
}

// guessable says how the next code can be guessed from those before; "" where it cannot.
func (s *sentCodes) guessable() string {
	if len(s.codes) < enoughSent {
		return ""
	}
	counted, told := 0, 0
	last := -1
	for i, code := range s.codes {
		n, _ := strconv.Atoi(code) // of digits only
		if step := n - last; last >= 0 && step > 0 && step <= 100 {
			counted++
		}
		last = n
		whole := int64(math.Pow10(len(code)))
		if away := (s.times[i].UnixMilli() - int64(n)) % whole; min(away, whole-away) < whole/100 && !s.times[i].IsZero() {
			told++
		}
	}
	length := len(s.codes[0])
	switch {
	case 2*counted > len(s.codes):
		return "codes that are sent count up"
	case 2*told > len(s.codes):
		return "codes that are sent tell the time"
	case slices.ContainsFunc(s.codes, func(code string) bool { return len(code) != length }):
		return ""
	}
	for at := range length {
		digits := map[byte]bool{}
		for _, code := range s.codes {
			digits[code[at]] = true
		}
		if len(digits) <= 2 {
			return "codes that are sent have the same digits in place " + strconv.Itoa(at+1)
		}
	}
	return ""
}
