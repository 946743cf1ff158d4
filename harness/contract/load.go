package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/baseline"
	"authconform/harness/grid"
	"authconform/harness/schema"
	"authconform/harness/source"
	"authconform/harness/yamldoc"
)

const fileName = "openapi.yaml"

var (
	methods    = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
	extensions = strings.Fields("x-answers x-profiles x-error-pointer x-status-pointers x-verdict-pointer x-excuses x-shared-schemas")
)

// Load reads <exchange>/openapi.yaml, <exchange>/*.schema.json and those of the
// folders it shares from fsys, whose root is the schemas folder, and checks them
// against each other. All problems found are returned together; each names
// file, line, operation and what was expected.
func Load(fsys fs.FS, exchange string) (*Contract, error) {
	file := path.Join(exchange, fileName)
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		if known, _ := Exchanges(fsys); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("unknown exchange %q: there is no %s; known are: %s", exchange, file, strings.Join(known, ", "))
		}
		return nil, fmt.Errorf("contract of %s: %w", exchange, err)
	}
	document, err := yamldoc.Parse(file, text)
	if err != nil {
		return nil, err
	}
	c := &Contract{Exchange: exchange, Sources: source.NewLibrary(fsys), text: text}
	l := &loader{root: document.Root, contract: c, lines: map[string]int{}}
	l.root.Require(l.root.Kind == yaml.MappingNode, "an OpenAPI document is a mapping with openapi, info and paths")
	shared := l.root.Texts("x-shared-schemas")
	for _, folder := range shared {
		isName := fs.ValidPath(folder) && !strings.ContainsAny(folder, "./\\")
		l.at("x-shared-schemas").Require(isName, "%q is no name of a folder beside this one", folder)
	}
	if document.Err() == nil {
		if c.Schemas, err = schema.LoadSet(fsys, exchange, shared...); err != nil {
			return nil, err
		}
		l.readRoot()
		l.readPaths()
	}
	if err := document.Err(); err != nil {
		return nil, err
	}
	c.nameOperations()
	if c.Baseline, err = baseline.Load(fsys); err != nil {
		return nil, err
	}
	if c.Known, err = c.Baseline.LoadKnown(fsys, exchange); err != nil {
		return nil, err
	}
	c.Grids, err = grid.Load(fsys, exchange)
	return c, err
}

// loader turns a document into a Contract.
type loader struct {
	root     yamldoc.Node
	contract *Contract
	lines    map[string]int // operationId -> line, for duplicates
}

// at is a member of the document, which problems with it are reported under.
func (l *loader) at(key string) yamldoc.Node { return l.root.Member(key).Under(key) }

func (l *loader) readRoot() {
	c, root := l.contract, l.root
	for key, value := range root.Members() {
		if strings.HasPrefix(key.Value, "x-") {
			key.Require(slices.Contains(extensions, key.Value), "unknown extension %s; allowed here are %s",
				key.Value, strings.Join(extensions, ", "))
		} else if key.Value != "paths" {
			checkPlain(value.Under(key.Value), false)
		}
	}
	version := root.Text("openapi")
	l.at("openapi").Require(strings.HasPrefix(version, "3.1."), "must be 3.1.x, found %q", version)
	c.Title = root.Member("info").Text("title")
	l.at("info").Require(c.Title != "", "title is missing")
	c.About = map[string]string{}
	profiles := l.at("x-profiles")
	for name := range profiles.Members() {
		c.Profiles = append(c.Profiles, name.Value)
		c.About[name.Value] = profiles.Text(name.Value)
	}
	profiles.Require(len(c.Profiles) > 0, "at least one profile must be declared, as name: meaning")
	c.ErrorPointer, c.VerdictPointer = root.Text("x-error-pointer"), root.Text("x-verdict-pointer")
	c.StatusPointers = root.Texts("x-status-pointers")
	checkPointers(root.Under("x-*-pointer"), append(c.StatusPointers, c.ErrorPointer, c.VerdictPointer)...)
	readExcuses(l.at("x-excuses"))
}

// checkPlain finds extensions in plain OpenAPI, where nobody reads them: a
// misspelled x-excuses must not pass. named says that the keys of n are names
// the documents chose, of headers or members, which may begin with x-.
func checkPlain(n yamldoc.Node, named bool) {
	for key, value := range n.Members() {
		key.Require(named || !strings.HasPrefix(key.Value, "x-"), "unknown extension %s; allowed here are none", key.Value)
		checkPlain(value, !named && (key.Value == "headers" || key.Value == "properties"))
	}
	for _, item := range n.Items() {
		checkPlain(item, false)
	}
}

func checkPointers(n yamldoc.Node, pointers ...string) {
	for _, p := range pointers {
		n.Require(p == "" || p[0] == '/', "%q is no JSON pointer (RFC 6901): it must begin with /", p)
	}
}

// readExcuses reads why no clause provokes a status.
func readExcuses(n yamldoc.Node) map[string]string {
	excuses := map[string]string{}
	for key := range n.Members() {
		status, _, ok := parseStatus(key.Value)
		key.Require(ok && status != 0, "%q is no HTTP status", key.Value)
		excuses[key.Value] = n.Text(key.Value)
		key.Require(excuses[key.Value] != "", "the excuse for %s gives no reason", key.Value)
	}
	return excuses
}

func (l *loader) readPaths() {
	paths := l.at("paths")
	for key, item := range paths.Members() {
		key.Where, item.Where = key.Value, key.Value
		key.Require(strings.HasPrefix(key.Value, "/"), "a path begins with /")
		item.Only(append([]string{"summary", "description", "servers", "parameters"}, methods...)...)
		for method, n := range item.Members() {
			if slices.Contains(methods, method.Value) {
				l.readOperation(strings.ToUpper(method.Value), key.Value, item, n)
			}
		}
	}
	paths.Require(len(l.contract.Operations) > 0, "is missing, or describes no operation")
}

// nameOperations gives each operation its Name.
func (c *Contract) nameOperations() {
	shared := c.Operations[0].Path
	for _, o := range c.Operations {
		for shared != "/" && !strings.HasPrefix(o.Path, shared+"/") {
			shared = path.Dir(shared)
		}
	}
	for _, o := range c.Operations {
		o.name = o.Method + " /" + strings.TrimPrefix(strings.TrimPrefix(o.Path, shared), "/")
	}
}

var statusKey = regexp.MustCompile(`^([1-5]([0-9][0-9]|XX)|default)$`)

// parseStatus reads a key of responses: a status, or 0 for those that stand for
// several (OpenAPI 3.1 4.8.16), of which 2XX is of class 2 and default of any.
func parseStatus(key string) (status, class int, ok bool) {
	if strings.HasSuffix(key, "XX") {
		class = int(key[0] - '0')
	}
	status, _ = strconv.Atoi(key)
	return status, class, statusKey.MatchString(key)
}
