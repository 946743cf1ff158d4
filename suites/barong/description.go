package barong

import (
	"maps"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// openDirectly is how Barong itself describes its API to a caller without a token.
const openDirectly = contract.Outcome("open-directly")

// describedNames are the parts of the API that a description can be asked of
// (barong#2.2).
var describedNames = []string{"users", "labels", "profiles", "documents", "phones", "otp", "api_keys", "data_storage", "service_accounts",
	"addresses"}

func (p *api) descriptionSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.GetSwaggerDoc, Ready: p.asMember(conform.Request{})},
		{Operation: p.GetNamedSwaggerDoc, Ready: p.asMember(namedDoc(describedNames[0]))},
	}
}

func namedDoc(name string) conform.Request { return conform.Request{}.WithPath("name", name) }

// apiDescriptions are about resource/swagger_doc (barong#2.2).
func apiDescriptions(p *api) {
	whole, named := p.GetSwaggerDoc, p.GetNamedSwaggerDoc
	Describe("the description of the API", func() {
		It("GET /resource/swagger_doc describes the operations of signed-in users",
			clause.Graded("barong.description.whole", whole, contract.OK), func(ctx SpecContext) {
				call := p.Do(ctx, p.Member(ctx).Actor, whole, conform.Request{})
				p.Expect(call, whole, contract.OK)
				p.Check("paths that are described", describedPaths(call), ContainElements("users/me", "otp/enable"))
			})
		It("GET /resource/swagger_doc/{name} describes each part of the API",
			clause.Graded("barong.description.named", named, contract.OK), func(ctx SpecContext) {
				by := p.Member(ctx).Actor
				for _, name := range describedNames {
					p.Expect(p.Do(ctx, by, named, namedDoc(name)), named, contract.OK)
				}
			})
		It("GET /resource/swagger_doc/{name} describes only the operations of the named part",
			clause.Should("barong.description.named-alone", named, contract.OK), func(ctx SpecContext) {
				by := p.Member(ctx).Actor
				for _, name := range describedNames {
					call := p.Do(ctx, by, named, namedDoc(name))
					p.Expect(call, named, contract.OK)
					paths := describedPaths(call)
					p.Check("paths of "+name, paths, Not(BeEmpty()))
					for _, path := range paths {
						p.Check("a path of "+name, path+"/", HavePrefix(name+"/"))
					}
				}
			})
		It("GET /resource/swagger_doc/{name} finds no part with a made-up name",
			clause.Graded("barong.description.unknown-name", named, "unknown-name"), func(ctx SpecContext) {
				p.Refuses(ctx, conform.Refusal{
					Operation: named, By: p.Member(ctx).Actor, Outcome: "unknown-name", Control: always(namedDoc(describedNames[0])),
					Changes: []conform.Change{{Name: "made-up name", Of: func(conform.Request) conform.Request { return namedDoc("af-" + p.Nonce()) }}},
				})
			})
		openDescription(p, whole, conform.Request{})
		openDescription(p, named, namedDoc(describedNames[0]))
	})
}

// openDescription records that Barong itself asks for no token here; only the
// gateway does.
func openDescription(p *api, op *contract.Operation, r conform.Request) {
	It(op.Name()+" requires no token behind the gateway",
		clause.Note("barong.description.open-"+clause.Slug(op.ID), op, openDirectly, clause.Needs(client.Direct)), func(ctx SpecContext) {
			r.Template = client.NewRoads(p.Target()).AppPath(op)
			p.Expect(p.Do(ctx, p.Visitor(), op, r), op, openDirectly)
		})
}

// describedPaths are the paths of a description below resource, with every
// placeholder written {}.
func describedPaths(call *httpclient.Call) []string {
	object, _ := value.At(value.Of(call), "paths").(map[string]any)
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(object)) {
		paths = append(paths, sharedPath(path))
	}
	return paths
}
