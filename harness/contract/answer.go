package contract

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/schema"
)

var (
	outcomeName   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	provenances   = []Provenance{Documented, Tested, Observed, Standard, Inferred}
	presences     = []string{Required, Optional, Absent}
	answerMembers = []string{"status", "verdict", "verdict-pointer", "profiles", "provenance", "source", "schema", "body", "media-type", "headers", "error-keys", "status-pointers"}
)

func (l *loader) readOutcomes(o *Operation, where string, n *yaml.Node, responses map[string]*yaml.Node) {
	for key, value := range pairs(n) {
		outcome := Outcome(key.Value)
		at := where + ": x-outcomes/" + key.Value
		if !outcomeName.MatchString(key.Value) {
			l.fail(key, at, "the name of an outcome is kebab-case, such as bad-credentials")
			continue
		}
		entries := []*yaml.Node{value}
		if value != nil && value.Kind == yaml.SequenceNode {
			entries = entries[:0]
			for _, entry := range items(value) {
				entries = append(entries, entry)
			}
		}
		o.outcomes = append(o.outcomes, outcome)
		for _, entry := range entries {
			if answer := l.readAnswer(o, outcome, at, entry, responses); answer != nil {
				l.checkOverlap(o.answers[outcome], answer, at, entry)
				o.answers[outcome] = append(o.answers[outcome], answer)
			}
		}
		if len(entries) == 0 {
			l.fail(key, at, "has no answer")
		}
	}
	if len(o.outcomes) == 0 {
		l.fail(n, where, "x-outcomes are missing")
	}
}

func (l *loader) checkOverlap(others []*Answer, answer *Answer, at string, entry *yaml.Node) {
	for _, other := range others {
		for _, profile := range answer.Profiles {
			if slices.Contains(other.Profiles, profile) {
				l.fail(entry, at, "two answers for profile %q; one outcome has one answer a profile", profile)
			}
		}
	}
}

func (l *loader) readAnswer(o *Operation, outcome Outcome, at string, n *yaml.Node, responses map[string]*yaml.Node) *Answer {
	if n == nil || n.Kind != yaml.MappingNode {
		l.fail(n, at, "an answer is a mapping such as {status: 200, provenance: documented}")
		return nil
	}
	l.checkAllowed(n, at, answerMembers)
	code, exact := status(field(n, "status"))
	class, several := statusRange(field(n, "status"))
	if !exact && !several {
		l.fail(n, at, "status is missing or no HTTP status (100 to 599), no range such as 2XX and not default")
		return nil
	}
	key := text(field(n, "status"))
	sentence := o.Statuses[code] + o.Ranges[key]
	if sentence == "" {
		l.fail(n, at, "status %s does not stand in responses", key)
	}
	a := &Answer{
		Outcome: outcome, Status: code, Class: class, Sentence: sentence,
		Provenance: Provenance(text(field(n, "provenance"))), Source: text(field(n, "source")),
		Profiles: texts(field(n, "profiles")), ErrorKeys: texts(field(n, "error-keys")),
		StatusPointers: l.contract.StatusPointers,
	}
	if !slices.Contains(provenances, a.Provenance) {
		l.fail(n, at, "provenance %q is none of documented, tested, observed, standard, inferred", a.Provenance)
	}
	if a.Source == "" {
		a.Source = o.Source.String()
	}
	l.readProfiles(a, at, n)
	if pointers := field(n, "status-pointers"); pointers != nil {
		a.StatusPointers = texts(pointers)
		for _, p := range a.StatusPointers {
			l.checkPointer(n, at, p)
		}
	}
	a.Headers = l.readHeaders(at, field(n, "headers"))
	l.readAnswerBody(a, at, n, responses[key])
	l.readVerdict(a, at, n)
	l.checkErrorKeys(a, at, n)
	return a
}

func (l *loader) readVerdict(a *Answer, at string, n *yaml.Node) {
	own := field(n, "verdict-pointer")
	a.VerdictPointer = l.contract.VerdictPointer
	if own != nil {
		a.VerdictPointer = text(own)
		l.checkPointer(n, at, a.VerdictPointer)
	}
	verdict := field(n, "verdict")
	if verdict == nil {
		if own != nil {
			l.fail(n, at, "verdict-pointer without verdict")
		}
		return
	}
	if a.VerdictPointer == "" {
		l.fail(n, at, "verdict needs x-verdict-pointer at the root, or verdict-pointer")
	}
	said, isBool := text(verdict) == "true", verdict.ShortTag() == "!!bool"
	if !isBool {
		l.fail(n, at, "verdict is true or false")
	}
	a.Verdict = &said
}

func (l *loader) readProfiles(a *Answer, at string, n *yaml.Node) {
	if field(n, "profiles") == nil {
		a.Profiles = slices.Clone(l.contract.Profiles)
		return
	}
	if len(a.Profiles) == 0 {
		l.fail(n, at, "profiles is empty; leave it out to mean all")
	}
	for i, profile := range a.Profiles {
		if !slices.Contains(l.contract.Profiles, profile) {
			l.fail(n, at, "profile %q is not declared; declared are %s", profile, strings.Join(l.contract.Profiles, ", "))
		}
		if slices.Contains(a.Profiles[:i], profile) {
			l.fail(n, at, "profile %q is named twice", profile)
		}
	}
}

func (l *loader) readAnswerBody(a *Answer, at string, n, response *yaml.Node) {
	file, mediaTypes, promised := l.responseContent(at, response)
	named, kind := text(field(n, "schema")), text(field(n, "body"))
	switch {
	case named != "" && kind != "":
		l.fail(n, at, "schema and body exclude each other")
	case named != "":
		file, promised = named, true
	case kind == "empty" || kind == "any":
		file, promised = "", kind == "any"
	case kind != "":
		l.fail(n, at, "body %q is neither empty nor any", kind)
	}
	if own := field(n, "media-type"); own != nil {
		mediaTypes = texts(own)
	} else if kind != "" {
		mediaTypes = nil
	}
	switch {
	case file != "":
		a.Body, a.SchemaFile = JSONBody, file
		a.Schema = l.schemaFile(n, at, file)
		if len(mediaTypes) == 0 {
			mediaTypes = []string{"application/json"}
		}
	case promised:
		a.Body = AnyBody
	default:
		a.Body, mediaTypes = EmptyBody, nil
	}
	a.MediaTypes = mediaTypes
	if a.Body == JSONBody && (a.Status == 204 || a.Status == 205 || a.Status == 304 || a.Status != 0 && a.Status < 200) {
		l.fail(n, at, "status %d never carries a body (RFC 9110), yet a schema is named", a.Status)
	}
}

// responseContent reads what the plain OpenAPI response says of its body.
func (l *loader) responseContent(at string, response *yaml.Node) (file string, mediaTypes []string, promised bool) {
	for mediaType, content := range pairs(field(response, "content")) {
		promised = true
		mediaTypes = append(mediaTypes, mediaType.Value)
		described := field(content, "schema")
		if described == nil {
			continue
		}
		ref := text(field(l.deref(described, at), "$ref"))
		switch {
		case ref == "":
			l.fail(described, at, "the schema of a response stands in a *.schema.json file; write {$ref: name.schema.json}")
		case file != "" && file != ref:
			l.fail(described, at, "two media types of one response must share one schema")
		}
		file = ref
	}
	return file, mediaTypes, promised
}

func (l *loader) schemaFile(at *yaml.Node, where, file string) *schema.Schema {
	found, ok := l.contract.Schemas.Get(file)
	if !ok {
		l.fail(at, where, "there is no schema file %s beside this one or in a folder of x-shared-schemas", file)
	}
	return found
}

func (l *loader) checkErrorKeys(a *Answer, at string, n *yaml.Node) {
	if len(a.ErrorKeys) == 0 {
		return
	}
	if l.contract.ErrorPointer == "" {
		l.fail(n, at, "error-keys need x-error-pointer at the root")
	}
	if a.Body != JSONBody {
		l.fail(n, at, "error-keys need a body with a schema")
	}
}

func (l *loader) readHeaders(at string, n *yaml.Node) map[string]HeaderRule {
	headers := map[string]HeaderRule{}
	for key, value := range pairs(n) {
		rule := HeaderRule{Presence: text(value)}
		if value.Kind == yaml.MappingNode {
			l.checkAllowed(value, at, []string{"presence", "pattern"})
			rule.Presence = text(field(value, "presence"))
			rule.Pattern = l.readPattern(at, field(value, "pattern"))
		}
		if !slices.Contains(presences, rule.Presence) {
			l.fail(key, at, "header %s: presence %q is none of %s", key.Value, rule.Presence, strings.Join(presences, ", "))
		}
		if rule.Presence == Absent && rule.Pattern != nil {
			l.fail(key, at, "header %s: an absent header has no pattern", key.Value)
		}
		name := canonical(key.Value)
		if _, twice := headers[name]; twice {
			l.fail(key, at, "header %s is given twice; known: %s", name, strings.Join(slices.Sorted(maps.Keys(headers)), ", "))
		}
		headers[name] = rule
	}
	return headers
}

func (l *loader) readPattern(at string, n *yaml.Node) *regexp.Regexp {
	if n == nil {
		return nil
	}
	pattern, err := regexp.Compile(text(n))
	if err != nil {
		l.fail(n, at, "pattern: %v", err)
	}
	return pattern
}
