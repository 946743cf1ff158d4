package mutation

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"authconform/harness/contract"
)

// generate makes the wire faults of a reply out of its answers and its sample.
// It asks the schemas themselves what they refuse, not the suite's checks: a
// check that is missing must not take its own faults away.
func generate(c *contract.Contract, r *reply) []Fault {
	g := &generator{contract: c, reply: r}
	g.statuses()
	g.headers()
	if len(r.sample.Body) > 0 && r.answers[0].Body == contract.JSONBody {
		g.mediaTypes()
		g.brokenBodies()
		g.members()
		g.meaning()
	}
	if r.answers[0].Body == contract.EmptyBody && mayHaveBody(r.sample.Status) {
		g.add("body/added", "carries a body", func(x *Response) {
			x.Body = []byte(`{"unexpected":true}`)
			x.Header.Set("Content-Type", "application/json")
		})
	}
	return g.faults
}

// mayHaveBody tells whether HTTP lets an answer of the status have a body: any
// server or client on the way cuts it off otherwise (RFC 9110 6.4.1).
func mayHaveBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

type generator struct {
	contract *contract.Contract
	reply    *reply
	faults   []Fault
}

func (g *generator) add(name, text string, change func(*Response)) {
	op, outcome := g.reply.operation, g.reply.answers[0].Outcome
	g.faults = append(g.faults, Fault{
		ID:   fmt.Sprintf("wire/%s/%s/%s", op.ID, outcome, name),
		Text: fmt.Sprintf("The answer %q of %s %s %s.", outcome, op.Method, op.Path, text),
		Kind: Wire, Operations: []string{op.ID}, Outcomes: g.reply.outcomes(),
		reply: g.reply, change: change,
	})
}

// statuses swaps the status to each other that the documents name for the
// operation, and to its neighbour.
func (g *generator) statuses() {
	answer := g.reply.answers[0]
	others := []int{answer.Status + 1}
	if answer.Status == 0 {
		others = nil // the documents name none, so none has a neighbour
	}
	for status := range g.reply.operation.Statuses {
		if !answer.Takes(status) && status != answer.Status+1 {
			others = append(others, status)
		}
	}
	slices.Sort(others)
	for _, status := range others {
		g.add(fmt.Sprintf("status/%d", status), fmt.Sprintf("has status %d in place of %d", status, g.reply.sample.Status),
			func(x *Response) { x.Status = status })
	}
}

func (g *generator) headers() {
	seen := map[string]bool{}
	for _, answer := range g.reply.answers {
		for _, name := range sorted(answer.Headers) {
			if seen[name] {
				continue
			}
			seen[name] = true
			rule := answer.Headers[name]
			if rule.Presence == contract.Absent {
				g.add("header/added/"+name, "carries the header "+name, func(x *Response) { x.Header.Set(name, "60") })
				continue
			}
			if rule.Presence == contract.Required {
				g.add("header/dropped/"+name, "lacks the header "+name, func(x *Response) { x.Header.Del(name) })
			}
			if rule.Pattern != nil && g.reply.sample.Header.Get(name) != "" {
				g.add("header/malformed/"+name, "has a malformed header "+name, func(x *Response) { x.Header.Set(name, "?") })
			}
		}
	}
}

func (g *generator) mediaTypes() {
	other := "text/plain"
	if slices.ContainsFunc(g.reply.answers, func(a *contract.Answer) bool { return slices.Contains(a.MediaTypes, other) }) {
		other = "text/html"
	}
	g.add("media-type/text", "is sent as "+other, func(x *Response) { x.Header.Set("Content-Type", other+"; charset=utf-8") })
	g.add("media-type/missing", "has no Content-Type", func(x *Response) { x.Header["Content-Type"] = nil })
	g.add("media-type/charset", "claims another charset than UTF-8", func(x *Response) {
		x.Header.Set("Content-Type", "application/json; charset=iso-8859-1")
	})
}

func (g *generator) brokenBodies() {
	body := func(name, text string, change func([]byte) []byte) {
		if !bytes.Equal(change(g.reply.sample.Body), g.reply.sample.Body) { // a list has no member to repeat
			g.add("body/"+name, text, func(x *Response) { x.Body = change(x.Body) })
		}
	}
	body("html", "is an HTML page", func([]byte) []byte { return []byte("<!doctype html><title>Service</title>") })
	body("empty", "has an empty body", func([]byte) []byte { return nil })
	body("truncated", "is cut off in the middle", func(b []byte) []byte { return b[:len(b)/2] })
	body("trailing", "has bytes behind its JSON", func(b []byte) []byte { return append(slices.Clone(b), []byte(" {}")...) })
	body("duplicate", "has a member twice", duplicateMember)
	body("utf8", "is not UTF-8", invalidUTF8)
}

// duplicateMember repeats the first member of the outermost object.
func duplicateMember(b []byte) []byte {
	text := string(b)
	begin, end := strings.Index(text, `"`), strings.Index(text, `":`)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || begin < 0 || end < begin {
		return b
	}
	return []byte(text[:begin] + text[begin:end+2] + "null," + text[begin:])
}

// invalidUTF8 puts a byte that no UTF-8 text has into the first string.
func invalidUTF8(b []byte) []byte {
	at := strings.Index(string(b), `"`)
	if at < 0 {
		return b
	}
	return slices.Concat(b[:at+1], []byte{0xff}, b[at+1:])
}

// meaning changes what a schema cannot see: the status inside the body, and the
// error key.
func (g *generator) meaning() {
	own := g.reply.answers[0].Status
	for _, pointer := range g.reply.answers[0].StatusPointers {
		if _, ok := get(decode(g.reply.sample.Body), pointer); ok {
			g.add("status-member"+pointer, "says another status in its body", onBody(pointer, func(any) (any, bool) { return own + 1, true }))
		}
	}
	for _, answer := range g.reply.answers {
		if len(answer.ErrorKeys) > 0 {
			g.add("error-key", "has another error key", onBody(g.contract.ErrorPointer, func(any) (any, bool) { return "something else", true }))
			return
		}
	}
}

func sorted(headers map[string]contract.HeaderRule) []string {
	var names []string
	for name := range headers {
		names = append(names, http.CanonicalHeaderKey(name))
	}
	slices.Sort(names)
	return names
}
