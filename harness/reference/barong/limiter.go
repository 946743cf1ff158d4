package barong

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"bytes"
	"io"
)

// The limiter of release 3.1: per key so many requests in each minute of the
// clock, whatever their answers are.
const (
	limitRequests = 5
	limitWindow   = time.Minute
)

// fixedWindows counts requests per key in windows that start at multiples of
// limitWindow since 1970.
type fixedWindows struct {
	window int64
	counts map[string]int
}

func newFixedWindows() *fixedWindows { return &fixedWindows{counts: map[string]int{}} }

// count adds a request and returns how many the key has in this window.
func (f *fixedWindows) count(key string, now time.Time) int {
	if window := now.Unix() / int64(limitWindow/time.Second); window != f.window {
		f.window = window
		clear(f.counts)
	}
	f.counts[key]++
	return f.counts[key]
}

func throttled() *answer {
	a := refuse(http.StatusTooManyRequests, "identity.session.rack_attack_limit")
	a.media = "text/plain"
	return &a
}

// throttle counts one request of the client. Log-ins are counted on their way
// through the gateway only: the rule's path is the one AuthZ is asked about.
func (s *Server) throttle(r *request, path string) *answer {
	if !s.policy.limiter {
		return nil
	}
	keys := s.limitKeys(r, path)
	return s.locked(func() *answer {
		over := false
		for _, key := range keys {
			over = s.windows.count(key, r.now) > limitRequests || over
		}
		if !over {
			return nil
		}
		return throttled()
	})
}

// limitKeys are the keys under which a request is counted.
func (s *Server) limitKeys(r *request, path string) []string {
	switch {
	case r.http.Method == http.MethodPost && path == "/identity/sessions" && r.viaGate:
		keys := []string{"login/address/" + r.address.String()}
		if email := emailInBody(r.http); email != "" {
			keys = append(keys, "login/email/"+strings.ToLower(strings.Join(strings.Fields(email), "")))
		}
		return keys
	case r.http.Method == http.MethodPut && path == "/resource/users/password" && r.sid() != "":
		return []string{"password/" + r.sid()}
	case r.http.Method == http.MethodPost && strings.HasPrefix(path, "/resource/phones") && r.sid() != "":
		return []string{"phones/" + r.sid()}
	}
	return nil
}

// emailInBody reads the member email of a JSON body and puts the body back.
func emailInBody(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return ""
	}
	var in struct {
		Email any `json:"email"`
	}
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	email, _ := in.Email.(string)
	return email
}
