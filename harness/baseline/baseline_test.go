package baseline_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"authconform/harness/baseline"
)

const sentence = "- {id: a, text: A code counts once., authority: RFC 6238 section 5.2, " +
	"clauses: {shop: [shop.code.*, shop.login.replayed]}, excuses: {fair: it has no codes}}\n"

func load(text string) (baseline.List, error) {
	return baseline.Load(fstest.MapFS{baseline.File: {Data: []byte(text)}})
}

func TestOfFindsTheSentencesOfAClause(t *testing.T) {
	l, err := load(sentence + strings.Replace(sentence, "id: a", "id: b", 1))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]string{
		"shop.code.wrong": {"a", "b"}, "shop.login.replayed": {"a", "b"}, "shop.login.wrong": nil, "fair.code.wrong": nil,
	} {
		if got := l.Of(id); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an id twice":  {sentence + sentence, "used twice"},
		"no authority": {strings.Replace(sentence, "RFC 6238 section 5.2", `""`, 1), "all required"},
		"a glob of another": {strings.Replace(sentence, "shop.code.*", "fair.code.*", 1),
			`"fair.code.*" is no glob over the clause ids of shop`},
		"what is no glob":        {strings.Replace(sentence, "shop.code.*", "'shop.['", 1), "no glob"},
		"clauses and an excuse":  {strings.Replace(sentence, "{fair:", "{shop: none, fair:", 1), "both clauses and an excuse"},
		"an unknown member":      {strings.Replace(sentence, "text:", "txt:", 1), "txt"},
		"what is no list at all": {"a: b\n", "baseline.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if l, err := baseline.Load(fstest.MapFS{}); err != nil || l != nil {
		t.Errorf("without a file: %v, %v", l, err)
	}
}

func TestKnown(t *testing.T) {
	list, err := load(sentence)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"an entry":             {`- {sentence: a, profiles: ["1"], text: It counts twice., source: shop#2}`, ""},
		"an unknown sentence":  {`- {sentence: b, profiles: ["1"], text: It counts twice., source: shop#2}`, `no sentence "b"`},
		"no source":            {`- {sentence: a, profiles: ["1"], text: It counts twice.}`, "entry 1"},
		"no profile":           {`- {sentence: a, text: It counts twice., source: shop#2}`, "entry 1"},
		"a member of no entry": {`- {sentence: a, why: b}`, "why"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := list.LoadKnown(fstest.MapFS{"shop/known.yaml": {Data: []byte(c.text)}}, "shop")
			if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
