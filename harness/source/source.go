// Package source resolves what a promise rests on. A source is written as one or
// more references, joined by "; ":
//
//	barong#2.2-createLabel   an anchor of schemas/barong/SOURCES.md
//	checks#T10               an anchor of schemas/standards/checks.md
//	RFC 6238 section 5.2     a standard of schemas/standards/authorities.yaml, and a place in it
//
// An anchor stands in the Markdown as <a id="2.2-createLabel"></a>.
package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"authconform/harness/yamldoc"
)

// Library knows every source that a reference can name. It reads a file when it
// is first asked about it, and is safe for concurrent use.
type Library struct {
	fsys fs.FS

	mu          sync.Mutex
	documents   map[string]*document // by folder
	authorities []Authority
}

// Authority is a standard that a promise may rest on.
type Authority struct {
	ID    string `yaml:"id"`    // as references begin, such as "RFC 6238"
	Title string `yaml:"title"` // its official title
	URL   string `yaml:"url"`
}

// Passage is what one reference points to.
type Passage struct {
	Reference string // as written
	Place     string // where to open it: a file of the project with its anchor, or the URL of a standard
	Text      string // of a file of the project, as plain text; of a standard, its title
	Standard  bool
}

// NewLibrary reads sources from a file system rooted at the schemas folder.
func NewLibrary(fsys fs.FS) *Library {
	return &Library{fsys: fsys, documents: map[string]*document{}}
}

// Split takes a source apart into its references.
func Split(source string) []string {
	var references []string
	for part := range strings.SplitSeq(source, ";") {
		if part = strings.TrimSpace(part); part != "" {
			references = append(references, part)
		}
	}
	return references
}

// Check reports every reference of a source that does not resolve.
func (l *Library) Check(source string) error {
	references := Split(source)
	if len(references) == 0 {
		return errors.New("no source is named")
	}
	var wrong []error
	for _, reference := range references {
		_, _, err := l.find(reference)
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// Resolve finds what one reference points to.
func (l *Library) Resolve(reference string) (Passage, error) {
	p, d, err := l.find(reference)
	if d != nil {
		_, anchor, _ := strings.Cut(reference, "#")
		p.Text = d.passage(anchor)
	}
	return p, err
}

// find is Resolve without the text of a passage of the project, whose document
// it gives: a contract checks a thousand references each time it is loaded.
func (l *Library) find(reference string) (Passage, *document, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if folder, anchor, ok := strings.Cut(reference, "#"); ok {
		return l.inProject(reference, folder, anchor)
	}
	p, err := l.inStandard(reference)
	return p, nil, err
}

// Quote is the passage that a reader of a failure is shown: that of the first
// reference that is a passage of the project, or else the first standard.
func (l *Library) Quote(source string) Passage {
	var standard Passage
	for _, reference := range Split(source) {
		passage, err := l.Resolve(reference)
		switch {
		case err != nil:
		case !passage.Standard:
			return passage
		case standard.Reference == "":
			standard = passage
		}
	}
	return standard
}

func (l *Library) inProject(reference, folder, anchor string) (Passage, *document, error) {
	file := path.Join(folder, "SOURCES.md")
	if folder == "checks" {
		file = "standards/checks.md"
	}
	d := l.documents[folder]
	if d == nil {
		text, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			return Passage{}, nil, fmt.Errorf("source %q: there is no schemas/%s", reference, file)
		}
		d = newDocument(text)
		l.documents[folder] = d
	}
	if _, ok := d.anchors[anchor]; !ok {
		return Passage{}, nil, fmt.Errorf("source %q: schemas/%s has no anchor %q%s", reference, file, anchor, d.nearest(anchor))
	}
	return Passage{Reference: reference, Place: "schemas/" + file + "#" + anchor}, d, nil
}

func (l *Library) inStandard(reference string) (Passage, error) {
	const file = "standards/authorities.yaml"
	if l.authorities == nil {
		if err := yamldoc.Load(l.fsys, file, &l.authorities); err != nil {
			return Passage{}, err
		}
		// The longest id first: one may begin another.
		slices.SortFunc(l.authorities, func(a, b Authority) int { return cmp.Compare(len(b.ID), len(a.ID)) })
	}
	for _, a := range l.authorities {
		if reference == a.ID || strings.HasPrefix(reference, a.ID+" ") {
			return Passage{Reference: reference, Place: a.URL, Text: a.Title, Standard: true}, nil
		}
	}
	return Passage{}, fmt.Errorf("source %q: it is neither an anchor, such as barong#2.2, nor a standard that schemas/%s lists",
		reference, file)
}

// document is one Markdown file with its anchors.
type document struct {
	text    []byte
	anchors map[string]int // where each anchor stands
}

var anchorTag = regexp.MustCompile(`<a id="([^"]+)"></a>`)

func newDocument(text []byte) *document {
	d := &document{text: text, anchors: map[string]int{}}
	for _, at := range anchorTag.FindAllSubmatchIndex(text, -1) {
		d.anchors[string(text[at[2]:at[3]])] = at[0]
	}
	return d
}

// nearest suggests anchors for one that does not exist.
func (d *document) nearest(anchor string) string {
	section, _, _ := strings.Cut(anchor, "-")
	var near []string
	for name := range d.anchors {
		if strings.HasPrefix(name, section) {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return ""
	}
	slices.Sort(near)
	return "; near it are: " + strings.Join(near[:min(len(near), 8)], ", ")
}

// passage is the block that an anchor stands in: of a heading, its section up to
// the next heading; of a table row, that row with the table's head; otherwise the
// paragraph or list item.
func (d *document) passage(anchor string) string {
	at := d.anchors[anchor]
	start := bytes.LastIndexByte(d.text[:at], '\n') + 1
	line, rest, _ := bytes.Cut(d.text[start:], []byte("\n"))
	switch {
	case bytes.HasPrefix(line, []byte("#")):
		return plain(string(line) + "\n" + string(untilHeading(rest)))
	case bytes.HasPrefix(line, []byte("|")):
		return plain(tableHead(d.text[:start]) + string(line))
	}
	block := string(line)
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		if text := strings.TrimSpace(string(line)); text == "" || listItem.MatchString(text) || strings.HasPrefix(text, "#") ||
			strings.HasPrefix(text, "|") {
			break
		}
		block += "\n" + string(line)
	}
	return plain(block)
}

var listItem = regexp.MustCompile(`^([-*]|\d+\.) `)

func untilHeading(text []byte) []byte {
	if i := bytes.Index(text, []byte("\n#")); i >= 0 && !bytes.HasPrefix(text, []byte("#")) {
		return text[:i]
	}
	if bytes.HasPrefix(text, []byte("#")) {
		return nil
	}
	return text
}

// tableHead is the row that names the columns of the table which ends before.
func tableHead(before []byte) string {
	lines := strings.Split(strings.TrimRight(string(before), "\n"), "\n")
	for i := len(lines) - 1; i > 0; i-- {
		if !strings.HasPrefix(lines[i], "|") {
			return ""
		}
		if strings.Trim(lines[i], "|-: ") == "" {
			return lines[i-1] + "\n"
		}
	}
	return ""
}

// plain takes anchors, rules of tables and marks of headings off.
func plain(text string) string {
	var lines []string
	for line := range strings.SplitSeq(anchorTag.ReplaceAllString(text, ""), "\n") {
		line = strings.TrimSpace(strings.TrimLeft(line, "#"))
		if strings.HasPrefix(line, "|") {
			line = strings.TrimSpace(strings.Trim(line, "|"))
			if strings.Trim(line, "-|: ") == "" {
				continue
			}
		}
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
