package target

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile is far beyond any real target file; it stops a wrong path (a dump, a
// log) before the YAML reader sees it.
const maxFile = 1 << 20

// Options is what Load is told by its caller.
type Options struct {
	Exchanges map[string]Exchange       // by name; a file naming another exchange is refused
	Secret    func(label, value string) // called with each secret before anything can use or print it; required
	Environ   []string                  // NAME=value, as os.Environ gives it
	ReadFile  func(path string) ([]byte, error)
	// ProductionHosts are those of every exchange, beyond the ones of Exchanges.
	ProductionHosts []string
}

// Exchange is what the harness knows of an exchange, for the file to be checked
// against. Its tables are complete: a name not in them is an error.
type Exchange struct {
	Profiles []string // the first is the default
	Settings map[string]Setting
	Features map[string]string // name -> explanation
	Roles    map[string]string // name -> explanation
	Needs    []string          // members each identity must have beyond name, roles and login
	// ProductionHosts are the hosts that its documents or public clients name so.
	ProductionHosts []string
}

// Setting explains one exchange-specific setting.
type Setting struct {
	Text    string
	Default string   // what holds when the file is silent; "" when nothing does
	Ask     string   // what to ask the vendor for where the documents leave it open
	Secret  bool     // treated like a password
	Values  []string // allowed; none: any text
	Path    bool     // an absolute path of the URL
}

// Load reads and checks a target file. The error is an *Error holding every
// problem of the file, or says that opt itself is incomplete.
func Load(path string, opt Options) (*Target, error) {
	if opt.Secret == nil {
		return nil, errors.New("target.Load: Options.Secret is nil, so secrets could not be kept out of reports")
	}
	if opt.ReadFile == nil {
		opt.ReadFile = os.ReadFile
	}
	r := &reader{
		file: path, dir: filepath.Dir(path), opt: opt, env: environ(opt.Environ),
		overridden: map[*yaml.Node]string{}, referred: map[string]bool{},
		secretFiles: map[string]map[string]string{}, places: map[string]place{},
	}
	t := &Target{File: path, places: r.places, production: opt.productionHosts()}
	if doc := r.parse(); doc != nil {
		r.read(doc, t)
	}
	if len(r.problems) > 0 {
		return nil, newError(r.scrubbed())
	}
	return t, nil
}

// productionHosts ignores which exchange the file says it is: a wrong word there
// must not open the way to another one's production.
func (o Options) productionHosts() []string {
	hosts := slices.Clone(o.ProductionHosts)
	for _, exchange := range o.Exchanges {
		hosts = append(hosts, exchange.ProductionHosts...)
	}
	return hosts
}

func environ(list []string) map[string]string {
	env := make(map[string]string, len(list))
	for _, pair := range list {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}

// parse returns the root node of the file's one document, or nil after
// reporting why there is none.
func (r *reader) parse() *yaml.Node {
	content, err := r.opt.ReadFile(r.file)
	if err != nil {
		r.report(Problem{File: r.file, What: "cannot be read: " + reason(err), Do: "check the path, or write a file with `authconform init`"})
		return nil
	}
	if len(content) > maxFile {
		r.report(Problem{File: r.file, What: fmt.Sprintf("is %d bytes long", len(content)), Want: "a target file, at most 1 MiB", Do: "check the path"})
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil && err != io.EOF {
		r.report(syntaxProblem(r.file, content, err))
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].ShortTag() == "!!null" {
		r.report(Problem{File: r.file, What: "is empty", Want: "a target file", Do: "write one with `authconform init`"})
		return nil
	}
	if err := decoder.Decode(&second); err != io.EOF {
		r.report(Problem{File: r.file, Line: second.Line, What: "holds more than one YAML document", Want: "one target per file", Do: "move what follows the second --- to a file of its own"})
		return nil
	}
	return doc.Content[0]
}

var (
	yamlLine      = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// syntaxProblem words an error of the YAML reader. It never repeats the name of
// an unknown anchor, which may be an unquoted password beginning with a star.
func syntaxProblem(file string, content []byte, err error) Problem {
	p := Problem{File: file, Want: "YAML", Do: "correct the line or the one before it; values with special characters need quotes"}
	p.What = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := unknownAnchor.FindStringSubmatch(p.What); m != nil {
		p.Line = lineOf(content, "*"+m[1])
		p.What, p.Do = "a value begins with * and so reads as an alias", "put the value in quotes"
		return p
	}
	if m := yamlLine.FindStringSubmatch(p.What); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.What = strings.TrimPrefix(p.What, m[0])
	}
	p.What = "is not YAML: " + p.What
	lines := bytes.Split(content, []byte("\n"))
	for _, n := range []int{p.Line, p.Line + 1} {
		if n >= 1 && n <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[n-1], " "), []byte("\t")) {
			p.Line, p.Do = n, "indent with spaces: YAML does not allow tabs there"
			break
		}
		if n >= 1 && n <= len(lines) && bytes.Contains(lines[n-1], []byte("${")) {
			p.Line, p.Do = n, `put ${NAME} in quotes: within { } its braces end the value`
			break
		}
	}
	return p
}

func lineOf(content []byte, text string) int {
	before, _, found := bytes.Cut(content, []byte(text))
	if !found {
		return 0
	}
	return bytes.Count(before, []byte("\n")) + 1
}

// read fills t from the root node.
func (r *reader) read(root *yaml.Node, t *Target) {
	if name := child(root, "exchange"); name != nil && name.Kind == yaml.ScalarNode {
		if exchange, known := r.opt.Exchanges[name.Value]; known {
			t.Exchange = name.Value
			r.exchange, r.known = exchange, true
			r.override(root, t.Exchange)
		}
	}
	t.Settings, t.Features = map[string]string{}, map[string]bool{}
	t.Limits.MaxWait = DefaultMaxWait
	t.HTTP.Timeout, t.HTTP.MaxBody = DefaultTimeout, DefaultMaxBody
	if len(r.exchange.Profiles) > 0 {
		t.Profile = r.exchange.Profiles[0]
	}
	r.object(root, "", []need{
		{"version", "version: 1"},
		{"exchange", "one of " + strings.Join(sorted(r.opt.Exchanges), ", ")},
		{"url", "the deployment's address, such as https://portal.staging.example.com"},
	}, r.members(t))
	r.unique(t)
	if r.known {
		r.unknownVariables(t.Exchange)
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// child returns the value of a name in a mapping, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// reason is an error without the path, which the problem already names.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
