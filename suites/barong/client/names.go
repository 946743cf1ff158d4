package client

import "strings"

// What a deployment may call otherwise than the release does; clauses never name it.

// SessionCookie is the name of the session's cookie.
func (p *Client) SessionCookie() string { return p.Setting(sessionCookie) }

// CsrfHeader is the header field of the CSRF token.
func (p *Client) CsrfHeader() string { return p.Setting(csrfHeader) }

// KidHeader, NonceHeader and SignatureHeader are the header fields of a request
// that an API key signs.
func (p *Client) KidHeader() string       { return p.Setting(kidHeader) }
func (p *Client) NonceHeader() string     { return p.Setting(nonceHeader) }
func (p *Client) SignatureHeader() string { return p.Setting(signatureHeader) }

// UnknownUID and UnknownService are well-formed uids that no user and no service
// account has.
func (p *Client) UnknownUID() string     { return p.Setting(uidPrefix) + "0000000000" }
func (p *Client) UnknownService() string { return p.Setting(servicePrefix) + "0123456789" }

// List are the parts of a setting that holds several, separated by commas.
func (p *Client) List(setting string) []string {
	var parts []string
	for part := range strings.SplitSeq(p.Setting(setting), ",") {
		parts = append(parts, strings.TrimSpace(part))
	}
	return parts
}
