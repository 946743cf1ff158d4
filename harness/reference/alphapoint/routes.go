package alphapoint

import (
	"net/http"
	"strings"

	"authconform/harness/reference/kit"
)

// access is who may call an operation.
type access int

const (
	public  access = iota // anybody, without the gateway's credential
	keyed                 // who carries the gateway's credential
	private               // who has a session
)

type operation struct {
	id, method, path string
	access           access
	handle           func(*Server, *request) answer
}

// guarded are the calls of the platform that want a fresh code. The venue has
// nothing behind them but that check.
var guarded = []string{"createwithdrawticket", "createdepositticket", "adduserpermission"}

func operations(surface string) []operation {
	ops := []operation{
		{opLogin, "POST", "AuthenticateUser", keyed, (*Server).authenticateUser},
		{opSecond, "POST", "Authenticate2FA", keyed, (*Server).authenticate2FA},
		{opLogOut, "POST", "LogOut", keyed, (*Server).logOut},
		{opDevices, "POST", "GetUserDevices", private, (*Server).getUserDevices},
		{opPing, "POST", "Ping", public, (*Server).ping},
	}
	if surface == Trading {
		ops = append(ops, operation{opBasic, "GET", "Authenticate", keyed, (*Server).authenticate})
		for i := range ops {
			ops[i].path = "/ap/" + ops[i].path
		}
		return ops
	}
	ops = append(ops,
		operation{opActivate, "POST", "Activate2FA", keyed, (*Server).activate2FA},
		operation{opValidate, "POST", "Validate2FA", private, (*Server).validate2FA},
		operation{opRequired, "POST", "GetValidate2FARequiredEndpoints", public, (*Server).requiredEndpoints},
		operation{opRegister, "POST", "RegisterNewDevice", private, (*Server).registerNewDevice},
		operation{opConfig, "POST", "GetUserConfig", private, (*Server).getUserConfig})
	for _, name := range guarded {
		ops = append(ops, operation{opGuarded, "POST", name, private, (*Server).guardedCall})
	}
	for i := range ops {
		ops[i].path = "/" + strings.ToLower(ops[i].path)
	}
	return ops
}

func newRouter(surface string, rules policy) (router kit.Router[operation]) {
	for _, op := range operations(surface) {
		if op.id != opBasic || rules.signedHeaders {
			router.Handle(op.method, op.path, &op)
		}
	}
	return router
}

// route finds the operation of a path. The platform answers GET and POST alike;
// KIIEX's pages give each call one method. A code in the query comes by GET alone.
func (s *Server) route(r *http.Request) (op *operation, methodRight bool) {
	found, _ := s.router.Find(kit.AnyMethod, r.URL.Path)
	if len(found) == 0 {
		return nil, false
	}
	op = found[0].Op
	if op.id == opSecond && s.inQuery {
		return op, r.Method == http.MethodGet || s.On(faultMethodIgnored)
	}
	return op, s.policy.failuresOn200 || r.Method == op.method || s.On(faultMethodIgnored)
}
