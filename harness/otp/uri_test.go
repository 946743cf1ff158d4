package otp

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	long  = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 160 bits
	short = "GEZDGNBVGY3TQOJQ"                 // 80 bits
)

func TestParseURI(t *testing.T) {
	const good = "otpauth://totp/Big%20Corp:alice@example.org?secret=" + long + "&issuer=Big%20Corp"
	cases := []struct {
		name  string
		uri   string
		rules []string
		err   string
	}{
		{"flawless", good, nil, ""},
		{"encoded colon, space before the account", "otpauth://totp/Big%20Corp%3A%20alice?issuer=Big%20Corp&secret=" + long, nil, ""},
		{"all defaults spelt out", good + "&algorithm=SHA1&digits=6&period=30", nil, ""},
		{"other parameters", good + "&algorithm=SHA256&digits=8&period=60", []string{"portability"}, ""},
		{"wrong scheme", strings.Replace(good, "otpauth", "http", 1), []string{"scheme"}, "no otpauth"},
		{"hotp", strings.Replace(good, "totp", "hotp", 1) + "&counter=1", []string{"type", "counter"}, "no otpauth"},
		{"no type", "otpauth:///B:a?issuer=B&secret=" + long, []string{"type"}, "no otpauth"},
		{"no label", "otpauth://totp?issuer=B&secret=" + long, []string{"label"}, ""},
		{"empty parts", "otpauth://totp/:?issuer=B&secret=" + long, []string{"label"}, ""},
		{"no prefix, no issuer", "otpauth://totp/alice?secret=" + long, []string{"label-issuer", "issuer"}, ""},
		{"issuer differs", "otpauth://totp/A:x?issuer=B&secret=" + long, []string{"issuer-prefix"}, ""},
		{"colons inside", "otpauth://totp/A:x:y?issuer=A%3AB&secret=" + long, []string{"label-colon", "issuer-prefix", "issuer-colon"}, ""},
		{"no secret", "otpauth://totp/B:a?issuer=B", []string{"secret"}, "no usable secret"},
		{"secret is no Base32", "otpauth://totp/B:a?issuer=B&secret=s3cret1890", []string{"secret-base32"}, "no usable secret"},
		{"short secret", "otpauth://totp/B:a?issuer=B&secret=" + short, []string{"secret-length"}, ""},
		{"lower case, padded", "otpauth://totp/B:a?issuer=B&secret=" + strings.ToLower(short) + strings.ToLower(short),
			[]string{"secret-form"}, ""},
		{"secret twice", good + "&secret=" + short, []string{"duplicate-parameter"}, ""},
		{"unknown algorithm", good + "&algorithm=MD5", []string{"algorithm"}, "unusable algorithm"},
		{"lower-case algorithm", good + "&algorithm=sha1", []string{"algorithm"}, "unusable algorithm"},
		{"digits", good + "&digits=five", []string{"digits"}, "unusable digits"},
		{"digits with zero", good + "&digits=06", []string{"digits"}, "unusable digits"},
		{"period", good + "&period=-30", []string{"period"}, "unusable period"},
		{"unknown parameter", good + "&image=x", []string{"unknown-parameter"}, ""},
		{"bad escape", good + "&x=%zz", []string{"query"}, ""},
		{"fragment", good + "#x", []string{"extra-parts"}, ""},
		{"no URI", "otp\x00auth", []string{"uri"}, "cannot be parsed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u, findings, err := ParseURI(c.uri)
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
				if text := f.String(); strings.Contains(text, "s3cret") || strings.Contains(text, short) || f.Source == "" || f.Level == "" {
					t.Errorf("finding %q", text)
				}
			}
			if !slices.Equal(rules, c.rules) {
				t.Errorf("rules %v, want %v", rules, c.rules)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if err == nil && u.Secret.Len() == 0 {
				t.Error("no error and no secret")
			}
		})
	}
	u, _, err := ParseURI(good + "&digits=8&period=60&algorithm=SHA512")
	if err != nil || u.Issuer != "Big Corp" || u.Account != "alice@example.org" || u.Type != "totp" ||
		u.Params != (Params{SHA512, 8, time.Minute}) || u.Secret.Base32() != long {
		t.Errorf("read as %+v, %v", u, err)
	}
}

func TestSecretLength(t *testing.T) {
	for n, want := range map[int]Level{0: Must, 15: Must, 16: Should, 19: Should, 20: "", 32: ""} {
		findings := NewSecret(make([]byte, n)).Findings()
		if (want == "") != (len(findings) == 0) || want != "" && findings[0].Level != want {
			t.Errorf("%d bytes: %v, want %q", n, findings, want)
		}
	}
}

func FuzzParseURI(f *testing.F) {
	f.Add("otpauth://totp/Big%20Corp:alice@example.org?secret=" + long + "&issuer=Big%20Corp&digits=6&period=30&algorithm=SHA1")
	f.Add("otpauth://hotp/:?secret=&secret=&period=0x1e")
	f.Fuzz(func(t *testing.T, raw string) {
		u, findings, err := ParseURI(raw)
		if err != nil {
			if len(findings) == 0 {
				t.Fatalf("%q is unusable without a finding", raw)
			}
			return
		}
		params, err := u.Params.complete()
		if err != nil {
			t.Fatalf("%q gives parameters %v", raw, err)
		}
		if _, err := params.code(u.Secret, 1); err != nil {
			t.Fatalf("%q gives no code: %v", raw, err)
		}
	})
}
