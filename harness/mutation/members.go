package mutation

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// members breaks each member of the sample, at any depth and in the first
// element of each list: dropped, null, of another type, empty, of another
// value, a date without its zone; and puts a strange member into each object.
// Only what the reply's schema refuses is a fault.
func (g *generator) members() {
	for _, pointer := range pointers("", decode(g.reply.sample.Body)) {
		for _, b := range breaks {
			change := onBody(pointer, b.change)
			broken := &Response{Body: g.reply.sample.Body, Header: g.reply.sample.Header.Clone()}
			change(broken)
			if bytes.Equal(broken.Body, g.reply.sample.Body) || len(g.reply.answers[0].Schema.Check(broken.Body)) == 0 {
				continue
			}
			where := pointer
			if where == "" {
				where = "/"
			}
			g.add("member/"+b.name+pointer, b.text+" "+where, change)
		}
	}
}

// dropped marks a member that is to be left out.
type dropped struct{}

var breaks = []struct {
	name, text string
	change     func(any) (any, bool)
}{
	{"dropped", "lacks the member", func(any) (any, bool) { return dropped{}, true }},
	{"null", "has null for the member", func(any) (any, bool) { return nil, true }},
	{"retyped", "has another JSON type for the member", func(v any) (any, bool) { return retyped(v), true }},
	{"emptied", "has nothing in the member", emptied},
	{"changed", "has another value in the member", changed},
	{"zoneless", "has no time zone in the date", zoneless},
	{"extended", "has a strange member in", extended},
}

func retyped(v any) any {
	switch v.(type) {
	case string:
		return json.Number("7")
	case json.Number, bool:
		return "7"
	case []any:
		return map[string]any{"0": "x"}
	}
	return []any{"x"}
}

func emptied(v any) (any, bool) {
	switch v.(type) {
	case string:
		return "", true
	case []any:
		return []any{}, true
	case map[string]any:
		return map[string]any{}, true
	}
	return nil, false
}

func changed(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		return "~" + v, true
	case json.Number:
		f, err := v.Float64()
		return json.Number(strconv.FormatFloat(f+1, 'f', -1, 64)), err == nil
	case bool:
		return !v, true
	}
	return nil, false
}

func zoneless(v any) (any, bool) {
	s, ok := v.(string)
	if !ok {
		return nil, false
	}
	t, err := time.Parse(time.RFC3339, s)
	return t.Format("2006-01-02T15:04:05"), err == nil
}

func extended(v any) (any, bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	more := map[string]any{"strangeMember": "x"}
	for name, value := range object {
		more[name] = value
	}
	return more, true
}

// decode reads a JSON body; nil when it is none.
func decode(body []byte) any {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// pointers lists the places in a value (RFC 6901), the whole first.
func pointers(at string, v any) []string {
	list := []string{at}
	switch v := v.(type) {
	case map[string]any:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			list = append(list, pointers(at+"/"+escape.Replace(name), v[name])...)
		}
	case []any:
		if len(v) > 0 {
			list = append(list, pointers(at+"/0", v[0])...)
		}
	}
	return list
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// get follows a pointer.
func get(v any, pointer string) (any, bool) {
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch node := v.(type) {
		case map[string]any:
			next, ok := node[unescape.Replace(token)]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i >= len(node) {
				return nil, false
			}
			v = node[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// onBody changes the value at a pointer of a JSON body, where there is one.
func onBody(pointer string, change func(any) (any, bool)) func(*Response) {
	return func(x *Response) {
		root := decode(x.Body)
		old, ok := get(root, pointer)
		if !ok {
			return
		}
		value, ok := change(old)
		if !ok {
			return
		}
		if pointer == "" {
			root = value
		} else {
			put(root, pointer, value)
		}
		if _, gone := root.(dropped); gone {
			x.Body = nil
			return
		}
		if text, err := json.Marshal(root); err == nil {
			x.Body = text
		}
	}
}

// put sets or drops what a pointer leads to; get has found it before.
func put(root any, pointer string, value any) {
	cut := strings.LastIndexByte(pointer, '/')
	parent, _ := get(root, pointer[:cut])
	name := unescape.Replace(pointer[cut+1:])
	_, drop := value.(dropped)
	switch node := parent.(type) {
	case map[string]any:
		if drop {
			delete(node, name)
		} else {
			node[name] = value
		}
	case []any:
		if i, err := strconv.Atoi(name); err == nil && !drop {
			node[i] = value
		}
	}
}
