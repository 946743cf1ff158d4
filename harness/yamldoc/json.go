package yamldoc

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// JSON is a YAML value as indented JSON, in the order of the file.
func JSON(n *yaml.Node) ([]byte, error) {
	var compact, indented bytes.Buffer
	if err := write(&compact, n); err != nil {
		return nil, err
	}
	if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

func write(b *bytes.Buffer, n *yaml.Node) error {
	brackets, separators := "[]", ",,"
	switch n.Kind {
	case yaml.DocumentNode:
		return write(b, n.Content[0])
	case yaml.AliasNode:
		return write(b, n.Alias)
	case yaml.ScalarNode:
		return writeScalar(b, n)
	case yaml.MappingNode:
		brackets, separators = "{}", ",:"
	}
	b.WriteByte(brackets[0])
	for i, child := range n.Content {
		if i > 0 {
			b.WriteByte(separators[i%2])
		}
		var err error
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			err = writeValue(b, child.Value) // a key is text, however it looks
		} else {
			err = write(b, child)
		}
		if err != nil {
			return err
		}
	}
	b.WriteByte(brackets[1])
	return nil
}

func writeScalar(b *bytes.Buffer, n *yaml.Node) error {
	var value any
	if err := n.Decode(&value); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return writeValue(b, value)
}

func writeValue(b *bytes.Buffer, value any) error {
	text, err := json.Marshal(value)
	b.Write(text)
	return err
}
