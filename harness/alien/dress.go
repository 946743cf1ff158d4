package alien

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"time"
)

// decorate adds the header fields of what stands in front of a back end.
func (b *base) decorate(h http.Header) {
	if b.has(EdgeHeaders) {
		drawn := random()
		for name, value := range map[string]string{
			"Cf-Ray": drawn[:16] + "-FRA", "Cf-Cache-Status": "DYNAMIC", "Via": "1.1 edge-7 (Varnish/7.4)", "X-Cache": "MISS",
			"Age": "0", "Etag": `W/"` + drawn[:10] + `"`, "Server-Timing": "app;dur=1.5", "Alt-Svc": `h3=":443"; ma=86400`,
			"Traceparent": "00-" + drawn + "-" + drawn[:16] + "-01", "X-Correlation-Id": drawn[:8] + "-" + drawn[8:12],
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Ratelimit-Remaining": "9",
		} {
			h.Set(name, value)
		}
	}
	if b.has(VisitCookies) {
		until := b.now().Add(time.Hour).UTC().Format(http.TimeFormat)
		h.Add("Set-Cookie", "visit="+random()+"; Expires="+until+
			"; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax; Priority=High; Partitioned")
		h.Add("Set-Cookie", "legacy=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/")
	}
	if seconds, err := time.ParseDuration(h.Get("Retry-After") + "s"); b.has(RetryDate) && err == nil {
		h.Set("Retry-After", b.now().Add(seconds).UTC().Format(http.TimeFormat))
	}
}

// named are header fields as a server spells them.
func (b *base) named(h http.Header) http.Header {
	if !b.has(LowerNames) {
		return h
	}
	lower := http.Header{}
	for name, values := range h {
		// net/http looks for these as it spells them, and writes its own where they are not.
		if name != "Date" && name != "Content-Type" && name != "Connection" && name != "Content-Encoding" {
			name = strings.ToLower(name)
		}
		lower[name] = values
	}
	return lower
}

func zipped(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // into memory
	_ = w.Close()
	return out.Bytes()
}

// name is a user name as a server reads it.
func (b *base) name(given string) string {
	if b.has(NamesAnyhow) {
		return strings.ToLower(strings.TrimSpace(given))
	}
	return given
}

// code is a code as a server reads it.
func (b *base) code(given string) string {
	if b.has(CodeTrimmed) {
		return strings.TrimSpace(given)
	}
	return given
}

// reset forgets somebody's failures after a success.
func (b *base) reset(who string) {
	if !b.has(CountsOn) {
		b.refused[who] = nil
	}
}
