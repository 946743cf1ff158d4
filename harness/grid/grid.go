// Package grid reads the grids of an exchange: tables such as "a code that was spent
// here, presented there", each of whose cells names the clauses that judge it, or says
// why there is none. A grid has no empty cell, so that what nobody looks at shows.
package grid

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"authconform/harness/glob"
	"authconform/harness/yamldoc"

	"go.yaml.in/yaml/v3"
)

// File is where the grids of an exchange stand, below the schemas folder.
func File(exchange string) string { return exchange + "/grids.yaml" }

// Grid is one table.
type Grid struct {
	ID      string                     `yaml:"id"`    // a slug, such as "replay"
	Title   string                     `yaml:"title"` // a whole sentence: what holds in each cell
	Rows    Axis                       `yaml:"rows"`
	Columns Axis                       `yaml:"columns"`
	Cells   map[string]map[string]Cell `yaml:"cells"` // by row, then by column
}

// Axis is one side of a grid.
type Axis struct {
	Are   string   `yaml:"are" json:"are"` // what its names are, such as "spent at"
	Names []string `yaml:"names,flow" json:"names"`
}

// Cell is where a row and a column meet.
type Cell struct {
	Clauses []string // globs over clause ids
	Excuse  string   // why no clause judges it, where none does
}

// UnmarshalYAML reads a list as globs, and a text as an excuse.
func (c *Cell) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Decode(&c.Clauses)
	}
	return node.Decode(&c.Excuse)
}

// List is all grids of an exchange, in the order of their file.
type List []Grid

// Load reads and checks the grids of an exchange. One without a file has none.
func Load(fsys fs.FS, exchange string) (List, error) {
	var l List
	if err := yamldoc.LoadIfAny(fsys, File(exchange), &l); err != nil {
		return nil, err
	}
	return l, l.check(exchange)
}

func (l List) check(exchange string) error {
	var wrong []error
	for i, g := range l {
		fail := func(format string, args ...any) {
			wrong = append(wrong, fmt.Errorf("schemas/%s: grid %q: %s", File(exchange), g.ID, fmt.Sprintf(format, args...)))
		}
		if g.ID == "" || g.Title == "" || g.Rows.Are == "" || g.Columns.Are == "" {
			fail("id, title, rows.are and columns.are are all required")
		}
		if slices.ContainsFunc(l[:i], func(other Grid) bool { return other.ID == g.ID }) {
			fail("the id is used twice")
		}
		for row, cells := range g.Cells {
			if !slices.Contains(g.Rows.Names, row) {
				fail("cells name the row %q, which rows.names does not have", row)
			}
			for column := range cells {
				if !slices.Contains(g.Columns.Names, column) {
					fail("cells name the column %q in row %q, which columns.names does not have", column, row)
				}
			}
		}
		for _, row := range g.Rows.Names {
			for _, column := range g.Columns.Names {
				if why := g.Cells[row][column].check(exchange); why != "" {
					fail("the cell of row %q and column %q %s", row, column, why)
				}
			}
		}
	}
	return errors.Join(wrong...)
}

// check says what is wrong with a cell; "" where nothing is.
func (c Cell) check(exchange string) string {
	if len(c.Clauses) == 0 && c.Excuse == "" {
		return "names no clause and gives no excuse: list the clauses that judge it, or write why none does"
	}
	for _, glob := range c.Clauses {
		if _, err := path.Match(glob, ""); err != nil || !strings.HasPrefix(glob, exchange+".") {
			return fmt.Sprintf("names %q, which is no glob over the clause ids of %s", glob, exchange)
		}
	}
	return ""
}

// Has tells whether a clause judges the cell.
func (c Cell) Has(id string) bool {
	return slices.ContainsFunc(c.Clauses, func(g string) bool { return glob.Fits(g, id) })
}

// Of lists the grids that have a clause in some cell.
func (l List) Of(id string) List {
	return slices.DeleteFunc(slices.Clone(l), func(g Grid) bool {
		for _, cells := range g.Cells {
			for _, cell := range cells {
				if cell.Has(id) {
					return false
				}
			}
		}
		return true
	})
}
