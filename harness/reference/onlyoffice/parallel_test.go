package onlyoffice

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"authconform/harness/reference/kit/kittest"
)

func send(handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.RemoteAddr = "127.0.0.1:1"
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	return recorder
}

// parallel sends one request n times at once and counts the answers with 200.
func (p *portal) parallel(n int, one func() reply) int {
	return kittest.Parallel(n, func() bool { return one().status == http.StatusOK })
}

// A one-use code counts once, however many submit it at the same time. The limit
// of codes is out of the way, so that each one is really compared.
func TestOneUseCodesInParallel(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		p.setAttemptCount(100)
		who := p.who(roleTOTP, 0)
		secret, _, backup := p.enrol(who)

		if got := p.parallel(16, func() reply { return p.loginCode(who, "code", backup[0]) }); got != 1 {
			t.Errorf("backup code, log-in by code: %d of 16 accepted", got)
		}
		first := p.stepOne(who)
		link := func(code string) func() reply {
			return func() reply { return p.call("POST", validatePath, object{"code": code}, first...) }
		}
		if got := p.parallel(16, link(backup[1])); got != 1 {
			t.Errorf("backup code, second step by link: %d of 16 accepted", got)
		}
		if p.policy.codesOnce {
			if got := p.parallel(16, link(p.freshCode(secret))); got != 1 {
				t.Errorf("time-based code: %d of 16 accepted", got)
			}
		}
	})
}

func TestParallelFaultIsSeen(t *testing.T) {
	p := start(t, Documented, faultParallelUsesAllAccepted)
	who := p.who(roleTOTP, 0)
	_, _, backup := p.enrol(who)
	p.setAttemptCount(100)
	if got := p.parallel(8, func() reply { return p.loginCode(who, "code", backup[0]) }); got < 2 {
		t.Errorf("%d of 8 parallel uses accepted with the fault on", got)
	}
	if got := p.loginCode(who, "code", backup[0]).status; got != 401 {
		t.Errorf("a later use answers %d, want 401: the fault is about parallel uses only", got)
	}
}

// Many callers at once must leave the portal whole; the race detector watches.
func TestManyCallersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		admin := p.token(p.who(roleAdmin, 0))
		who := p.who(roleUser, 0)
		calls := []func(){
			func() { p.login(who) },
			func() { p.call("GET", prefix+"/security/activeconnections", nil, bearer(admin)) },
			func() {
				p.call("PUT", prefix+"/settings/security/loginsettings", object{"attemptCount": 5, "blockTime": 60, "checkPeriod": 60}, bearer(admin))
			},
			func() { p.call("GET", prefix+"/settings/tfaapp", nil, bearer(admin)) },
			func() {
				p.call("POST", prefix+"/people/password", object{"email": who.Login, "recaptchaResponse": p.CaptchaResponse()})
			},
			func() { p.call("POST", "/_reference/clock/advance", object{"seconds": 1}) },
			func() { p.call("GET", "/_reference/mailpit/api/v1/messages", nil) },
		}
		var all sync.WaitGroup
		for _, one := range calls {
			for range 4 {
				all.Go(one)
			}
		}
		all.Wait()
		if !p.alive(admin) {
			t.Error("the administrator's token did not survive")
		}
	})
}
