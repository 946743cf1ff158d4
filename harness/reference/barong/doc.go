// Package barong is the reference of Barong, the authentication server of
// OpenDAX: the 58 operations of its public surface, its external authorisation
// endpoint (AuthZ) and the gateway in front of both.
//
// One listener plays all three parts. The gateway lives under Config.Prefix and
// under /api/v2/barong, the application under /api/v2/{identity,resource,public}
// and AuthZ under /api/v2/auth (gateway.go). A call goes through these files:
//
//	server.go    one call from the socket to the answer, one lock
//	gateway.go   which part answers
//	authz.go     cookie, CSRF, API key, permission -> bearer token
//	routes*.go   the table of operations: path, parameters, handler
//	params.go    request bodies as grape reads them; validate.go its refusals
//	answers.go   the only place that writes an answer
//
// Faults (faultlist.go) are the defects that can be seeded.
package barong
