package client

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"authconform/harness/inbox"
)

func TestTokenInAnyText(t *testing.T) {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	token := part(`{"alg":"RS256"}`) + "." + part(`{"sub":"reset","a":"?>~"}`) + "." + part("signature")
	other := part(`{"alg":"RS256"}`) + "." + part(`{"sub":"confirmation"}`) + "." + part("signature")
	link := "https://www.example.com/reset?lang=en&reset_token=" + token
	for name, m := range map[string]inbox.Message{
		"link":                  {Text: link},
		"link without a scheme": {Text: "Open www.example.com/accounts/reset?reset_token=" + token + "&lang=en."},
		"path":                  {Text: "https://www.example.com/reset/" + token + "/"},
		"fragment":              {HTML: `<a href="https://www.example.com/#/reset/` + token + `">reset</a>`},
		"link in a link":        {HTML: `<a href="https://click.example.com/?u=` + url.QueryEscape(link) + `">reset</a>`},
		"link in a link in a link": {Text: "https://a.example/?u=" + url.QueryEscape("https://b.example/?u="+url.QueryEscape(link)) +
			" 100% safe"},
		"entities":       {HTML: strings.ReplaceAll(strings.ReplaceAll(link, "&", "&amp;"), ".", "&#46;")},
		"bare text":      {Text: "Your code is " + token + ". It is good for an hour."},
		"beside another": {Text: other + " " + token},
		"folded":         {Text: link[:60] + "=\r\n" + link[60:]},
	} {
		if got := TokenIn(m, Reset); got != token {
			t.Errorf("%s: found %q", name, got)
		}
	}
	if got := TokenIn(inbox.Message{Text: other + " eyes.eyes.eyes www.example.com"}, Reset); got != "" {
		t.Errorf("found %q where there is none", got)
	}
}
