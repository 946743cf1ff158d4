package conform

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/target"
)

// Knock is how the preflight of a run signs in as one account of the target file: by
// its first step alone, which spends no code.
type Knock struct {
	Operation *contract.Operation
	By        *Actor
	Request   Request
	Refused   contract.Outcome // of wrong credentials
	// Rests names what of the target file a refusal may be about: members of the
	// identity, or settings.NAME.
	Rests []string
	// Leave, when not nil, ends what a success opened, so that clauses find the
	// account as it was.
	Leave func(context.Context, *httpclient.Call)
}

// Unwelcome is a role whose accounts the target refuses as it refuses wrong
// credentials.
type Unwelcome struct {
	Role  string
	Who   []string // the identities of the role that were tried, by their name
	Rests []string // fields of the target file that the first refusal may be about
	Call  string   // the first, and how it was answered
}

// Preflight is what signing in once for each role came to.
type Preflight struct {
	Knocks    []*httpclient.Call
	Unwelcome []Unwelcome
}

// unready ends a Knock that the target file has too little for.
type unready struct{ reason string }

// mostTried is how many identities of a role are tried before it counts as refused.
const mostTried = 3

// Preflight signs in once for each role of the target file, before any spec. A role is
// refused where each of its identities that was tried got the documented refusal of
// wrong credentials: any other answer may be a fault of the target, which clauses judge.
func (s *Context) Preflight(ctx context.Context) Preflight {
	var found Preflight
	if s.suite.Knock == nil {
		return found
	}
	asked := map[string]*Unwelcome{} // by identity; nil where it was not refused
	for _, role := range rolesOf(s.env.Target.Identities) {
		var refused *Unwelcome
		tried := 0
		for i, who := range s.env.Target.Identities {
			if !slices.Contains(who.Roles, role) || tried == mostTried {
				continue
			}
			answer, known := asked[who.Name]
			if !known {
				var sent bool
				if answer, sent = s.knock(ctx, role, i, &found); !sent {
					continue
				}
				asked[who.Name] = answer
			}
			tried++
			if answer == nil {
				refused = nil
				break
			}
			if refused == nil {
				refused = &Unwelcome{Role: role, Rests: answer.Rests, Call: answer.Call}
			}
			refused.Who = append(refused.Who, who.Name)
		}
		if refused != nil {
			found.Unwelcome = append(found.Unwelcome, *refused)
		}
	}
	return found
}

// knock signs one identity in. sent is false where there was nothing to send, or no
// answer; refused is nil where it was not refused as wrong credentials are.
func (s *Context) knock(ctx context.Context, role string, index int, found *Preflight) (refused *Unwelcome, sent bool) {
	s.outside(func() { refused, sent = s.tryDoor(ctx, role, index, found) })
	return refused, sent
}

func (s *Context) tryDoor(ctx context.Context, role string, index int, found *Preflight) (refused *Unwelcome, sent bool) {
	who := s.Fresh(s.env.Target.Identities[index])
	k := s.suite.Knock(s, who, role)
	if k == nil || !s.Has(k.Operation) {
		return nil, false
	}
	call, err := s.Try(ctx, k.By, k.Operation, k.Request)
	if err != nil || call == nil {
		return nil, false
	}
	found.Knocks = append(found.Knocks, call)
	// Where the status does not tell a wrong password from a missing code, or from a
	// success, the whole answer does.
	answer, _ := k.Operation.Answer(k.Refused, s.profile)
	whole := call.Status < http.StatusBadRequest || answer != nil && len(answer.ErrorKeys) > 0
	if !s.judge.Is(call, k.Operation, k.Refused, whole) {
		if k.Leave != nil {
			k.Leave(ctx, call)
		}
		return nil, true
	}
	refused = &Unwelcome{Call: fmt.Sprintf("%s %s answers %d", call.Method, call.Path, call.Status)}
	for _, name := range k.Rests {
		if !strings.Contains(name, ".") {
			name = target.IdentityField(index, name)
		}
		refused.Rests = append(refused.Rests, name)
	}
	return refused, true
}

func rolesOf(ids []target.Identity) []string {
	var roles []string
	for _, who := range ids {
		for _, role := range who.Roles {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	return roles
}
