package client

import (
	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
)

// NewSignUp signs up an account that does not exist yet.
func (p *Client) NewSignUp() conform.Request { return p.SignUpRequest(p.NewAccount()) }

func (p *Client) SignUpRequest(a *Account) conform.Request {
	ginkgo.GinkgoHelper()
	return conform.Request{JSON: p.Solved(conform.Object{"email": a.Login, "password": a.Password})}
}
