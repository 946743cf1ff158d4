package secret

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"mime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// understood gives a body as text that secrets can be looked for in. withheld, when
// not "", is the sentence that stands for a body that cannot be read: an image, an
// archive, or a character set in which a letter is not the byte that it is in ASCII.
func understood(contentType string, body []byte) (text, withheld string) {
	_, parameters, _ := mime.ParseMediaType(contentType)
	charset := normal(parameters["charset"])
	notRead := fmt.Sprintf("‹withheld: %d bytes in a character set that is not read›", len(body))
	if width, order := wideText(charset, body); width > 0 {
		text := narrow(body, width, order)
		if ascii := strings.Map(keepASCII, text); 2*len(ascii) < utf8.RuneCountInString(text) {
			return "", notRead // it only says so
		}
		return text, ""
	}
	switch {
	case utf8.Valid(body) && (charset == "" || asciiBased(charset)):
		return string(body), ""
	case charset != "" && !asciiBased(charset):
		return "", notRead
	case bytes.ContainsFunc(body, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", r) }):
		return "", fmt.Sprintf("‹withheld: %d bytes that are no text›", len(body))
	}
	return string(body), ""
}

func keepASCII(r rune) rune {
	if r >= utf8.RuneSelf {
		return -1
	}
	return r
}

// asciiBased tells whether a character set spells ASCII as ASCII does.
func asciiBased(charset string) bool {
	for _, family := range []string{"utf8", "ascii", "usascii", "iso8859", "latin", "windows125", "windows874", "cp125", "koi8", "gb",
		"big5", "eucjp", "euckr", "shiftjis"} {
		if strings.HasPrefix(charset, family) {
			return true
		}
	}
	return false
}

// wideText tells whether a body is UTF-16 or UTF-32: by its name, its mark, or the
// NUL bytes beside its letters. width 0 means that it is neither.
func wideText(charset string, body []byte) (width int, order binary.ByteOrder) {
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xfe\x00\x00")):
		return 4, binary.LittleEndian
	case bytes.HasPrefix(body, []byte("\x00\x00\xfe\xff")):
		return 4, binary.BigEndian
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return 2, binary.LittleEndian
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return 2, binary.BigEndian
	}
	zeros := [4]int{} // by place in a group of four
	head := body[:min(len(body), 512)]
	for i, c := range head {
		if c == 0 {
			zeros[i%4]++
		}
	}
	most := len(head) / 8 // half of the places of its kind
	little := zeros[1] > most && zeros[3] >= most
	big := zeros[0] > most && zeros[2] >= most
	switch {
	case strings.HasPrefix(charset, "utf32") || zeros[1] > most && zeros[2] > most:
		width = 4
		little = zeros[3] > most
		big = !little
	case strings.HasPrefix(charset, "utf16") || strings.Contains(charset, "ucs2") || little != big:
		width = 2
	default:
		return 0, nil
	}
	if strings.HasSuffix(charset, "be") || big && !little {
		return width, binary.BigEndian
	}
	return width, binary.LittleEndian
}

func narrow(body []byte, width int, order binary.ByteOrder) string {
	var units []uint16
	var runes []rune
	for ; len(body) >= width; body = body[width:] {
		if width == 4 {
			runes = append(runes, rune(order.Uint32(body)&0x1fffff))
		} else {
			units = append(units, order.Uint16(body))
		}
	}
	if width == 2 {
		runes = utf16.Decode(units)
	}
	return strings.TrimPrefix(string(runes), "\ufeff")
}
