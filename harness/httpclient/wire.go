// Package httpclient sends the requests of a run and records each as a Call.
//
// It adds nothing and hides nothing: no retries, no redirects, no cookie jar, no proxy from the environment. It asks for bodies
// as they are; one that comes compressed all the same is decoded, within the same bounds.
// A 429, a 302 or a Set-Cookie is the target's answer and reaches the spec as such.
package httpclient

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"authconform/harness/secret"
)

const (
	// ClauseHeader names the clause a request is sent for, so that the target's own log can be read beside the report.
	ClauseHeader = "Authconform-Clause"
	// OperationHeader names the operation, by its operationId, whatever path and method it is sent to.
	OperationHeader = "Authconform-Operation"

	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 1 << 20
	// DefaultMaxHeader is far more than any server's own limit, far less than what fills a disk.
	DefaultMaxHeader = 256 << 10
	DefaultMaxDepth  = 100
	DefaultMaxValues = 50_000
)

// Options say how to reach a target.
type Options struct {
	BaseURL        string        // scheme, host and optional path; no user, query or fragment
	Version        string        // of authconform, for the User-Agent
	RunID          string        // for the User-Agent
	Process        int           // parallel process number, prefix of call ids
	IDPrefix       string        // before that, where other clients of the run count their calls too
	Timeout        time.Duration // for one call, body included; 0 means DefaultTimeout
	MaxBody        int64         // bytes of a response body, decoded; 0 means DefaultMaxBody
	MaxHeader      int64         // bytes of a response header, interim responses included; 0 means DefaultMaxHeader
	MaxDepth       int           // levels of a JSON body; 0 means DefaultMaxDepth
	MaxValues      int           // values in a JSON body; 0 means DefaultMaxValues
	CAFile         string        // PEM certificates trusted besides the system's
	ClientCertFile string        // PEM, with ClientKeyFile
	ClientKeyFile  string
	ReadFile       func(path string) ([]byte, error) // of the three files above; nil means os.ReadFile
	Proxy          string                            // URL; empty means none, whatever the environment says
	Header         http.Header                       // sent with every request that does not set the same name
	Now            func() time.Time                  // nil means time.Now
	// Allowed tells whether a request may go to another host than that of BaseURL; nil means that none may.
	Allowed func(*url.URL) bool
}

// Wire is the one way to the target. It is safe for concurrent use.
type Wire struct {
	base      *url.URL
	options   Options
	vault     *secret.Vault
	transport *http.Transport
	sequence  atomic.Int64

	mu        sync.RWMutex
	observers []func(*Call)
}

// New checks the options and reads the certificate files; it sends nothing.
func New(o Options, v *secret.Vault) (*Wire, error) {
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, err
	}
	tlsConfig, err := tlsConfig(o)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyFunc(o.Proxy)
	if err != nil {
		return nil, err
	}
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.MaxBody, o.MaxHeader = cmp.Or(o.MaxBody, DefaultMaxBody), cmp.Or(o.MaxHeader, DefaultMaxHeader)
	o.MaxDepth, o.MaxValues = cmp.Or(o.MaxDepth, DefaultMaxDepth), cmp.Or(o.MaxValues, DefaultMaxValues)
	if o.Timeout < 0 || o.MaxBody < 0 {
		return nil, fmt.Errorf("timeout and body limit must be positive: got %s and %d bytes", o.Timeout, o.MaxBody)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Header = o.Header.Clone()
	dialer := &net.Dialer{Timeout: o.Timeout, KeepAlive: 30 * time.Second}
	return &Wire{
		base: base, options: o, vault: v,
		transport: &http.Transport{
			Proxy:       proxy,
			DialContext: dialer.DialContext,
			// A custom TLS configuration keeps the transport at HTTP/1.1: one request is one exchange on one connection,
			// and nothing is resent after a GOAWAY.
			TLSClientConfig:        tlsConfig,
			TLSHandshakeTimeout:    o.Timeout,
			DisableCompression:     true, // decode does it, within bounds
			MaxResponseHeaderBytes: o.MaxHeader,
			MaxIdleConnsPerHost:    64, // bursts of parallel requests
			// Shorter than any server's own limit (Node's is 5 s): a request sent while the server closes the connection is lost.
			IdleConnTimeout: 3 * time.Second,
		},
	}, nil
}

// OnCall adds an observer. It is called after each call, failed ones too, in the goroutine of the call; it must not change it.
func (w *Wire) OnCall(observe func(*Call)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.observers = append(w.observers, observe)
}

// Close drops idle connections.
func (w *Wire) Close() { w.transport.CloseIdleConnections() }

func (w *Wire) notify(c *Call) {
	w.mu.RLock()
	observers := w.observers
	w.mu.RUnlock()
	for _, observe := range observers {
		observe(c)
	}
}

func (w *Wire) nextID() string {
	return fmt.Sprintf("%s%d-%d", w.options.IDPrefix, w.options.Process, w.sequence.Add(1))
}

func (w *Wire) userAgent() string {
	return fmt.Sprintf("authconform/%s (run %s)", cmp.Or(w.options.Version, "dev"), cmp.Or(w.options.RunID, "none"))
}

// parseBase never quotes the URL in an error: it may hold a password.
func parseBase(raw string) (*url.URL, error) {
	base, err := url.Parse(raw)
	switch {
	case raw == "":
		return nil, fmt.Errorf("base URL is empty: give the target's address, as https://host[:port][/path]")
	case err != nil:
		return nil, fmt.Errorf("base URL cannot be parsed: give it as https://host[:port][/path]")
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("base URL must begin with http:// or https://, not with %q", base.Scheme)
	case base.Host == "":
		return nil, fmt.Errorf("base URL names no host: give it as https://host[:port][/path]")
	case base.User != nil:
		return nil, fmt.Errorf("base URL holds a user name or password: send credentials in a header instead")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, fmt.Errorf("base URL must have no query and no fragment")
	}
	return base, nil
}

func proxyFunc(raw string) (func(*http.Request) (*url.URL, error), error) {
	if raw == "" {
		return nil, nil
	}
	proxy, err := url.Parse(raw)
	if err != nil || proxy.Host == "" {
		return nil, fmt.Errorf("proxy cannot be parsed: give it as http://host:port")
	}
	switch proxy.Scheme {
	case "http", "https", "socks5", "socks5h":
		return http.ProxyURL(proxy), nil
	}
	return nil, fmt.Errorf("proxy scheme %q is not supported: use http, https or socks5", proxy.Scheme)
}

func tlsConfig(o Options) (*tls.Config, error) {
	config, read := &tls.Config{MinVersion: tls.VersionTLS12}, o.ReadFile
	if read == nil {
		read = os.ReadFile
	}
	if o.CAFile != "" {
		pem, err := read(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("CA file: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("CA file %s holds no certificate: expected PEM blocks BEGIN CERTIFICATE", o.CAFile)
		}
	}
	if (o.ClientCertFile == "") != (o.ClientKeyFile == "") {
		return nil, fmt.Errorf("client certificate and client key go together: only one of the two files is given")
	}
	if o.ClientCertFile != "" {
		cert, err := read(o.ClientCertFile)
		key, keyErr := read(o.ClientKeyFile)
		if err = errors.Join(err, keyErr); err != nil {
			return nil, fmt.Errorf("client certificate %s with key %s: %w", o.ClientCertFile, o.ClientKeyFile, err)
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("client certificate %s with key %s: %w", o.ClientCertFile, o.ClientKeyFile, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// target joins the base URL, the path with its values, and the query.
func (w *Wire) target(r Request) (*url.URL, error) {
	u, path := *w.base, r.Path
	if scheme, rest, elsewhere := strings.Cut(path, "://"); elsewhere {
		host, _, _ := strings.Cut(rest, "/")
		base, err := parseBase(scheme + "://" + host)
		if err != nil {
			return nil, err
		}
		if base.Host != u.Host && (w.options.Allowed == nil || !w.options.Allowed(base)) {
			return nil, fmt.Errorf("the request would go to another host, which allow.hosts of the target file does not name")
		}
		u, path = *base, strings.TrimPrefix(rest, host)
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") {
		return nil, fmt.Errorf("path %q must begin with / and hold neither ? nor #: put parameters into Query", path)
	}
	path, err := fillPath(path, r.PathValues)
	if err != nil {
		return nil, err
	}
	u.RawPath = strings.TrimSuffix(u.EscapedPath(), "/") + path
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return nil, fmt.Errorf("path %q cannot be unescaped", r.Path)
	}
	u.RawQuery = r.Query.Encode()
	return &u, nil
}

// fillPath puts each value into its {name} as one path segment.
func fillPath(template string, values map[string]string) (string, error) {
	var out strings.Builder
	used := 0
	for rest := template; ; {
		before, after, found := strings.Cut(rest, "{")
		out.WriteString(before)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		value, known := values[name]
		if !closed || !known {
			return "", fmt.Errorf("path %q: no value for {%s}", template, name)
		}
		out.WriteString(segment(value))
		used++
		rest = tail
	}
	if used < len(values) {
		return "", fmt.Errorf("path %q has fewer places than the %d values given", template, len(values))
	}
	return out.String(), nil
}

// segment escapes dots too: "." and ".." alone would change the path (RFC 3986 section 5.2.4).
func segment(value string) string {
	if value == "." || value == ".." {
		return strings.ReplaceAll(value, ".", "%2E")
	}
	return url.PathEscape(value)
}

// errTooSlow tells a call's own time limit from a deadline of the caller.
var errTooSlow = fmt.Errorf("call took too long: %w", context.DeadlineExceeded)

// deadline bounds one call.
func (w *Wire) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, w.options.Timeout, errTooSlow)
}
