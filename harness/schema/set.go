package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/xeipuuv/gojsonschema"
)

// Suffix is how the name of a schema file ends.
const Suffix = ".schema.json"

// Set is every schema of a folder, linted and compiled.
type Set struct {
	schemas   map[string]*Schema
	documents map[string]any
}

// LoadSet reads, lints and compiles every *.schema.json of dir, once and in
// this goroutine: the engine's loader cannot be shared. Files may refer to one
// another by name ("envelope.schema.json#/definitions/link") and to nothing
// else. All problems found are returned together, each with file and JSON
// pointer.
func LoadSet(fsys fs.FS, dir string) (*Set, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*"+Suffix))
	if err != nil {
		return nil, fmt.Errorf("schemas in %s: %w", dir, err)
	}
	set := &Set{schemas: map[string]*Schema{}, documents: map[string]any{}}
	var problems []error
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		file := path.Base(name)
		set.schemas[file] = &Schema{name: file, raw: raw}
		if set.documents[file], err = Decode(raw); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if err := set.lint(dir); err != nil {
		return nil, err
	}
	return set, set.compile(dir)
}

// The engine resolves references against this base. It is never fetched: lint
// has made sure that every reference ends inside the set.
const baseURL = "http://schemas.invalid/"

func (s *Set) compile(dir string) error {
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect = false
	loader.Draft = gojsonschema.Draft7
	files := s.Files()
	for _, file := range files {
		// The loader rewrites references in place; it gets a copy of its own.
		document, err := Decode(s.schemas[file].raw)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", dir, file, err)
		}
		if root, ok := document.(map[string]any); ok {
			delete(root, "$id") // the file's name is its identity here
		}
		if err := loader.AddSchema(baseURL+file, gojsonschema.NewRawLoader(document)); err != nil {
			return fmt.Errorf("%s/%s: %w", dir, file, err)
		}
	}
	var problems []error
	for _, file := range files {
		compiled, err := compileFile(loader, file)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s/%s: does not compile as draft-07: %w", dir, file, err))
			continue
		}
		s.schemas[file].compiled = compiled
	}
	return errors.Join(problems...)
}

// compileFile turns a panic of the engine into an error: it does not survive
// everything that lint lets through.
func compileFile(loader *gojsonschema.SchemaLoader, file string) (compiled *gojsonschema.Schema, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the schema engine broke down over it")
		}
	}()
	return loader.Compile(gojsonschema.NewReferenceLoader(baseURL + file))
}

// Get returns the schema of a file name such as "login.schema.json".
func (s *Set) Get(file string) (*Schema, bool) {
	schema, ok := s.schemas[file]
	return schema, ok
}

// Files lists the file names of the set, sorted.
func (s *Set) Files() []string { return slices.Sorted(maps.Keys(s.schemas)) }

// Raw returns the text of a schema file as it was read.
func (s *Set) Raw(file string) (json.RawMessage, bool) {
	schema, ok := s.schemas[file]
	if !ok {
		return nil, false
	}
	return json.RawMessage(slices.Clone(schema.raw)), true
}
