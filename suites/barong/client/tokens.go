package client

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// givesNoToken checks that a refusal gives away no token all the same.
func (p *Client) ExpectNoToken(calls ...*httpclient.Call) {
	ginkgo.GinkgoHelper()
	for _, call := range calls {
		p.Holds("the answer has no token", call.Header.Get("Authorization") == "", "it has the header field Authorization")
	}
}

// Bearing is a request past the gateway with an Authorization header field; ""
// leaves it out.
func (p *Client) Bearing(authorization string) conform.Request {
	r := conform.Request{Template: NewRoads(p.Target()).AppPath(p.GetCurrentUser)}
	if authorization != "" {
		r = r.WithHeader("Authorization", authorization)
	}
	return r
}

// RsaKey is the private key that a setting holds.
func (p *Client) RsaKey(setting string) *rsa.PrivateKey {
	ginkgo.GinkgoHelper()
	der, err := base64.StdEncoding.DecodeString(p.Setting(setting))
	if err != nil || len(der) == 0 {
		p.Untestable("settings.%s is not the Base64 of a key", setting)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if rsaKey, isRSA := key.(*rsa.PrivateKey); err == nil && isRSA {
		return rsaKey
	}
	p.Untestable("settings.%s is no RSA private key of PKCS#8", setting)
	return nil
}

// SessionToken is the token that the AuthZ endpoint gives a session.
func (p *Client) SessionToken(ctx context.Context, me *Session) string {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.AuthorizeRead, conform.Request{})
	p.Require("get the token of a session", call, p.AuthorizeRead, contract.OK)
	return p.Secret("token", strings.TrimPrefix(call.Header.Get("Authorization"), "Bearer "))
}

// ConfirmationToken has a confirmation mailed again and reads the token out of it.
func (p *Client) ConfirmationToken(ctx context.Context, a *Account) string {
	ginkgo.GinkgoHelper()
	p.ForgetMail(ctx, a.Login)
	p.Require("ask for a confirmation",
		p.Do(ctx, p.Visitor(), p.RequestEmailConfirmation, p.ForAddress(a.Login)), p.RequestEmailConfirmation, contract.OK)
	return p.MailedToken(ctx, a.Login, Confirmation)
}
