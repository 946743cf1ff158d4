package hostile_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
)

// TestServersThatTellSecretsAside: what a server puts where nobody looks, or where it makes
// the answer unreadable, is in no output either.
func TestServersThatTellSecretsAside(t *testing.T) {
	s := newStand(t)
	secret := s.secrets[0]
	chunked, told := ok+"Transfer-Encoding: chunked\r\n\r\n", `{"a":"`+secret+`"}`
	says := func(charset, text string) string {
		return strings.Replace(body("", text), "json", "json; charset="+charset, 1)
	}
	for name, answer := range map[string]string{
		"an interim answer":      "HTTP/1.1 103 Early Hints\r\nLink: </" + secret + ">\r\nX-A: " + secret + "\r\n\r\n" + body("", "{}"),
		"an unknown interim one": "HTTP/1.1 199 " + secret + "\r\nX-A: " + secret + "\r\n\r\n" + body("", "{}"),
		"a trailer": strings.Replace(chunked, "\r\n\r\n", "\r\nTrailer: X-A\r\n\r\n", 1) + "2\r\n{}\r\n0\r\nX-A: " + secret +
			"\r\n\r\n",
		"a trailer by surprise":    chunked + "2\r\n{}\r\n0\r\nX-A: " + secret + "\r\n\r\n",
		"a trailer without colon":  chunked + "2\r\n{}\r\n0\r\n" + secret + "\r\n\r\n",
		"a chunk's extension":      chunked + "2;a=" + secret + "\r\n{}\r\n0\r\n\r\n",
		"a chunk's size":           chunked + secret + "\r\n{}\r\n0\r\n\r\n",
		"a reason":                 "HTTP/1.1 500 " + secret + "\r\nContent-Length: 0\r\n\r\n",
		"a status":                 "HTTP/1.1 " + secret + "\r\n\r\n",
		"a version":                secret + " 200 OK\r\n\r\n",
		"a header without colon":   ok + secret + "\r\n\r\n",
		"a length":                 ok + "Content-Length: " + secret + "\r\n\r\n",
		"a transfer encoding":      ok + "Transfer-Encoding: " + secret + "\r\n\r\n",
		"a content encoding":       body("Content-Encoding: "+secret+"\r\n", "{}"),
		"a media type":             strings.Replace(body("", "{}"), "application/json", "application/"+secret, 1),
		"a place to go":            "HTTP/1.1 302 Found\r\nLocation: http://" + secret + ":x/%zz\r\nContent-Length: 0\r\n\r\n",
		"UTF-16 that says UTF-8":   says("utf-8", wide(told, "", binary.BigEndian)),
		"UTF-16 that says Latin-1": says("iso-8859-1", wide(told, "", binary.LittleEndian)),
		"UTF-8 that says UTF-16":   says("utf-16", told),
		"UTF-8 that says UTF-7":    says("utf-7", told),
		"a second answer":          body("", "{}") + body("", told),
	} {
		t.Run(name, func(t *testing.T) {
			s.put(t, s.target(t, raw(t, func(c net.Conn) { io.WriteString(c, answer) }), nil), few).notGreen(t)
		})
	}
}
