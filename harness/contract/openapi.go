package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/yamldoc"
)

// OpenAPI is the contract as plain OpenAPI 3.1 in JSON for other tools:
// extensions are left out and the schemas of the answers are written in place.
func (c *Contract) OpenAPI() ([]byte, error) {
	var document yaml.Node
	if err := errors.Join(yaml.Unmarshal(c.text, &document), c.makePlain(&document, false)); err != nil {
		return nil, fmt.Errorf("openapi of %s: %w", c.Exchange, err)
	}
	return yamldoc.JSON(&document)
}

// makePlain takes extensions out of n and writes schema files in place. named
// says that the keys of n are names the documents chose, of headers or members,
// where x- marks no extension.
func (c *Contract) makePlain(n *yaml.Node, named bool) error {
	if n.Kind == yaml.AliasNode {
		return c.makePlain(n.Alias, named)
	}
	var wrong []error
	if n.Kind != yaml.MappingNode {
		for _, child := range n.Content {
			wrong = append(wrong, c.makePlain(child, false))
		}
		return errors.Join(wrong...)
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Value == "$ref" && strings.HasSuffix(value.Value, ".schema.json") {
			return c.putInPlace(n, value.Value)
		}
		if named || !strings.HasPrefix(key.Value, "x-") {
			wrong = append(wrong, c.makePlain(value, !named && (key.Value == "headers" || key.Value == "properties")))
			kept = append(kept, key, value)
		}
	}
	n.Content = kept
	return errors.Join(wrong...)
}

func (c *Contract) putInPlace(n *yaml.Node, file string) error {
	schema, err := c.Schemas.Inline(file)
	if err != nil {
		return err
	}
	text, err := json.Marshal(schema)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, n)
}
