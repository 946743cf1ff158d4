package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"time"

	"authconform/harness/verdict"
)

// The JUnit report in the shape that Jenkins, GitLab and GitHub's readers
// share: testsuites > testsuite > testcase, each with properties.
type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitTotals
	Suites []junitSuite `xml:"testsuite"`
}

type junitTotals struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitTotals
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

// junitProperties are no element where there are none.
type junitProperties struct {
	XMLName xml.Name        `xml:"properties"`
	List    []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class      string `xml:"classname,attr"`
	Name       string `xml:"name,attr"`
	Time       string `xml:"time,attr"`
	File       string `xml:"file,attr,omitempty"`
	Line       int    `xml:"line,attr,omitempty"`
	Properties *junitProperties
	Skipped    *junitMessage `xml:"skipped"`
	Error      *junitMessage `xml:"error"`
	Failure    *junitMessage `xml:"failure"`
	Out        *junitText    `xml:"system-out"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

type junitText struct {
	Text string `xml:",chardata"`
}

// JUnit writes one test case per clause. A case is red exactly when its clause
// is: FAIL and STALE (with strict also WARN of a SHOULD) are failures; a MUST
// that is ERROR, UNTESTABLE or NOT_RUN is an error. A SHOULD or INFO that could
// not be judged is skipped with its reason, as are NOT_APPLICABLE and FILTERED.
// WARN and KNOWN pass and say why in system-out. A PASS says no more than its name, time
// and place: report.json has the rest. The type of a failure is its root
// cause, so that readers which group by type show one group a cause.
//
// Each report is a test suite of its own.
//
// When nothing ran at all, one more case named "run" carries that as an error:
// a reader of JUnit takes a file of nothing but skipped cases for green.
func JUnit(w io.Writer, runs ...*Report) error {
	all := junitSuites{Name: "authconform"}
	var took time.Duration
	for _, r := range runs {
		s := suiteOf(r)
		all.Suites = append(all.Suites, s)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		took += r.took()
	}
	all.Time = seconds(took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	var b bytes.Buffer
	enc := xml.NewEncoder(&b)
	enc.Indent(" ", "")
	if err := enc.Encode(all); err != nil {
		return err
	}
	// Angle brackets of texts are escaped, so that this is an empty element wherever it stands.
	text := bytes.ReplaceAll(b.Bytes(), []byte("></property>"), []byte("/>"))
	_, err := w.Write(append(bytes.ReplaceAll(text, []byte("></testcase>"), []byte("/>")), '\n'))
	return err
}

func suiteOf(r *Report) junitSuite {
	s := junitSuite{
		Name:      visible(r.Exchange),
		Timestamp: r.Started.Format("2006-01-02T15:04:05"),
		Properties: properties(
			"profile", r.Profile, "promises", Promises(r), "target", r.Target, "run_id", r.RunID, "tool", r.Tool.Name+" "+r.Tool.Version,
			"strict", strconv.FormatBool(r.Strict), "procs", strconv.Itoa(r.Procs), "seed", strconv.FormatInt(r.Seed, 10),
			"exit_code", strconv.Itoa(r.ExitCode), "meaning", r.Meaning),
	}
	red := false
	causes := causeOf(r)
	for _, e := range r.Verdicts {
		c := testcase(r, e, causes[e.ID])
		red = red || c.Failure != nil || c.Error != nil
		s.add(c)
	}
	if r.ExitCode == verdict.ExitIncomplete && !red {
		s.add(junitCase{Class: visible(r.Exchange), Name: "run", Time: seconds(0),
			Error: &junitMessage{Message: visible(r.Meaning), Type: "INCOMPLETE"}})
	}
	s.Time = seconds(r.took())
	return s
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func testcase(r *Report, e Entry, cause *Cause) junitCase {
	class := r.Exchange
	if e.Operation != "" {
		class += "." + e.Operation
	}
	c := junitCase{
		Class: visible(class), Name: visible(e.ID), Time: seconds(time.Duration(e.DurationMS * float64(time.Millisecond))),
		File: visible(e.File), Line: e.Line,
	}
	if e.Verdict != verdict.PASS {
		c.Properties = &junitProperties{List: properties("level", string(e.Level), "verdict", string(e.Verdict), "source", e.Source)}
	}
	message := &junitMessage{Message: headline(e), Type: string(e.Verdict), Text: explain(e)}
	if cause != nil {
		message.Type = cause.Title
		message.Text += cause.inWords()
	}
	switch weight := e.judged().Weight(r.Strict); {
	case weight == verdict.Broken:
		c.Failure = message
	case weight == verdict.Incomplete:
		c.Error = message
	case e.Verdict == verdict.WARN || e.Verdict == verdict.KNOWN:
		c.Out = &junitText{Text: fmt.Sprintf("%s\n%s", e.Verdict, message.Text)}
	case e.Verdict != verdict.PASS:
		c.Skipped = &junitMessage{Message: visible(fmt.Sprintf("%s: %s", e.Verdict, e.Reason))}
	}
	return c
}

func properties(pairs ...string) []junitProperty {
	var out []junitProperty
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, junitProperty{Name: pairs[i], Value: visible(pairs[i+1])})
	}
	return out
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
