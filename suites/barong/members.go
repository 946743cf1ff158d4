package barong

import (
	"fmt"
	"maps"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// members states, for each required member of a request, how a request without it
// is refused, and one where it is empty: Barong names each by keys of its own.
func members(p *api, subjects []family.Subject) {
	for _, s := range subjects {
		for _, outcome := range s.Operation.Outcomes() {
			family, kebab, _ := strings.Cut(string(outcome), "-")
			member, known := requestMember(s.Operation, kebab)
			switch {
			case !known:
			case family == "missing":
				memberPair(p, s, outcome, "rejects a request without "+member, []conform.Change{without(s.Operation, member)})
			case family == "empty":
				memberPair(p, s, outcome, "rejects a request with an empty "+member, empty(s.Operation, member))
			}
		}
		if len(s.Operation.Answers(client.NoMembers)) > 0 {
			memberPair(p, s, client.NoMembers, "reads a body that is not a JSON object as an empty one", bare())
		}
	}
}

func memberPair(p *api, s family.Subject, outcome contract.Outcome, promise string, changes []conform.Change) {
	It(s.Operation.Name()+" "+promise, s.Clause(p.Context, string(outcome), outcome),
		func(ctx SpecContext) {
			by, control := s.Ready(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: s.Operation, By: by, Control: control, Expected: s.Expected, Outcome: outcome, Changes: changes, OnlyAfter: s.SingleUse,
			})
		})
}

// requestMember finds the member of a body, or the query parameter, that an
// outcome names in kebab-case.
func requestMember(op *contract.Operation, kebab string) (string, bool) {
	name := strings.ReplaceAll(kebab, "-", "_")
	if inBody(op, name) {
		return name, true
	}
	for _, parameter := range op.Parameters {
		if parameter.In == "query" && parameter.Name == name {
			return name, true
		}
	}
	return "", false
}

func inBody(op *contract.Operation, name string) bool {
	if op.Body == nil {
		return false
	}
	for _, m := range op.Body.Members {
		if m.Name == name {
			return true
		}
	}
	return false
}

// without leaves a member out, wherever the request has it.
func without(_ *contract.Operation, member string) conform.Change {
	return conform.Change{Name: "without " + member, Of: func(r conform.Request) conform.Request {
		r = r.Without(member)
		r.Query = maps.Clone(r.Query)
		r.Query.Del(member)
		return r
	}}
}

// empty makes a member empty in each way there is: JSON has null beside the empty
// text, a query has not.
func empty(_ *contract.Operation, member string) []conform.Change {
	var changes []conform.Change
	for _, v := range []any{"", "   ", nil} {
		changes = append(changes, conform.Change{Name: fmt.Sprintf("%s %q", member, v), Of: func(r conform.Request) conform.Request {
			text, isText := v.(string)
			if !r.Query.Has(member) {
				return r.With(member, v)
			}
			r.Query = maps.Clone(r.Query)
			if isText {
				r.Query.Set(member, text)
			} else {
				r.Query[member] = []string{""}
			}
			return r
		}})
	}
	return changes
}

// bare are bodies without any member.
func bare() []conform.Change {
	var changes []conform.Change
	for _, text := range []string{"[]", "null", `"x"`, "5", "{}", ""} {
		changes = append(changes, conform.Change{Name: "body " + text, Of: func(r conform.Request) conform.Request {
			r.JSON, r.Raw = nil, []byte(text)
			return r
		}})
	}
	return changes
}
