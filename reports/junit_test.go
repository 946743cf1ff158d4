package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// node is any XML element, for checks that do not lean on the writer's types.
type node struct {
	name  string
	attrs map[string]string
	kids  []*node
	text  string
}

func parseXML(text string) (*node, error) {
	dec := xml.NewDecoder(strings.NewReader(text))
	root := &node{}
	stack := []*node{root}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := n.attrs[a.Name.Local]; twice {
					return nil, fmt.Errorf("attribute %s twice", a.Name.Local)
				}
				n.attrs[a.Name.Local] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(root.kids) != 1 || len(stack) != 1 {
		return nil, errors.New("not exactly one root element")
	}
	return root.kids[0], nil
}

func (n *node) all(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
		out = append(out, k.all(name)...)
	}
	return out
}

// shape is what the readers of JUnit files (Jenkins' junit-10.xsd, GitLab,
// GitHub actions) agree on: the attributes each element must have, may have,
// and the children it may have in this order.
var shape = map[string]struct{ must, may, kids string }{
	"testsuites": {"name tests failures errors skipped time", "", "testsuite"},
	"testsuite":  {"name tests failures errors skipped time timestamp", "", "properties testcase"},
	"properties": {"", "", "property"},
	"property":   {"name value", "", ""},
	"testcase":   {"name classname time", "file line", "properties skipped error failure system-out"},
	"skipped":    {"message", "", ""},
	"error":      {"message type", "", ""},
	"failure":    {"message type", "", ""},
	"system-out": {"", "", ""},
}

func checkShape(n *node) error {
	s, ok := shape[n.name]
	if !ok {
		return fmt.Errorf("element %s is not part of JUnit", n.name)
	}
	for _, name := range strings.Fields(s.must) {
		if _, ok := n.attrs[name]; !ok {
			return fmt.Errorf("%s lacks the attribute %s", n.name, name)
		}
	}
	for name := range n.attrs {
		if !strings.Contains(" "+s.must+" "+s.may+" ", " "+name+" ") {
			return fmt.Errorf("%s must not have the attribute %s", n.name, name)
		}
	}
	last := 0
	for _, k := range n.kids {
		at := strings.Index(" "+s.kids+" ", " "+k.name+" ") + 1
		if at == 0 || at < last {
			return fmt.Errorf("%s must not have %s here", n.name, k.name)
		}
		last = at
		if err := checkShape(k); err != nil {
			return err
		}
	}
	return nil
}

func junit(t testing.TB, r *Report) *node {
	t.Helper()
	n, err := parseXML(render(t, func(b *bytes.Buffer) error { return JUnit(b, r) }))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestJUnitShapeAndTotals(t *testing.T) {
	r := build(t, sampleRun())
	root := junit(t, r)
	if err := checkShape(root); err != nil {
		t.Fatal(err)
	}
	cases := root.all("testcase")
	if len(cases) != len(r.Verdicts) {
		t.Fatalf("%d test cases for %d clauses", len(cases), len(r.Verdicts))
	}
	for _, level := range []*node{root, root.kids[0]} {
		for attr, want := range map[string]int{
			"tests": len(cases), "failures": len(root.all("failure")), "errors": len(root.all("error")), "skipped": len(root.all("skipped")),
		} {
			if level.attrs[attr] != strconv.Itoa(want) {
				t.Errorf("%s %s=%s, counted %d", level.name, attr, level.attrs[attr], want)
			}
		}
		if level.attrs["time"] != "90.000" {
			t.Errorf("time %q", level.attrs["time"])
		}
	}
	wrong := cases[1]
	if wrong.attrs["classname"] != "barong.open" || wrong.attrs["name"] != "open.wrong" || wrong.attrs["time"] != "0.013" {
		t.Errorf("attributes %v", wrong.attrs)
	}
	props := map[string]string{}
	for _, p := range wrong.all("property") {
		props[p.attrs["name"]] = p.attrs["value"]
	}
	for name, want := range map[string]string{"level": "MUST", "verdict": "FAIL", "source": "REST.md, Sessions"} {
		if props[name] != want {
			t.Errorf("property %s is %q, want %q", name, props[name], want)
		}
	}
	if passed := cases[0]; len(passed.kids) > 0 {
		t.Errorf("%s is PASS and has %s", passed.attrs["name"], passed.kids[0].name)
	}
	failure := wrong.all("failure")[0]
	if failure.attrs["type"] != "open: expected status 401 Unauthorized, got 200 OK" || failure.attrs["message"] != wrongStatus().Title {
		t.Errorf("failure %v", failure.attrs)
	}
	for _, part := range []string{"status: 401", "status: 200", "curl -X POST", "a wrong password is refused", "the text of open.wrong"} {
		if !strings.Contains(failure.text, part) {
			t.Errorf("the failure lacks %q:\n%s", part, failure.text)
		}
	}
}

// TestJUnitAsItsReadersReadIt holds what three readers document or do:
//   - GitLab (docs.gitlab.com/ci/testing/unit_test_reports): an .xml file below 30 MB; of two
//     cases of one name the first alone counts; classname, name, file and time of a case; the
//     text of failure or error, or else skipped, decides, and nothing else is success.
//   - Jenkins (JUnit plugin, junit-10.xsd): a suite and its cases have names, times are decimal
//     numbers; error and failure are red with their message and text, skipped is neither.
//   - dorny/test-reporter (java-junit): the root is testsuites or testsuite, cases are grouped by
//     classname, the first failure or error of a case has text.
func TestJUnitAsItsReadersReadIt(t *testing.T) {
	run := sampleRun()
	for i := range run.Clauses {
		run.Clauses[i].File, run.Clauses[i].Line = "suites/barong/sessions.go", 7+i
	}
	r := build(t, run)
	text := render(t, func(b *bytes.Buffer) error { return JUnit(b, r) })
	root, err := parseXML(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkShape(root); err != nil {
		t.Error(err)
	}
	if root.name != "testsuites" || !strings.HasSuffix(JUnitFile, ".xml") || len(text) >= 30<<20 {
		t.Errorf("the root is %s of %s with %d bytes", root.name, JUnitFile, len(text))
	}
	seen := map[string]bool{}
	for i, c := range root.all("testcase") {
		e := r.Verdicts[i]
		name := c.attrs["classname"] + " " + c.attrs["name"]
		if seen[name] || c.attrs["name"] != e.ID {
			t.Errorf("case %q is there twice, or is not %s", name, e.ID)
		}
		seen[name] = true
		if c.attrs["file"] != e.File || c.attrs["line"] != strconv.Itoa(e.Line) {
			t.Errorf("%s stands at %s:%s, want %s", e.ID, c.attrs["file"], c.attrs["line"], e.File)
		}
		if _, err := strconv.ParseFloat(c.attrs["time"], 64); err != nil {
			t.Errorf("%s: time %v", e.ID, err)
		}
		want := "success"
		switch weight := e.judged().Weight(r.Strict); {
		case weight != verdict.Neutral:
			want = "red"
		case e.Verdict == verdict.NOT_APPLICABLE || e.Verdict == verdict.FILTERED || e.Verdict == verdict.NOT_RUN:
			want = "skipped"
		}
		got, red := "success", append(c.all("failure"), c.all("error")...)
		switch {
		case len(red) > 0:
			got = "red"
			if strings.TrimSpace(red[0].text) == "" || red[0].attrs["message"] == "" || red[0].attrs["type"] == "" {
				t.Errorf("%s is red without a text, a message and a type", e.ID)
			}
		case len(c.all("skipped")) > 0:
			got = "skipped"
		}
		if got != want || len(red) > 1 {
			t.Errorf("%s, which is %s, reads as %s, want %s", e.ID, e.Verdict, got, want)
		}
	}
}

func TestJUnitElementOfEachVerdict(t *testing.T) {
	const M, S, I = clause.MUST, clause.SHOULD, clause.INFO
	tests := []struct {
		verdict verdict.Verdict
		level   clause.Level
		strict  bool
		element string
	}{
		{verdict.PASS, M, false, ""}, {verdict.FAIL, M, false, "failure"}, {verdict.FAIL, S, false, "failure"},
		{verdict.STALE, M, false, "failure"}, {verdict.STALE, I, false, "failure"},
		{verdict.WARN, S, false, "system-out"}, {verdict.WARN, S, true, "failure"}, {verdict.WARN, I, true, "system-out"},
		{verdict.KNOWN, M, false, "system-out"},
		{verdict.ERROR, M, false, "error"}, {verdict.UNTESTABLE, M, false, "error"}, {verdict.NOT_RUN, M, false, "error"},
		{verdict.ERROR, S, false, "skipped"}, {verdict.UNTESTABLE, S, true, "skipped"}, {verdict.NOT_RUN, I, false, "skipped"},
		{verdict.NOT_APPLICABLE, M, false, "skipped"}, {verdict.FILTERED, M, false, "skipped"},
	}
	for _, tc := range tests {
		r := &Report{Exchange: "barong", Strict: tc.strict, Verdicts: []Entry{{ID: "x", Level: tc.level, Verdict: tc.verdict, Reason: "why"}}}
		kids := ""
		for _, k := range junit(t, r).all("testcase")[0].kids {
			if k.name != "properties" {
				kids += k.name
			}
		}
		if kids != tc.element {
			t.Errorf("%s at %s, strict %v: %q, want %q", tc.verdict, tc.level, tc.strict, kids, tc.element)
		}
	}
}

func TestJUnitIsRedExactlyWhenTheRunIs(t *testing.T) {
	for _, level := range []clause.Level{clause.MUST, clause.SHOULD, clause.INFO} {
		for _, state := range verdict.States() {
			for _, strict := range []bool{false, true} {
				res := result("x", state)
				r := reportOf(t, level, strict, &res)
				root := junit(t, r)
				red := root.attrs["failures"] != "0" || root.attrs["errors"] != "0"
				if red != (r.ExitCode != 0) {
					t.Errorf("%s at %s, strict %v: exit %d but red %v", state, level, strict, r.ExitCode, red)
				}
				if err := checkShape(root); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func TestJUnitOfNothingIsRed(t *testing.T) {
	root := junit(t, build(t, Run{Exchange: "barong", Started: t0, Finished: t0}))
	if root.attrs["errors"] != "1" || root.attrs["tests"] != "1" {
		t.Errorf("%v", root.attrs)
	}
}

// Whatever a target answers, the file stays well formed, and what XML can
// carry arrives unchanged.
func TestJUnitCarriesAnyText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.SliceOf(rapid.Byte()).Draw(rt, "raw")
		text := rapid.OneOf(rapid.String(), rapid.Just(string(raw))).Draw(rt, "text")
		r := &Report{Exchange: "barong", Target: text, Verdicts: []Entry{{
			ID: "x" + text, Level: clause.MUST, Verdict: verdict.FAIL, Text: text, Reason: text, Source: text, Operation: text,
			Failures: []journal.Failure{{Title: text, Actual: []string{"[" + text + "]"}, Curl: text}},
		}}}
		out := render(t, func(b *bytes.Buffer) error { return JUnit(b, r) })
		root, err := parseXML(out)
		if err != nil {
			rt.Fatalf("not well formed: %v", err)
		}
		if err := checkShape(root); err != nil {
			rt.Fatal(err)
		}
		c := root.all("testcase")[0]
		if got, want := c.attrs["name"], "x"+visible(text); got != want {
			rt.Fatalf("name %q, want %q", got, want)
		}
		if strings.ContainsRune(out, '\uFFFD') && !strings.ContainsRune(text, '\uFFFD') {
			rt.Fatal("a character was lost to U+FFFD")
		}
		for _, ch := range c.all("failure")[0].text {
			if visible(string(ch)) != string(ch) {
				rt.Fatalf("the control character %U came through", ch)
			}
		}
	})
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain grün ‹x› 😀\n\tend":   "plain grün ‹x› 😀\n\tend",
		"\x1b[31mred\x1b[0m":        `\u001b[31mred\u001b[0m`,
		"a\x00b\rc\x7f\u0085":       `a\u0000b\u000dc\u007f\u0085`,
		"user\u202etxt.exe":         `user\u202etxt.exe`,
		"bad \xff\xfe bytes":        `bad \xff\xfe bytes`,
		"\ufffe \uffff \U0001ffff":  `\ufffe \uffff \U0001ffff`,
		"\ufffd is itself a letter": "\ufffd is itself a letter",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}
