package schema_test

import (
	"slices"
	"strings"
	"testing"

	"authconform/harness/schema"
)

// header {"alg":"HS256"}, claims {"sub":"1"}, header {"alg":""}, header []
const (
	jwtHeader, jwtClaims = "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0"
	jwtNoAlg, jwtArray   = "eyJhbGciOiIifQ", "W10"
)

func TestFormats(t *testing.T) {
	long := strings.Repeat("a", 63)
	for format, cases := range map[string]struct{ good, bad []string }{
		"date-time": {
			good: []string{"2026-01-02T03:04:05Z", "2026-01-02t03:04:05z", "2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05+23:59",
				"2026-01-02T03:04:05-00:00", "0001-01-01T00:00:00Z", "2024-02-29T00:00:00Z", "2000-02-29T00:00:00Z",
				"1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "1999-01-01T05:29:60+05:30", "0000-12-31T23:59:59Z"},
			bad: []string{"", "2026-01-02", "03:04:05", "2026-01-02T03:04:05", "0001-01-01T00:00:00", "2026-01-02 03:04:05Z", "2026-01-02T03:04Z",
				"2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z", "2026-13-02T03:04:05Z", "2026-00-02T03:04:05Z",
				"2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-02T03:04:05+24:00",
				"2026-01-02T03:04:05+01:60", "2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+01", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05,1Z",
				"1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z", "1998-12-31T23:59:60+01:00", "26-01-02T03:04:05Z", "+2026-01-02T03:04:05Z",
				"2026-01-02T03:04:05Z\n", "\u0662026-01-02T03:04:05Z", "2026-1-2T3:4:5Z"},
		},
		"uuid": {
			good: []string{"4c65a238-ca50-4374-b904-0d51d4c1822b", "4C65A238-CA50-4374-B904-0D51D4C1822B", "00000000-0000-0000-0000-000000000000"},
			bad: []string{"", "4c65a238ca504374b9040d51d4c1822b", "{4c65a238-ca50-4374-b904-0d51d4c1822b}",
				"4c65a238-ca50-4374-b904-0d51d4c1822", "4c65a238-ca50-4374-b904-0d51d4c1822g",
				"4c65a238-ca504-374-b904-0d51d4c1822b", "4c65a238-ca50-4374-b904-0d51d4c1822b ", "urn:uuid:4c65a238-ca50-4374-b904-0d51d4c1822b"},
		},
		"uri": {
			good: []string{"https://portal.example.test/confirm/TfaAuth?type=TfaAuth&uid=4c65", "http://127.0.0.1:8080", "http://[::1]:80/",
				"data:image/png;base64,iVBORw0KGgo=",
				"otpauth://totp/a:b%40c?secret=JBSWY3DP", "mailto:a@b.example", "https://a/b#c", "urn:isbn:1"},
			bad: []string{"", "/relative", "//host/path", "portal.example.test", "https://a/b c", "https://a/<b>", "https://a/{b}",
				"https://a/%zz", "https://a/b#c#d",
				"1https://a", "https://a/\u00e9", "https://a/[b]", "https:", "https://a\\b", "http://a:port/", "https://a/b\n"},
		},
		"base32": {
			good: []string{"JBSWY3DPEHPK3PXP", "ME======", "MFRA====", "MFRGG===", "MFRGGZA=", "ME", "MFRGGZDF"},
			bad: []string{"", "jbswy3dpehpk3pxp", "JBSW Y3DP", "JBSW-Y3DP", "JBSWY3D1", "M", "MFR", "MFRGGZ", "ME=", "MFRGGZDF=", "ME=====A",
				"========", "JBSWY3DPEHPK3PXP===="},
		},
		"jwt": {
			good: []string{jwtHeader + "." + jwtClaims + ".c2ln", jwtHeader + "." + jwtClaims + "."},
			bad: []string{"", "a.b", jwtHeader + "." + jwtClaims, jwtHeader + "." + jwtClaims + ".c2ln.x", jwtNoAlg + "." + jwtClaims + ".c2ln",
				jwtArray + "." + jwtClaims + ".c2ln",
				jwtHeader + "." + jwtArray + ".c2ln", jwtHeader + "=." + jwtClaims + ".c2ln", jwtHeader + "." + jwtClaims + ".c2l+", "bnVsbA." +
					jwtClaims + ".c2ln"},
		},
		"otp-code": {
			good: []string{"123456", "000000", "12345678"},
			bad:  []string{"", "12345", "1234567", "123456789", "12345a", " 123456", "123456\n", "\u0661\u0662\u0663\u0664\u0665\u0666", "123 456"},
		},
		"email": {
			good: []string{"a@example.test", "first.last+tag@sub.example.test", "a@localhost", "o'neil@example.test"},
			bad: []string{"", "a", "a@", "@b", "a@b@c", `"Bob" <a@b.c>`, "a b@example.test", ".a@example.test", "a.@example.test",
				"a..b@example.test", "a@-b.test", "a@b..test",
				strings.Repeat("a", 65) + "@example.test", "a@example.test\n", "\u00e9@example.test"},
		},
		"hostname": {
			good: []string{"example.test", "localhost", "a-b.c", "1.2.3.4", long + ".test"},
			bad:  []string{"", "-a", "a-", "a..b", ".a", "a.", "a_b", "a b", long + "a.test", strings.Repeat(long+".", 4) + "a"},
		},
	} {
		t.Run(format, func(t *testing.T) {
			for _, text := range cases.good {
				if !schema.IsFormat(format, text) {
					t.Errorf("refuses %q", text)
				}
			}
			for _, text := range cases.bad {
				if schema.IsFormat(format, text) {
					t.Errorf("accepts %q", text)
				}
			}
		})
	}
}

func TestFormatsAreTheEnginesOwn(t *testing.T) {
	want := []string{"base32", "date-time", "email", "hostname", "jwt", "otp-code", "uri", "uuid"}
	if got := schema.Formats(); !slices.Equal(got, want) {
		t.Fatalf("formats are %v, want %v", got, want)
	}
	for _, format := range want {
		s := one(t, `{"format":"`+format+`"}`)
		if found := s.Check([]byte(`"not ` + format + `"`)); len(found) != 1 || found[0].Rule != "format" || found[0].Want != format {
			t.Errorf("%s: a wrong text gives %v", format, found)
		}
		for _, body := range []string{"1", "1.5", "null", "true", "[]", "{}"} {
			if found := s.Check([]byte(body)); found != nil {
				t.Errorf("%s speaks of strings only, yet %s gives %v", format, body, found)
			}
		}
	}
	if schema.IsFormat("no-such-format", "x") {
		t.Error("an unknown format matches")
	}
}
