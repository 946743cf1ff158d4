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

// Options is what Load is told by its caller.
type Options struct {
	Exchanges map[string]Exchange               // by name; a file naming another exchange is refused
	Secret    func(label, value string)         // called with each secret before anything can use or print it; required
	Environ   []string                          // NAME=value, as os.Environ gives it
	ReadFile  func(path string) ([]byte, error) // nil reads regular files, up to a bound
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
	// Operations are the operationIds of the contract, for the lists of what a deployment has or lacks.
	Operations []string
	Needs      []string // members each identity must have beyond name, roles and login
	// ProductionHosts are the hosts that its documents or public clients name so.
	ProductionHosts []string
}

// Setting explains one exchange-specific setting.
type Setting struct {
	Text    string
	Default string   // what holds when the file is silent; "" when nothing does
	Ask     string   // what to ask the vendor for where the documents leave it open
	Secret  bool     // treated like a password
	Carries bool     // it names a member, header field or cookie that carries a secret
	Values  []string // allowed; none: any text
	Path    bool     // an absolute path of the URL
	URL     bool     // an address that the run connects to, guarded as url is
	Form    string   // regular expression of the whole value; Text says what it is
}

// Load reads and checks a target file. The error is an *Error holding every
// problem of the file, or says that opt itself is incomplete.
func Load(path string, opt Options) (*Target, error) {
	if opt.Secret == nil {
		return nil, errors.New("target.Load: Options.Secret is nil, so secrets could not be kept out of reports")
	}
	r := &reader{
		file: path, dir: filepath.Dir(path), opt: opt, env: environ(opt.Environ),
		overridden: map[*yaml.Node]string{}, referred: map[string]bool{}, spots: map[string]*spot{},
		secretFiles: map[string]map[string]string{}, faulty: map[string]bool{}, files: map[string][]byte{},
	}
	t := &Target{
		File: path, Settings: map[string]string{}, Features: map[string]bool{},
		Limits: Limits{
			MaxWait: DefaultMaxWait, MaxRun: DefaultMaxRun, MaxCalls: DefaultMaxCalls,
			MaxEvidence: DefaultMaxEvidence, MaxMemory: DefaultMaxMemory,
		},
		HTTP:       HTTP{Timeout: DefaultTimeout, MaxBody: DefaultMaxBody},
		production: opt.productionHosts(), places: map[string]place{}, files: r.files,
	}
	if root := r.parse(); root != nil {
		if err := r.load(root, t); err != nil {
			return nil, fmt.Errorf("target files cannot be read: %w", err)
		}
	}
	if len(r.problems) > 0 {
		return nil, newError(r.scrubbed())
	}
	return t, nil
}

// load checks the tree and decodes it into t. An error is a fault of the program.
func (r *reader) load(root *yaml.Node, t *Target) (err error) {
	var exchange *Exchange
	if name := child(root, "exchange"); name != nil {
		if known, ok := r.opt.Exchanges[name.Value]; ok && name.Kind == yaml.ScalarNode {
			exchange, t.Exchange = &known, name.Value
		}
	}
	if r.rules, err = newRules(sorted(r.opt.Exchanges), exchange); err != nil {
		return err
	}
	if exchange != nil {
		r.override(root, t.Exchange)
		if len(exchange.Profiles) > 0 {
			t.Profile = exchange.Profiles[0]
		}
	}
	found, err := r.rules.check(r.read(&spot{rule: r.rules.root(), value: root}))
	if err != nil {
		return err
	}
	r.headers()
	r.explain(found)
	// What cannot be decoded has broken the schema, which says it better.
	if err := root.Decode(&document{Target: t}); err != nil && len(r.problems) == 0 {
		r.report(Problem{File: r.file, What: "cannot be read as " + schemaFile + " describes it",
			Want: "a target file", Do: "compare it with the example"})
	}
	r.repeated(t)
	if exchange != nil {
		t.addresses = exchange.addresses()
		r.unknownVariables(t.Exchange)
	}
	for _, s := range r.spots {
		t.places[s.field] = r.at(s.value)
	}
	return nil
}

// addresses are the settings that a run connects to.
func (e *Exchange) addresses() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(e.Settings)), func(name string) bool { return !e.Settings[name].URL })
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
	content, err := r.readFile(r.file, maxFile)
	if err != nil {
		r.report(Problem{File: r.file, What: "cannot be read: " + reason(err),
			Do: "check the path, or write a file with `authconform init`"})
		return nil
	}
	if len(content) > maxFile {
		r.report(Problem{File: r.file, What: fmt.Sprintf("is %d bytes long", len(content)),
			Want: "a target file, at most 1 MiB", Do: "check the path"})
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
		r.report(Problem{File: r.file, Line: second.Line, What: "holds more than one YAML document",
			Want: "one target per file", Do: "move what follows the second --- to a file of its own"})
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

// headers gives header names and values the form of an http.Header.
func (r *reader) headers() {
	section := r.spots["/http/headers"]
	if section == nil || section.value.Kind != yaml.MappingNode {
		return
	}
	seen := map[string]bool{}
	content := section.value.Content
	for i := 0; i+1 < len(content); i += 2 {
		s := r.spots[section.pointer+"/"+escape.Replace(content[i].Value)]
		name := canonical(s.key.Value)
		if w := headerName(name); w != nil {
			r.report(Problem{File: r.file, Line: s.key.Line, Field: s.field, What: w.what, Want: w.want, Do: w.do})
		}
		if seen[name] {
			r.keyFault(s, "is given twice: header names ignore case", "each header once")
		}
		seen[name] = true
		content[i] = word(name)
		content[i+1] = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{s.value}}
	}
}

// repeated reports what may stand in the file only once. Two leases of one account
// would spoil each other's specs.
func (r *reader) repeated(t *Target) {
	seen := map[string]string{} // kind and value -> field
	once := func(kind, value, pointer, want string) {
		s := r.spots[pointer]
		key := kind + "=" + strings.ToLower(value)
		if first, twice := seen[key]; twice && value != "" && s != nil {
			r.fault(s, &wrong{what: "is given twice: it is the same as " + first, want: want, do: "remove one, or correct it", hide: true})
			return
		}
		if s != nil {
			seen[key] = s.field
		}
	}
	for i, who := range t.Identities {
		at := fmt.Sprintf("/identities/%d/", i)
		for name, value := range map[string]string{"name": who.Name, "login": who.Login, "id": who.ID, "phone": who.Phone} {
			once(name, value, at+name, "one entry per account")
		}
		for j, role := range who.Roles {
			once(at+"role", role, fmt.Sprintf("%sroles/%d", at, j), "each role once")
		}
	}
	for i := range t.Deviations {
		d := &t.Deviations[i]
		once("clause", d.Clause, fmt.Sprintf("/deviations/%d/clause", i), "each clause once")
		if s := r.spots[fmt.Sprintf("/deviations/%d", i)]; s != nil {
			d.Line = s.value.Line
		}
	}
}

// reason is an error without the path, which the problem already names.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
