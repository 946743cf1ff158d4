package contract

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/yamldoc"
)

var (
	outcomeName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	provenances = []string{"documented", "tested", "observed", "standard", "inferred"}
	presences   = []string{Required, Optional, Absent}
	answerKeys  = []string{"status", "verdict", "verdict-pointer", "profiles", "provenance", "source", "schema", "body", "media-type",
		"headers", "error-keys", "status-pointers"}
)

func (l *loader) readOutcomes(o *Operation, operation yamldoc.Node) {
	for key, value := range operation.Member("x-outcomes").Members() {
		key.Where += ": x-outcomes/" + key.Value
		value.Where = key.Where
		if !key.Require(outcomeName.MatchString(key.Value), "the name of an outcome is kebab-case, such as bad-credentials") {
			continue
		}
		entries := value.List()
		key.Require(len(entries) > 0, "has no answer")
		outcome := Outcome(key.Value)
		o.outcomes = append(o.outcomes, outcome)
		for _, n := range entries {
			if a := l.readAnswer(o, n, operation.Member("responses")); a != nil {
				a.Outcome = outcome
				for _, profile := range a.Profiles {
					_, twice := o.Answer(outcome, profile)
					n.Require(!twice, "two answers for profile %q; one outcome has one answer a profile", profile)
				}
				o.answers[outcome] = append(o.answers[outcome], a)
			}
		}
	}
	operation.Require(len(o.outcomes) > 0, "x-outcomes are missing")
}

func (l *loader) readAnswer(o *Operation, n, responses yamldoc.Node) *Answer {
	if !n.Require(n.Kind == yaml.MappingNode, "an answer is a mapping such as {status: 200, provenance: documented}") {
		return nil
	}
	n.Only(answerKeys...)
	a := &Answer{}
	keys := n.Texts("status")
	if !n.Require(a.readStatus(keys), "status is missing or no HTTP status (100 to 599), no range such as 2XX and not default, and no "+
		"list of statuses of one class") {
		return nil
	}
	var sentences []string
	for _, key := range keys {
		sentence := responses.Member(key).Text("description")
		n.Require(sentence != "", "status %s does not stand in responses", key)
		sentences = append(sentences, sentence)
	}
	*a = Answer{
		Status: a.Status, Class: a.Class, Statuses: a.Statuses, Sentence: strings.Join(sentences, ", or "),
		Provenance: Provenance(n.Text("provenance")),
		Source:     cmp.Or(n.Text("source"), o.Source), Profiles: l.readProfiles(n), ErrorKeys: n.Texts("error-keys"),
		StatusPointers: l.contract.StatusPointers, Headers: readHeaders(n.Member("headers")),
	}
	n.RequireOneOf("provenance", string(a.Provenance), provenances...)
	if a.Source != o.Source {
		l.checkSource(n, a.Source)
	}
	if !n.Member("status-pointers").Missing() {
		a.StatusPointers = n.Texts("status-pointers")
		checkPointers(n, a.StatusPointers...)
	}
	l.readVerdict(a, n)
	l.readAnswerBody(a, n, responses.Member(keys[0]))
	if len(a.ErrorKeys) > 0 {
		n.Require(l.contract.ErrorPointer != "", "error-keys need x-error-pointer at the root")
		n.Require(a.Body == JSONBody, "error-keys need a body with a schema")
	}
	return a
}

// readStatus reads the status of an answer: one key of responses, or several of one class
// where the documents print these and do not say which of them it is.
func (a *Answer) readStatus(keys []string) bool {
	for _, key := range keys {
		status, class, ok := parseStatus(key)
		if !ok || len(keys) > 1 && (status == 0 || status/100 != cmp.Or(a.Class, status/100) || slices.Contains(a.Statuses, status)) {
			return false
		}
		if a.Status, a.Class = status, class; len(keys) > 1 {
			a.Status, a.Class, a.Statuses = 0, status/100, append(a.Statuses, status)
		}
	}
	return len(keys) > 0
}

func (l *loader) readVerdict(a *Answer, n yamldoc.Node) {
	own, verdict := n.Text("verdict-pointer"), n.Member("verdict")
	checkPointers(n, own)
	a.VerdictPointer = cmp.Or(own, l.contract.VerdictPointer)
	if verdict.Missing() {
		n.Require(own == "", "verdict-pointer without verdict")
		return
	}
	n.Require(a.VerdictPointer != "", "verdict needs x-verdict-pointer at the root, or verdict-pointer")
	n.Require(verdict.Decode(&a.Verdict) == nil && a.Verdict != nil, "verdict is true or false")
}

func (l *loader) readProfiles(n yamldoc.Node) []string {
	declared := l.contract.Profiles
	if n.Member("profiles").Missing() {
		return slices.Clone(declared)
	}
	profiles := n.Texts("profiles")
	n.Require(len(profiles) > 0, "profiles is empty; leave it out to mean all")
	for i, profile := range profiles {
		n.Require(slices.Contains(declared, profile), "profile %q is not declared; declared are %s", profile, strings.Join(declared, ", "))
		n.Require(!slices.Contains(profiles[:i], profile), "profile %q is named twice", profile)
	}
	return profiles
}

func (l *loader) readAnswerBody(a *Answer, n, response yamldoc.Node) {
	file, mediaTypes := readContent(response)
	promised := len(mediaTypes) > 0
	named, kind := n.Text("schema"), n.Text("body")
	n.Require(named == "" || kind == "", "schema and body exclude each other")
	n.Require(slices.Contains([]string{"", "empty", "any"}, kind), "body %q is neither empty nor any", kind)
	if kind != "" {
		file, mediaTypes, promised = "", nil, kind == "any"
	}
	file = cmp.Or(named, file)
	if !n.Member("media-type").Missing() {
		mediaTypes = n.Texts("media-type")
	}
	switch {
	case file != "":
		a.Body, a.SchemaFile, a.MediaTypes = JSONBody, file, mediaTypes
		if len(mediaTypes) == 0 {
			a.MediaTypes = []string{"application/json"}
		}
		a.Schema, _ = l.contract.Schemas.Get(file)
		n.Require(a.Schema != nil, "there is no schema file %s beside this one or in a folder of x-shared-schemas", file)
		bodiless := a.Status == 204 || a.Status == 205 || a.Status == 304 || a.Status != 0 && a.Status < 200
		n.Require(!bodiless, "status %d never carries a body (RFC 9110), yet a schema is named", a.Status)
	case promised:
		a.Body, a.MediaTypes = AnyBody, mediaTypes
	default:
		a.Body = EmptyBody
	}
}

// readContent reads what the plain OpenAPI response says of its body.
func readContent(response yamldoc.Node) (file string, mediaTypes []string) {
	for mediaType, content := range response.Member("content").Members() {
		mediaTypes = append(mediaTypes, mediaType.Value)
		described := content.Member("schema")
		if described.Missing() {
			continue
		}
		ref := described.Text("$ref")
		described.Require(ref != "", "the schema of a response stands in a *.schema.json file; write {$ref: name.schema.json}")
		described.Require(file == "" || file == ref, "two media types of one response must share one schema")
		file = ref
	}
	return file, mediaTypes
}

func readHeaders(n yamldoc.Node) map[string]HeaderRule {
	headers := map[string]HeaderRule{}
	for key, value := range n.Members() {
		rule := HeaderRule{Presence: value.Value}
		if value.Kind == yaml.MappingNode {
			value.Only("presence", "pattern")
			rule.Presence = value.Text("presence")
			pattern, err := regexp.Compile(value.Text("pattern"))
			if value.Require(err == nil, "pattern: %v", err) && pattern.String() != "" {
				rule.Pattern = pattern
			}
		}
		key.RequireOneOf("header "+key.Value+": presence", rule.Presence, presences...)
		key.Require(rule.Presence != Absent || rule.Pattern == nil, "header %s: an absent header has no pattern", key.Value)
		name := http.CanonicalHeaderKey(key.Value)
		_, twice := headers[name]
		key.Require(!twice, "header %s is given twice", name)
		headers[name] = rule
	}
	return headers
}
