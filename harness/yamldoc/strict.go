package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// Load reads a file below the schemas folder into a value that names all of its fields: one
// that it does not know is an error, and so is no file at all (fs.ErrNotExist).
func Load(fsys fs.FS, name string, into any) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("schemas/%s: %w", name, err)
	}
	return nil
}

// LoadIfAny is Load of a file that need not be there.
func LoadIfAny(fsys fs.FS, name string, into any) error {
	if _, err := fs.Stat(fsys, name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return Load(fsys, name, into)
}
