package family

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/conform"
)

// nearMisses are texts that a comparison which is not one of the whole would take for a
// secret. A secret of hexadecimal digits has none in another case: the case of a number
// does not matter.
func nearMisses(secret string) []text {
	if len(secret) < 8 {
		return nil
	}
	last, half := len(strings.TrimRight(secret, "="))-1, len(secret)/2 // padding of Base64 says nothing
	other := strings.Map(otherCharacter, secret)
	all := []text{
		{"its last character changed", secret[:last] + other[last:]}, {"its first character changed", other[:1] + secret[1:]},
		{"its middle changed", secret[:half] + other[half:half+1] + secret[half+1:]}, {"its second half changed", secret[:half] + other[half:]},
		{"its first half changed", other[:half] + secret[half:]}, {"its first half alone", secret[:half]}, {"its second half alone",
			secret[half:]},
		{"its first eight characters alone", secret[:8]}, {"all but its last character", secret[:last]},
		{"all but its first character", secret[1:]},
		{"a character behind it", secret + "0"}, {"a character before it", "0" + secret}, {"itself twice", secret + secret},
		{"itself backwards", backwards(secret)},
	}
	if swapped := swapCase(secret); swapped != secret && strings.Trim(strings.ToLower(secret), "0123456789abcdef-") != "" {
		all = append(all, text{"its letters in the other case", swapped}, text{"it in small letters", strings.ToLower(secret)},
			text{"it in capitals", strings.ToUpper(secret)})
	}
	return slices.DeleteFunc(all, func(t text) bool { return t.value == secret })
}

// otherCharacter is another character of the same alphabet. It differs in a bit that
// every reader of hexadecimal digits and of Base64 reads, in a last character too.
func otherCharacter(r rune) rune {
	const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	switch at := strings.IndexRune(base64, r); {
	case r >= '0' && r <= '7':
		return '8'
	case r == '8' || r == '9':
		return '0'
	case r >= 'a' && r <= 'f':
		return '1'
	case r >= 'A' && r <= 'F':
		return '1'
	case at >= 0:
		return rune(base64[at^32])
	}
	return r
}

func backwards(s string) string {
	runes := []rune(s)
	slices.Reverse(runes)
	return string(runes)
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 32
		case r >= 'A' && r <= 'Z':
			return r + 32
		}
		return r
	}, s)
}

// nearHeaders are the credentials of a caller with each of them nearly right in turn.
// Whoever reads one could guess the right one: they are secrets too, but for the beginning of
// a signed token's header, which all tokens of a kind share (RFC 7515 section 4).
func nearHeaders(s *conform.Context, right http.Header) []attempt {
	var attempts []attempt
	for name, values := range right {
		for _, value := range values {
			before, secret := "", value
			if scheme, after, found := strings.Cut(value, " "); found {
				before, secret = scheme+" ", after
			}
			if name == "Cookie" {
				cookie, after, _ := strings.Cut(value, "=")
				before, secret = cookie+"=", after
			}
			for _, t := range nearMisses(secret) {
				near := t.value
				if header, _, signed := strings.Cut(secret, "."); !signed || !strings.HasPrefix(header, near) {
					near = s.Secret("near-miss", near)
				}
				attempts = append(attempts, attempt{name: name + ": " + t.name, fields: http.Header{name: {before + near}}})
			}
		}
	}
	return attempts
}
