package page

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"

	"authconform/harness/journal"
	"authconform/harness/source"
	"authconform/harness/verdict"
	"authconform/reports"
)

// What the page may hold, in bytes: calls take the room that clauses leave, and of a
// message no more is shown than a reader would scroll through.
const (
	roomForCalls   = 2_400_000 // of what is not PASS
	roomForPassing = 40_000    // of examples of what is
	longestMessage = 6_000
	longestPassage = 450
)

// data is what the script reads.
type data struct {
	Runs       []dataRun          `json:"runs"`
	Operations []operation        `json:"operations"`
	Causes     []cause            `json:"causes"`
	Sources    []string           `json:"sources"` // as clauses write them; many share one
	Outcomes   []string           `json:"outcomes"`
	Files      []string           `json:"files"`
	Passages   map[string]passage `json:"passages"`
	Clauses    []clause           `json:"clauses"`
	Grids      []grid             `json:"grids"`
	Standards  []standardView     `json:"standards"`
}

type dataRun struct {
	Exchange string `json:"exchange"`
}

type operation struct {
	Name    string `json:"name"`
	Request string `json:"request"`
}

type cause struct {
	Anchor  string   `json:"anchor"`
	Title   string   `json:"title"`
	Example string   `json:"example"`
	Clauses []string `json:"clauses"`
}

type passage struct {
	Text string `json:"text"`
	URL  string `json:"url,omitempty"` // of a standard
}

// clause is written as a row, for the names of its members would be a third of the page:
// what every clause has in the order in which the script takes it apart, then the rest.
type clause struct {
	ID        string
	Run       int
	Level     string
	Verdict   verdict.Verdict
	Text      string
	Operation int    // index of Operations
	Outcome   int    // index of Outcomes
	Source    int    // index of Sources
	Place     [2]int // index of Files, and the line
	Checks    int
	Called    int
	rest
}

// rest is what few clauses have.
type rest struct {
	Reason   string            `json:"reason,omitempty"`
	Baseline []string          `json:"baseline,omitempty"`
	Cause    *int              `json:"cause,omitempty"`
	Failures []journal.Failure `json:"failures,omitempty"`
	Calls    []call            `json:"calls,omitempty"`
}

func (c clause) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{
		c.ID, c.Run, c.Level, c.Verdict, c.Text, c.Operation, c.Outcome, c.Source, c.Place[0], c.Place[1], c.Checks, c.Called, c.rest,
	})
}

type call struct {
	ID            string   `json:"id"`
	Actor         string   `json:"actor,omitempty"`
	Method        string   `json:"method"`
	URL           string   `json:"url"`
	Status        int      `json:"status,omitempty"`
	Error         string   `json:"error,omitempty"`
	MS            float64  `json:"ms"`
	RequestHeader []string `json:"requestHeader,omitempty"`
	RequestBody   string   `json:"requestBody,omitempty"`
	Header        []string `json:"header,omitempty"`
	Body          string   `json:"body,omitempty"`
}

// encode is JSON in which "<", ">" and "&" are escaped: it cannot end the element that
// holds it. One clause stands on a line, for the leak scan reads lines.
func (d *data) encode() ([]byte, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return []byte(strings.ReplaceAll(string(text), `],["`, "],\n[\"")), nil
}

func collect(runs []Run) (*data, error) {
	d := &data{Passages: map[string]passage{}, Causes: []cause{}, Operations: []operation{}, Grids: []grid{}, Standards: []standardView{}}
	for i, r := range runs {
		d.Runs = append(d.Runs, dataRun{r.Report.Exchange})
		caused := map[string]int{}
		for _, c := range r.Report.Causes {
			title := c.Title
			if len(runs) > 1 {
				title = r.Report.Exchange + ": " + title
			}
			for _, id := range c.Clauses {
				caused[id] = len(d.Causes)
			}
			d.Causes = append(d.Causes, cause{anchor(r.Report.Exchange, c), title, c.Example, c.Clauses})
		}
		operations := map[string]int{}
		for _, e := range r.Report.Verdicts {
			d.clause(i, r, e, operations, caused)
		}
	}
	d.grids(runs)
	d.standards(runs)
	return d, d.calls(runs)
}

func (d *data) clause(run int, r Run, e reports.Entry, operations, caused map[string]int) {
	op, known := operations[e.Operation]
	if !known {
		op, operations[e.Operation] = len(d.Operations), len(d.Operations)
		name := e.Operation
		if name == "" {
			name = "-"
		}
		d.Operations = append(d.Operations, operation{name, strings.TrimSpace(e.Method + " " + e.Path)})
	}
	c := clause{
		ID: e.ID, Run: run, Level: string(e.Level), Verdict: e.Verdict, Text: e.Text, Operation: op, Outcome: index(&d.Outcomes, e.Outcome),
		Source: index(&d.Sources, e.Source), Place: [2]int{index(&d.Files, e.File), e.Line},
		Checks: e.Checks, Called: len(e.Calls), rest: rest{Reason: e.Reason, Baseline: e.Baseline},
	}
	if at, has := caused[e.ID]; has {
		c.Cause = &at
	}
	for _, reference := range source.Split(e.Source) {
		d.passage(r, reference)
	}
	for _, f := range e.Failures {
		if len(f.Expected)+len(f.Actual) > 0 {
			f.Text = "" // it repeats the rest
		}
		f.Curl = shorten(f.Curl, longestMessage)
		c.Failures = append(c.Failures, f)
	}
	d.Clauses = append(d.Clauses, c)
}

// index is the place of a text in a list of those that many clauses share.
func index(list *[]string, text string) int {
	if i := slices.Index(*list, text); i >= 0 {
		return i
	}
	*list = append(*list, text)
	return len(*list) - 1
}

// passage adds what a reference points to.
func (d *data) passage(r Run, reference string) {
	if _, known := d.Passages[reference]; known || r.Passage == nil {
		return
	}
	p, err := r.Passage(reference)
	if err != nil {
		return // the contract refuses such a source at load; the page does without
	}
	shown := passage{Text: shorten(p.Text, longestPassage)}
	if p.Standard {
		shown.URL = p.Place
	}
	d.Passages[reference] = shown
}

// calls adds those of the examples of causes, then of what is not PASS, then one clause
// of each outcome, while there is room.
func (d *data) calls(runs []Run) error {
	examples := map[string]bool{}
	for _, c := range d.Causes {
		examples[c.Example] = true
	}
	shown := map[int]bool{}
	room := roomForCalls
	for _, wanted := range []func(c *clause) bool{
		func(c *clause) bool { return examples[c.ID] },
		func(c *clause) bool { return c.Verdict != verdict.PASS },
	} {
		if err := d.fill(runs, &room, wanted); err != nil {
			return err
		}
	}
	room = roomForPassing
	return d.fill(runs, &room, func(c *clause) bool {
		first := !shown[c.Outcome]
		shown[c.Outcome] = true
		return first
	})
}

// fill adds the calls of the clauses that are wanted, while there is room.
func (d *data) fill(runs []Run, room *int, wanted func(*clause) bool) error {
	at := 0
	for _, r := range runs {
		for _, e := range r.Report.Verdicts {
			c := &d.Clauses[at]
			at++
			if r.Call == nil || c.Calls != nil || len(e.Calls) == 0 || !wanted(c) {
				continue
			}
			calls, size, err := callsOf(r, e)
			if err != nil {
				return err
			}
			if size <= *room {
				c.Calls, *room = calls, *room-size
			}
		}
	}
	return nil
}

func callsOf(r Run, e reports.Entry) (calls []call, size int, err error) {
	for _, id := range e.Calls {
		recorded, found, err := r.Call(e.Process, id)
		if err != nil {
			return nil, 0, err
		}
		if found {
			calls = append(calls, callOf(recorded))
		}
	}
	text, err := json.Marshal(calls)
	return calls, len(text), err
}

func callOf(c journal.Call) call {
	return call{
		ID: c.ID, Actor: c.Actor, Method: c.Method, URL: c.URL, Status: c.Status, Error: c.Err, MS: math.Round(c.DurationMS),
		RequestHeader: header(c.RequestHeader), RequestBody: shorten(c.RequestBody, longestMessage),
		Header: header(c.Header), Body: shorten(c.Body, longestMessage),
	}
}

func header(h http.Header) []string {
	var lines []string
	for name, values := range h {
		for _, v := range values {
			lines = append(lines, shorten(name+": "+v, longestMessage))
		}
	}
	slices.Sort(lines)
	return lines
}

// shorten cuts a text that nobody would read to its end.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + " … (cut off here)"
}
