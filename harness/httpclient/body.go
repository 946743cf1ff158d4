package httpclient

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"strings"
)

// read takes the body of an answer, decoded and within the bounds; cut names the bound
// of the target file that it went over. What arrived before an error is kept.
func (w *Wire) read(resp *http.Response) (body []byte, cut string, err error) {
	body, long, err := readBody(resp.Body, w.options.MaxBody)
	if len(body) > 0 && !long {
		body, long = decode(resp.Header, body, w.options.MaxBody)
	}
	if long {
		return body, "http.max-body", err
	}
	if cut = w.tooMuchJSON(body); cut != "" {
		// The beginning shows what it is; the rest would cost every reader gigabytes.
		return body[:min(len(body), jsonKept)], cut, err
	}
	return body, "", err
}

const (
	jsonKept     = 4 << 10 // bytes of a JSON text that is over a bound
	maxEncodings = 3       // of one body
)

// readBody reads at most limit bytes. What arrived before an error is kept.
func readBody(body io.Reader, limit int64) (read []byte, long bool, err error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(body, limit+1))
	if n > limit {
		b.Truncate(int(limit))
		return b.Bytes(), true, nil
	}
	return b.Bytes(), false, err
}

// decode undoes the content encodings of a body (RFC 9110 section 8.4), which nobody
// asked for. A body that is not what its header says stays as it is.
func decode(h http.Header, body []byte, limit int64) (plain []byte, long bool) {
	encodings := strings.Split(strings.Join(h.Values("Content-Encoding"), ","), ",")
	if len(encodings) > maxEncodings {
		return body, false
	}
	for _, encoding := range slices.Backward(encodings) {
		var readers []func(io.Reader) (io.ReadCloser, error)
		switch strings.ToLower(strings.TrimSpace(encoding)) {
		case "gzip", "x-gzip":
			readers = append(readers, func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) })
		case "deflate": // some servers leave out the frame
			readers = append(readers, zlib.NewReader, func(r io.Reader) (io.ReadCloser, error) { return flate.NewReader(r), nil })
		case "identity", "":
			continue
		default:
			return body, false
		}
		decoded := false
		for _, open := range readers {
			r, err := open(bytes.NewReader(body))
			if err != nil {
				continue
			}
			text, tooLong, err := readBody(r, limit)
			r.Close()
			if err != nil && len(text) == 0 {
				continue
			}
			if tooLong {
				return text, true
			}
			body, decoded = text, true
			break
		}
		if !decoded {
			return body, false
		}
	}
	return body, false
}

// tooMuchJSON names the bound that a JSON text is over: readers of JSON take memory and
// time for each level and each value.
func (w *Wire) tooMuchJSON(body []byte) string {
	text := bytes.TrimLeft(body, " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return ""
	}
	depth, values, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			values++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			values++
		}
		if depth > w.options.MaxDepth {
			return "http.max-depth"
		}
		if values > w.options.MaxValues {
			return "http.max-values"
		}
	}
	return ""
}
