package source_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"authconform/harness/source"
)

var fixture = fstest.MapFS{
	"shop/SOURCES.md": {Data: []byte(`# Sources

## <a id="1"></a>1. Sessions

A session lasts 30 minutes.

### <a id="1.1"></a>1.1 Cookies

| name | meaning |
|---|---|
| <a id="1.1-sid"></a>sid | the session |
| <a id="1.1-csrf"></a>csrf | the CSRF token |

- <a id="1.1-a"></a>One item
  that goes on.
- Another item.

<a id="1.1-p"></a>A paragraph
of two lines.

The next one.
`)},
	"standards/checks.md": {Data: []byte("| id | check |\n|---|---|\n| <a id=\"T10\"></a>T10 | A code counts once. |\n")},
	"standards/authorities.yaml": {Data: []byte("- {id: RFC 62, title: Short, url: https://x}\n- {id: RFC 6238, title: TOTP, url: " +
		"https://www.rfc-editor.org/rfc/rfc6238}\n")},
}

func TestResolveFindsPassages(t *testing.T) {
	l := source.NewLibrary(fixture)
	for reference, want := range map[string]source.Passage{
		"shop#1":               {Place: "schemas/shop/SOURCES.md#1", Text: "1. Sessions\n\nA session lasts 30 minutes."},
		"shop#1.1-csrf":        {Place: "schemas/shop/SOURCES.md#1.1-csrf", Text: "name | meaning\ncsrf | the CSRF token"},
		"shop#1.1-a":           {Place: "schemas/shop/SOURCES.md#1.1-a", Text: "- One item\nthat goes on."},
		"shop#1.1-p":           {Place: "schemas/shop/SOURCES.md#1.1-p", Text: "A paragraph\nof two lines."},
		"checks#T10":           {Place: "schemas/standards/checks.md#T10", Text: "id | check\nT10 | A code counts once."},
		"RFC 6238 section 5.2": {Place: "https://www.rfc-editor.org/rfc/rfc6238", Text: "TOTP", Standard: true},
	} {
		want.Reference = reference
		if got, err := l.Resolve(reference); err != nil || got != want {
			t.Errorf("%s: got %+v, error %v, want %+v", reference, got, err, want)
		}
	}
}

func TestCheckNamesWhatDoesNotResolve(t *testing.T) {
	l := source.NewLibrary(fixture)
	for text, want := range map[string]string{
		"":                          "no source is named",
		"shop#1.2":                  `schemas/shop/SOURCES.md has no anchor "1.2"`,
		"shop#1.1-cookie":           "near it are: 1.1, 1.1-a",
		"fair#1":                    "there is no schemas/fair/SOURCES.md",
		"RFC 9999":                  "neither an anchor, such as barong#2.2, nor a standard",
		"shop#1; RFC 62380; shop#9": `"shop#9"`,
	} {
		if err := l.Check(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
	if err := l.Check("shop#1; checks#T10; RFC 6238 section 5.2"); err != nil {
		t.Error(err)
	}
}

func TestQuotePrefersThePassageOfTheProject(t *testing.T) {
	l := source.NewLibrary(fixture)
	if got := l.Quote("RFC 6238 section 5.2; checks#T10"); got.Reference != "checks#T10" {
		t.Errorf("got %+v", got)
	}
	if got := l.Quote("RFC 6238 section 5.2"); got.Text != "TOTP" {
		t.Errorf("got %+v", got)
	}
}
