package client

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"slices"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// formMedia is the one media type of the operations that take files.
const formMedia = "multipart/form-data"

// Upload is a file of a form.
type Upload struct {
	Name, Media string
	Content     []byte
}

// asForm writes the members of a request as a form where the operation takes
// nothing else, so that changes of members read alike for all operations. A
// content type that the request brings stays: it is what some spec is about.
func asForm(op *contract.Operation, r conform.Request) conform.Request {
	members, isObject := r.JSON.(conform.Object)
	if !isObject || r.Raw != nil || op.Body == nil || !slices.Equal(op.Body.MediaTypes, []string{formMedia}) {
		return r
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		addField(form, name, members[name])
	}
	_ = form.Close() // writing to a buffer does not fail
	r.JSON, r.Raw = nil, body.Bytes()
	if r.ContentType == "" {
		r.ContentType = form.FormDataContentType()
	}
	return r
}

// addField writes a member: a list under its name with brackets, as Rack reads
// lists; null as the empty text, for want of anything nearer.
func addField(form *multipart.Writer, name string, v any) {
	switch v := v.(type) {
	case []Upload:
		for _, file := range v {
			addField(form, name+"[]", file)
		}
	case []string:
		for _, text := range v {
			addField(form, name+"[]", text)
		}
	case Upload:
		header := textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", name, v.Name)},
			"Content-Type":        {v.Media},
		}
		part, _ := form.CreatePart(header)
		_, _ = part.Write(v.Content)
	case nil:
		_ = form.WriteField(name, "")
	default:
		_ = form.WriteField(name, fmt.Sprint(v))
	}
}
