package barong

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"authconform/harness/reference/kit"
)

const (
	jsonMedia = "application/json"
	htmlMedia = "text/html; charset=utf-8" // of AuthZ, whatever it writes
)

// answer is what goes back to the client.
type answer struct {
	status int
	body   any    // written as JSON, by a func() any after the lock is released
	empty  bool   // no body and no Content-Type
	media  string // "" is application/json
	pad    string // white space after the body, for a fault
}

// refuse is a refusal with its keys.
func refuse(status int, keys ...string) answer {
	return answer{status: status, body: map[string][]string{"errors": keys}}
}

func refusal(status int, keys ...string) *answer {
	a := refuse(status, keys...)
	return &a
}

func unprocessable(keys ...string) answer { return refuse(http.StatusUnprocessableEntity, keys...) }

func internalError() answer {
	return refuse(http.StatusInternalServerError, "server.internal_error")
}

func recordNotFound() answer { return refuse(http.StatusNotFound, "record.not_found") }

// frameworkError has the member `error`, as the web framework writes it.
func frameworkError(status int, text string) answer {
	return answer{status: status, body: map[string]string{"error": text}}
}

func noRoute() answer { return frameworkError(http.StatusNotFound, "Route is not found") }

// success is the status of an operation's success in this profile.
func (s *Server) success(op *operation) int {
	if other := s.policy.success[op.id]; other != 0 {
		return other
	}
	return op.status
}

// ok is the success of an operation: its status and a body. The bare numbers some
// operations answer with are bodies like any other.
func (s *Server) ok(r *request, body any) answer {
	status := s.success(r.op)
	if status == http.StatusNoContent {
		return answer{status: status, empty: true}
	}
	return answer{status: status, body: body}
}

func (s *Server) write(w http.ResponseWriter, r *request, a answer) {
	a = s.spoil(r, a)
	header := w.Header()
	for name, values := range r.header {
		header[name] = values
	}
	header.Set("X-Request-Id", kit.RandomUUID())
	header.Set("X-Runtime", "0.001000")
	header.Set("Vary", "Origin")
	if r.cookie != "" {
		header.Set("Set-Cookie", r.cookie)
	}
	if a.empty {
		w.WriteHeader(a.status)
		return
	}
	media := a.media
	if media == "" {
		media = jsonMedia
	}
	header.Set("Content-Type", media)
	if late, isLate := a.body.(func() any); isLate {
		a.body = late()
	}
	text := encoded(a.body) + a.pad
	if a.body == nil && media == htmlMedia {
		text = ""
	}
	if media == jsonMedia && (a.status == http.StatusOK || a.status == http.StatusCreated) {
		sum := sha256.Sum256([]byte(text))
		tag := `W/"` + hex.EncodeToString(sum[:16]) + `"`
		header.Set("ETag", tag)
		header.Set("Cache-Control", "max-age=0, private, must-revalidate")
		if r.http.Method == http.MethodGet && r.http.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(a.status)
	// The status line is out; a failed write means the client has gone.
	_, _ = w.Write([]byte(text))
}

func encoded(body any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return fmt.Sprintf(`{"errors":[%q]}`, "server.internal_error")
	}
	return strings.TrimSuffix(text.String(), "\n")
}
