package secret

import (
	"strings"
	"testing"
)

// TestNoTextIsReadAnewAtEachPlace: a target can send texts that a careless reader reads
// to their end from each of their bytes, which takes hours.
func TestNoTextIsReadAnewAtEachPlace(t *testing.T) {
	const size = 1 << 20
	texts := map[string]string{}
	for _, unit := range []string{`\`, "%25", "&amp;", "amp;", "&#", "=", "=3D", "‹", `{"a":"`, `"token":"a`, "<token>",
		"otpauth://totp/x?secret=", "a1"} {
		texts[unit] = strings.Repeat(unit, size/len(unit))
	}
	v := New()
	v.Learn(nil, []byte(`{"token":`+quote(texts["a1"])+`,"url":`+quote(texts["otpauth://totp/x?secret="])+`}`))
	for unit, text := range texts {
		clean := v.RedactBody("text/html", []byte(text))
		if left := v.Scan(unit, clean); len(left) > 0 {
			t.Errorf("%q: %d leaks are left", unit, len(left))
		}
	}
}

// TestLongValuesAreKnownInPieces: whatever part of a long value is repeated, it is found.
func TestLongValuesAreKnownInPieces(t *testing.T) {
	var value strings.Builder
	for i := range 900 {
		value.WriteString(strings.Repeat(string(rune('a'+i%26)), 3) + string(rune('0'+i%10)) + "-" + string(rune('A'+i/26%26)))
	}
	long := value.String()
	v := New()
	v.Register("pw", long)
	if got := strings.ReplaceAll(v.Redact("<"+long+">"), "‹pw›", ""); got != "<>" {
		t.Errorf("%q is left", got)
	}
	if v.Redact(long[pieceValue:2*pieceValue]) != "‹pw›" {
		t.Error("a piece of it is left")
	}
}

// TestLearnTakesNoMoreThanAnAnswerCanIssue: each value that is learnt costs memory for
// the rest of the run.
func TestLearnTakesNoMoreThanAnAnswerCanIssue(t *testing.T) {
	v := New()
	v.Learn(nil, []byte(`{"token":["`+strings.Join(strings.Fields(strings.Repeat("issued-token-", 1)+drawn(2*mostIssued)), `","`)+`"]}`))
	if got := len(v.values); got == 0 || got > mostIssued+1 {
		t.Errorf("%d values are known", got)
	}
}

func drawn(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" t0ken" + strings.Repeat(string(rune('a'+i%26)), 12) + string(rune('a'+i/26%26)))
	}
	return b.String()
}
