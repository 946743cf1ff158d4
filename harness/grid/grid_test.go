package grid

import (
	"strings"
	"testing"
	"testing/fstest"
)

const good = `
- id: replay
  title: A used code is rejected.
  rows: {are: spent at, names: [log-in, enabling]}
  columns: {are: presented at, names: [log-in]}
  cells:
    log-in: {log-in: [x.code.*]}
    enabling: {log-in: Nobody logs in before.}
`

func load(text string) (List, error) {
	return Load(fstest.MapFS{File("x"): &fstest.MapFile{Data: []byte(text)}}, "x")
}

func TestLoad(t *testing.T) {
	l, err := load(good)
	if err != nil || len(l) != 1 {
		t.Fatal(l, err)
	}
	cells := l[0].Cells
	if !cells["log-in"]["log-in"].Has("x.code.replayed") || cells["log-in"]["log-in"].Has("x.other") {
		t.Error("a cell has its clauses and no others")
	}
	if cells["enabling"]["log-in"].Excuse != "Nobody logs in before." {
		t.Error(cells["enabling"])
	}
	if len(l.Of("x.code.replayed")) != 1 || len(l.Of("x.other")) != 0 {
		t.Error("a clause is found in its grids alone")
	}
	if none, err := Load(fstest.MapFS{}, "x"); none != nil || err != nil {
		t.Error("an exchange without a file has no grids:", none, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"an empty cell":       {"[x.code.*]", "[]", `the cell of row "log-in" and column "log-in" names no clause`},
		"a missing cell":      {"{log-in: Nobody logs in before.}", "{}", `row "enabling" and column "log-in" names no clause`},
		"a row of its own":    {"    enabling:", "    enabled:", `name the row "enabled"`},
		"a column of its own": {"{log-in: [x", "{log-out: [x", `name the column "log-out"`},
		"a foreign clause":    {"[x.code.*]", "[y.code.*]", "no glob over the clause ids of x"},
		"a broken glob":       {"[x.code.*]", `["x.code.["]`, "no glob over"},
		"no title":            {"title: A used code is rejected.", "title: ''", "title"},
		"an unknown member":   {"title:", "titel: a\n  title:", "titel"},
		"an id twice": {"- id: replay", "- {id: replay, title: T., rows: {are: a, names: []}, columns: {are: b, names: []}}\n- id: " +
			"replay", "used twice"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(good, c.from, c.to, 1)
			if _, err := load(changed); changed == good || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}
