package httpclient

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Plain is a client for what stands beside the target, such as an inbox or a test
// clock: as strict as the target's own (no redirects, which could lead past
// allow.hosts, no cookies, no proxy from the environment, bounded answers, no other
// protocol after 101), and not recorded.
func Plain(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: bounded{&http.Transport{
			Proxy: nil, MaxIdleConnsPerHost: 4, IdleConnTimeout: 5 * time.Second, MaxResponseHeaderBytes: DefaultMaxHeader, DisableCompression: true,
		}},
	}
}

// SpeaksTLS tells whether a port answers a TLS handshake; whose certificate it has is
// not asked, for nothing is sent.
func SpeaksTLS(ctx context.Context, u *url.URL, timeout time.Duration) bool {
	port := cmp.Or(u.Port(), "80")
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// plainBody is how long a body may be that comes from beside the target.
const plainBody = 8 << 20

type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body.Close() // a read of it heeds no time limit
		resp.Body = http.NoBody
		return resp, nil
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, plainBody)
	return resp, nil
}
