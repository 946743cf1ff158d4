package inbox

import (
	"slices"
	"strings"
	"testing"
)

const proof = "1764.Ab_c-9"

// mails hold the same link in the forms in which deployments write it.
var mails = map[string]struct {
	mail Message
	form string
}{
	"plain": {Message{Text: "Go to https://x.test/confirm?type=Reset&key=" + proof + ". Or not."},
		"in a link with a scheme (text part)"},
	"bare host":        {Message{Text: "x.test/confirm?type=Reset&key=" + proof}, "in a link without a scheme (text part)"},
	"key first":        {Message{Text: "(https://x.test/confirm?key=" + proof + "&type=Reset)"}, "in a link with a scheme (text part)"},
	"fragment":         {Message{Text: "https://x.test/#/confirm?type=Reset&key=" + proof}, "in a link with a scheme (text part)"},
	"after a fragment": {Message{Text: "https://x.test/confirm#type=Reset&key=" + proof}, "in a link with a scheme (text part)"},
	"entities":         {Message{HTML: `<a href="https://x.test/c?type=Reset&amp;key=` + proof + `">here</a>`}, "in a link with a scheme (HTML part)"},
	"soft breaks": {Message{Text: "https://x.test/confirm?type=3DReset&=\r\nkey=3D1764.A=\r\nb_c-9\r\n"},
		"in a link with a scheme (text part)"},
	"click counter": {Message{HTML: `<a href="https://click.test/?u=https%3A%2F%2Fx.test%2Fc%3Ftype%3DReset%26key%3D1764%2EAb%5Fc-9">x</a>`},
		"in a link with a scheme (HTML part)"},
	"counted twice": {Message{Text: "click.test/?u=https%253A%252F%252Fx.test%252Fc%253Ftype%253DReset%2526key%253D1764.Ab_c-9"},
		"in a link without a scheme (text part)"},
}

func TestQueriesInAnyForm(t *testing.T) {
	for name, c := range mails {
		if found := Queries(c.mail, "type=Reset"); !slices.ContainsFunc(found, func(query string) bool {
			return query == "type=Reset&key="+proof || query == "key="+proof+"&type=Reset"
		}) {
			t.Errorf("%s: %q", name, found)
		}
		if found := Queries(c.mail, "type=Other"); len(found) > 0 {
			t.Errorf("%s: %q is of another type", name, found)
		}
	}
}

// What is said of a mail names the form of its proof and never the proof.
func TestFormOfAProof(t *testing.T) {
	for name, c := range mails {
		if got := Form(c.mail, proof); got != c.form {
			t.Errorf("%s: %s, expected %s", name, got, c.form)
		}
	}
	both := Message{Text: "Your key is " + proof + "\n", HTML: "<p><b>" + proof + "</b></p>"}
	if got := Form(both, proof); got != "as bare text (text part) and as bare text (HTML part)" || strings.Contains(got, proof) {
		t.Error(got)
	}
	if got := Form(Message{Text: "nothing"}, proof) + Form(both, ""); got != "" {
		t.Errorf("found %q where no proof is", got)
	}
}
