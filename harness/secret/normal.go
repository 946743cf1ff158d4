package secret

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
)

// A target may repeat a secret in a spelling that no list of forms foresees: recased,
// spaced out, escaped character by character, turned round, encoded twice. Long
// secrets are therefore also looked for in a normal form of the text: escapes decoded,
// letters in lower case, all but letters and digits left out.
const (
	// From minNormal letters and digits on, of both kinds, a normal form is not met by
	// chance; letters or digits alone need more.
	minNormal, minLetters, minNumber = 8, 12, 16
	// Of a value above longValue bytes its last tailValue bytes are looked for: that is
	// where a token's signature stands.
	longValue, tailValue = 96, 64
	keyLength            = 8  // bytes by which forms are found
	normalBits           = 23 // of the filter that passes over most text: a long run knows half a million forms
)

// skeleton is a text in normal form. Its i-th byte stands for what begins at the byte
// from[i] of the text.
type skeleton struct {
	of     string
	text   []byte
	from   []int32
	escape func(string) (byte, int)
}

// end is where in the text the i-th byte ends.
func (k *skeleton) end(i int) int {
	at := int(k.from[i])
	if k.escape != nil && escapes[k.of[at]] {
		if _, n := k.escape(k.of[at:]); n > 0 {
			return at + n
		}
	}
	return at + 1
}

// barrier stands for a placeholder: no secret reaches across it.
const barrier = 0

// lowered gives letters in lower case and digits, and 0 for every other byte.
var lowered = func() (table [256]byte) {
	for c := '0'; c <= '9'; c++ {
		table[c] = byte(c)
	}
	for c := 'a'; c <= 'z'; c++ {
		table[c], table[c-'a'+'A'] = byte(c), byte(c)
	}
	return table
}()

// normalize makes the skeleton of a text. escape, when not nil, gives the byte that an
// escape at the beginning of a text stands for and its length, 0 where there is none.
func (v *Vault) normalize(s string, escape func(string) (byte, int)) *skeleton {
	text, from, used := make([]byte, len(s)), make([]int32, len(s)), 0
	for i := 0; i < len(s); {
		c, n := s[i], 1
		switch {
		case c == open[0]:
			if width := v.placeholder(s[i:]); width > 0 {
				text[used], from[used], n = barrier, int32(i), width
				used++
			}
		case escape != nil && escapes[c]:
			if decoded, width := escape(s[i:]); width > 0 {
				c, n = decoded, width
			}
		}
		if c = lowered[c]; c != 0 {
			text[used], from[used] = c, int32(i)
			used++
		}
		i += n
	}
	return &skeleton{of: s, text: text[:used], from: from[:used], escape: escape}
}

// escapes are the bytes that begin an escape.
var escapes = [256]bool{'%': true, '&': true, '\\': true, '=': true, '0': true}

// views are the readings of a text that may hold a secret: as it stands, with its
// escapes decoded, and as quoted-printable, where a plain name=value looks like one.
func (v *Vault) views(s string) []*skeleton {
	list := []*skeleton{v.normalize(s, nil)}
	if strings.ContainsAny(s, `%&\`) || strings.Contains(s, "0x") {
		list = append(list, v.normalize(s, decodeEscape))
	}
	if strings.Contains(s, "=") {
		list = append(list, v.normalize(s, decodeQuoted))
	}
	return list
}

// decodeEscape reads %41, %2541, &#65;, &#x41;, &amp;#65;, \u0041, \x41, \101, \n and 0x41.
func decodeEscape(s string) (byte, int) {
	switch s[0] {
	case '%':
		n := 1
		for strings.HasPrefix(s[n:], "25") && len(s) >= n+4 && hexByte(s[n+2]) && hexByte(s[n+3]) {
			n += 2
		}
		return number(s, n, 2, 2, 16)
	case '&':
		n := 1
		for strings.HasPrefix(s[n:], "amp;") {
			n += 4
		}
		if strings.HasPrefix(s[n:], "#x") || strings.HasPrefix(s[n:], "#X") {
			return closed(s)(number(s, n+2, 1, 8, 16))
		}
		if strings.HasPrefix(s[n:], "#") {
			return closed(s)(number(s, n+1, 1, 8, 10))
		}
		for _, name := range []string{"lt;", "gt;", "quot;", "apos;", "nbsp;"} {
			if strings.HasPrefix(s[n:], name) {
				return ' ', n + len(name)
			}
		}
		return '&', n
	case '\\':
		n := 1
		for n < len(s) && s[n] == '\\' {
			n++
		}
		if c, end := afterBackslash(s, n); end > 0 {
			return c, end
		}
		return ' ', n // all of them at once: a text of nothing else would be read anew at each
	case '0':
		if strings.HasPrefix(s, "0x") && (len(s) < 5 || !hexByte(s[4])) {
			return number(s, 2, 2, 2, 16)
		}
	}
	return 0, 0
}

// afterBackslash reads what a backslash before n makes an escape.
func afterBackslash(s string, n int) (byte, int) {
	if n == len(s) {
		return 0, 0
	}
	switch c := s[n]; {
	case c == 'u':
		return number(s, n+1, 4, 4, 16)
	case c == 'x':
		return number(s, n+1, 2, 2, 16)
	case c >= '0' && c <= '3':
		return number(s, n, 3, 3, 8)
	case strings.IndexByte("nrtbf", c) >= 0:
		return ' ', n + 1
	}
	return 0, 0
}

// closed takes in the semicolon of an entity.
func closed(s string) func(byte, int) (byte, int) {
	return func(c byte, n int) (byte, int) {
		if n > 0 && n < len(s) && s[n] == ';' {
			n++
		}
		return c, n
	}
}

// decodeQuoted reads =41 as quoted-printable means it, and what decodeEscape reads.
func decodeQuoted(s string) (byte, int) {
	if s[0] == '=' {
		return number(s, 1, 2, 2, 16)
	}
	return decodeEscape(s)
}

// number reads least to most digits at i; what is no ASCII character counts as a
// separator.
func number(s string, i, least, most, base int) (byte, int) {
	end := i
	for end < len(s) && end < i+most && (hexByte(s[end]) && base == 16 || base < 16 && s[end] >= '0' && int(s[end]) < '0'+base) {
		end++
	}
	if end < i+least {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[i:end], base, 32)
	if err != nil || n > 0x7f {
		n = ' '
	}
	return byte(n), end
}

// stripped is the text of the skeleton of a form, which has no escapes.
func stripped(s string) []byte {
	text := make([]byte, 0, len(s))
	for i := range len(s) {
		if c := lowered[s[i]]; c != 0 {
			text = append(text, c)
		}
	}
	return text
}

// normalIndex finds the normal forms of secrets. It keeps no form, only what tells
// one: its first bytes, its length and its hash.
type normalIndex struct {
	filter [1 << (normalBits - 6)]uint64
	forms  map[uint64][]normalForm // by their first bytes, the longest first
}

type normalForm struct {
	length int
	sum    uint64
	label  string
	sent   bool // of what was sent and is no secret
}

var hashSeed = maphash.MakeSeed()

func newNormalIndex() *normalIndex { return &normalIndex{forms: map[uint64][]normalForm{}} }

func normalSlot(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> (64 - normalBits) }

func (x *normalIndex) add(text []byte, label string, sent bool) {
	if len(text) < keyLength {
		return
	}
	k := key8(text)
	f := normalForm{len(text), maphash.Bytes(hashSeed, text), label, sent}
	list := x.forms[k]
	at, _ := slices.BinarySearchFunc(list, f.length, func(e normalForm, n int) int { return n - e.length })
	for i := at; i < len(list) && list[i].length == f.length; i++ {
		if list[i].sum == f.sum {
			list[i].sent = list[i].sent && sent
			return
		}
	}
	x.forms[k] = slices.Insert(list, at, f)
	h := normalSlot(k)
	x.filter[h>>6] |= 1 << (h & 63)
}

func key8(b []byte) (k uint64) {
	for i := range keyLength {
		k |= uint64(b[i]) << (8 * i)
	}
	return k
}

// find gives the spans of the text that a skeleton was made of.
func (x *normalIndex) find(k *skeleton) []span {
	if len(k.text) < keyLength || len(x.forms) == 0 {
		return nil
	}
	var spans []span
	key := key8(k.text) << 8
	for i := 0; i+keyLength <= len(k.text); i++ {
		key = key>>8 | uint64(k.text[i+keyLength-1])<<56
		h := normalSlot(key)
		if x.filter[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		hashed, sum := 0, uint64(0)
		for _, f := range x.forms[key] {
			if i+f.length > len(k.text) {
				continue
			}
			if f.length != hashed {
				hashed, sum = f.length, maphash.Bytes(hashSeed, k.text[i:i+f.length])
			}
			if f.sum == sum {
				spans = append(spans, span{start: int(k.from[i]), end: k.end(i + f.length - 1), form: form{label: f.label}, scanned: true,
					sent: f.sent})
				break
			}
		}
	}
	return spans
}

// unspell replaces secrets in any spelling that has their normal form.
func (v *Vault) unspell(s string) string { return replaceSpans(s, v.normalSpans(s)) }

func (v *Vault) normalSpans(s string) []span {
	if len(s) < keyLength || len(v.normals.forms) == 0 {
		return nil
	}
	var spans []span
	for _, view := range v.views(s) {
		spans = append(spans, v.normals.find(view)...)
	}
	return merge(spans)
}
