package kit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ControlPrefix is the path under which a reference is steered. Nothing of an
// exchange lives there.
const ControlPrefix = "/_reference/"

// maxAdvance bounds one clock step (about three years), far beyond any lifetime
// in use and far below the overflow of time.Duration.
const maxAdvance = 100_000_000

// Front puts the control endpoints before an exchange and lets the clock decide
// the Date header of every response (net/http keeps a Date that is already set).
//
//	POST /_reference/clock/advance  {"seconds": N}  ->  {"now": RFC 3339}
//	     /_reference/mailpit/api/v1/...             ->  see Outbox
func Front(exchange http.Handler, clock *Clock, outbox *Outbox) http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("POST "+ControlPrefix+"clock/advance", func(w http.ResponseWriter, r *http.Request) {
		advance(w, r, clock)
	})
	control.Handle(ControlPrefix+"mailpit/", http.StripPrefix(ControlPrefix+"mailpit", outbox))

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", clock.Now().Format(http.TimeFormat))
		if strings.HasPrefix(r.URL.Path, ControlPrefix) {
			control.ServeHTTP(w, r)
			return
		}
		exchange.ServeHTTP(w, r)
	})
}

func advance(w http.ResponseWriter, r *http.Request, clock *Clock) {
	var in struct {
		Seconds *int64 `json:"seconds"`
	}
	body, err := ReadBody(r, 1<<10)
	if err == nil {
		err = DecodeJSON("application/json", body, &in)
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("clock/advance: %v", err), http.StatusBadRequest)
		return
	}
	if in.Seconds == nil || *in.Seconds < 0 || *in.Seconds > maxAdvance {
		http.Error(w, fmt.Sprintf(`clock/advance: want {"seconds": 0..%d}`, maxAdvance), http.StatusBadRequest)
		return
	}
	clock.Advance(time.Duration(*in.Seconds) * time.Second)
	now := clock.Now()
	w.Header().Set("Date", now.Format(http.TimeFormat))
	writeJSON(w, map[string]string{"now": now.Format(time.RFC3339Nano)})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	// The status line is already out; a failed write means the client has gone.
	_ = json.NewEncoder(w).Encode(value)
}
