package secret

import (
	"hash/maphash"
	"slices"
	"strings"
)

// form is what is known of one spelling of one registered value.
type form struct {
	label string
	whole bool // replaced as a whole word only
	code  bool // a one-time code: not scanned for
	sent  bool // a near miss of a secret, or what merely looks like one
}

// span is a stretch of text covered by one form, or by several overlapping ones.
type span struct {
	start, end int
	form       form // the first and longest one at start
	scanned    bool // at least one form in it is searched for by Scan
	sent       bool // all forms in it are what was sent and is no secret
}

// index finds forms by their first four bytes. A value can be added at any time without rebuilding anything, because values
// arrive between calls (each code, each token) and every call is redacted.
type index struct {
	// filter holds one bit per hash of four bytes; most text is passed over here, at about a nanosecond a byte.
	filter [1 << (filterBits - 6)]uint64
	// lengths are those of the forms with the same first four bytes, longest first. Hundreds of tokens share their first
	// bytes, but few lengths, so a look-up costs one hash a length however many forms there are.
	lengths map[uint32][]int
	// forms are known by their hash alone: a run knows a hundred thousand of them, and no text is needed twice.
	forms map[uint64]form
}

const filterBits = 22 // half a megabyte: a long run knows a hundred thousand beginnings

func newIndex() *index { return &index{lengths: map[uint32][]int{}, forms: map[uint64]form{}} }

func slot(key uint32) uint32 { return key * 0x9E3779B1 >> (32 - filterBits) }

func key4(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (x *index) add(text string, f form) {
	if len(text) < 4 {
		return
	}
	sum := maphash.String(hashSeed, text)
	if old, known := x.forms[sum]; known {
		// Two values may share a spelling; the less restrained one decides, so that neither leaks.
		old.whole = old.whole && f.whole
		old.code = old.code && f.code
		old.sent = old.sent && f.sent
		f = old
	}
	x.forms[sum] = f
	k := key4(text)
	lengths := x.lengths[k]
	if at, known := slices.BinarySearchFunc(lengths, len(text), func(e, n int) int { return n - e }); !known {
		x.lengths[k] = slices.Insert(lengths, at, len(text))
	}
	h := slot(k)
	x.filter[h>>6] |= 1 << (h & 63)
}

// find returns the spans to replace: sorted, not overlapping. Text inside placeholders is passed over.
func (x *index) find(s string, placeholder func(string) int) []span {
	if len(s) < 4 || len(x.forms) == 0 {
		return nil
	}
	var spans, inner []span
	skip := nextPlaceholder(s, 0)
	k := key4(s) << 8
	for i := 0; i+4 <= len(s); i++ {
		k = k>>8 | uint32(s[i+3])<<24
		if i == skip {
			n := placeholder(s[i:])
			skip = nextPlaceholder(s, i+max(n, 1))
			if n > 0 {
				i += n - 1
				if i+5 <= len(s) {
					k = key4(s[i+1:]) << 8
				}
				continue
			}
		}
		h := slot(k)
		if x.filter[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		spans, inner = x.match(s, i, k, spans, inner)
	}
	return admitTouching(spans, inner)
}

// match takes the longest form at i. Whole-word forms that stand inside a word are put aside in inner.
func (x *index) match(s string, i int, k uint32, spans, inner []span) (found, aside []span) {
	for _, n := range x.lengths[k] {
		if i+n > len(s) {
			continue
		}
		f, known := x.forms[maphash.String(hashSeed, s[i:i+n])]
		if !known {
			continue
		}
		sp := span{start: i, end: i + n, form: f, scanned: !f.code, sent: f.sent}
		if f.whole && !(edgeBefore(s, sp.start, f) && edgeAfter(s, sp.end, f)) {
			inner = append(inner, sp)
			continue
		}
		return join(spans, sp), inner
	}
	return spans, inner
}

// join appends a span; one that overlaps the last is united with it.
func join(spans []span, sp span) []span {
	if len(spans) == 0 || sp.start >= spans[len(spans)-1].end {
		return append(spans, sp)
	}
	last := &spans[len(spans)-1]
	last.end = max(last.end, sp.end)
	last.scanned = last.scanned || sp.scanned
	last.sent = last.sent && sp.sent
	return spans
}

// admitTouching adds whole-word forms that touch a span: password and code sent as one string leave the code as a word of its
// own once the password is replaced. Both lists are in order of their starts; chains are followed in both directions.
func admitTouching(spans, inner []span) []span {
	if len(spans) == 0 || len(inner) == 0 {
		return spans
	}
	all := slices.Clone(spans)
	end, next := -1, 0
	for _, sp := range inner {
		for ; next < len(spans) && spans[next].start <= sp.start; next++ {
			end = max(end, spans[next].end)
		}
		if sp.start <= end && sp.end > end {
			all = append(all, sp)
			end = sp.end
		}
	}
	start, next := spans[len(spans)-1].end+1, len(spans)-1
	for _, sp := range slices.Backward(inner) {
		for ; next >= 0 && spans[next].end >= sp.end; next-- {
			start = min(start, spans[next].start)
		}
		if sp.end >= start && sp.start < start {
			all = append(all, sp)
			start = sp.start
		}
	}
	return merge(all)
}

func merge(spans []span) []span {
	slices.SortStableFunc(spans, func(a, b span) int { return a.start - b.start })
	merged := spans[:0]
	for _, sp := range spans {
		merged = join(merged, sp)
	}
	return merged
}

func nextPlaceholder(s string, from int) int {
	if from >= len(s) {
		return -1
	}
	at := strings.Index(s[from:], open)
	if at < 0 {
		return -1
	}
	return from + at
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func digit(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// edgeBefore tells whether a word may begin at i. The tail of an escape (%22, \n, \u0022) belongs to no word.
func edgeBefore(s string, i int, f form) bool {
	if i == 0 || !wordByte(s[i]) {
		return true
	}
	if f.code && s[i-1] == '.' && digit(s, i-2) {
		return false // the fraction of a number or a timestamp
	}
	return !wordByte(s[i-1]) ||
		i >= 3 && s[i-3] == '%' && hexByte(s[i-2]) && hexByte(s[i-1]) ||
		i >= 2 && s[i-2] == '\\' && strings.IndexByte("nrtbf", s[i-1]) >= 0 ||
		i >= 6 && s[i-6] == '\\' && s[i-5] == 'u'
}

func edgeAfter(s string, i int, f form) bool {
	if i == len(s) || !wordByte(s[i-1]) {
		return true
	}
	if f.code && s[i] == '.' && digit(s, i+1) {
		return false
	}
	return !wordByte(s[i])
}

func hexByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
