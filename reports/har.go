package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authconform/harness/journal"
)

// HAR 1.2 as software reads it. Members that start with an underscore are the
// custom ones that the format allows.
type harEntry struct {
	Page      string      `json:"pageref,omitempty"` // the exchange, in a run over several
	Started   string      `json:"startedDateTime"`
	Time      float64     `json:"time"` // milliseconds
	Request   harRequest  `json:"request"`
	Response  harResponse `json:"response"`
	Cache     struct{}    `json:"cache"`
	Timings   harTimings  `json:"timings"`
	Call      string      `json:"_call"`
	Process   int         `json:"_process"`
	Clause    string      `json:"_clause"`
	Operation string      `json:"_operation"`
	Actor     string      `json:"_actor"`
	Error     string      `json:"_error,omitempty"`
}

// harPage groups the calls to one exchange, in a run over several.
type harPage struct {
	Started string   `json:"startedDateTime"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Timings struct{} `json:"pageTimings"`

	calls *journal.Reader // nil when there are none
}

type harRequest struct {
	Method      string       `json:"method"`
	URL         string       `json:"url"`
	HTTPVersion string       `json:"httpVersion"`
	Cookies     []harPair    `json:"cookies"`
	Headers     []harPair    `json:"headers"`
	QueryString []harPair    `json:"queryString"`
	PostData    *harPostData `json:"postData,omitempty"`
	HeadersSize int          `json:"headersSize"`
	BodySize    int          `json:"bodySize"`
}

type harResponse struct {
	Status      int        `json:"status"` // 0 when there was no response
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harPostData struct {
	MimeType string    `json:"mimeType"`
	Params   []harPair `json:"params"`
	Text     string    `json:"text"`
	Encoding string    `json:"_encoding,omitempty"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// unknown stands for a size that is not known: what was sent differs in length
// from its redacted form.
const unknown = -1

// HAR writes all calls by start time as HAR 1.2, one entry per line, one call
// in memory at a time. The protocol version is not recorded and stands as
// "unknown".
func HAR(w io.Writer, tool Tool, calls *journal.Reader) error {
	return writeHAR(w, tool, []harPage{{calls: calls}})
}

// writeHAR writes the calls of each page. The one page of a run over one exchange has
// no id and is not written as such.
func writeHAR(w io.Writer, tool Tool, pages []harPage) error {
	creator, err := json.Marshal(tool)
	if err != nil {
		return err
	}
	listed := ""
	if pages[0].ID != "" {
		text, err := json.Marshal(pages)
		if err != nil {
			return err
		}
		listed = fmt.Sprintf(`"pages":%s,`, text)
	}
	if _, err := fmt.Fprintf(w, "{\"log\":{\"version\":\"1.2\",\"creator\":%s,%s\"entries\":[\n", creator, listed); err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	separator := ""
	for _, page := range pages {
		if page.calls == nil {
			continue
		}
		err := page.calls.Calls(func(c journal.Call) error {
			if _, err := io.WriteString(w, separator); err != nil {
				return err
			}
			separator = ","
			entry := harOf(c)
			entry.Page = page.ID
			return enc.Encode(entry)
		})
		if err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "]}}\n")
	return err
}

func harTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }

func harOf(c journal.Call) harEntry {
	e := harEntry{
		Started: harTime(c.Started), Time: c.DurationMS,
		Request: harRequest{
			Method: c.Method, URL: c.URL, HTTPVersion: "unknown", Headers: pairs(c.RequestHeader),
			Cookies: cookies(strings.Join(c.RequestHeader.Values("Cookie"), "; ")), QueryString: query(c.URL),
			HeadersSize: unknown, BodySize: unknown,
		},
		Response: harResponse{
			Status: c.Status, StatusText: http.StatusText(c.Status), HTTPVersion: "unknown", Headers: pairs(c.Header),
			Cookies: []harPair{}, RedirectURL: c.Header.Get("Location"), HeadersSize: unknown, BodySize: unknown,
			Content: harContent{Size: len(c.Body), MimeType: c.Header.Get("Content-Type"), Text: c.Body, Encoding: c.BodyEncoding},
		},
		Timings: harTimings{Wait: c.DurationMS},
		Call:    c.ID, Process: c.Process, Clause: c.Clause, Operation: c.Operation, Actor: c.Actor, Error: c.Err,
	}
	if c.Truncated {
		e.Response.Content.Comment = "cut off at the target's http.max-body"
	}
	if c.RequestBody != "" {
		e.Request.PostData = &harPostData{
			MimeType: c.RequestHeader.Get("Content-Type"), Params: []harPair{},
			Text: c.RequestBody, Encoding: c.RequestBodyEncoding,
		}
	}
	for _, line := range c.Header.Values("Set-Cookie") {
		first, _, _ := strings.Cut(line, ";")
		e.Response.Cookies = append(e.Response.Cookies, cookies(first)...)
	}
	return e
}

func pairs(h http.Header) []harPair {
	out := []harPair{}
	for name, values := range h {
		for _, v := range values {
			out = append(out, harPair{name, v})
		}
	}
	// Stable, so that fields of one name keep their order.
	slices.SortStableFunc(out, func(a, b harPair) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// cookies reads "a=b; c=d" as it stands: a redacted value is none that
// net/http would accept.
func cookies(text string) []harPair {
	out := []harPair{}
	for _, part := range strings.Split(text, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			out = append(out, harPair{name, value})
		}
	}
	return out
}

// query gives the parameters in the order of the URL, decoded where they can be.
func query(raw string) []harPair {
	out := []harPair{}
	_, text, _ := strings.Cut(raw, "?")
	text, _, _ = strings.Cut(text, "#")
	for _, part := range strings.Split(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, harPair{unescape(name), unescape(value)})
	}
	return out
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
