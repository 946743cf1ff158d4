package barong

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/target"
)

// areaAuthz is the area of the operations of the AuthZ endpoint itself.
const areaAuthz = "authz"

// roads are the paths on which a deployment is reached.
type roads struct {
	gateway, app, authz string
	direct              bool
}

func newRoads(t *target.Target) roads {
	setting := func(name string) string { return cmp.Or(t.Settings[name], settings[name].Default) }
	return roads{
		gateway: setting(prefix), app: setting(appPrefix), authz: setting(authzPrefix),
		direct: setting(mode) == directMode,
	}
}

// tail is what follows the documented prefix in an operation's path.
func tail(path string) string { return strings.TrimPrefix(path, documentedPrefix) }

func (r roads) gatewayPath(op *contract.Operation) string {
	if op.Area == areaAuthz {
		return r.authz + tail(op.Path)
	}
	return r.gateway + tail(op.Path)
}

func (r roads) appPath(op *contract.Operation) string { return r.app + tail(op.Path) }

// authzPath is where the AuthZ endpoint is asked about an operation: it takes the
// path of the request behind its own.
func (r roads) authzPath(op *contract.Operation) string {
	return r.authz + authorizedResource + strings.TrimPrefix(tail(op.Path), "/")
}

// send brings a request to the target. A gateway does by itself what is done here
// in mode direct: it asks the AuthZ endpoint about each request, passes a refusal
// on, and sends what may pass to Barong with the token it was given.
func send(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	way, r := newRoads(s.Target()), asForm(op, r)
	switch {
	case r.Template != "":
	case carries(by, r, "Authorization"):
		r.Template = way.appPath(op)
	case op.Area == areaAuthz || !way.direct:
		r.Template = way.gatewayPath(op)
	case !op.Protected && !countedByAuthz(s, op, r):
		r.Template = way.appPath(op)
	default:
		return way.authorized(ctx, s, by, op, r)
	}
	return s.Send(ctx, by, op, r)
}

// countedByAuthz tells the log-ins of release 3.1, whose limiter counts what AuthZ
// is asked about (facts/barong.md 1.9). It reads their body, so that has to be JSON.
func countedByAuthz(s *conform.Context, op *contract.Operation, r conform.Request) bool {
	return s.Profile() == release31 && op.ID == "createSession" && r.Method == "" && r.Raw == nil
}

func carries(by *conform.Actor, r conform.Request, header string) bool {
	return by.Header.Get(header) != "" || r.Header.Get(header) != ""
}

// authorized asks the AuthZ endpoint for a token and sends the request with it. A
// refusal of the AuthZ endpoint is the answer, as it is through a gateway.
func (w roads) authorized(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	asked := s.Operation("authorizeWrite")
	method := cmp.Or(r.Method, op.Method)
	question := conform.Request{Path: r.Path, Header: r.Header, Method: method, Template: w.authzPath(op)}
	switch {
	case !op.Protected:
		asked, question.JSON, question.ContentType = s.Operation("authorizePublic"), r.JSON, r.ContentType
	case method == http.MethodGet:
		asked = s.Operation("authorizeRead")
	}
	call, err := s.Send(ctx, by, asked, question)
	if err != nil || call.Status != http.StatusOK {
		return call, err
	}
	r.Template = w.appPath(op)
	if op.Protected {
		r = r.WithHeader("Authorization", call.Header.Get("Authorization"))
	}
	return s.Send(ctx, by, op, r)
}
