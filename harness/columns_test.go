package harness_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// mostColumns is how long a line of Go may be; a tab counts as one character.
const mostColumns = 140

// TestLinesFitAScreen: no line is longer than that but those of raw strings, which are data:
// a table of verdicts, a body as a server sends it.
func TestLinesFitAScreen(t *testing.T) {
	files(t, parser.SkipObjectResolution, func(_, file string, parsed *ast.File, at func(token.Pos) string) {
		raw := map[string]bool{} // places of raw strings
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(s.Value, "`") {
				for i := range len(s.Value) {
					if i == 0 || s.Value[i-1] == '\n' {
						raw[at(s.Pos()+token.Pos(i))] = true
					}
				}
			}
			return true
		})
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		begin := parsed.FileStart
		for line := range strings.Lines(string(text)) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > mostColumns && !raw[at(begin)] {
				t.Errorf("%s: the line has %d characters, and %d are the most: break it after a comma or an operator", at(begin), n, mostColumns)
			}
			begin += token.Pos(len(line))
		}
	})
}
