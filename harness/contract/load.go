package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/schema"
	"authconform/harness/source"
)

const fileName = "openapi.yaml"

// Load reads <exchange>/openapi.yaml, <exchange>/*.schema.json and those of the
// folders it shares from fsys, whose root is the schemas folder, and checks them
// against each other. All
// problems found are returned together; each names file, line, operation and
// what was expected.
func Load(fsys fs.FS, exchange string) (*Contract, error) {
	file := path.Join(exchange, fileName)
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		if known, _ := Exchanges(fsys); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("unknown exchange %q: there is no %s; known are: %s", exchange, file, strings.Join(known, ", "))
		}
		return nil, fmt.Errorf("contract of %s: %w", exchange, err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: an OpenAPI document is a mapping with openapi, info and paths", file)
	}
	l := loader{file: file, root: document.Content[0], contract: &Contract{
		Exchange: exchange, Sources: source.NewLibrary(fsys), document: document.Content[0],
	}}
	l.checkKeys()
	shared := l.readShared()
	if len(l.problems) == 0 {
		if l.contract.Schemas, err = schema.LoadSet(fsys, exchange, shared...); err != nil {
			return nil, err
		}
		l.readRoot()
		l.readPaths()
	}
	if err := errors.Join(l.problems...); err != nil {
		return nil, err
	}
	l.contract.nameOperations()
	return l.contract, nil
}

// nameOperations gives each operation its Name.
func (c *Contract) nameOperations() {
	if len(c.Operations) == 0 {
		return
	}
	shared := path.Dir(c.Operations[0].Path)
	for _, o := range c.Operations {
		for shared != "/" && !strings.HasPrefix(o.Path, shared+"/") {
			shared = path.Dir(shared)
		}
	}
	for _, o := range c.Operations {
		o.name = o.Method + " /" + strings.TrimPrefix(strings.TrimPrefix(o.Path, shared), "/")
	}
}

// loader turns YAML nodes into a Contract, collecting problems as it goes.
type loader struct {
	file     string
	root     *yaml.Node
	contract *Contract
	excuses  map[string]string // those of the root
	lines    map[string]int    // operationId -> line, for duplicates
	problems []error
}

// fail notes a problem at a node. where names the operation or member.
func (l *loader) fail(at *yaml.Node, where, format string, args ...any) {
	line := 0
	if at != nil {
		line = at.Line
	}
	l.problems = append(l.problems, fmt.Errorf("%s:%d: %s: %s", l.file, line, where, fmt.Sprintf(format, args...)))
}

// deref replaces {$ref: "#/..."} by what it refers to. References to files are
// left to those who expect them.
func (l *loader) deref(n *yaml.Node, where string) *yaml.Node {
	for hops := 0; ; hops++ {
		ref := text(field(n, "$ref"))
		if !strings.HasPrefix(ref, "#") {
			return n
		}
		target := lookup(l.root, ref)
		if target == nil || hops > 20 {
			l.fail(n, where, "$ref %q leads nowhere in this file", ref)
			return nil
		}
		n = target
	}
}

func (l *loader) readRoot() {
	c := l.contract
	if version := text(field(l.root, "openapi")); !strings.HasPrefix(version, "3.1.") {
		l.fail(l.root, "openapi", "must be 3.1.x, found %q", version)
	}
	if c.Title = text(field(field(l.root, "info"), "title")); c.Title == "" {
		l.fail(l.root, "info", "title is missing")
	}
	c.About = map[string]string{}
	for key, value := range pairs(field(l.root, "x-profiles")) {
		c.Profiles = append(c.Profiles, key.Value)
		c.About[key.Value] = strings.TrimSpace(text(value))
	}
	if len(c.Profiles) == 0 {
		l.fail(l.root, "x-profiles", "at least one profile must be declared, as name: meaning")
	}
	c.ErrorPointer = text(field(l.root, "x-error-pointer"))
	c.StatusPointers = texts(field(l.root, "x-status-pointers"))
	c.VerdictPointer = text(field(l.root, "x-verdict-pointer"))
	for _, p := range append([]string{c.ErrorPointer, c.VerdictPointer}, c.StatusPointers...) {
		l.checkPointer(l.root, "x-error-pointer, x-status-pointers, x-verdict-pointer", p)
	}
	l.excuses = map[string]string{}
	for key, value := range pairs(field(l.root, "x-excuses")) {
		l.excuses[key.Value] = strings.TrimSpace(text(value))
		l.checkExcuse(key, "x-excuses", l.excuses[key.Value])
	}
}

// readShared reads which folders beside this one hold schemas for several
// exchanges.
func (l *loader) readShared() []string {
	named := field(l.root, "x-shared-schemas")
	shared := texts(named)
	for _, folder := range shared {
		if !fs.ValidPath(folder) || strings.ContainsAny(folder, "./\\") {
			l.fail(named, "x-shared-schemas", "%q is no name of a folder beside this one", folder)
		}
	}
	return shared
}

func (l *loader) checkPointer(at *yaml.Node, where, pointer string) {
	if pointer != "" && !strings.HasPrefix(pointer, "/") {
		l.fail(at, where, "%q is no JSON pointer (RFC 6901): it must begin with /", pointer)
	}
}

func (l *loader) checkExcuse(key *yaml.Node, where, reason string) {
	if _, ok := status(key); !ok {
		l.fail(key, where, "%q is no HTTP status", key.Value)
	}
	if reason == "" {
		l.fail(key, where, "the excuse for %s gives no reason", key.Value)
	}
}

func (l *loader) readPaths() {
	paths := field(l.root, "paths")
	if paths == nil {
		l.fail(l.root, "paths", "is missing")
	}
	l.lines = map[string]int{}
	for key, item := range pairs(paths) {
		if !strings.HasPrefix(key.Value, "/") {
			l.fail(key, key.Value, "a path begins with /")
		}
		for method, node := range pairs(item) {
			if slices.Contains(methods, method.Value) {
				l.readOperation(key, strings.ToUpper(method.Value), item, node)
			}
		}
	}
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// statusRange reads the keys of responses that stand for several statuses
// (OpenAPI 3.1 4.8.16): 2XX gives 2, default 0.
func statusRange(n *yaml.Node) (class int, ok bool) {
	if n == nil || n.Kind != yaml.ScalarNode {
		return 0, false
	}
	switch n.Value {
	case "default":
		return 0, true
	case "1XX", "2XX", "3XX", "4XX", "5XX":
		return int(n.Value[0] - '0'), true
	}
	return 0, false
}

func status(n *yaml.Node) (int, bool) {
	if n == nil || n.Kind != yaml.ScalarNode || len(n.Value) != 3 {
		return 0, false
	}
	code, err := strconv.Atoi(n.Value)
	if err != nil || code < 100 || code > 599 {
		return 0, false
	}
	return code, true
}

func canonical(header string) string { return http.CanonicalHeaderKey(header) }
