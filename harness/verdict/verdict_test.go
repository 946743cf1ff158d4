package verdict

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)

// truthTable is the whole product of state, checks, level and deviation.
// Columns: none, valid and expired deviation for each level.
const truthTable = `
state           checks | MUST:none      valid          expired        | SHOULD:none    valid          expired        | INFO:none      valid          expired
passed          0      | ERROR          ERROR          ERROR          | ERROR          ERROR          ERROR          | ERROR          ERROR          ERROR
passed          1      | PASS           STALE          STALE          | PASS           STALE          STALE          | PASS           STALE          STALE
failed          0      | FAIL           KNOWN          FAIL           | WARN           KNOWN          FAIL           | WARN           KNOWN          FAIL
failed          1      | FAIL           KNOWN          FAIL           | WARN           KNOWN          FAIL           | WARN           KNOWN          FAIL
errored         0      | ERROR          ERROR          ERROR          | ERROR          ERROR          ERROR          | ERROR          ERROR          ERROR
errored         1      | ERROR          ERROR          ERROR          | ERROR          ERROR          ERROR          | ERROR          ERROR          ERROR
untestable      0      | UNTESTABLE     UNTESTABLE     UNTESTABLE     | UNTESTABLE     UNTESTABLE     UNTESTABLE     | UNTESTABLE     UNTESTABLE     UNTESTABLE
untestable      1      | UNTESTABLE     UNTESTABLE     UNTESTABLE     | UNTESTABLE     UNTESTABLE     UNTESTABLE     | UNTESTABLE     UNTESTABLE     UNTESTABLE
not-applicable  0      | NOT_APPLICABLE NOT_APPLICABLE NOT_APPLICABLE | NOT_APPLICABLE NOT_APPLICABLE NOT_APPLICABLE | NOT_APPLICABLE NOT_APPLICABLE NOT_APPLICABLE
not-applicable  1      | NOT_APPLICABLE NOT_APPLICABLE NOT_APPLICABLE | NOT_APPLICABLE NOT_APPLICABLE NOT_APPLICABLE | NOT_APPLICABLE NOT_APPLICABLE NOT_APPLICABLE
feature-present 0      | FAIL           FAIL           FAIL           | FAIL           FAIL           FAIL           | FAIL           FAIL           FAIL
feature-present 1      | FAIL           FAIL           FAIL           | FAIL           FAIL           FAIL           | FAIL           FAIL           FAIL
not-run         0      | NOT_RUN        NOT_RUN        NOT_RUN        | NOT_RUN        NOT_RUN        NOT_RUN        | NOT_RUN        NOT_RUN        NOT_RUN
not-run         1      | NOT_RUN        NOT_RUN        NOT_RUN        | NOT_RUN        NOT_RUN        NOT_RUN        | NOT_RUN        NOT_RUN        NOT_RUN
filtered        0      | FILTERED       FILTERED       FILTERED       | FILTERED       FILTERED       FILTERED       | FILTERED       FILTERED       FILTERED
filtered        1      | FILTERED       FILTERED       FILTERED       | FILTERED       FILTERED       FILTERED       | FILTERED       FILTERED       FILTERED
`

func TestJudgeTruthTable(t *testing.T) {
	levels := []Level{MUST, SHOULD, INFO}
	deviations := []struct {
		name string
		dev  *Deviation
	}{
		{"none", nil},
		{"valid", &Deviation{Clause: "a.b", Reason: "old release", Link: "https://tracker/1", Expires: today.AddDate(0, 1, 0)}},
		{"expired", &Deviation{Clause: "a.b", Reason: "old release", Link: "https://tracker/1", Expires: today.AddDate(0, 0, -1)}},
	}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(truthTable), "\n")[1:] {
		blocks := strings.Split(line, "|")
		head := strings.Fields(blocks[0])
		state := State(head[0])
		checks, err := strconv.Atoi(head[1])
		if err != nil || len(blocks) != 4 {
			t.Fatalf("malformed row %q", line)
		}
		for i, level := range levels {
			want := strings.Fields(blocks[i+1])
			if len(want) != len(deviations) {
				t.Fatalf("malformed row %q", line)
			}
			for k, d := range deviations {
				name := fmt.Sprintf("%s/%d/%s/%s", state, checks, level, d.name)
				seen[name] = true
				if got, _ := Judge(level, state, checks, d.dev, today); got != Verdict(want[k]) {
					t.Errorf("%s: got %s, want %s", name, got, want[k])
				}
			}
		}
	}
	if want := len(States()) * 2 * len(levels) * len(deviations); len(seen) != want {
		t.Errorf("the table covers %d cases, the product has %d", len(seen), want)
	}
}

func TestJudgeReasons(t *testing.T) {
	valid := &Deviation{Reason: "old release", Link: "https://tracker/1", Expires: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	expired := &Deviation{Reason: "old release", Expires: today.AddDate(0, 0, -1)}
	endless := &Deviation{Reason: "old release"}
	tests := []struct {
		name   string
		level  Level
		state  State
		checks int
		dev    *Deviation
		want   Verdict
		reason string // a part of it; "" means no reason at all
	}{
		{"plain pass", MUST, Passed, 3, nil, PASS, ""},
		{"plain fail", MUST, Failed, 3, nil, FAIL, ""},
		{"no check", MUST, Passed, 0, nil, ERROR, "without recording a check"},
		{"negative checks", MUST, Passed, -1, nil, ERROR, "without recording a check"},
		{"known, last day", MUST, Failed, 1, valid, KNOWN, "old release, https://tracker/1, good through 2026-11-22"},
		{"stale", MUST, Passed, 1, valid, STALE, "remove it"},
		{"expired must", MUST, Failed, 1, expired, FAIL, "expired"},
		{"expired should", SHOULD, Failed, 1, expired, FAIL, "expired"},
		{"expired but passing", MUST, Passed, 1, expired, STALE, "remove it"},
		{"ends soon", MUST, Failed, 1, valid, KNOWN, "it ends within 1 days"},
		{"no expiry date", MUST, Failed, 1, endless, FAIL, "no expiry date"},
		{"error stays error", MUST, Errored, 1, valid, ERROR, "a deviation does not excuse"},
		{"untestable stays untestable", MUST, Untestable, 1, valid, UNTESTABLE, "a deviation does not excuse"},
		{"feature present", INFO, FeaturePresent, 1, valid, FAIL, "correct the target file"},
		{"unknown state", MUST, State("skipped"), 1, nil, ERROR, `unknown state "skipped"`},
		{"empty state", MUST, State(""), 1, nil, ERROR, "unknown state"},
		{"unknown level", Level("MAY"), Passed, 1, nil, ERROR, `level "MAY"`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, reason := Judge(tc.level, tc.state, tc.checks, tc.dev, today)
			if got != tc.want {
				t.Errorf("verdict %s, want %s", got, tc.want)
			}
			if tc.reason == "" && reason != "" || !strings.Contains(reason, tc.reason) {
				t.Errorf("reason %q, want it to hold %q", reason, tc.reason)
			}
		})
	}
}

func TestDeviationHoldsThroughItsLastDay(t *testing.T) {
	end := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	d := Deviation{Expires: end}
	if !d.ValidOn(end.Add(-time.Nanosecond)) {
		t.Error("must hold until the end of its last day")
	}
	if d.ValidOn(end) {
		t.Error("must not hold on the day after")
	}
	if (Deviation{}).ValidOn(time.Time{}) {
		t.Error("must not hold without an expiry")
	}
}

func TestExitCode(t *testing.T) {
	const M, S, I = MUST, SHOULD, INFO
	type c = Judged
	tests := []struct {
		name    string
		judged  []Judged
		strict  bool
		code    int
		meaning []string
	}{
		{"nothing at all", nil, false, 3, []string{"nothing ran"}},
		{"all pass", []c{{"a", M, PASS, false}, {"b", S, PASS, false}}, false, 0, []string{"conformant"}},
		{"a must fails", []c{{"a", M, PASS, false}, {"b", M, FAIL, false}}, false, 1, []string{"not conformant: 1 FAIL"}},
		{"a should FAIL (feature present)", []c{{"a", M, PASS, false}, {"b", S, FAIL, false}}, false, 1, []string{"1 FAIL"}},
		{"stale must", []c{{"a", M, PASS, false}, {"b", M, STALE, false}}, false, 1, []string{"1 STALE"}},
		{"stale info", []c{{"a", M, PASS, false}, {"b", I, STALE, false}}, false, 1, []string{"1 STALE"}},
		{"warn of a should", []c{{"a", M, PASS, false}, {"b", S, WARN, false}}, false, 0, []string{"1 WARN"}},
		{"warn of a should, strict", []c{{"a", M, PASS, false}, {"b", S, WARN, false}}, true, 1, []string{"not conformant: 1 WARN"}},
		{"warn of an info, strict", []c{{"a", M, PASS, false}, {"b", I, WARN, false}}, true, 0, []string{"conformant"}},
		{"only a known deviation", []c{{"a", M, KNOWN, false}}, false, 0, []string{"1 accepted deviations"}},
		{"must untestable", []c{{"a", M, PASS, false}, {"b", M, UNTESTABLE, false}}, false, 3, []string{"incomplete", "1 UNTESTABLE"}},
		{"must error", []c{{"a", M, PASS, false}, {"b", M, ERROR, false}}, false, 3, []string{"1 ERROR"}},
		{"must not run", []c{{"a", M, PASS, false}, {"b", M, NOT_RUN, false}}, false, 3, []string{"1 NOT_RUN"}},
		{"should untestable", []c{{"a", M, PASS, false}, {"b", S, UNTESTABLE, false}}, false, 0,
			[]string{"conformant", "not judged: 1 UNTESTABLE"}},
		{"should error, strict", []c{{"a", M, PASS, false}, {"b", S, ERROR, false}}, true, 0, []string{"not judged: 1 ERROR"}},
		{"info not run", []c{{"a", M, PASS, false}, {"b", I, NOT_RUN, false}}, false, 0, []string{"not judged: 1 NOT_RUN"}},
		{"baseline should untestable", []c{{"a", M, PASS, false}, {"b", S, UNTESTABLE, true}}, false, 3, []string{"incomplete", "1 UNTESTABLE"}},
		{"baseline info not run", []c{{"a", M, PASS, false}, {"b", I, NOT_RUN, true}}, false, 3, []string{"1 NOT_RUN"}},
		{"baseline should warns of its shape", []c{{"a", M, PASS, false}, {"b", S, WARN, true}}, false, 0, []string{"1 WARN"}},
		{"only a should that errored", []c{{"a", S, ERROR, false}}, false, 3, []string{"nothing ran"}},
		{"only not applicable", []c{{"a", M, NOT_APPLICABLE, false}}, false, 3, []string{"nothing ran"}},
		{"only filtered", []c{{"a", M, FILTERED, false}}, false, 3, []string{"nothing ran", "1 clauses filtered out"}},
		{"one passes, the rest filtered", []c{{"a", M, PASS, false}, {"b", M, FILTERED, false}}, false, 0, []string{"1 clauses filtered out"}},
		{"not run at all", []c{{"a", M, NOT_RUN, false}}, false, 3, []string{"1 NOT_RUN", "nothing ran"}},
		{"fail beats incomplete", []c{{"a", M, FAIL, false}, {"b", M, ERROR, false}, {"c", M, UNTESTABLE, false}}, false, 1,
			[]string{"not conformant: 1 FAIL", "also incomplete", "1 ERROR, 1 UNTESTABLE"}},
		{"an unknown level weighs as MUST", []c{{"a", M, PASS, false}, {"b", "MAY", ERROR, false}}, false, 3, []string{"incomplete"}},
		{"an unknown verdict is incomplete", []c{{"a", M, PASS, false}, {"b", M, "GREEN", false}}, false, 3, []string{"1 of no known verdict"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			code, meaning := ExitCode(tc.judged, tc.strict)
			if code != tc.code {
				t.Errorf("exit code %d (%s), want %d", code, meaning, tc.code)
			}
			for _, part := range tc.meaning {
				if !strings.Contains(meaning, part) {
					t.Errorf("meaning %q lacks %q", meaning, part)
				}
			}
		})
	}
}

// Each verdict at each level, beside one MUST that passes, so that only the
// clause in question decides.
func TestWeightTable(t *testing.T) {
	table := map[Verdict][3]int{ // MUST, SHOULD, INFO: exit code when not strict
		PASS: {0, 0, 0}, FAIL: {1, 1, 1}, WARN: {0, 0, 0}, KNOWN: {0, 0, 0}, STALE: {1, 1, 1},
		NOT_APPLICABLE: {0, 0, 0}, UNTESTABLE: {3, 0, 0}, ERROR: {3, 0, 0}, NOT_RUN: {3, 0, 0}, FILTERED: {0, 0, 0},
	}
	if len(table) != len(All()) {
		t.Fatalf("the table has %d verdicts of %d", len(table), len(All()))
	}
	for v, want := range table {
		for i, level := range []Level{MUST, SHOULD, INFO} {
			judged := []Judged{{"green", MUST, PASS, false}, {"x", level, v, false}}
			if code, meaning := ExitCode(judged, false); code != want[i] {
				t.Errorf("%s at %s: exit %d (%s), want %d", v, level, code, meaning, want[i])
			}
			strictWant := want[i]
			if v == WARN && level == SHOULD {
				strictWant = 1
			}
			if code, meaning := ExitCode(judged, true); code != strictWant {
				t.Errorf("strict: %s at %s: exit %d (%s), want %d", v, level, code, meaning, strictWant)
			}
		}
	}
}

func TestCountHasEveryVerdict(t *testing.T) {
	counts := Count([]Judged{{"a", MUST, PASS, false}, {"b", MUST, PASS, false}})
	if len(counts) != len(All()) || counts[PASS] != 2 || counts[FAIL] != 0 {
		t.Errorf("got %v", counts)
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
	}{
		{nil, 3}, {[]int{0}, 0}, {[]int{1}, 1}, {[]int{3}, 3}, {[]int{0, 0}, 0},
		{[]int{0, 1}, 1}, {[]int{1, 0}, 1}, {[]int{0, 3}, 3}, {[]int{3, 0}, 3}, {[]int{1, 3}, 1}, {[]int{3, 1}, 1},
		{[]int{0, 2}, 3}, {[]int{9, 0}, 3}, {[]int{9, 1}, 1},
	} {
		if got := Worst(c.codes...); got != c.want {
			t.Errorf("Worst(%v) is %d, want %d", c.codes, got, c.want)
		}
	}
}
