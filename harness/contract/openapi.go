package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// OpenAPI is the contract as plain OpenAPI 3.1 in JSON for other tools:
// extensions are left out and the schemas of the answers are written in place.
func (c *Contract) OpenAPI() ([]byte, error) {
	var b bytes.Buffer
	if err := c.write(&b, c.document, false); err != nil {
		return nil, fmt.Errorf("openapi of %s: %w", c.Exchange, err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("openapi of %s: %w", c.Exchange, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// write puts n down as JSON. named says that the keys of n are names the
// documents chose, of headers or members, where x- marks no extension.
func (c *Contract) write(b *bytes.Buffer, n *yaml.Node, named bool) error {
	switch n = resolveAlias(n); n.Kind {
	case yaml.MappingNode:
		return c.writeObject(b, n, named)
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range items(n) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := c.write(b, item, false); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	default:
		return writeScalar(b, n)
	}
}

func (c *Contract) writeObject(b *bytes.Buffer, n *yaml.Node, named bool) error {
	if ref := text(field(n, "$ref")); strings.HasSuffix(ref, ".schema.json") {
		inlined, err := c.Schemas.Inline(ref)
		if err != nil {
			return err
		}
		return writeJSON(b, inlined)
	}
	b.WriteByte('{')
	first := true
	for key, value := range pairs(n) {
		if strings.HasPrefix(key.Value, "x-") && !named {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		if err := writeJSON(b, key.Value); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := c.write(b, value, key.Value == "headers" || key.Value == "properties"); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func writeScalar(b *bytes.Buffer, n *yaml.Node) error {
	var value any
	if err := n.Decode(&value); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return writeJSON(b, value)
}

func writeJSON(b *bytes.Buffer, value any) error {
	text, err := json.Marshal(value)
	b.Write(text)
	return err
}
