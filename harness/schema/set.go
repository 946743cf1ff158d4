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

// Set is every schema of a folder and of those it shares, linted and compiled.
type Set struct {
	dir       string
	schemas   map[string]*Schema // by path below the file system's root
	documents map[string]any
}

// LoadSet reads, lints and compiles every *.schema.json of dir, once and in
// this goroutine: the engine's loader cannot be shared. Folders named in shared
// stand beside dir and belong to the set under "../folder/file". Files may refer
// to one another by such relative names ("envelope.schema.json#/definitions/link",
// "../folder/envelope.schema.json") and to nothing else. All problems found are
// returned together, each with file and JSON pointer.
func LoadSet(fsys fs.FS, dir string, shared ...string) (*Set, error) {
	set := &Set{dir: dir, schemas: map[string]*Schema{}, documents: map[string]any{}}
	problems := set.read(fsys, dir)
	for _, folder := range shared {
		folder = path.Join(path.Dir(dir), folder)
		before := len(set.schemas)
		problems = append(problems, set.read(fsys, folder)...)
		if len(set.schemas) == before && len(problems) == 0 {
			problems = append(problems, fmt.Errorf("%s: a shared folder without a *%s of its own", folder, Suffix))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if err := set.lint(); err != nil {
		return nil, err
	}
	return set, set.compile()
}

// Compile lints and compiles one schema that refers to nothing outside of itself.
func Compile(name string, raw []byte) (*Schema, error) {
	document, err := Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	set := &Set{schemas: map[string]*Schema{name: {name: name, raw: raw}}, documents: map[string]any{name: document}}
	if err := set.lint(); err != nil {
		return nil, err
	}
	return set.schemas[name], set.compile()
}

// read takes in the schema files of one folder.
func (s *Set) read(fsys fs.FS, dir string) (problems []error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*"+Suffix))
	if err != nil {
		return []error{fmt.Errorf("schemas in %s: %w", dir, err)}
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		s.schemas[name] = &Schema{name: path.Base(name), raw: raw}
		if s.documents[name], err = Decode(raw); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	return problems
}

// The engine resolves references against this base. It is never fetched: lint
// has made sure that every reference ends inside the set.
const baseURL = "http://schemas.invalid/"

func (s *Set) compile() error {
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect = false
	loader.Draft = gojsonschema.Draft7
	files := slices.Sorted(maps.Keys(s.schemas))
	for _, file := range files {
		// The loader rewrites references in place; it gets a copy of its own.
		document, err := Decode(s.schemas[file].raw)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if root, ok := document.(map[string]any); ok {
			delete(root, "$id") // the file's name is its identity here
		}
		if err := loader.AddSchema(baseURL+file, gojsonschema.NewRawLoader(document)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	var problems []error
	for _, file := range files {
		compiled, err := compileFile(loader, file)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: does not compile as draft-07: %w", file, err))
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

// Get returns the schema of a file name such as "login.schema.json", or
// "../folder/login.schema.json" of a shared folder.
func (s *Set) Get(file string) (*Schema, bool) {
	schema, ok := s.schemas[s.path(file)]
	return schema, ok
}

func (s *Set) path(file string) string { return path.Join(s.dir, file) }

// Files lists the file names of the set as Get takes them, sorted.
func (s *Set) Files() []string {
	var files []string
	for name := range s.schemas {
		if folder := path.Dir(name); folder != path.Clean(s.dir) {
			files = append(files, "../"+path.Base(folder)+"/"+path.Base(name))
			continue
		}
		files = append(files, path.Base(name))
	}
	slices.Sort(files)
	return files
}

// Raw returns the text of a schema file as it was read.
func (s *Set) Raw(file string) (json.RawMessage, bool) {
	schema, ok := s.Get(file)
	if !ok {
		return nil, false
	}
	return json.RawMessage(slices.Clone(schema.raw)), true
}
