package barong

import (
	"strings"
	"testing"
)

const (
	documentsPath = "/resource/documents"
	addressesPath = "/resource/addresses"
)

// passport is a document with other members: name, value, and so on.
func passport(more ...string) map[string]string {
	return withMembers(map[string]string{"doc_type": "Passport", "doc_number": "AB 123-89"}, more)
}

func proofOfAddress(more ...string) map[string]string {
	return withMembers(map[string]string{"country": "FR", "address": "1, Rue X", "city": "Paris", "postcode": "75001"}, more)
}

func withMembers(members map[string]string, more []string) map[string]string {
	for i := 0; i+1 < len(more); i += 2 {
		members[more[i]] = more[i+1]
	}
	return members
}

// pictures are so many names of files.
func pictures(n int) []string {
	var names []string
	for range n {
		names = append(names, "scan.png")
	}
	return names
}

func expiring(c *Config) { c.DocsExpire = true }

var documentScenarios = map[string]scenario{
	faultDocumentLimitOff: {see: func(d *deployment) string {
		return statuses(d.user(roleActive, 0).upload(documentsPath, passport(), pictures(11)...))
	}},
	faultDocumentExpiredAccepted: {config: expiring, see: func(d *deployment) string {
		return statuses(d.user(roleActive, 0).upload(documentsPath, passport("doc_expire", "2026-05-03"), "scan.png"))
	}},
}

func TestDocuments(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		u := d.user(roleActive, 0)
		d.want("none", u.do("GET", documentsPath, nil), "200 []")
		members := passport("doc_expire", "2020-01-31", "doc_category", "selfie", "identificator", "x", "metadata", `{"a":1}`)
		d.want("two files", u.upload(documentsPath, members, "Front.PNG", "back.pdf"), "201 201")
		types := [2]string{"", ""}
		if profile == Release31 {
			types = [2]string{`,"type":"image/png"`, `,"type":"application/pdf"`}
		}
		d.want("listed", u.do("GET", documentsPath, nil), `200 [`+
			`{"upload":{"url":"/uploads/document/Front.PNG"`+types[0]+`},"doc_type":"Passport","doc_number":"AB*****89","doc_expire":"2020-01-31"},`+
			`{"upload":{"url":"/uploads/document/back.pdf"`+types[1]+`},"doc_type":"Passport","doc_number":"AB*****89","doc_expire":"2020-01-31"}]`)
		d.want("of another", d.user(roleActive, 1).do("GET", documentsPath, nil), "200 []")
		d.want("eight more", u.upload(documentsPath, passport(), pictures(8)...), "201 201")
		d.want("eleventh", u.upload(documentsPath, passport(), "scan.png"), "400 resource.documents.limit_will_be_reached")
		if got := u.do("GET", documentsPath, nil); len(got.rows()) != documentLimit {
			t.Errorf("%s: %d documents", profile, len(got.rows()))
		}
	}
}

func TestDocumentRefusals(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	for _, row := range []struct{ member, value, want string }{
		{"doc_type", "Library card", "422 doc_type.inclusion"},
		{"doc_number", "AB_1", "422 doc_number.invalid"},
		{"doc_number", strings.Repeat("1", 129), "422 doc_number.too_long"},
		{"metadata", "{", "422 metadata.invalid_format"},
		{"doc_expire", "soon", "422 resource.documents.expire_not_a_date"},
		{"doc_expire", "2026-02-30", "422 resource.documents.expire_not_a_date"},
		{"doc_category", "back", "422 resource.documents.doc_category"},
	} {
		d.want(row.member+" "+row.value, u.upload(documentsPath, passport(row.member, row.value), "scan.png"), row.want)
	}
	d.want("several", u.upload(documentsPath, passport("doc_type", "x", "doc_number", "_"), "scan.png"),
		"422 doc_type.inclusion doc_number.invalid")
	d.want("eleven files", u.upload(documentsPath, passport(), pictures(11)...), "400 resource.documents.limit_will_be_reached")
	d.want("no files", u.upload(documentsPath, passport()), "422 resource.document.missing_upload")
	d.want("a file that is no list", u.form(documentsPath, passport(), "upload", "scan.png"), "500 server.internal_error")
	d.want("a text", u.upload(documentsPath, passport("upload[]", "scan.png")), "422 upload.blank")
	d.want("one good file of two", u.upload(documentsPath, passport(), "scan.png", "scan.exe"),
		"422 upload.You are not allowed to upload \"exe\" files, allowed types: jpg, jpeg, gif, png, pdf")
	d.want("what is kept of all that", u.do("GET", documentsPath, nil), "200 []")
	d.want("longest number", u.upload(documentsPath, passport("doc_number", strings.Repeat("1", 128)), "scan.png"), "201 201")
	empty := "--x\r\nContent-Disposition: form-data; name=\"upload[]\"; filename=\"scan.png\"\r\n\r\n\r\n--x--\r\n"
	media := header("Content-Type", "multipart/form-data; boundary=x")
	d.want("an empty file", u.do("POST", documentsPath+"?doc_type=Passport&doc_number=1", empty, media), "422 upload.blank")
	d.want("half a form", u.do("POST", documentsPath, empty[:80], media), "500 server.internal_error")
	d.want("no boundary", u.do("POST", documentsPath, empty, header("Content-Type", "multipart/form-data")), "500 server.internal_error")
}

// Where documents have to say when they expire, one that expires today is still
// good.
func TestDocumentExpiry(t *testing.T) {
	config := openConfig()
	expiring(&config)
	d := startWith(t, config)
	u := d.user(roleActive, 0)
	for expire, want := range map[string]string{
		"": "422 resource.documents.invalid_format", "2026-05-03": "422 resource.documents.already_expired",
		"2026-05-04": "201 201", "2031-01-01": "201 201",
	} {
		d.want("expires "+expire, u.upload(documentsPath, passport("doc_expire", expire), "scan.png"), want)
	}
	d.want("address", u.upload(addressesPath, proofOfAddress(), "scan.png"), "422 doc_expire.blank")
	d.want("its label", u.do("GET", labelsPath+"/address", nil), "404 record.not_found")
}

func TestAddresses(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	d.want("address", u.upload(addressesPath, proofOfAddress("city", " ", "postcode", ""), "scan.jpg"), "201 201")
	if got := u.do("GET", documentsPath, nil); got.column("doc_type") != addressKind || got.rows()[0]["doc_expire"] != nil {
		t.Errorf("as a document: %s", got)
	}
	if got := u.do("GET", labelsPath+"/address", nil); got.text("value") != "pending" || got.text("scope") != "private" {
		t.Errorf("label: %s", got)
	}
	d.want("a file that is no list", u.form(addressesPath, proofOfAddress(), "upload", "scan.png"), "500 server.internal_error")
	d.want("another kind of file", u.upload(addressesPath, proofOfAddress(), "scan"),
		"422 upload.You are not allowed to upload \"\" files, allowed types: jpg, jpeg, gif, png, pdf")
}
