package httpclient

import (
	"net/http"
	"time"
)

// Plain is a client for what stands beside the target, such as an inbox or a test
// clock: as strict as the target's own (no redirects, which could lead past
// allow.hosts, no cookies, no proxy from the environment), and not recorded.
func Plain(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: nil, MaxIdleConnsPerHost: 4, IdleConnTimeout: 5 * time.Second, MaxResponseHeaderBytes: maxHeader,
		},
	}
}
