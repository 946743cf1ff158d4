package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authconform/harness/httpclient"
)

// errGone means that a listed message was deleted before it was read.
var errGone = errors.New("message is gone")

const (
	webTimeout = 10 * time.Second
	webLimit   = 8 << 20 // bytes of an answer
)

// web reads the HTTP API of an inbox.
type web struct {
	base   string
	client *http.Client
}

func newWeb(base string) web {
	return web{base: strings.TrimSuffix(base, "/"), client: httpclient.Plain(webTimeout)}
}

// get returns the body of a 200; a 404 is errGone. Errors name the path and not the base, which may hold a password.
func (w web) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	target := w.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, errors.New("its address cannot be parsed: expected http://host:port")
	}
	resp, err := w.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("GET %s: %w", path, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, fmt.Errorf("GET %s: %w", path, errGone)
	default:
		return nil, fmt.Errorf("GET %s: it answered %s, expected 200", path, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, webLimit))
	if err != nil {
		return nil, fmt.Errorf("GET %s: the answer broke off: %w", path, err)
	}
	return body, nil
}

// read decodes the JSON body of a 200.
func (w web) read(ctx context.Context, path string, query url.Values, into any) error {
	body, err := w.get(ctx, path, query)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("GET %s: the answer is not the JSON expected: is this the address of its HTTP API?", path)
	}
	return nil
}

// list is read, where a 404 means a wrong address.
func (w web) list(ctx context.Context, path string, query url.Values, into any) error {
	err := w.read(ctx, path, query, into)
	if errors.Is(err, errGone) {
		return fmt.Errorf("GET %s: it answered 404: is this the address of its HTTP API?", path)
	}
	return err
}

// plainAddress takes the <> off an envelope address.
func plainAddress(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">") }
