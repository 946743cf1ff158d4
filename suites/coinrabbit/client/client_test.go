package client

import (
	"testing"

	"authconform/harness/inbox"
)

func TestCodeIn(t *testing.T) {
	for text, want := range map[string]string{
		"Your code is 123456.": "123456", "Use 12345678 within 10 minutes": "12345678", "PIN 4711": "4711", "no code": "",
	} {
		if got := codeIn(inbox.Message{Text: text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestOtherCodeDiffersInEachDigit(t *testing.T) {
	if got := OtherCode("012989"); got != "123090" {
		t.Errorf("it is %s", got)
	}
}

func TestHeadersLeaveEmptyCredentialsOut(t *testing.T) {
	if h := Headers("", "token"); len(h) != 1 || h.Get("X-User-Token") != "token" {
		t.Errorf("they are %v", h)
	}
}
