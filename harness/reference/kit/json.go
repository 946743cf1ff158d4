package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// BodyProblem is why a request body was not understood.
type BodyProblem int

// The problems, in the order in which they are looked for.
const (
	TooLarge    BodyProblem = iota // longer than the reference reads
	MediaType                      // Content-Type missing or not JSON
	Malformed                      // not one JSON value in UTF-8, or null
	InvalidType                    // a member, or the whole, has the wrong JSON type
)

// BodyError reports an unusable body. It never quotes the body.
type BodyError struct {
	Problem BodyProblem
	Field   string // dotted path of the member at fault; "" for the whole body
	Want    string // the Go type wanted, for InvalidType
}

// Error says what is wrong, without a value of the body.
func (e *BodyError) Error() string {
	switch e.Problem {
	case TooLarge:
		return "body is too large"
	case MediaType:
		return "Content-Type is not JSON"
	case Malformed:
		return "body is not one JSON value"
	}
	if e.Field == "" {
		return "body has the wrong JSON type"
	}
	return fmt.Sprintf("member %q has the wrong JSON type", e.Field)
}

// ReadBody reads at most limit bytes; more is a TooLarge error.
func ReadBody(r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, &BodyError{Problem: Malformed}
	}
	if int64(len(body)) > limit {
		return nil, &BodyError{Problem: TooLarge}
	}
	return body, nil
}

// DecodeJSON reads exactly one JSON value in valid UTF-8 into a struct. Media
// types application/json, application/*+json and text/json are JSON. A null
// member is as an absent one; unknown members are ignored. Every error is a
// *BodyError.
func DecodeJSON(contentType string, body []byte, into any) error {
	if !isJSON(contentType) {
		return &BodyError{Problem: MediaType}
	}
	trimmed := bytes.TrimSpace(body)
	if !utf8.Valid(body) || !json.Valid(trimmed) || string(trimmed) == "null" {
		return &BodyError{Problem: Malformed}
	}
	err := json.Unmarshal(trimmed, into)
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return &BodyError{Problem: InvalidType, Field: wrongType.Field, Want: wrongType.Type.String()}
	}
	if err != nil {
		return &BodyError{Problem: Malformed}
	}
	return nil
}

func isJSON(contentType string) bool {
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	return media == "application/json" || media == "text/json" ||
		strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
}

// Kinds of a JSON value, as KindOf names them.
const (
	KindNull    = "null"
	KindString  = "string"
	KindNumber  = "number"
	KindBoolean = "boolean"
	KindArray   = "array"
	KindObject  = "object"
)

// KindOf names the kind of a valid JSON value without space in front of it.
func KindOf(raw []byte) string {
	switch raw[0] {
	case 'n':
		return KindNull
	case '"':
		return KindString
	case 't', 'f':
		return KindBoolean
	case '[':
		return KindArray
	case '{':
		return KindObject
	}
	return KindNumber
}
