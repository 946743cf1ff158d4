package client

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// Outcomes of documents and addresses.
const (
	TypeUnknown     = contract.Outcome("type-unknown")
	ExpireNotADate  = contract.Outcome("expire-not-a-date")
	ExpireMissing   = contract.Outcome("expire-missing")
	ExpiryNeeded    = contract.Outcome("expiry-needed")
	AlreadyExpired  = contract.Outcome("already-expired")
	LimitAhead      = contract.Outcome("limit-ahead")
	UploadNotAFile  = contract.Outcome("upload-not-a-file")
	UploadSingle    = contract.Outcome("upload-single")
	UploadExtension = contract.Outcome("upload-extension")
)

const (
	// MostDocuments is how many documents one account may have (barong#5.6-documents).
	MostDocuments = 10
	// LongestNumber is how long the number of a document may be.
	LongestNumber = 128
	IsoDate       = "2006-01-02"
	FormURL       = "application/x-www-form-urlencoded"
)

// Picture is a PNG of one pixel.
func Picture() Upload {
	const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	content, _ := base64.StdEncoding.DecodeString(pixel)
	return Upload{Name: "document.png", Media: "image/png", Content: content}
}

func Pictures(n int) []Upload {
	var all []Upload
	for range n {
		all = append(all, Picture())
	}
	return all
}

// Document is one that every deployment takes: with a date of expiry, which some
// need and the others read.
func (p *Client) Document() conform.Request {
	return conform.Request{JSON: conform.Object{
		"doc_type": "Passport", "doc_number": "AF" + strings.ToUpper(p.Nonce()[:8]), "upload": Pictures(1),
		"doc_expire": p.Now().AddDate(5, 0, 0).Format(IsoDate),
	}}
}

// DocumentsOf are the documents that an account lists.
func (p *Client) DocumentsOf(ctx context.Context, me *Session) []any {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListDocuments, conform.Request{})
	p.Require("list the documents", call, p.ListDocuments, contract.OK)
	return value.List(value.Of(call))
}

// wantsExpiry and needsNoExpiry ask with a document that never expires.
func (p *Client) wantsExpiry(ctx context.Context) bool {
	return p.Exactly(p.askExpiry(ctx), p.CreateDocument, ExpireMissing)
}

func (p *Client) needsNoExpiry(ctx context.Context) bool {
	return p.Is(p.askExpiry(ctx), p.CreateDocument, contract.OK)
}

func (p *Client) askExpiry(ctx context.Context) *httpclient.Call {
	ginkgo.GinkgoHelper()
	me := p.Member(ctx)
	call := p.Do(ctx, me.Actor, p.CreateDocument, p.Document().Without("doc_expire"))
	if p.Is(call, p.CreateDocument, contract.OK) {
		me.Account.Retire("it has a document that it did not have")
	}
	return call
}
