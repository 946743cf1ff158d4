package family

import (
	"cmp"
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// Bodies states, for each operation with a JSON body, that it rejects a body that
// is not JSON, members of the wrong JSON type, a body without a required member,
// and a media type that it does not document.
func Bodies(s *conform.Context, subjects []Subject) {
	for _, p := range subjects {
		if p.Operation.Body == nil {
			continue
		}
		Describe(p.Operation.Name()+" with an invalid body", func() {
			p.malformed(s)
			p.wrongTypes(s)
			p.missing(s)
			p.mediaType(s)
		})
	}
}

// notJSON are texts that are not valid JSON; notObjects are JSON, but not objects.
var (
	notJSON    = []string{`{"a":`, `{"a":1,}`, `{a:1}`, `<html></html>`, `[`}
	notObjects = []string{`[]`, `"text"`}
)

func (p Subject) malformed(s *conform.Context) {
	if !p.promised(contract.Malformed) {
		return
	}
	texts, what := slices.Concat(notJSON, notObjects), "a body that is not a JSON object"
	if p.Lenient {
		texts, what = notJSON, "a body that is not valid JSON"
	}
	It(p.rejects(what), p.Clause(s, "malformed", contract.Malformed),
		func(ctx SpecContext) {
			p.needsBody(s)
			by, control := p.Ready(ctx)
			pair := p.refusal(by, control, contract.Malformed)
			for _, text := range texts {
				pair.Changes = append(pair.Changes, conform.Change{Name: text, Of: func(r conform.Request) conform.Request {
					r.Raw = []byte(text)
					return r
				}})
			}
			s.Refuses(ctx, pair)
		})
}

func (p Subject) wrongTypes(s *conform.Context) {
	if !p.promised(contract.InvalidType) {
		return
	}
	It(p.rejects("a body with a member of the wrong JSON type, for each of its members"), p.Clause(s, "wrong-type", contract.InvalidType),
		func(ctx SpecContext) { p.refuseTypes(ctx, s, contract.InvalidType, p.Operation.Body.Members) })
	for _, m := range p.Operation.Body.Members {
		if outcome, own := p.OwnType[m.Name]; own {
			It(p.rejects("a "+m.Name+" of the wrong JSON type"), p.Clause(s, string(outcome), outcome),
				func(ctx SpecContext) { p.refuseTypes(ctx, s, outcome, []contract.Member{m}) })
		}
	}
}

// refuseTypes sends each of the members that leads to the outcome in a wrong type.
func (p Subject) refuseTypes(ctx context.Context, s *conform.Context, outcome contract.Outcome, members []contract.Member) {
	GinkgoHelper()
	by, control := p.Ready(ctx)
	pair := p.refusal(by, control, outcome)
	for _, m := range members {
		value, ok := wrongType(m.Types)
		if !ok || cmp.Or(p.OwnType[m.Name], contract.InvalidType) != outcome {
			continue
		}
		pair.Changes = append(pair.Changes, conform.Change{Name: m.Name, Of: func(r conform.Request) conform.Request {
			return r.With(m.Name, value)
		}})
	}
	s.Refuses(ctx, pair)
}

// wrongType picks a JSON value of a type that the member does not take.
func wrongType(types []string) (any, bool) {
	for _, candidate := range []struct {
		name  string
		value any
	}{{"object", map[string]any{"a": 1}}, {"array", []any{true}}, {"boolean", true}, {"string", "x y"}} {
		if len(types) > 0 && !slices.Contains(types, candidate.name) {
			return candidate.value, true
		}
	}
	return nil, false
}

func (p Subject) missing(s *conform.Context) {
	required := slices.DeleteFunc(slices.Clone(p.Operation.Body.Members), func(m contract.Member) bool { return !m.Required })
	if len(required) == 0 || !p.promised(contract.Invalid) {
		return
	}
	It(p.rejects("a body without a required member, for each of them"), p.Clause(s, "missing-member", contract.Invalid),
		func(ctx SpecContext) {
			by, control := p.Ready(ctx)
			pair := p.refusal(by, control, contract.Invalid)
			for _, m := range required {
				pair.Changes = append(pair.Changes, conform.Change{Name: "without " + m.Name, Of: func(r conform.Request) conform.Request {
					return r.Without(m.Name)
				}})
			}
			s.Refuses(ctx, pair)
		})
}

// mediaTypes are those in which no operation may accept JSON, except where it
// documents them.
var mediaTypes = []string{"text/html", "text/plain", "application/xml", "application/x-www-form-urlencoded"}

func (p Subject) mediaType(s *conform.Context) {
	if !p.promised(contract.MediaTypeRefused) {
		return
	}
	It(p.rejects("a body in a media type that is not documented for it"), p.Clause(s, "media-type", contract.MediaTypeRefused),
		func(ctx SpecContext) {
			p.needsBody(s)
			by, control := p.Ready(ctx)
			pair := p.refusal(by, control, contract.MediaTypeRefused)
			for _, media := range mediaTypes {
				if slices.Contains(p.Operation.Body.MediaTypes, media) || slices.Contains(p.Reads, media) {
					continue
				}
				pair.Changes = append(pair.Changes, conform.Change{Name: media, Of: func(r conform.Request) conform.Request {
					r.ContentType = media
					return r
				}})
			}
			s.Refuses(ctx, pair)
		})
}
