package journal

import (
	"authconform/harness/httpclient"
	"authconform/harness/secret"
)

// FromWire gives a call as it may be written down: every part of it redacted
// by the vault, a body before it is encoded in any way.
func FromWire(c *httpclient.Call, v *secret.Vault) Call {
	requestBody, requestEncoding := Text(v.RedactBody(c.RequestHeader.Get("Content-Type"), c.RequestBody))
	redact := v.RedactBody
	if c.Truncated || c.Err != "" && len(c.Body) > 0 {
		redact = v.RedactCut
	}
	body, encoding := Text(redact(c.Header.Get("Content-Type"), c.Body))
	return Call{
		ID: c.ID, Actor: c.Actor, Clause: c.Clause, Operation: c.Operation,
		Method: c.Method, URL: v.RedactURL(c.URL), Path: v.Redact(c.Path),
		RequestHeader: v.RedactHeader(c.RequestHeader), RequestBody: requestBody, RequestBodyEncoding: requestEncoding,
		Status: c.Status, Header: v.RedactHeader(c.Header), Body: body, BodyEncoding: encoding, Truncated: c.Truncated,
		Started: c.Started, DurationMS: Milliseconds(c.Duration), Err: v.Redact(c.Err),
	}
}
