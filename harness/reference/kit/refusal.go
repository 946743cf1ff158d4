package kit

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"
)

// WrongStatus is a fault that gives a right refusal another status.
type WrongStatus struct {
	Fault   string
	Right   int // 0: any
	Instead int
}

// Restate applies the first of the faults that is on and concerns the status.
func (f *Faults) Restate(status int, faults ...WrongStatus) int {
	for _, wrong := range faults {
		if (wrong.Right == 0 || wrong.Right == status) && f.On(wrong.Fault) {
			return wrong.Instead
		}
	}
	return status
}

// RetryAfterFaults are the ids of the faults of a Retry-After; "" where a
// reference knows none of the kind.
type RetryAfterFaults struct{ Missing, Zero, TooLong string }

// RetryAfter says in whole seconds, and at least one, when to come back (RFC 9110
// section 10.2.3).
func (f *Faults) RetryAfter(header http.Header, wait time.Duration, faults RetryAfterFaults) {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	switch {
	case f.On(faults.Missing):
		return
	case f.On(faults.Zero):
		seconds = 0
	case f.On(faults.TooLong):
		seconds += 3600
	}
	header.Set("Retry-After", strconv.Itoa(seconds))
}

// JSONMedia is the Content-Type of JSON as most servers send it.
const JSONMedia = "application/json; charset=utf-8"

// Encode is a body as JSON. Bodies of references are maps, lists, structs and
// scalars, which always can be written.
func Encode(body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic("reference: a body that cannot be written as JSON: " + err.Error())
	}
	return text
}

// WriteBody writes a whole response. Without a media type it has none.
func WriteBody(w http.ResponseWriter, status int, media string, body []byte) {
	if media != "" {
		w.Header().Set("Content-Type", media)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// The status line is out; a failed write means the client has gone.
	_, _ = w.Write(body)
}
