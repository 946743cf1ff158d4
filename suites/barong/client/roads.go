package client

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

// AreaAuthz is the area of the operations of the AuthZ endpoint itself.
const AreaAuthz = "authz"

// Roads are the paths on which a deployment is reached.
type Roads struct {
	gateway, app, authz, rules string
	direct                     bool
}

func NewRoads(t *target.Target) Roads {
	setting := func(name string) string {
		return strings.TrimSuffix(cmp.Or(t.Settings[name], Settings[name].Default), "/")
	}
	return Roads{
		gateway: setting(prefix), app: setting(directURL) + setting(appPrefix), authz: setting(directURL) + setting(authzPrefix),
		rules: setting(rulePrefix), direct: setting(mode) == directMode,
	}
}

// Tail is what follows the documented prefix in an operation's path.
func Tail(path string) string { return strings.TrimPrefix(path, documentedPrefix) }

func (r Roads) GatewayPath(op *contract.Operation) string {
	if op.Area == AreaAuthz {
		return r.Asked(Tail(op.Path))
	}
	return r.gateway + Tail(op.Path)
}

func (r Roads) AppPath(op *contract.Operation) string { return r.app + Tail(op.Path) }

// AuthzPath is where the AuthZ endpoint is asked about an operation: it takes the
// path of the request behind its own.
func (r Roads) AuthzPath(op *contract.Operation) string {
	return r.Asked(documentedRules + Tail(op.Path))
}

// Asked is where the AuthZ endpoint is asked about a path as the documents write it.
func (r Roads) Asked(path string) string {
	if rest, ofBarong := strings.CutPrefix(path, documentedRules); ofBarong {
		path = r.rules + rest
	}
	return r.authz + path
}

// Send brings a request to the target. A gateway does by itself what is done here
// in mode direct: it asks the AuthZ endpoint about each request, passes a refusal
// on, and sends what may pass to Barong with the token it was given.
func Send(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	way, r := NewRoads(s.Target()), asForm(op, r)
	switch {
	case r.Template != "":
	case bears(by.Header) || bears(r.Header): // a token is presented past the gateway, which makes one itself
		r.Template = way.AppPath(op)
	case op.Area == AreaAuthz || !way.direct:
		r.Template = way.GatewayPath(op)
	case !op.Protected && !countedByAuthz(s, op, r):
		r.Template = way.AppPath(op)
	default:
		return way.authorized(ctx, s, by, op, r)
	}
	return s.Send(ctx, by, op, r)
}

// countedByAuthz tells the log-ins of release 3.1, whose limiter counts what AuthZ
// is asked about (barong#1.9-3.x-counters; barong#1.9-3.x-gateway-only.
func countedByAuthz(s *conform.Context, op *contract.Operation, r conform.Request) bool {
	return s.Profile() == Release31 && op.ID == "createSession" && r.Method == "" && r.Raw == nil
}

// bears tells whether a header has an Authorization field of a token. A password goes the
// way of all requests.
func bears(header http.Header) bool {
	scheme, _, _ := strings.Cut(header.Get("Authorization"), " ")
	return scheme != "" && !strings.EqualFold(scheme, "Basic")
}

// authorized asks the AuthZ endpoint for a token and sends the request with it. A
// refusal of the AuthZ endpoint is the answer, as it is through a gateway.
func (w Roads) authorized(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation,
	r conform.Request) (*httpclient.Call, error) {
	asked := s.Operation("authorizeWrite")
	method := cmp.Or(r.Method, op.Method)
	question := conform.Request{Path: r.Path, Header: r.Header, Method: method, Template: w.AuthzPath(op)}
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
	r.Template = w.AppPath(op)
	if op.Protected {
		r = r.WithHeader("Authorization", call.Header.Get("Authorization"))
	}
	return s.Send(ctx, by, op, r)
}
