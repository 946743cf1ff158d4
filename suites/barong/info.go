package barong

import (
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

func (p *api) infoSubjects() []family.Subject {
	var subjects []family.Subject
	for _, op := range []*contract.Operation{
		p.RegisterGeetest, p.GetIdentityConfigs, p.GetIdentityVersion, p.GetIdentityTime, p.PingIdentity,
		p.GetAuth0Configs, p.GetPublicConfigs, p.GetPublicVersion, p.GetPublicTime, p.PingPublic,
	} {
		subjects = append(subjects, family.Subject{Operation: op, Ready: p.asVisitor(func() conform.Request { return conform.Request{} })})
	}
	return subjects
}

// information is about what a deployment says of itself to anybody.
func information(p *api) {
	Describe("what anybody may ask", func() {
		alikes(p)
		times(p)
		pings(p)
		It("GET /public/configs/auth0 names the Auth0 tenant",
			clause.Must("barong.info.auth0", p.GetAuth0Configs, contract.OK), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Visitor(), p.GetAuth0Configs, conform.Request{}), p.GetAuth0Configs, contract.OK)
			})
		It("GET /identity/users/register_geetest issues a new Geetest challenge each time",
			clause.Should("barong.captcha.geetest-challenge", p.RegisterGeetest, contract.OK, clause.Needs(client.Geetest)),
			func(ctx SpecContext) {
				challenge := func() string {
					call := p.Do(ctx, p.Visitor(), p.RegisterGeetest, conform.Request{})
					p.Expect(call, p.RegisterGeetest, contract.OK)
					return value.Text(value.Of(call), "challenge")
				}
				first, second := challenge(), challenge()
				p.Check("no challenge comes twice", first != second, BeTrue())
			})
	})
}

// areaOf is the first part of an operation's path: identity, resource or public.
func areaOf(op *contract.Operation) string { return strings.Split(client.Tail(op.Path), "/")[1] }

// alikes are pairs of operations that say the same: one under identity, one under
// public.
func alikes(p *api) {
	for _, pair := range [][2]*contract.Operation{
		{p.GetIdentityConfigs, p.GetPublicConfigs}, {p.GetIdentityVersion, p.GetPublicVersion},
	} {
		for i, op := range pair {
			area, slug := areaOf(op), op.Path[strings.LastIndex(op.Path, "/")+1:]
			It(op.Name()+" answers as "+pair[1-i].Name()+" does", clause.Must("barong.info."+slug+"-"+area, op, contract.OK), func(ctx SpecContext) {
				call := p.Do(ctx, p.Visitor(), op, conform.Request{})
				p.Expect(call, op, contract.OK)
				twin := p.Do(ctx, p.Visitor(), pair[1-i], conform.Request{})
				p.Require("ask its twin", twin, pair[1-i], contract.OK)
				p.Check("both say the same", value.Of(call), Equal(value.Of(twin)))
			})
		}
	}
}

// drift is how far two clocks may be apart: NTP keeps them far closer, and Date
// headers have whole seconds.
const drift = 5 * time.Second

func times(p *api) {
	for _, op := range []*contract.Operation{p.GetIdentityTime, p.GetPublicTime} {
		area := areaOf(op)
		It(op.Name()+" returns the time of its Date header", clause.Must("barong.info.time-"+area, op, contract.OK), func(ctx SpecContext) {
			call := p.Do(ctx, p.Visitor(), op, conform.Request{})
			p.Expect(call, op, contract.OK)
			date, err := http.ParseTime(call.Header.Get("Date"))
			if err != nil {
				p.Untestable("the answer has no Date header to compare the time with")
			}
			said := time.Unix(int64(value.Number(value.Of(call), "time")), 0)
			p.Check("time is that of the Date header", said, BeTemporally("~", date, drift))
			if ms := value.At(value.Of(call), "time_ms"); ms != nil {
				p.Check("time_ms is the same time",
					time.UnixMilli(int64(value.Number(value.Of(call), "time_ms"))), BeTemporally("~", said, time.Second))
			}
		})
	}
}

func pings(p *api) {
	for _, op := range []*contract.Operation{p.PingIdentity, p.PingPublic} {
		area := areaOf(op)
		It(op.Name()+" answers a ping", clause.Must("barong.info.ping-"+area, op, contract.OK), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Visitor(), op, conform.Request{}), op, contract.OK)
		})
	}
	const options, preflight = contract.Outcome("options"), contract.Outcome("cors-preflight")
	It("OPTIONS /identity/ping lists the methods of the path",
		clause.Should("barong.info.options", p.PingIdentity, options), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Visitor(), p.PingIdentity, conform.Request{Method: http.MethodOptions}), p.PingIdentity, options)
		})
	It("OPTIONS /identity/ping answers a browser's preflight request",
		clause.Should("barong.info.preflight", p.PingIdentity, preflight), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Visitor(), p.PingIdentity, conform.Request{Method: http.MethodOptions, Header: http.Header{
				"Origin": {"https://app.example"}, "Access-Control-Request-Method": {"GET"},
			}}), p.PingIdentity, preflight)
		})
}
