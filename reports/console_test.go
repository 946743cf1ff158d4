package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/plain"
	"authconform/harness/verdict"
)

func console(t *testing.T, r *Report, o ConsoleOptions) string {
	t.Helper()
	return render(t, func(b *bytes.Buffer) error { return Console(b, r, o) })
}

const goldenConsole = `barong, profile documented, at https://staging.example/api (authconform 1.2.3, run r1)

OPERATION  OUTCOME          VERDICTS
open       ok               WARN 1, PASS 1
           bad-credentials  FAIL 1
           throttled        KNOWN 1
close      ok               STALE 1, PASS 1
           forbidden        NOT_APPLICABLE 1
           unauthenticated  ERROR 1, UNTESTABLE 1
list       ok               NOT_RUN 1
(1 rows filtered out)

KNOWN 1 clause: accepted deviation: limiter is off, https://tracker/9, good through 2026-12-22
  clauses: open.known

cause 1 of 6, FAIL 1: open: expected status 401 Unauthorized, got 200 OK
  FAIL open.wrong (MUST)
    promise   the text of open.wrong
    request   POST /identity/open
    outcome   bad-credentials
    source    REST.md, Sessions
    POST /identity/open should lead to bad-credentials
      request   POST http://host/identity/open
      expected  status: 401 Unauthorized
                error-key: identity.session.invalid_params
      actual    status: 200 OK
                error-key: none
      at        /errors
      documents “a wrong password is refused” (REST.md, Sessions)
      call      c-open.wrong
      repeat    curl -X POST 'http://host/identity/open' -d '{"password":"‹password›"}'

cause 2 of 6, STALE 1: a deviation lists this clause as failing, but it passes: remove it from the
  target file (fixed in 2.7, #/#, good through 2026-12-22)
  STALE close.stale (MUST)
    promise   the text of close.stale
    request   POST /identity/close
    outcome   ok
    source    REST.md, Sessions
    reason    a deviation lists this clause as failing, but it passes: remove it from the target file (fixed in 2.7, https://tracker/8, good through 2026-12-22)

cause 3 of 6, ERROR 1: the check could not be carried out — budget: answered 429
  ERROR close.error (MUST)
    promise   the text of close.error
    request   POST /identity/close
    outcome   unauthenticated
    source    REST.md, Sessions
    reason    the check could not be carried out — budget: answered 429

cause 4 of 6, WARN 1: open: a header is missing
  WARN open.header (SHOULD)
    promise   the text of open.header
    request   POST /identity/open
    outcome   ok
    source    REST.md, Sessions
    a header is missing
      detail    no Cache-Control

cause 5 of 6, UNTESTABLE 1: a precondition of the check was not met — cannot get the control
  accepted
  UNTESTABLE close.control (MUST)
    promise   the text of close.control
    request   POST /identity/close
    outcome   unauthenticated
    source    REST.md, Sessions
    reason    a precondition of the check was not met — cannot get the control accepted

cause 6 of 6, NOT_RUN 1: the run ended before this clause was checked
  NOT_RUN list.late (MUST)
    promise   the text of list.late
    request   POST /identity/list
    outcome   ok
    source    REST.md, Sessions
    reason    the run ended before this clause was checked

6 causes, 6 clauses

FAIL 1, STALE 1, ERROR 1, UNTESTABLE 1, NOT_RUN 1, WARN 1, KNOWN 1, PASS 2, NOT_APPLICABLE 1,
  FILTERED 1 — exit 1, not conformant: 1 FAIL, 1 STALE; also incomplete: MUST clauses not judged: 1
  ERROR, 1 UNTESTABLE, 1 NOT_RUN (1 WARN; 1 accepted deviations; 1 clauses filtered out)
`

func TestConsole(t *testing.T) {
	if diff := cmp.Diff(goldenConsole, console(t, build(t, sampleRun()), ConsoleOptions{Width: 100})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConsoleColorOnlyAddsColor(t *testing.T) {
	r := build(t, sampleRun())
	colored := console(t, r, ConsoleOptions{Color: true, Width: 400})
	plain := console(t, r, ConsoleOptions{Width: 400})
	if strings.Contains(plain, "\x1b") || !strings.Contains(colored, "\x1b[31mFAIL") {
		t.Error("colour where none is wanted, or none where it is")
	}
	if diff := cmp.Diff(plain, regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(colored, "")); diff != "" {
		t.Errorf("(-plain +colored without colour):\n%s", diff)
	}
}

func TestConsoleTableFitsANarrowTerminal(t *testing.T) {
	run := sampleRun()
	run.Clauses[0].Operation = strings.Repeat("operation", 12)
	run.Clauses[0].Outcome = strings.Repeat("outcome", 12)
	text := console(t, build(t, run), ConsoleOptions{Width: 60})
	table, _, _ := strings.Cut(text, "(1 rows")
	_, table, _ = strings.Cut(table, "OPERATION")
	column := strings.Index("OPERATION"+table, "VERDICTS")
	for _, line := range strings.Split("OPERATION"+table, "\n") {
		if utf8.RuneCountInString(line) > 60+len("UNTESTABLE 1") {
			t.Errorf("line too long: %q", line)
		}
		if runes := []rune(line); len(runes) > column && (runes[column-1] != ' ' || runes[column] == ' ') {
			t.Errorf("verdicts not aligned: %q", line)
		}
	}
}

func TestConsoleIsSafeFromTheTarget(t *testing.T) {
	evil := "\x1b]0;owned\x07\x1b[2J\u202e"
	r := reportOf(t, clause.MUST, false, &journal.Result{
		Clause: "x", State: verdict.Failed, Checks: 1, Reason: evil,
		Failures: []journal.Failure{{Title: evil, Actual: []string{evil}, Curl: evil}},
	})
	text := console(t, r, ConsoleOptions{})
	if strings.ContainsAny(text, "\x1b\x07\u202e") || !strings.Contains(text, `\u001b]0;owned\u0007`) {
		t.Errorf("%q", text)
	}
}

func TestConsoleTurnsDownNothing(t *testing.T) {
	text := console(t, build(t, Run{Exchange: "barong", Started: t0, Finished: t0}), ConsoleOptions{Width: 1})
	if !strings.Contains(text, "exit 3") {
		t.Errorf("%q", text)
	}
}

func TestSummary(t *testing.T) {
	text := render(t, func(b *bytes.Buffer) error { return Summary(b, build(t, sampleRun())) })
	for _, part := range []string{
		"# barong: not conformant\n", "**Exit code 1**: not conformant: 1 FAIL, 1 STALE", "| Target | ` https://staging.example/api ` |",
		"| Took | ` 1m30s ` |", "| PASS | 2 |", "| FAIL | 1 |",
		"| ` open ` | ` POST /identity/open ` | ` bad-credentials ` | FAIL 1 |",
		"| ` list ` | ` POST /identity/list ` | ` not-found ` | FILTERED 1 |",
		"<details><summary>FAIL MUST <code>open.wrong</code></summary>\n\n```text\n", "expected  status: 401", "repeat    curl -X POST",
		"## 6 causes, 6 clauses", "6. NOT_RUN 1: ` the run ended before", "## Accepted", "open.known",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("lacks %q", part)
		}
	}
	if strings.Count(text, "<details>") != 6 || strings.Count(text, "</details>") != 6 {
		t.Error("not one block for each of FAIL, STALE, ERROR, UNTESTABLE, WARN, NOT_RUN")
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestSummaryKeepsTheTargetInItsBlock(t *testing.T) {
	evil := "x\n```\n</details> <script> | [link](http://evil) ````"
	r := reportOf(t, clause.MUST, false, &journal.Result{
		Clause: "x", State: verdict.Failed, Checks: 1, Failures: []journal.Failure{{Title: evil, Actual: []string{evil}}},
	})
	text := render(t, func(b *bytes.Buffer) error { return Summary(b, r) })
	const open = "`````text\n"
	from := strings.Index(text, open)
	if from < 0 {
		t.Fatalf("no fence longer than the text's own:\n%s", text)
	}
	inside, after, closed := strings.Cut(text[from+len(open):], "\n`````\n")
	if !closed || !strings.Contains(inside, "<script>") {
		t.Errorf("the block does not hold the text:\n%s", text)
	}
	outside := strings.ReplaceAll(text[:from]+after, plain.Span(r.Causes[0].Title), "")
	if strings.Contains(outside, "script") || strings.Contains(outside, "evil") {
		t.Errorf("the target's text got out of the block:\n%s", outside)
	}
}
