package inbox

import (
	"encoding/hex"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

var (
	escape    = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	softBreak = regexp.MustCompile(`=\r?\n`) // of quoted-printable text that nobody decoded (RFC 2045 6.7)
	quotedAs  = regexp.MustCompile(`=[0-9A-F]{2}`)
)

// nested is how often a text may be escaped: a link in a link in a link.
const nested = 3

// reading is one way to read a part of a message.
type reading struct{ part, text string }

// Readings are the texts of a message in every form in which its reader may find a proof:
// as they stand, with their entities, soft line breaks and escapes undone, and without markup.
func Readings(m Message) []string {
	var texts []string
	for _, r := range readings(m) {
		texts = append(texts, r.text)
	}
	return texts
}

func readings(m Message) []reading {
	var all []reading
	for _, part := range []reading{{"text", m.Text}, {"HTML", m.HTML}} {
		if part.text == "" {
			continue
		}
		joined := softBreak.ReplaceAllString(part.text, "")
		plain := html.UnescapeString(joined)
		texts := []string{plain, markup.ReplaceAllString(plain, " ")}
		if joined != part.text { // who broke lines so wrote "=" as =3D too
			plain = quotedAs.ReplaceAllStringFunc(plain, decoded)
			texts = append(texts, plain)
		}
		for range nested {
			plain = escape.ReplaceAllStringFunc(plain, decoded)
			texts = append(texts, plain)
		}
		for _, text := range slices.Compact(texts) {
			all = append(all, reading{part.part, text})
		}
	}
	return all
}

// decoded is the byte that a sign and two hexadecimal digits stand for.
func decoded(code string) string {
	plain, _ := hex.DecodeString(code[1:]) // the patterns take nothing else
	return string(plain)
}

// Form says where in a message a proof stands, and in which form, without the proof.
func Form(m Message, proof string) string {
	var forms []string
	told := ""
	for _, r := range readings(m) {
		at := strings.Index(r.text, proof)
		if at < 0 || proof == "" || r.part == told {
			continue
		}
		told = r.part
		before := r.text[strings.LastIndexAny(r.text[:at], " \t\r\n\"'<>()[]")+1 : at]
		form := "as bare text"
		switch {
		case strings.Contains(before, "://"):
			form = "in a link with a scheme"
		case strings.ContainsAny(before, "/?="):
			form = "in a link without a scheme"
		}
		forms = append(forms, fmt.Sprintf("%s (%s part)", form, r.part))
	}
	return strings.Join(forms, " and ")
}

// Queries lists what in a message may be the query of a link, whatever the link begins with:
// words with name=value in them, from behind their last "?" or "#" before it.
func Queries(m Message, member string) []string {
	var queries []string
	for _, text := range Readings(m) {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'<>`\\\u00a0", r) }) {
			for rest, from := word, 0; ; {
				at := strings.Index(rest, member)
				if at < 0 {
					break
				}
				start := strings.LastIndexAny(word[:from+at], "?#") + 1
				if query := trimTail(word[start:]); !slices.Contains(queries, query) {
					queries = append(queries, query)
				}
				from += at + len(member)
				rest = word[from:]
			}
		}
	}
	return queries
}
