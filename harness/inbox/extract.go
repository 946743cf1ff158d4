package inbox

import (
	"html"
	"regexp"
	"strings"
)

var (
	link   = regexp.MustCompile("(?i)\\bhttps?://[^\\s\"'<>`\\\\\u00a0]+")
	entity = regexp.MustCompile(`(?i)&(#[0-9]+|#x[0-9a-f]+|[a-z]+);`)
	// Markup holds colours and sizes, which look like codes.
	markup = regexp.MustCompile(`(?is)<style\b.*?</style>|<[a-z/!][^>]*>`)
	// Scripts that do not set spaces between words may put a code right behind a letter.
	word = regexp.MustCompile(`[\p{Latin}\p{Greek}\p{Cyrillic}\p{N}_]+`)
)

// Codes lists the numbers of exactly so many digits that stand alone in a plain or HTML text, in order and each once: not part of
// a word, of a longer number, of a date, a time or a fraction, or of a link.
func Codes(text string, digits int) []string {
	text = markup.ReplaceAllString(link.ReplaceAllString(text, " "), " ")
	var codes []string
	seen := map[string]bool{}
	for _, at := range word.FindAllStringIndex(text, -1) {
		code := text[at[0]:at[1]]
		if len(code) != digits || strings.Trim(code, "0123456789") != "" || seen[code] {
			continue
		}
		if isJoint(text, at[0]-1) || isJoint(text, at[1]) {
			continue
		}
		seen[code] = true
		codes = append(codes, code)
	}
	return codes
}

// isJoint tells whether the byte at i ties two digits together, as in 1.5, 12:30, 2026-01-02 or 1,000.
func isJoint(s string, i int) bool {
	return i > 0 && i+1 < len(s) && strings.IndexByte(".,:-/", s[i]) >= 0 && isDigit(s[i-1]) && isDigit(s[i+1])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// Links lists the http and https URLs of a plain or HTML text, in order and each once.
func Links(text string) []string {
	var links []string
	seen := map[string]bool{}
	for _, found := range link.FindAllString(text, -1) {
		// Only entities with their semicolon: "&copy=1" is a parameter.
		url := trimTail(entity.ReplaceAllStringFunc(found, html.UnescapeString))
		if !seen[url] {
			seen[url] = true
			links = append(links, url)
		}
	}
	return links
}

// trimTail takes off the punctuation of the sentence a link ends; a bracket stays when it was opened inside.
func trimTail(url string) string {
	for url != "" {
		last := url[len(url)-1]
		opened := map[byte]string{')': "(", ']': "[", '}': "{"}[last]
		switch {
		case strings.IndexByte(".,;:!?*", last) >= 0:
		case opened != "" && strings.Count(url, opened) < strings.Count(url, string(last)):
		default:
			return url
		}
		url = url[:len(url)-1]
	}
	return url
}
