package inbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCodes(t *testing.T) {
	for text, want := range map[string][]string{
		"Your code is 123456.":                                      {"123456"},
		"123456 or 654321, 123456":                                  {"123456", "654321"},
		"Code:123456\nValid until 2026-01-02 12:30:45":              {"123456"},
		"G-123456 is your code":                                     {"123456"},
		"1234567 x123456 123456x 12345 1.123456 123456,5":           nil,
		"https://x.example/confirm/123456?c=234567 then 345678":     {"345678"},
		`<p style="color:#112233">Code <b>445566</b></p>`:           {"445566"},
		"<style>.a{color:#778899}</style><!-- 111222 --><i>333444 ": {"333444"},
		"验证码是123456，五分钟":                                            {"123456"},
		"код123456":                                                 nil,
		"":                                                          nil,
	} {
		if diff := cmp.Diff(want, Codes(text, 6)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if diff := cmp.Diff([]string{"1234"}, Codes("1234 123456", 4)); diff != "" {
		t.Errorf("four digits:\n%s", diff)
	}
}

func TestLinks(t *testing.T) {
	for text, want := range map[string][]string{
		"Go to https://x.example/a?b=1&copy=2#f. Or not.":                            {"https://x.example/a?b=1&copy=2#f"},
		`<a href="https://x.example/confirm?type=A&amp;key=b&#x2B;c">HTTP://y.z</a>`: {"https://x.example/confirm?type=A&key=b+c", "HTTP://y.z"},
		"(see http://x/a_(b)) [http://x/c]":                                          {"http://x/a_(b)", "http://x/c"},
		"http://x/a http://x/a, http://x/a!":                                         {"http://x/a"},
		"<http://x/a>\r\n'http://x/b'":                                               {"http://x/a", "http://x/b"},
		"ftp://x/a mailto:a@b.c nohttp://x":                                          nil,
	} {
		if diff := cmp.Diff(want, Links(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func FuzzExtract(f *testing.F) {
	f.Add("Code 123456 <b>https://x/a?b&amp;c</b>")
	f.Fuzz(func(t *testing.T, text string) {
		for _, code := range Codes(text, 6) {
			if len(code) != 6 {
				t.Fatalf("code %q", code)
			}
		}
		for _, found := range Links(text) {
			if len(found) < len("http:/") {
				t.Fatalf("link %q", found)
			}
		}
	})
}
