package barong

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// drifts record how far the deployment's own description of its API is from the
// document that this suite was written from. Nothing is wrong where they differ:
// the description of a release is older or newer than the document.
func drifts(p *api) {
	op := p.GetSwaggerDoc
	Describe("the document and the deployment's own description", func() {
		It("The served API description and document 002 name the same operations",
			clause.Note("barong.drift.operations", op, contract.OK), func(ctx SpecContext) {
				written, served := p.documentedParameters(), p.servedParameters(ctx)
				p.Check("operations that the deployment has and the document has not", lacking(served, written), BeEmpty())
				p.Check("operations that the document has and the deployment has not", lacking(written, served), BeEmpty())
			})
		It("The served API description and document 002 name the same parameters",
			clause.Note("barong.drift.parameters", op, contract.OK), func(ctx SpecContext) {
				written, served := p.documentedParameters(), p.servedParameters(ctx)
				p.Check("parameters that the deployment has and the document has not", lackingParameters(served, written), BeEmpty())
				p.Check("parameters that the document has and the deployment has not", lackingParameters(written, served), BeEmpty())
			})
	})
}

// parameters are the names of parameters by operation of resource, "GET users/me".
type parameters map[string]map[string]bool

func (all parameters) add(method, path string, names ...string) {
	if area, _ := cutArea(path); area != "" && area != "resource" || strings.Contains(path, "swagger") {
		return
	}
	path = sharedPath(path)
	key := strings.ToUpper(method) + " " + path
	if all[key] == nil {
		all[key] = map[string]bool{}
	}
	for _, name := range names {
		all[key][strings.TrimSuffix(name, "[]")] = true
	}
}

func (p *api) documentedParameters() parameters {
	all := parameters{}
	for _, op := range p.Operations() {
		var names []string
		for _, parameter := range op.Parameters {
			if parameter.In != "path" {
				names = append(names, parameter.Name)
			}
		}
		if op.Body != nil {
			for _, member := range op.Body.Members {
				names = append(names, member.Name)
			}
		}
		all.add(op.Method, op.Path, names...)
	}
	return all
}

func (p *api) servedParameters(ctx context.Context) parameters {
	GinkgoHelper()
	call := p.Do(ctx, p.Member(ctx).Actor, p.GetSwaggerDoc, conform.Request{})
	p.Expect(call, p.GetSwaggerDoc, contract.OK)
	return describedParameters(value.Of(call))
}

// describedParameters reads a Swagger 2.0 document. The members of a body stand in
// its schema, or in a definition that the schema refers to.
func describedParameters(doc any) parameters {
	all := parameters{}
	paths, _ := value.At(doc, "paths").(map[string]any)
	for path, operations := range paths {
		operations, _ := operations.(map[string]any)
		for method, operation := range operations {
			if !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				continue
			}
			var names []string
			for _, parameter := range value.List(operation, "parameters") {
				switch value.Text(parameter, "in") {
				case "path", "header":
				case "body":
					names = append(names, membersOf(doc, value.At(parameter, "schema"))...)
				default:
					names = append(names, value.Text(parameter, "name"))
				}
			}
			all.add(method, path, names...)
		}
	}
	return all
}

func membersOf(doc, schema any) []string {
	if name, found := strings.CutPrefix(value.Text(schema, "$ref"), "#/definitions/"); found {
		schema = value.At(doc, "definitions", name)
	}
	members, _ := value.At(schema, "properties").(map[string]any)
	return slices.Collect(maps.Keys(members))
}

var (
	area        = regexp.MustCompile(`(?:^|/)(identity|resource|public|admin|management)(?:/|$)`)
	placeholder = regexp.MustCompile(`\{[^}]*\}|:[^/]+`)
)

// cutArea takes the area of the API off a path, with all that stands before it. The
// release describes resource as it is before it is mounted: then there is none.
func cutArea(path string) (name, rest string) {
	if at := area.FindStringSubmatchIndex(path); at != nil {
		return path[at[2]:at[3]], path[at[1]:]
	}
	return "", strings.TrimPrefix(path, "/")
}

// sharedPath cuts off what a deployment puts before the paths of resource, and names
// no placeholder.
func sharedPath(path string) string {
	_, path = cutArea(path)
	return placeholder.ReplaceAllString(path, "{}")
}

// lacking are the operations of one side that the other has not.
func lacking(of, in parameters) []string {
	var names []string
	for _, operation := range slices.Sorted(maps.Keys(of)) {
		if in[operation] == nil {
			names = append(names, operation)
		}
	}
	return names
}

// lackingParameters are the parameters of one side that the other has not, of the
// operations that both have.
func lackingParameters(of, in parameters) []string {
	var names []string
	for _, operation := range slices.Sorted(maps.Keys(of)) {
		for _, name := range slices.Sorted(maps.Keys(of[operation])) {
			if in[operation] != nil && !in[operation][name] {
				names = append(names, operation+" "+name)
			}
		}
	}
	return names
}
