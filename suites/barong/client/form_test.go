package client

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

type field struct{ Name, File, Text string }

func TestAsForm(t *testing.T) {
	op := &contract.Operation{Body: &contract.Body{MediaTypes: []string{formMedia}}}
	sent := asForm(op, conform.Request{JSON: conform.Object{
		"upload": []Upload{{Name: "a.png", Media: "image/png", Content: []byte("1")}, {Name: "b.png", Media: "image/png", Content: []byte("2")}},
		"texts":  []string{"x"}, "one": Upload{Name: "c.png", Media: "image/png", Content: []byte("3")}, "nothing": nil, "number": 5,
	}})
	if sent.JSON != nil {
		t.Errorf("the members are sent as JSON too: %v", sent.JSON)
	}
	want := []field{
		{"nothing", "", ""}, {"number", "", "5"}, {"one", "c.png", "3"}, {"texts[]", "", "x"}, {"upload[]", "a.png", "1"},
		{"upload[]", "b.png", "2"},
	}
	if diff := cmp.Diff(want, fields(t, sent)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestAsFormLeavesAlone(t *testing.T) {
	form := &contract.Operation{Body: &contract.Body{MediaTypes: []string{formMedia}}}
	either := &contract.Operation{Body: &contract.Body{MediaTypes: []string{"application/json", formMedia}}}
	members := conform.Object{"a": "b"}
	for name, c := range map[string]struct {
		op *contract.Operation
		r  conform.Request
	}{
		"JSON is documented": {either, conform.Request{JSON: members}},
		"no body":            {&contract.Operation{}, conform.Request{JSON: members}},
		"raw body":           {form, conform.Request{JSON: members, Raw: []byte("{")}},
		"no members":         {form, conform.Request{}},
	} {
		if diff := cmp.Diff(c.r, asForm(c.op, c.r)); diff != "" {
			t.Errorf("%s: the request is changed (-want +got):\n%s", name, diff)
		}
	}
	if got := asForm(form, conform.Request{JSON: members, ContentType: "text/plain"}); got.ContentType != "text/plain" || got.Raw == nil {
		t.Errorf("content type %q with body %q; want the request's own type on a form", got.ContentType, got.Raw)
	}
}

func fields(t *testing.T, r conform.Request) []field {
	t.Helper()
	_, parameters, err := mime.ParseMediaType(r.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	var got []field
	for reader := multipart.NewReader(bytes.NewReader(r.Raw), parameters["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, field{part.FormName(), part.FileName(), string(content)})
	}
}
