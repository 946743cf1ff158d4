package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"syscall"
)

// Kind says how a call failed. RFC 6585 section 7.2 lets a server drop connections instead of answering 429, so that a spec may
// have to tell a drop from a timeout.
type Kind string

const (
	Timeout    Kind = "timeout"    // no complete answer within the time limit
	Canceled   Kind = "canceled"   // the caller's context ended
	Refused    Kind = "refused"    // nobody listens
	Dropped    Kind = "dropped"    // the connection was closed or reset without a complete answer
	Unresolved Kind = "unresolved" // the host name is unknown
	Untrusted  Kind = "untrusted"  // TLS failed
	Unsendable Kind = "unsendable" // the request could not be built
	Failed     Kind = "failed"     // anything else
)

// Error tells what happened to which request. Its text holds no URL, no value and no secret.
type Error struct {
	Kind         Kind
	Method, Path string // the path is the template
	reason       string
	cause        error
}

func (e *Error) Error() string { return fmt.Sprintf("%s %s: %s", e.Method, e.Path, e.reason) }

// Unwrap gives the context's error, so that errors.Is(err, context.Canceled) holds. Other causes may quote the URL and stay in.
func (e *Error) Unwrap() error { return e.cause }

func (w *Wire) failure(ctx context.Context, call *Call, err error) *Error {
	e := &Error{Method: call.Method, Path: call.Path}
	reason := ""
	switch e.cause = ctx.Err(); {
	case e.cause == nil:
		e.Kind, reason = w.classify(err)
	case context.Cause(ctx) == errTooSlow:
		e.Kind, reason = Timeout, fmt.Sprintf("no complete answer within %s", w.options.Timeout)
	default:
		e.Kind, reason = Canceled, "the caller ended the call before the answer was complete"
	}
	if call.Status != 0 {
		reason = fmt.Sprintf("answer %d broke off after %d bytes: %s", call.Status, len(call.Body), reason)
	}
	e.reason = w.vault.Redact(reason)
	return e
}

func (w *Wire) classify(err error) (Kind, string) {
	var (
		dns         *net.DNSError
		op          *net.OpError
		unknown     x509.UnknownAuthorityError
		host        x509.HostnameError
		invalid     x509.CertificateInvalidError
		notVerified *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &dns):
		return Unresolved, "the host name cannot be resolved: check the target's URL"
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused, "connection refused: nothing listens at the target's address"
	case errors.As(err, &unknown):
		return Untrusted, "the certificate is signed by an unknown authority: give its certificate as the target's CA file"
	case errors.As(err, &host), errors.As(err, &invalid), errors.As(err, &notVerified):
		return Untrusted, "the certificate was refused: " + err.Error()
	case errors.As(err, &record), errors.As(err, &alert):
		return Untrusted, "TLS failed: " + err.Error()
	case errors.As(err, &op) && op.Timeout():
		return Timeout, fmt.Sprintf("no connection within %s", w.options.Timeout)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, net.ErrClosed):
		return Dropped, "the server closed the connection before the answer was complete"
	}
	return Failed, unwrapURL(err).Error()
}

// unwrapURL strips the *url.Error whose text quotes the whole URL.
func unwrapURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
