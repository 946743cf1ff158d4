package barong

import (
	"fmt"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	documentLimit = 10  // documents of an account
	numberLimit   = 128 // characters of a document's number
)

// addressKind is the kind of document that proves an address.
const addressKind = "Address"

var (
	documentKinds  = []string{"Passport", "Identity card", "Driver license", "Utility Bill", "Residental", "Institutional", addressKind}
	documentNumber = regexp.MustCompile(`\A[A-Za-z0-9\-\s]+\z`)
	uploadKinds    = []string{"jpg", "jpeg", "gif", "png", "pdf"}
)

func documentParams() []param {
	return []param{
		need("doc_type"), need("doc_number"), {name: "upload", kind: files, required: true},
		{name: "doc_expire", kind: date, wrongType: "resource.documents.expire_not_a_date"},
		oneOf("doc_category", "resource.documents.doc_category", "front_side", "back_side", "selfie"),
		optional("identificator"), optional("metadata"),
	}
}

func addressParams() []param {
	return []param{
		need("country"), need("address"), {name: "upload", kind: files, required: true},
		{name: "city", required: true}, {name: "postcode", required: true},
	}
}

// createDocument makes a document of every file. An upload that is no list is an
// exception in the original, and answered as one.
func (s *Server) createDocument(r *request) answer {
	uploads, isList := r.params["upload"].([]any)
	if !isList {
		return internalError()
	}
	expires := r.date("doc_expire")
	if refused := s.checkExpiry(expires, r.Now); refused != nil {
		return *refused
	}
	if len(r.account.documents)+len(uploads) > documentLimit && !s.On(faultDocumentLimitOff) {
		return refuse(http.StatusBadRequest, "resource.documents.limit_will_be_reached")
	}
	return s.store(r, uploads, document{
		kind: r.text("doc_type"), number: r.text("doc_number"), expire: expires, metadata: r.optionalText("metadata"),
	})
}

// checkExpiry looks at the date only where documents need one.
func (s *Server) checkExpiry(expires *time.Time, now time.Time) *answer {
	switch {
	case !s.config.DocsExpire:
		return nil
	case expires == nil:
		return refusal(http.StatusUnprocessableEntity, "resource.documents.invalid_format")
	case expires.Before(now.Truncate(24*time.Hour)) && !s.On(faultDocumentExpiredAccepted):
		return refusal(http.StatusUnprocessableEntity, "resource.documents.already_expired")
	}
	return nil
}

// createAddress is a document without a date of expiry, which is why it fails
// where documents need one.
func (s *Server) createAddress(r *request) answer {
	uploads, isList := r.params["upload"].([]any)
	if !isList {
		return internalError()
	}
	about := encoded(map[string]string{
		"country": r.text("country"), "address": r.text("address"), "city": r.text("city"), "postcode": r.text("postcode"),
	})
	a := s.store(r, uploads, document{kind: addressKind, number: randomHex(8), metadata: &about})
	if a.status < http.StatusBadRequest {
		s.setPrivate(r.account, "address", "pending", r.Now)
	}
	return a
}

// store makes a document of each file, or of none when one is refused.
func (s *Server) store(r *request, uploads []any, like document) answer {
	var added []*document
	for _, upload := range uploads {
		if problems := s.documentProblems(upload, like); len(problems) > 0 {
			return unprocessable(problems...)
		}
		one := like
		one.fileName, one.created, one.updated = upload.(file).name, r.Now, r.Now
		one.fileType = mime.TypeByExtension("." + extension(one.fileName))
		added = append(added, &one)
	}
	r.account.documents = append(r.account.documents, added...)
	return s.ok(r, http.StatusCreated)
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// documentProblems are the keys of everything the model refuses.
func (s *Server) documentProblems(upload any, d document) []string {
	var keys []string
	if !slices.Contains(documentKinds, d.kind) {
		keys = append(keys, "doc_type.inclusion")
	}
	if !documentNumber.MatchString(d.number) {
		keys = append(keys, "doc_number.invalid")
	}
	if len([]rune(d.number)) > numberLimit {
		keys = append(keys, "doc_number.too_long")
	}
	if d.metadata != nil && !isJSONText(*d.metadata) {
		keys = append(keys, "metadata.invalid_format")
	}
	if s.config.DocsExpire && d.expire == nil {
		keys = append(keys, "doc_expire.blank")
	}
	found, isFile := upload.(file)
	switch {
	case !isFile || found.size == 0:
		keys = append(keys, "upload.blank")
	case !slices.Contains(uploadKinds, extension(found.name)):
		keys = append(keys, fmt.Sprintf(`upload.You are not allowed to upload %q files, allowed types: %s`,
			extension(found.name), strings.Join(uploadKinds, ", ")))
	}
	return keys
}

type uploadEntity struct {
	URL  *string `json:"url"`
	Type *string `json:"type,omitempty"` // in release 3.1
}

type documentEntity struct {
	Upload uploadEntity `json:"upload"`
	Kind   string       `json:"doc_type"`
	Number string       `json:"doc_number"`
	Expire *string      `json:"doc_expire"`
}

func (s *Server) documentOf(d *document) documentEntity {
	url := "/uploads/document/" + path.Base(d.fileName)
	entity := documentEntity{Upload: uploadEntity{URL: &url}, Kind: d.kind, Number: masked(d.number, 2, 2)}
	if s.policy.uploadType {
		entity.Upload.Type = &d.fileType
	}
	if d.expire != nil {
		day := d.expire.Format(time.DateOnly)
		entity.Expire = &day
	}
	return entity
}

func (s *Server) listDocuments(r *request) answer {
	return s.ok(r, each(r.account.documents, s.documentOf))
}
