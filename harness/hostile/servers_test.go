package hostile_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"authconform/harness/runner"
)

const ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// body is an answer with a body.
func body(header, text string) string {
	return fmt.Sprintf("%s%sContent-Length: %d\r\n\r\n%s", ok, header, len(text), text)
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func deflated(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func wide(text, mark string, order binary.AppendByteOrder) string {
	b := []byte(mark)
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// answers are what a server may send to each request, byte by byte.
var answers = map[string]string{
	"nothing":                       "",
	"a space":                       " ",
	"half a status line":            "HTTP/1.",
	"no HTTP":                       "SSH-2.0-OpenSSH_9.9\r\n",
	"HTTP/0.9":                      "<html>hello</html>",
	"a preface of HTTP/2":           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"an alert of TLS":               "\x15\x03\x01\x00\x02\x02\x28",
	"status 000":                    "HTTP/1.1 000 No\r\n\r\n",
	"status 99999":                  "HTTP/1.1 99999 No\r\n\r\n",
	"status -1":                     "HTTP/1.1 -1 No\r\n\r\n",
	"a status in letters":           "HTTP/1.1 OK OK\r\n\r\n",
	"101 and silence":               "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
	"101 to h2c":                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\x00\x00\x00\x04\x00",
	"100 without end":               strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100_000),
	"103 without end":               strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 50_000),
	"a long header":                 ok + "X-A: " + strings.Repeat("a", 4<<20) + "\r\n\r\n",
	"many headers":                  ok + strings.Repeat("X-A: b\r\n", 200_000) + "\r\n",
	"many cookies":                  ok + strings.Repeat("Set-Cookie: a=b\r\n", 5000) + "Content-Length: 2\r\n\r\n{}",
	"no colon in a header":          ok + "nothing\r\n\r\n",
	"a header that never ends":      ok + "X-A: b\r\n",
	"a NUL in a header":             ok + "X-A: b\x00c\r\nContent-Length: 2\r\n\r\n{}",
	"an ESC in a header":            ok + "X-A: \x1b[31mred\x1b[0m\r\nContent-Length: 2\r\n\r\n{}",
	"commands in a header":          ok + "X-A: ::error::hello\r\nContent-Length: 2\r\n\r\n{}",
	"a folded header":               ok + "X-A: b\r\n ::error::c\r\nContent-Length: 2\r\n\r\n{}",
	"a negative length":             ok + "Content-Length: -5\r\n\r\n{}",
	"two lengths":                   ok + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
	"a length and chunks":           ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	"a length in words":             ok + "Content-Length: two\r\n\r\n{}",
	"a length beyond the body":      ok + "Content-Length: 200\r\n\r\n{\"token\":",
	"a length of exabytes":          ok + "Content-Length: 9223372036854775807\r\n\r\n{",
	"chunks without a size":         ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
	"a chunk of exabytes":           ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
	"an unknown transfer encoding":  ok + "Transfer-Encoding: br\r\n\r\n{}",
	"an answer after hints":         "HTTP/1.1 103 Early Hints\r\nLink: </::error::a>\r\n\r\n" + body("", "{}"),
	"a trailer with commands":       ok + "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n2\r\n{}\r\n0\r\nX-A: ::error::a\x1b[2J\r\n\r\n",
	"trailers without end":          ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + strings.Repeat("X-A: b\r\n", 200_000),
	"a chunk with an extension":     ok + "Transfer-Encoding: chunked\r\n\r\n2;a=\"\x1b[2J::error::\"\r\n{}\r\n0\r\n\r\n",
	"a chunk with a long extension": ok + "Transfer-Encoding: chunked\r\n\r\n2;a=" + strings.Repeat("b", 4<<20) + "\r\n{}\r\n0\r\n\r\n",
	"chunks of one byte":            ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\n \r\n", 100_000) + "0\r\n\r\n",
	"frames of HTTP/2":              "\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d",
	"UTF-16 that says UTF-8":        strings.Replace(body("", wide(`{"a":1}`, "", binary.BigEndian)), "json", "json; charset=utf-8", 1),
	"UTF-16 that says Latin-1": strings.Replace(body("", wide(`{"a":1}`, "", binary.LittleEndian)), "json",
		"json; charset=iso-8859-1", 1),
	"UTF-8 that says UTF-16":      strings.Replace(body("", `{"a":1}`), "json", "json; charset=utf-16", 1),
	"UTF-7":                       strings.Replace(body("", "+AHs-+ACI-a+ACI-:1+AH0-"), "json", "json; charset=utf-7", 1),
	"two answers":                 body("", "{}") + body("", `{"token":"an-answer-nobody-waits-for-1"}`),
	"a long body":                 body("", strings.Repeat("x", 8<<20)),
	"a long JSON text":            body("", `"`+strings.Repeat("x", 8<<20)+`"`),
	"deep JSON":                   body("", strings.Repeat("[", 30_000)+strings.Repeat("]", 30_000)),
	"deep objects":                body("", strings.Repeat(`{"a":`, 9000)+"1"+strings.Repeat("}", 9000)),
	"JSON that only opens":        body("", strings.Repeat(`{"a":[`, 5000)),
	"many members":                body("", "{"+strings.Repeat(`"a":1,`, 10_000)+`"b":2}`),
	"many values":                 body("", "["+strings.Repeat("1,", 32_000)+"1]"),
	"a huge number":               body("", `{"a":1e999999999}`),
	"a long number":               body("", `{"a":`+strings.Repeat("9", 60_000)+`}`),
	"a member twice":              body("", `{"token":"a","token":"b"}`),
	"NaN":                         body("", `{"a":NaN}`),
	"a byte order mark":           body("", "\xef\xbb\xbf{}"),
	"two values":                  body("", "{}{}"),
	"no UTF-8":                    body("", "{\"a\":\"\xff\xfe\xfa\"}"),
	"half a surrogate":            body("", `{"a":"\ud800"}`),
	"a NUL in a body":             body("", "{\"a\":\"b\x00\"}"),
	"an ESC in a name":            body("", `{"\u001b[2J":1}`),
	"commands in a name":          body("", `{"a\n::error::b\n":1,"##[error]c":2}`),
	"Markdown in a name":          body("", "{\"```\\n# a | b\\n<script>alert(1)</script>\":1}"),
	"directions in a name":        body("", "{\"\u202euser\u2066\":1}"),
	"no JSON":                     body("", "<html><body>hello</body></html>"),
	"an empty body":               body("", ""),
	"UTF-16":                      body("", wide(`{"a":1}`, "\xff\xfe", binary.LittleEndian)),
	"a lie of UTF-16":             body("", "\xff\xfe{\"a\":1,\"b\":\"plain letters\"}"),
	"an unknown charset":          strings.Replace(body("", "{}"), "json", "json; charset=ebcdic-cp-us", 1),
	"a bomb of gzip":              body("Content-Encoding: gzip\r\n", zipped(strings.Repeat("0", 64<<20))),
	"a bomb of deflate":           body("Content-Encoding: deflate\r\n", deflated(strings.Repeat("0", 32<<20))),
	"gzip in gzip in gzip":        body("Content-Encoding: gzip, gzip, gzip\r\n", zipped(zipped(zipped(strings.Repeat("0", 1<<20))))),
	"gzip a hundred times":        body("Content-Encoding: "+strings.Repeat("gzip, ", 99)+"gzip\r\n", zipped("{}")),
	"half a gzip":                 body("Content-Encoding: gzip\r\n", zipped(strings.Repeat("{}", 1000))[:20]),
	"a lie of gzip":               body("Content-Encoding: gzip\r\n", "{}"),
	"an unknown content encoding": body("Content-Encoding: br\r\n", "\x8b\x00\x80{}\x03"),
	"a redirect to itself":        "HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
	"a redirect to a file":        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
	"a redirect with commands":    "HTTP/1.1 302 Found\r\nLocation: /%0a::error::a\r\nContent-Length: 0\r\n\r\n",
	"401 that asks for everything": "HTTP/1.1 401 No\r\n" + strings.Repeat("WWW-Authenticate: Basic realm=\"a\"\r\n", 500) +
		"Content-Length: 0\r\n\r\n",
	"429 for a century":              "HTTP/1.1 429 No\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n",
	"429 at all":                     "HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n",
	"204 with a body":                "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
	"304":                            "HTTP/1.1 304 Not Modified\r\n\r\n",
	"a date before time":             body("Date: Thu, 01 Jan 0001 00:00:00 GMT\r\n", "{}"),
	"a date that is none":            body("Date: yesterday\r\n", "{}"),
	"a reason with commands":         "HTTP/1.1 500 ::error::a\x1b[2J\r\nContent-Length: 0\r\n\r\n",
	"a content type with directions": "HTTP/1.1 200 OK\r\nContent-Type: application/\u202enosj\r\nContent-Length: 2\r\n\r\n{}",
}

// raw is a server that sends the same bytes to each request and keeps the connection.
func raw(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			go func() {
				for in := bufio.NewReader(conn); ; {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					io.Copy(io.Discard, request.Body)
					if request.URL.Path == "/" { // a run begins with one look whether anybody is there
						io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
						continue
					}
					answer(conn)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func TestServersThatMisbehave(t *testing.T) {
	s := newStand(t)
	cases := map[string]func(net.Conn){}
	for name, answer := range answers {
		cases[name] = func(c net.Conn) { io.WriteString(c, answer) }
	}
	cases["a close"] = func(c net.Conn) { c.Close() }
	cases["a reset"] = func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }
	cases["a close in the header"] = func(c net.Conn) { io.WriteString(c, ok); c.Close() }
	cases["a close in the body"] = func(c net.Conn) { io.WriteString(c, ok+"Content-Length: 20\r\n\r\n{"); c.Close() }
	cases["a header drop by drop"] = drip(ok + "X-A: " + strings.Repeat("a", 1000))
	cases["a body drop by drop"] = drip(ok + "Content-Length: 1000\r\n\r\n" + strings.Repeat("a", 1000))
	cases["a second answer later"] = func(c net.Conn) {
		io.WriteString(c, body("", "{}"))
		time.Sleep(5 * time.Millisecond)
		io.WriteString(c, body("", `{"token":"an-answer-nobody-waits-for-2"}`))
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			s.put(t, s.target(t, raw(t, answer), nil), few).notGreen(t)
		})
	}
}

func drip(text string) func(net.Conn) {
	return func(c net.Conn) {
		for i := range len(text) {
			if _, err := io.WriteString(c, text[i:i+1]); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// echo is a correct server that adds to each answer what the request held.
func (s *stand) echo(t *testing.T, add func(secret string, r *http.Response, text []byte) []byte) string {
	t.Helper()
	backend, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(backend)
	proxy.ModifyResponse = func(r *http.Response) error {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		text = add(s.known(r.Request.Header.Get("X-Sent")), r, text)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		r.Header.Set("Content-Length", fmt.Sprint(len(text)))
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		r.Header.Set("X-Sent", fmt.Sprintf("%q", sent))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// known is the secret of the stand that a request held, or the first one.
func (s *stand) known(sent string) string {
	for _, secret := range s.secrets {
		if strings.Contains(sent, secret) {
			return secret
		}
	}
	return s.secrets[0]
}

// places are where a server may put what it repeats.
var places = map[string]func(text string, r *http.Response, body []byte) []byte{
	"a header": func(text string, r *http.Response, body []byte) []byte {
		r.Header.Set("X-Echo", text)
		return body
	},
	"a cookie": func(text string, r *http.Response, body []byte) []byte {
		r.Header.Add("Set-Cookie", "echo="+text)
		return body
	},
	"a member": func(text string, _ *http.Response, body []byte) []byte {
		return bytes.Replace(body, []byte("{"), []byte(fmt.Sprintf(`{"echo":%q,`, text)), 1)
	},
	"a member's name": func(text string, _ *http.Response, body []byte) []byte {
		return bytes.Replace(body, []byte("{"), []byte(fmt.Sprintf(`{%q:1,`, text)), 1)
	},
	"a text": func(text string, r *http.Response, _ []byte) []byte {
		r.Header.Set("Content-Type", "text/html")
		return []byte("<p>" + text + "</p>")
	},
	"gzip": func(text string, r *http.Response, _ []byte) []byte {
		r.Header.Set("Content-Encoding", "gzip")
		return []byte(zipped(`{"echo":"` + text + `"}`))
	},
	"UTF-16": func(text string, _ *http.Response, _ []byte) []byte {
		return []byte(wide(`{"echo":"`+text+`"}`, "", binary.LittleEndian))
	},
	"a cut body": func(text string, _ *http.Response, _ []byte) []byte {
		return []byte(strings.Repeat("x ", 32<<10-len(text)/3) + text)
	},
}

// TestServersThatRepeatSecrets: each disguise in one place after the other, and each
// place with the plain secret.
func TestServersThatRepeatSecrets(t *testing.T) {
	s := newStand(t)
	put := func(disguise, place string) {
		t.Run(disguise+" in "+place, func(t *testing.T) {
			address := s.echo(t, func(secret string, r *http.Response, text []byte) []byte {
				return places[place](disguises[disguise](secret), r, text)
			})
			got := s.put(t, s.target(t, address, nil), few)
			var refused *runner.UsageError
			if got.report == nil && !errors.As(got.err, &refused) {
				t.Error(got.err)
			}
		})
	}
	textual := []string{"a member", "a header", "a text", "a member's name", "a cookie"}
	i := 0
	for disguise := range disguises {
		put(disguise, textual[i%len(textual)])
		i++
	}
	for place := range places {
		put("itself", place)
	}
	put("upper case", "gzip")
	put("base32", "UTF-16")
	put("spaced", "a cut body")
}
