package barong

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/family"
)

// Outcomes of documents and addresses.
const (
	typeUnknown     = contract.Outcome("type-unknown")
	expireNotADate  = contract.Outcome("expire-not-a-date")
	expireMissing   = contract.Outcome("expire-missing")
	expiryNeeded    = contract.Outcome("expiry-needed")
	alreadyExpired  = contract.Outcome("already-expired")
	limitAhead      = contract.Outcome("limit-ahead")
	uploadNotAFile  = contract.Outcome("upload-not-a-file")
	uploadSingle    = contract.Outcome("upload-single")
	uploadExtension = contract.Outcome("upload-extension")
)

const (
	// mostDocuments is how many documents one account may have (facts/barong.md 5.6).
	mostDocuments = 10
	// longestNumber is how long the number of a document may be.
	longestNumber = 128
	isoDate       = "2006-01-02"
	formURL       = "application/x-www-form-urlencoded"
)

// documentSubjects send a document that is refused for its type: that shows that a
// request got through, and the account keeps nothing of it.
func (p *api) documentSubjects() []family.Subject {
	forms := []string{formURL, "application/json"}
	return []family.Subject{
		{Operation: p.createDocument, Expected: typeUnknown, Reads: forms, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.member(ctx).Actor, func() conform.Request { return p.document().With("doc_type", "Library card") }
		}},
		{Operation: p.listDocuments, Ready: p.asMember(conform.Request{})},
		{Operation: p.createAddress, Reads: forms, Features: []string{withoutExpiry}, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.holder(ctx).Actor, proofOfAddress
		}},
	}
}

// picture is a PNG of one pixel.
func picture() upload {
	const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	content, _ := base64.StdEncoding.DecodeString(pixel)
	return upload{name: "document.png", media: "image/png", content: content}
}

func pictures(n int) []upload {
	var all []upload
	for range n {
		all = append(all, picture())
	}
	return all
}

// document is one that every deployment takes: with a date of expiry, which some
// need and the others read.
func (p *api) document() conform.Request {
	return conform.Request{JSON: conform.Object{
		"doc_type": "Passport", "doc_number": "AF" + strings.ToUpper(p.Nonce()[:8]), "upload": pictures(1),
		"doc_expire": p.Now().AddDate(5, 0, 0).Format(isoDate),
	}}
}

// documentsOf are the documents that an account lists.
func (p *api) documentsOf(ctx context.Context, me *session) []any {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.listDocuments, conform.Request{})
	p.Require("list the documents", call, p.listDocuments, contract.OK)
	return value.List(value.Of(call))
}

// documents are about resource/documents (facts/barong.md 2.2,
// facts/barong-observed.md 17).
func documents(p *api) {
	Describe("documents", func() {
		documentsTaken(p)
		documentsRefused(p)
		documentFiles(p)
	})
	Describe("addresses", func() { addressProofs(p) })
}

func documentsTaken(p *api) {
	It("takes a document, and lists it", clause.Graded("barong.documents.created", p.createDocument, contract.OK), func(ctx SpecContext) {
		me, request := p.holder(ctx), p.document()
		p.Expect(p.Do(ctx, me.Actor, p.createDocument, request), p.createDocument, contract.OK)
		list := p.documentsOf(ctx, me)
		p.Check("one document is listed", list, HaveLen(1))
		p.Check("its type is the one sent", value.Text(list[0], "doc_type"), Equal("Passport"))
		p.Check("its date of expiry is the one sent", value.Text(list[0], "doc_expire"), Equal(request.JSON.(conform.Object)["doc_expire"]))
	})
	It("makes a document of each file", clause.Graded("barong.documents.several-files", p.createDocument, contract.OK), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Expect(p.Do(ctx, me.Actor, p.createDocument, p.document().With("upload", pictures(3))), p.createDocument, contract.OK)
		p.Check("documents that are listed", p.documentsOf(ctx, me), HaveLen(3))
	})
	It("takes each category there is, an identifier and metadata", clause.Graded("barong.documents.all-members", p.createDocument, contract.OK), func(ctx SpecContext) {
		me := p.holder(ctx)
		for _, category := range []string{"front_side", "back_side", "selfie"} {
			request := p.document().With("doc_category", category).With("identificator", p.Nonce()).With("metadata", `{"a":"b"}`)
			p.Expect(p.Do(ctx, me.Actor, p.createDocument, request), p.createDocument, contract.OK)
		}
	})
	It("takes a document without a date of expiry", clause.Graded("barong.documents.without-expiry", p.createDocument, contract.OK, clause.Needs(withoutExpiry)), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Expect(p.Do(ctx, me.Actor, p.createDocument, p.document().Without("doc_expire")), p.createDocument, contract.OK)
		p.Check("documents that are listed", p.documentsOf(ctx, me), HaveLen(1))
	})
	It("takes a number of the greatest length", clause.Graded("barong.documents.longest-number", p.createDocument, contract.OK), func(ctx SpecContext) {
		request := p.document().With("doc_number", strings.Repeat("7", longestNumber))
		p.Expect(p.Do(ctx, p.holder(ctx).Actor, p.createDocument, request), p.createDocument, contract.OK)
	})
	It("lists none to who uploaded none, whatever others have", clause.Graded("barong.documents.own-only", p.listDocuments, contract.OK), func(ctx SpecContext) {
		me, other := p.untouched(ctx), p.holder(ctx)
		p.Require("upload a document as another", p.Do(ctx, other.Actor, p.createDocument, p.document()), p.createDocument, contract.OK)
		call := p.Do(ctx, me.Actor, p.listDocuments, conform.Request{})
		p.Expect(call, p.listDocuments, contract.OK)
		p.Check("documents of an account that has none", value.List(value.Of(call)), BeEmpty())
	})
	It("lists no more of a document's number than its ends", clause.Should("barong.documents.number-masked", p.listDocuments, contract.OK), func(ctx SpecContext) {
		me := p.holder(ctx)
		number := "AB" + fmt.Sprint(10000000+below(60000)) + "YZ"
		p.Require("upload a document", p.Do(ctx, me.Actor, p.createDocument, p.document().With("doc_number", number)), p.createDocument, contract.OK)
		call := p.Do(ctx, me.Actor, p.listDocuments, conform.Request{})
		p.Expect(call, p.listDocuments, contract.OK)
		p.Check("documents that are listed", value.List(value.Of(call)), HaveLen(1))
		p.Check("the number that is listed", value.Text(value.List(value.Of(call))[0], "doc_number"), MatchRegexp(`^AB\*+YZ$`))
	})
}

// refusedDocument puts requests to an account, none of which may leave a document,
// and then a right one.
func refusedDocument(p *api, slug, promise string, outcome contract.Outcome, needs []string, changes ...conform.Change) {
	It("refuses "+promise, clause.Graded("barong.documents."+slug, p.createDocument, outcome, clause.Needs(needs...)), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: p.createDocument, By: me.Actor, Control: p.document, Outcome: outcome, OnlyAfter: true, Changes: changes,
			State: func() any { return p.documentsOf(ctx, me) },
		})
	})
}

func documentsRefused(p *api) {
	refusedDocument(p, "expire-not-a-date", "a date of expiry that is none", expireNotADate, nil,
		conform.Set("doc_expire", "soon"), conform.Set("doc_expire", "2099-02-31"))
	refusedDocument(p, "expire-missing", "a document without a date of expiry where one is needed", expireMissing, []string{withExpiry},
		conform.Drop("doc_expire"))
	// The date is looked at only where one is needed.
	refusedDocument(p, "already-expired", "a document that has expired", alreadyExpired, []string{withExpiry},
		conform.Change{Name: "two days ago", Of: func(r conform.Request) conform.Request {
			return r.With("doc_expire", p.Now().Add(-48*time.Hour).Format(isoDate))
		}}, conform.Set("doc_expire", "1999-12-31"))
	refusedDocument(p, "category-unknown", "a category that there is not", "category-unknown", nil, conform.Set("doc_category", "inside"))
	refusedDocument(p, "type-unknown", "a type that there is not", typeUnknown, nil, conform.Set("doc_type", "Library card"))
	refusedDocument(p, "number-invalid", "a number with other characters than letters, digits, hyphens and blanks", "number-invalid", nil,
		conform.Set("doc_number", "AB#1"), conform.Set("doc_number", "AB<1>"), conform.Set("doc_number", "АБ12"))
	refusedDocument(p, "number-too-long", "a number of more than 128 characters", "number-too-long", nil,
		conform.Change{Name: "129 digits", Of: func(r conform.Request) conform.Request {
			return r.With("doc_number", strings.Repeat("7", longestNumber+1))
		}})
	refusedDocument(p, "metadata-invalid", "metadata that are no JSON", "metadata-invalid", nil, conform.Set("metadata", `{"a":`))
	refusedDocument(p, "limit-at-once", "more files at once than an account may have documents", limitAhead, nil,
		conform.Change{Name: "11 files", Of: func(r conform.Request) conform.Request { return r.With("upload", pictures(mostDocuments+1)) }})
	It("takes ten documents of an account, and refuses the eleventh", clause.Graded("barong.documents.limit", p.createDocument, limitAhead), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Require("upload ten documents", p.Do(ctx, me.Actor, p.createDocument, p.document().With("upload", pictures(mostDocuments))), p.createDocument, contract.OK)
		p.Expect(p.Do(ctx, me.Actor, p.createDocument, p.document()), p.createDocument, limitAhead)
		p.Check("documents that are listed", p.documentsOf(ctx, me), HaveLen(mostDocuments))
	})
}

func documentFiles(p *api) {
	executable := picture()
	executable.name, executable.media, executable.content = "document.exe", "application/x-msdownload", []byte("MZ\x90\x00")
	refusedDocument(p, "upload-not-a-file", "text in place of a file", uploadNotAFile, nil, conform.Set("upload", []string{"no file"}))
	refusedDocument(p, "upload-extension", "a file that is no picture and no document", uploadExtension, nil,
		conform.Set("upload", []upload{executable}))
	It("cannot read one file that is no list", clause.Note("barong.documents.upload-single", p.createDocument, uploadSingle), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Expect(p.Do(ctx, me.Actor, p.createDocument, p.document().With("upload", picture())), p.createDocument, uploadSingle)
		p.Check("documents that are listed", p.documentsOf(ctx, me), BeEmpty())
	})
}

// proofOfAddress is an address with the document that proves it.
func proofOfAddress() conform.Request {
	return conform.Request{JSON: conform.Object{
		"country": "UA", "address": "Khreshchatyk 1", "city": "Kyiv", "postcode": "01001", "upload": pictures(1),
	}}
}

func addressProofs(p *api) {
	op := p.createAddress
	It("takes the proof of an address as a document, and marks the account as waiting for its approval",
		clause.Graded("barong.addresses.created", op, contract.OK, clause.Needs(withoutExpiry)), func(ctx SpecContext) {
			me := p.holder(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, proofOfAddress()), op, contract.OK)
			list := p.documentsOf(ctx, me)
			p.Check("documents that are listed", list, HaveLen(1))
			p.Check("the type of the document", value.Text(list[0], "doc_type"), Equal("Address"))
			label := p.labelled(ctx, me, "address")
			p.Check("the label address", value.Text(label, "value"), Equal("pending"))
			p.Check("the scope of the label", value.Text(label, "scope"), Equal("private"))
		})
	It("takes an address without a town and a postcode", clause.Graded("barong.addresses.blank-members", op, contract.OK, clause.Needs(withoutExpiry)), func(ctx SpecContext) {
		p.Expect(p.Do(ctx, p.holder(ctx).Actor, op, proofOfAddress().With("city", "").With("postcode", "")), op, contract.OK)
	})
	// The operation has no member for the date that is needed.
	It("refuses every address where documents need a date of expiry", clause.Graded("barong.addresses.expiry-needed", op, expiryNeeded, clause.Needs(withExpiry)), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Expect(p.Do(ctx, me.Actor, op, proofOfAddress()), op, expiryNeeded)
		p.Check("documents that are listed", p.documentsOf(ctx, me), BeEmpty())
	})
	It("cannot read one file that is no list", clause.Note("barong.addresses.upload-single", op, uploadSingle), func(ctx SpecContext) {
		me := p.holder(ctx)
		p.Expect(p.Do(ctx, me.Actor, op, proofOfAddress().With("upload", picture())), op, uploadSingle)
		p.Check("documents that are listed", p.documentsOf(ctx, me), BeEmpty())
	})
}

// wantsExpiry and needsNoExpiry ask with a document that never expires.
func (p *api) wantsExpiry(ctx context.Context) bool {
	return p.Exactly(p.askExpiry(ctx), p.createDocument, expireMissing)
}

func (p *api) needsNoExpiry(ctx context.Context) bool {
	return p.Is(p.askExpiry(ctx), p.createDocument, contract.OK)
}

func (p *api) askExpiry(ctx context.Context) *httpclient.Call {
	GinkgoHelper()
	me := p.member(ctx)
	call := p.Do(ctx, me.Actor, p.createDocument, p.document().Without("doc_expire"))
	if p.Is(call, p.createDocument, contract.OK) {
		me.account.Retire("it has a document that it did not have")
	}
	return call
}
