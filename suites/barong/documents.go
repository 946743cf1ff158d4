package barong

import (
	"context"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// documentSubjects send a document that is refused for its type: that shows that a
// request got through, and the account keeps nothing of it.
func (p *api) documentSubjects() []family.Subject {
	forms := []string{client.FormURL, "application/json"}
	return []family.Subject{
		{Operation: p.CreateDocument, Expected: client.TypeUnknown, Reads: forms,
			Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
				GinkgoHelper()
				return p.Member(ctx).Actor, func() conform.Request { return p.Document().With("doc_type", "Library card") }
			}},
		{Operation: p.ListDocuments, Ready: p.asMember(conform.Request{})},
		{Operation: p.CreateAddress, Reads: forms, Features: []string{client.WithoutExpiry},
			Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
				GinkgoHelper()
				return p.DisposableMember(ctx).Actor, proofOfAddress
			}},
	}
}

// documents are about resource/documents (barong#2.2,
// barong#10.2-17).
func documents(p *api) {
	Describe("documents", func() {
		documentsTaken(p)
		documentsRefused(p)
		documentFiles(p)
	})
	Describe("addresses", func() { addressProofs(p) })
}

func documentsTaken(p *api) {
	It("POST /resource/documents stores a document, and GET /resource/documents lists it",
		clause.Graded("barong.documents.created", p.CreateDocument, contract.OK), func(ctx SpecContext) {
			me, request := p.DisposableMember(ctx), p.Document()
			p.Expect(p.Do(ctx, me.Actor, p.CreateDocument, request), p.CreateDocument, contract.OK)
			list := p.DocumentsOf(ctx, me)
			p.Check("one document is listed", list, HaveLen(1))
			p.Check("its type is the one sent", value.Text(list[0], "doc_type"), Equal("Passport"))
			p.Check("its date of expiry is the one sent", value.Text(list[0], "doc_expire"), Equal(request.JSON.(conform.Object)["doc_expire"]))
		})
	It("POST /resource/documents stores a document for each uploaded file",
		clause.Graded("barong.documents.several-files", p.CreateDocument, contract.OK), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, p.CreateDocument, p.Document().With("upload", client.Pictures(3))), p.CreateDocument, contract.OK)
			p.Check("documents that are listed", p.DocumentsOf(ctx, me), HaveLen(3))
		})
	It("POST /resource/documents accepts every known category, an identifier and metadata",
		clause.Graded("barong.documents.all-members", p.CreateDocument, contract.OK), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			for _, category := range []string{"front_side", "back_side", "selfie"} {
				request := p.Document().With("doc_category", category).With("identificator", p.Nonce()).With("metadata", `{"a":"b"}`)
				p.Expect(p.Do(ctx, me.Actor, p.CreateDocument, request), p.CreateDocument, contract.OK)
			}
		})
	It("POST /resource/documents accepts a document without an expiry date",
		clause.Graded("barong.documents.without-expiry", p.CreateDocument, contract.OK, clause.Needs(client.WithoutExpiry)),
		func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, p.CreateDocument, p.Document().Without("doc_expire")), p.CreateDocument, contract.OK)
			p.Check("documents that are listed", p.DocumentsOf(ctx, me), HaveLen(1))
		})
	It("POST /resource/documents accepts a document number of the maximum length",
		clause.Graded("barong.documents.longest-number", p.CreateDocument, contract.OK), func(ctx SpecContext) {
			request := p.Document().With("doc_number", strings.Repeat("7", client.LongestNumber))
			p.Expect(p.Do(ctx, p.DisposableMember(ctx).Actor, p.CreateDocument, request), p.CreateDocument, contract.OK)
		})
	It("GET /resource/documents lists no documents of other accounts",
		clause.Graded("barong.documents.own-only", p.ListDocuments, contract.OK), func(ctx SpecContext) {
			me, other := p.EmptyMember(ctx), p.DisposableMember(ctx)
			p.Require("upload a document as another", p.Do(ctx, other.Actor, p.CreateDocument, p.Document()), p.CreateDocument, contract.OK)
			call := p.Do(ctx, me.Actor, p.ListDocuments, conform.Request{})
			p.Expect(call, p.ListDocuments, contract.OK)
			p.Check("documents of an account that has none", value.List(value.Of(call)), BeEmpty())
		})
	It("GET /resource/documents masks the document number but for its ends",
		clause.Should("barong.documents.number-masked", p.ListDocuments, contract.OK), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			number := "AB" + fmt.Sprint(10000000+client.Below(60000)) + "YZ"
			p.Require("upload a document",
				p.Do(ctx, me.Actor, p.CreateDocument, p.Document().With("doc_number", number)), p.CreateDocument, contract.OK)
			call := p.Do(ctx, me.Actor, p.ListDocuments, conform.Request{})
			p.Expect(call, p.ListDocuments, contract.OK)
			p.Check("documents that are listed", value.List(value.Of(call)), HaveLen(1))
			p.Check("the number that is listed", value.Text(value.List(value.Of(call))[0], "doc_number"), MatchRegexp(`^AB\*+YZ$`))
		})
}

// refusesDocument puts requests to an account, none of which may leave a document,
// and then a right one.
func refusesDocument(p *api) func(SpecContext, refused) {
	return func(ctx SpecContext, given refused) {
		me := p.DisposableMember(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: p.CreateDocument, By: me.Actor, Control: p.Document, Outcome: given.outcome, OnlyAfter: true, Changes: given.changes,
			State: func() any { return p.DocumentsOf(ctx, me) },
		})
	}
}

func documentsRefused(p *api) {
	op := p.CreateDocument
	conform.Table(refusesDocument(p), []conform.Row[refused]{
		{Text: "POST /resource/documents rejects an expiry date that is not a date",
			Clause: clause.Graded("barong.documents.expire-not-a-date", op, client.ExpireNotADate),
			Given:  refusedFor(client.ExpireNotADate, conform.Set("doc_expire", "soon"), conform.Set("doc_expire", "2099-02-31"))},
		{Text: "POST /resource/documents rejects a document without the required expiry date",
			Clause: clause.Graded("barong.documents.expire-missing", op, client.ExpireMissing, clause.Needs(client.WithExpiry)),
			Given:  refusedFor(client.ExpireMissing, conform.Drop("doc_expire"))},
		// The date is looked at only where one is needed.
		{Text: "POST /resource/documents rejects a document that has expired",
			Clause: clause.Graded("barong.documents.already-expired", op, client.AlreadyExpired, clause.Needs(client.WithExpiry)),
			Given: refusedFor(client.AlreadyExpired,
				conform.Change{Name: "two days ago", Of: func(r conform.Request) conform.Request {
					return r.With("doc_expire", p.Now().Add(-48*time.Hour).Format(client.IsoDate))
				}}, conform.Set("doc_expire", "1999-12-31"))},
		{Text: "POST /resource/documents rejects an unknown category",
			Clause: clause.Graded("barong.documents.category-unknown", op, "category-unknown"),
			Given:  refusedFor("category-unknown", conform.Set("doc_category", "inside"))},
		{Text: "POST /resource/documents rejects an unknown document type",
			Clause: clause.Graded("barong.documents.type-unknown", op, client.TypeUnknown),
			Given:  refusedFor(client.TypeUnknown, conform.Set("doc_type", "Library card"))},
		{Text: "POST /resource/documents rejects a document number with characters other than letters, digits, hyphens and blanks",
			Clause: clause.Graded("barong.documents.number-invalid", op, "number-invalid"),
			Given: refusedFor("number-invalid",
				conform.Set("doc_number", "AB#1"), conform.Set("doc_number", "AB<1>"), conform.Set("doc_number", "АБ12"))},
		{Text: "POST /resource/documents rejects a document number of more than 128 characters",
			Clause: clause.Graded("barong.documents.number-too-long", op, "number-too-long"),
			Given: refusedFor("number-too-long", conform.Change{Name: "129 digits", Of: func(r conform.Request) conform.Request {
				return r.With("doc_number", strings.Repeat("7", client.LongestNumber+1))
			}})},
		{Text: "POST /resource/documents rejects metadata that is not JSON",
			Clause: clause.Graded("barong.documents.metadata-invalid", op, "metadata-invalid"),
			Given:  refusedFor("metadata-invalid", conform.Set("metadata", `{"a":`))},
		{Text: "POST /resource/documents rejects more files at once than an account may have documents",
			Clause: clause.Graded("barong.documents.limit-at-once", op, client.LimitAhead),
			Given: refusedFor(client.LimitAhead, conform.Change{Name: "11 files", Of: func(r conform.Request) conform.Request {
				return r.With("upload", client.Pictures(client.MostDocuments+1))
			}})},
	})
	It("POST /resource/documents accepts ten documents of an account and rejects the eleventh",
		clause.Graded("barong.documents.limit", p.CreateDocument, client.LimitAhead), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Require("upload ten documents",
				p.Do(ctx, me.Actor, p.CreateDocument, p.Document().With("upload", client.Pictures(client.MostDocuments))), p.CreateDocument,
				contract.OK)
			p.Expect(p.Do(ctx, me.Actor, p.CreateDocument, p.Document()), p.CreateDocument, client.LimitAhead)
			p.Check("documents that are listed", p.DocumentsOf(ctx, me), HaveLen(client.MostDocuments))
		})
}

func documentFiles(p *api) {
	executable := client.Picture()
	executable.Name, executable.Media, executable.Content = "document.exe", "application/x-msdownload", []byte("MZ\x90\x00")
	conform.Table(refusesDocument(p), []conform.Row[refused]{
		{Text: "POST /resource/documents rejects text in place of a file",
			Clause: clause.Graded("barong.documents.upload-not-a-file", p.CreateDocument, client.UploadNotAFile),
			Given:  refusedFor(client.UploadNotAFile, conform.Set("upload", []string{"no file"}))},
		{Text: "POST /resource/documents rejects a file whose extension is not allowed",
			Clause: clause.Graded("barong.documents.upload-extension", p.CreateDocument, client.UploadExtension),
			Given:  refusedFor(client.UploadExtension, conform.Set("upload", []client.Upload{executable}))},
	})
	It("POST /resource/documents answers a single file outside a list with a server error",
		clause.Note("barong.documents.upload-single", p.CreateDocument, client.UploadSingle), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, p.CreateDocument, p.Document().With("upload", client.Picture())), p.CreateDocument, client.UploadSingle)
			p.Check("documents that are listed", p.DocumentsOf(ctx, me), BeEmpty())
		})
}

// proofOfAddress is an address with the document that proves it.
func proofOfAddress() conform.Request {
	return conform.Request{JSON: conform.Object{
		"country": "UA", "address": "Khreshchatyk 1", "city": "Kyiv", "postcode": "01001", "upload": client.Pictures(1),
	}}
}

func addressProofs(p *api) {
	op := p.CreateAddress
	It("POST /resource/addresses stores a proof of address as a document and labels the account as pending",
		clause.Graded("barong.addresses.created", op, contract.OK, clause.Needs(client.WithoutExpiry)), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, proofOfAddress()), op, contract.OK)
			list := p.DocumentsOf(ctx, me)
			p.Check("documents that are listed", list, HaveLen(1))
			p.Check("the type of the document", value.Text(list[0], "doc_type"), Equal("Address"))
			label := p.Labelled(ctx, me, "address")
			p.Check("the label address", value.Text(label, "value"), Equal("pending"))
			p.Check("the scope of the label", value.Text(label, "scope"), Equal("private"))
		})
	It("POST /resource/addresses accepts an address without city and postcode",
		clause.Graded("barong.addresses.blank-members", op, contract.OK, clause.Needs(client.WithoutExpiry)), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.DisposableMember(ctx).Actor, op, proofOfAddress().With("city", "").With("postcode", "")), op, contract.OK)
		})
	// The operation has no member for the date that is needed.
	It("POST /resource/addresses rejects every address where documents need an expiry date",
		clause.Graded("barong.addresses.expiry-needed", op, client.ExpiryNeeded, clause.Needs(client.WithExpiry)), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, proofOfAddress()), op, client.ExpiryNeeded)
			p.Check("documents that are listed", p.DocumentsOf(ctx, me), BeEmpty())
		})
	It("POST /resource/addresses answers a single file outside a list with a server error",
		clause.Note("barong.addresses.upload-single", op, client.UploadSingle), func(ctx SpecContext) {
			me := p.DisposableMember(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, proofOfAddress().With("upload", client.Picture())), op, client.UploadSingle)
			p.Check("documents that are listed", p.DocumentsOf(ctx, me), BeEmpty())
		})
}
