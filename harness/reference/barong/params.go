package barong

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"authconform/harness/reference/kit"
)

// file is an uploaded file of a multipart body.
type file struct {
	name string
	size int64
}

// readParams collects what was sent the way grape does: query, body, path, the
// later ones winning. It only reads; validate judges.
func (s *Server) readParams(r *request) *answer {
	r.params = nested(r.http.URL.Query())
	body, refused := s.readBody(r.http)
	if refused != nil {
		return refused
	}
	maps.Copy(r.params, body)
	for name, value := range r.path {
		r.params[name] = value
	}
	return nil
}

// readBody reads a JSON or form body. A JSON body that is no object counts as {},
// as does an absent one.
func (s *Server) readBody(r *http.Request) (map[string]any, *answer) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, s.malformed()
	}
	if len(body) == 0 {
		return nil, nil
	}
	contentType := r.Header.Get("Content-Type")
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil && contentType != "" {
		media, _, _ = strings.Cut(contentType, ";")
	}
	switch media {
	case "", "application/json":
		return s.readJSON(body)
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, s.malformed()
		}
		return nested(values), nil
	case "multipart/form-data":
		members, err := readMultipart(body, parameters["boundary"])
		if err != nil {
			return nil, s.malformed()
		}
		return members, nil
	}
	refused := frameworkError(http.StatusUnsupportedMediaType, fmt.Sprintf("The provided content-type '%s' is not supported.", media))
	return nil, &refused
}

func (s *Server) malformed() *answer {
	if s.policy.documented {
		return refusal(s.policy.malformed, "request.malformed")
	}
	a := internalError()
	return &a
}

func (s *Server) readJSON(body []byte) (map[string]any, *answer) {
	trimmed := bytes.TrimSpace(body)
	if !utf8.Valid(body) || len(trimmed) > 0 && (!json.Valid(trimmed) || tooDeep(trimmed)) {
		return nil, s.malformed()
	}
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(trimmed))
	decoder.UseNumber()
	members := map[string]any{}
	if err := decoder.Decode(&members); err != nil {
		return nil, s.malformed()
	}
	return members, nil
}

// tooDeep tells JSON nested deeper than the 100 levels Ruby's parser reads.
func tooDeep(text []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > 100 {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// nested gives form members their Rack meaning: a[] is an array, a[b] an object.
func nested(values url.Values) map[string]any {
	members := map[string]any{}
	for name, list := range values {
		for _, value := range list {
			put(members, name, value)
		}
	}
	return members
}

func put(members map[string]any, name string, value any) {
	base, inner, found := strings.Cut(name, "[")
	switch {
	case !found || !strings.HasSuffix(inner, "]"):
		members[name] = value
	case inner == "]":
		list, _ := members[base].([]any)
		members[base] = append(list, value)
	default:
		object, isObject := members[base].(map[string]any)
		if !isObject {
			object = map[string]any{}
			members[base] = object
		}
		object[strings.TrimSuffix(inner, "]")] = value
	}
}

func readMultipart(body []byte, boundary string) (map[string]any, error) {
	members := map[string]any{}
	if boundary == "" {
		return nil, &kit.BodyError{Problem: kit.Malformed}
	}
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return members, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			put(members, part.FormName(), file{name: part.FileName(), size: int64(len(content))})
			continue
		}
		put(members, part.FormName(), string(content))
	}
}
