package family

import (
	"slices"
	"testing"

	"authconform/harness/otp"
)

func TestCodeFormsAreNamedOnceAndHaveValues(t *testing.T) {
	var slugs, texts []string
	for _, form := range CodeForms() {
		if slices.Contains(slugs, form.Slug) || slices.Contains(texts, form.What) {
			t.Errorf("%s stands twice", form.Slug)
		}
		slugs, texts = append(slugs, form.Slug), append(texts, form.What)
		if form.of == nil && len(form.names()) == 0 {
			t.Errorf("%s has no values", form.Slug)
		}
		for _, v := range form.Variants("123456") {
			if v.Value == "123456" {
				t.Errorf("%s has the right code among its values", form.Slug)
			}
		}
	}
}

// Every hostile value belongs to a form, but null and the empty ones, which the
// families of bodies and the suites themselves state.
func TestEveryHostileValueHasAForm(t *testing.T) {
	for _, right := range []string{"987654", "087654"} {
		for _, v := range otp.Hostile(right) {
			covered := slices.ContainsFunc(CodeForms(), func(f CodeForm) bool { return slices.Contains(f.names(), v.Name) })
			if !covered && v.Check != "I02" && v.Check != "I03" {
				t.Errorf("%s (%s) is in no form", v.Name, v.Check)
			}
		}
	}
}

func TestPaddingIsInsideOrOutside(t *testing.T) {
	count := map[string]int{}
	for _, form := range CodeForms() {
		count[form.Slug] = len(form.Variants("123456"))
	}
	if count["padded"] != count["padded-inside"]+count["padded-outside"] {
		t.Error("padded is not padded-inside and padded-outside in one")
	}
}
