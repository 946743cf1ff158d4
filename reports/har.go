package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authconform/harness/journal"
	"authconform/harness/plain"
	"authconform/harness/verdict"
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

	most  int64                   // bytes of the file from which on calls are bare; 0: no bound
	calls *journal.Reader         // nil when there are none
	keep  func(journal.Call) bool // nil keeps every call
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
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"_encoding,omitempty"`
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

// harComment says what is told once, so that five exchanges fit into a few megabytes.
const harComment = "Cookies stand in the headers Cookie and Set-Cookie alone. " +
	"The request headers Authconform-Clause and Authconform-Operation are the members _clause and _operation."

// unknown stands for a size that is not known: what was sent differs in length
// from its redacted form.
const unknown = -1

// HAR writes calls by start time as HAR 1.2, one entry per line, one call in memory
// at a time: every call, or those of what is not PASS and one example of each operation
// and outcome. The protocol version is not recorded and is empty.
func HAR(w io.Writer, r *Report, calls *journal.Reader, extent Extent) error {
	page := harPage{calls: calls, most: extent.Most * 4 / 10}
	if !extent.Every {
		if err := page.choose(r); err != nil {
			return err
		}
	}
	return writeHAR(w, r.Tool, []harPage{page})
}

// Extent is how much of a run's calls is reported.
type Extent struct {
	Every bool  // all of them, not a choice
	Most  int64 // bytes that the run may write, of which the calls get a share; 0: no bound
}

type callID struct {
	process int
	id      string
}

// choose settles which calls of a report the page holds.
func (p *harPage) choose(r *Report) (err error) {
	if p.calls == nil {
		return nil
	}
	kept, err := keptOf(r, p.calls)
	p.keep = func(c journal.Call) bool { return kept[callID{c.Process, c.ID}] }
	return err
}

// keptOf are the calls of what is not PASS, and one example of each operation and
// outcome.
func keptOf(r *Report, calls *journal.Reader) (map[callID]bool, error) {
	kept := map[callID]bool{}
	shown := map[[2]string]bool{}
	for _, e := range r.Verdicts {
		if e.Verdict != verdict.PASS {
			for _, id := range e.Calls {
				kept[callID{e.Process, id}] = true
			}
			continue
		}
		pair := [2]string{e.Operation, e.Outcome}
		if shown[pair] {
			continue
		}
		id, err := exampleOf(e, calls)
		if err != nil {
			return nil, err
		}
		if id != "" {
			kept[callID{e.Process, id}], shown[pair] = true, true
		}
	}
	return kept, nil
}

// Lean leaves out of report.json the ids of calls that no output of the run holds: those
// of which calls.har keeps no example, once the journals are gone.
func (r *Report) Lean(calls *journal.Reader) (err error) {
	r.kept, err = keptOf(r, calls)
	return err
}

// exampleOf finds the last call of a clause to its own operation; empty where none was
// recorded.
func exampleOf(e Entry, calls *journal.Reader) (string, error) {
	for _, id := range slices.Backward(e.Calls) {
		c, found, err := calls.Call(e.Process, id)
		if err != nil {
			return "", err
		}
		if found && c.Operation == e.Operation {
			return id, nil
		}
	}
	return "", nil
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
	if _, err := fmt.Fprintf(w, "{\"log\":{\"version\":\"1.2\",\"creator\":%s,%s\"comment\":%q,\"entries\":[\n", creator, listed,
		harComment); err != nil {
		return err
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	separator, written := "", int64(0)
	for _, page := range pages {
		if page.calls == nil {
			continue
		}
		err := page.calls.Calls(func(c journal.Call) error {
			if page.keep != nil && !page.keep(c) {
				return nil
			}
			if _, err := io.WriteString(w, separator); err != nil {
				return err
			}
			separator = ","
			if page.most > 0 && written > page.most {
				c = c.Bare()
			}
			entry := harOf(c)
			entry.Page = page.ID
			text.Reset()
			if err := enc.Encode(entry); err != nil {
				return err
			}
			n, err := w.Write(plain.JSON(text.Bytes()))
			written += int64(n)
			return err
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
			Method: c.Method, URL: c.URL, HTTPVersion: "", Headers: requestHeaders(c),
			Cookies: []harPair{}, QueryString: query(c.URL), HeadersSize: unknown, BodySize: unknown,
		},
		Response: harResponse{
			Status: c.Status, StatusText: http.StatusText(c.Status), HTTPVersion: "", Headers: pairs(c.Header),
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
			MimeType: c.RequestHeader.Get("Content-Type"), Text: c.RequestBody, Encoding: c.RequestBodyEncoding,
		}
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

// requestHeaders leaves out the two by which the harness names clause and operation to
// the target, where the entry's own members say the same.
func requestHeaders(c journal.Call) []harPair {
	return slices.DeleteFunc(pairs(c.RequestHeader), func(p harPair) bool {
		return p == harPair{"Authconform-Clause", c.Clause} || p == harPair{"Authconform-Operation", c.Operation}
	})
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
