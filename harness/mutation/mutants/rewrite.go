package mutants

import (
	"bytes"
	"cmp"
	"go/token"
	"slices"
)

// edit puts text in place of the bytes from at to end of a file; where both are
// the same it only inserts.
type edit struct {
	at, end int
	text    string
	// closing edits end what began before them: of several at one place the last
	// made comes first, and all come before what begins there.
	closing bool
	number  int
}

// rewriter collects the edits of one file.
type rewriter struct {
	source []byte
	file   *token.File
	edits  []edit
}

func (r *rewriter) offset(p token.Pos) int { return r.file.Offset(p) }

func (r *rewriter) text(from, to token.Pos) string {
	return string(r.source[r.offset(from):r.offset(to)])
}

// wrap puts text before and behind the bytes of a node.
func (r *rewriter) wrap(from, to token.Pos, before, behind string) {
	r.add(edit{at: r.offset(from), end: r.offset(from), text: before})
	r.add(edit{at: r.offset(to), end: r.offset(to), text: behind, closing: true})
}

func (r *rewriter) replace(from, to token.Pos, text string) {
	r.add(edit{at: r.offset(from), end: r.offset(to), text: text})
}

func (r *rewriter) add(e edit) {
	e.number = len(r.edits)
	r.edits = append(r.edits, e)
}

// rewritten is the file with all edits made.
func (r *rewriter) rewritten() []byte {
	slices.SortFunc(r.edits, func(a, b edit) int {
		switch {
		case a.at != b.at:
			return cmp.Compare(a.at, b.at)
		case a.closing != b.closing && a.closing:
			return -1
		case a.closing != b.closing:
			return 1
		case a.closing:
			return cmp.Compare(b.number, a.number)
		}
		return cmp.Compare(a.number, b.number)
	})
	var out bytes.Buffer
	done := 0
	for _, e := range r.edits {
		out.Write(r.source[done:e.at])
		out.WriteString(e.text)
		done = e.end
	}
	out.Write(r.source[done:])
	return out.Bytes()
}

// rendered is the part of the file from one place to another with the edits that
// lie in it made.
func (r *rewriter) rendered(from, to token.Pos) string {
	a, b := r.offset(from), r.offset(to)
	part := &rewriter{source: r.source[:b]}
	for _, e := range r.edits {
		if e.at >= a && e.end <= b {
			part.edits = append(part.edits, e)
		}
	}
	return string(part.rewritten()[a:])
}
