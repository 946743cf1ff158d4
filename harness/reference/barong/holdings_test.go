package barong

import (
	"mime/multipart"
	"strings"
	"testing"
)

// rows are the elements of a list body.
func (r reply) rows() []object {
	list, _ := r.body.([]any)
	rows := []object{}
	for _, one := range list {
		row, _ := one.(object)
		rows = append(rows, row)
	}
	return rows
}

// column is one member of every row, joined.
func (r reply) column(name string) string {
	var values []string
	for _, row := range r.rows() {
		value, _ := row[name].(string)
		values = append(values, value)
	}
	return strings.Join(values, " ")
}

// me is what the user sees of himself.
func (u user) me() reply { return u.do("GET", "/resource/users/me", nil) }

// upload sends a multipart body with the named files as members upload[].
func (u user) upload(path string, members map[string]string, files ...string) reply {
	u.d.t.Helper()
	return u.form(path, members, "upload[]", files...)
}

// form sends a multipart body with files under a name.
func (u user) form(path string, members map[string]string, name string, files ...string) reply {
	u.d.t.Helper()
	var body strings.Builder
	writer := multipart.NewWriter(&body)
	for member, value := range members {
		if err := writer.WriteField(member, value); err != nil {
			u.d.t.Fatal(err)
		}
	}
	for _, file := range files {
		part, err := writer.CreateFormFile(name, file)
		if err != nil {
			u.d.t.Fatal(err)
		}
		if _, err := part.Write([]byte("content")); err != nil {
			u.d.t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		u.d.t.Fatal(err)
	}
	return u.do("POST", path, body.String(), header("Content-Type", writer.FormDataContentType()))
}

// Every missing and every blank member is told, and where the published page names
// 400 for it, the documented profile answers that.
func TestRequiredMembers(t *testing.T) {
	type list = []string
	for _, row := range []struct {
		method, path, class string
		names400            bool
		filled, bare        list // members that must not be blank, and that may
	}{
		{"POST", "/resource/labels", "label", true, list{"key", "value"}, nil},
		{"PATCH", "/resource/labels/email", "label", true, list{"value"}, nil},
		{"POST", "/resource/phones", "phone", true, list{"phone_number"}, nil},
		{"POST", "/resource/phones/send_code", "phone", true, list{"phone_number"}, nil},
		{"POST", "/resource/phones/verify", "phone", true, list{"phone_number", "verification_code"}, nil},
		{"POST", "/resource/documents", "document", true, list{"doc_type", "doc_number"}, list{"upload"}},
		{"POST", "/resource/addresses", "address", true, list{"country", "address"}, list{"upload", "city", "postcode"}},
		{"DELETE", "/resource/users/me", "user", false, list{"password"}, nil},
		{"PUT", "/resource/users/me", "user", false, list{"data"}, nil},
		{"POST", "/resource/data_storage", "datastorage", false, list{"title", "data"}, nil},
	} {
		missing, empty, blanks := "", "", object{}
		for _, name := range row.filled {
			blanks[name] = "  "
			empty += " resource." + row.class + ".empty_" + name
			missing += " resource." + row.class + ".missing_" + name + " resource." + row.class + ".empty_" + name
		}
		for _, name := range row.bare {
			blanks[name] = ""
			missing += " resource." + row.class + ".missing_" + name
		}
		for _, profile := range profiles {
			u := start(t, profile).user(roleActive, 0)
			status := "422"
			if row.names400 && profile == Documented {
				status = "400"
			}
			what := profile + ": " + row.method + " " + row.path
			u.d.want(what+" without members", u.do(row.method, row.path, object{}), status+missing)
			u.d.want(what+" with blank members", u.do(row.method, row.path, blanks), status+empty)
		}
	}
}
