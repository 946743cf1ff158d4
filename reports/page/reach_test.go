package page_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"authconform/reports"
	"authconform/reports/compare"
	"authconform/reports/page"
)

var exchanges = []string{"onlyoffice", "barong", "coinrabbit", "kiiex", "kiiexap"}

// screenful is how many clauses a page draws at once.
const screenful = 100

func TestEveryClauseOnOnePage(t *testing.T) {
	var runs []page.Run
	for _, x := range exchanges {
		runs = append(runs, runOf(t, x, true))
	}
	b := open(t)
	b.do(t, performance.Enable().WithTimeDomain(performance.EnableTimeDomainThreadTicks))
	b.drawNothingMore(t)
	url := write(t, "all.html", runs...)
	b.open(t, url)
	// It is ready with one screenful of clauses, however many there are.
	if took := b.worked(t); took > time.Second || took == 0 {
		t.Errorf("the page takes %s of a core to open, more than a second", took)
	} else {
		t.Logf("ready after %s of a core", took)
	}
	if n := value[int](t, b, `document.querySelectorAll('details.clause').length`); n != screenful {
		t.Errorf("%d clauses are drawn before the page is ready, want %d", n, screenful)
	}
	b = open(t)
	b.open(t, url)
	clauses := 0
	for _, r := range runs {
		clauses += len(r.Report.Verdicts)
	}
	if n := b.shown(t); n != clauses || n < 3500 {
		t.Errorf("%d clauses on the page of %d", n, clauses)
	}
	b.do(t, chromedp.Evaluate(`document.querySelectorAll('details').forEach(d => { d.open = true; })`, nil), chromedp.Sleep(0))
	b.do(t, chromedp.Poll(`document.querySelectorAll('.clause .body').length === document.querySelectorAll('.clause').length`, nil))
	if value[bool](t, b, `'owned' in window || document.querySelectorAll('img, main script, iframe').length > 0`) {
		t.Error("what the target answered became markup")
	}
	b.quiet(t)
}

// TestWhatIsNotDrawnIsReached: a deep link, the search, the filters and the keys lead to
// clauses that no idle moment has drawn.
func TestWhatIsNotDrawnIsReached(t *testing.T) {
	run := runOf(t, "barong", true)
	last := run.Report.Verdicts[len(run.Report.Verdicts)-1].ID
	b := open(t)
	b.drawNothingMore(t)
	url := write(t, "undrawn.html", run)
	b.open(t, url)
	drawn := `document.querySelectorAll('#list > details').length`
	if n := value[int](t, b, drawn); n != screenful {
		t.Fatalf("%d clauses are drawn", n)
	}

	press := func(keys string) string {
		b.do(t, chromedp.KeyEvent(keys))
		return value[string](t, b, `document.activeElement.parentElement.id || document.activeElement.tagName`)
	}
	first, second := "barong-"+run.Report.Causes[0].ID, "barong-"+run.Report.Causes[1].ID
	if got := []string{press("j"), press("j"), press("k"), press("k")}; !slices.Equal(got, []string{first, second, first, first}) {
		t.Errorf("j, j, k, k lead to %v, want %s, %s and back", got, first, second)
	}
	b.do(t, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#"+first+"[open] .body dl", chromedp.ByQuery))
	b.do(t, chromedp.Evaluate(`document.querySelector('#list').lastElementChild.firstElementChild.focus()`, nil))
	if got, want := press("j"), run.Report.Verdicts[screenful].ID; got != want {
		t.Errorf("the key j after the last clause that is drawn leads to %s, want %s", got, want)
	}

	search := func(text string) []string {
		b.do(t, chromedp.Evaluate(fmt.Sprintf(`(() => { const q = document.getElementById('q'); q.value = %q;
			q.dispatchEvent(new Event('input', {bubbles: true})); })()`, text), nil))
		return value[[]string](t, b, `[...document.querySelectorAll('#list > details')].map(d => d.id)`)
	}
	if found := search(last); !slices.Contains(found, last) {
		t.Errorf("the search for %s finds %v", last, found)
	}
	hidden := run.Report.Verdicts[len(run.Report.Verdicts)-2].ID // the search does not find it
	for _, id := range []string{hidden, last} {
		b.do(t, chromedp.Evaluate(fmt.Sprintf(`location.hash = %q`, id), nil),
			chromedp.Poll(fmt.Sprintf(`(() => { const d = document.getElementById(%q); return d && d.open && d.getBoundingClientRect().top < innerHeight; })()`, id), nil))
	}
	b.open(t, url+"#"+last)
	if !value[bool](t, b, fmt.Sprintf(`document.getElementById(%q).open`, last)) {
		t.Errorf("a deep link does not open %s", last)
	}
	b.quiet(t)
}

// TestPrint: paper has what a reader would unfold, every clause in a line, and the screen
// is afterwards as it was before.
func TestPrint(t *testing.T) {
	good, bad := runOf(t, "kiiex", false), runOf(t, "kiiex", true)
	d, err := compare.Runs([]*reports.Report{good.Report}, []*reports.Report{bad.Report})
	if err != nil {
		t.Fatal(err)
	}
	b := open(t)
	b.drawNothingMore(t)
	b.open(t, writeWith(t, "print.html", page.Head{Changes: d}, bad))
	unfolded := `document.querySelectorAll('details[open]').length`
	before := value[int](t, b, unfolded)
	b.do(t, chromedp.Evaluate(`addEventListener('beforeprint', () => {
		const all = s => [...document.querySelectorAll(s)];
		window.paper = {
			Causes: all('details.cause').filter(d => d.open && d.querySelector('.curl, dl')).length,
			Calls: all('details.cause .call.judged[open]').length,
			Members: all('details.cause .members a').filter(a => a.checkVisibility()).length,
			Tables: all('details.grid[open] table').length,
			Changes: all('details.changed[open] li').length,
			Clauses: all('#list > details').length,
			Folded: all('details.cause:not([open]), details.grid:not([open]), details.changed:not([open]), details.sentences:not([open])').length,
		};
	})`, nil))
	var pdf []byte
	b.do(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = cdp.PrintToPDF().WithPrintBackground(true).Do(ctx)
		return err
	}))
	type paper struct{ Causes, Calls, Members, Tables, Changes, Clauses, Folded int }
	got := value[paper](t, b, `window.paper`)
	members, judged := 0, 0
	for _, c := range bad.Report.Causes {
		members += len(c.Clauses)
		for _, e := range bad.Report.Verdicts {
			if e.ID == c.Example && len(e.Failures) > 0 {
				judged++
			}
		}
	}
	x := d.Exchanges[0]
	want := paper{
		Causes: len(bad.Report.Causes), Calls: judged, Members: members, Tables: len(bad.Report.Grids) + len(bad.References.Standards()),
		Changes: len(x.Failures) + len(x.Lost), Clauses: len(bad.Report.Verdicts),
	}
	if got != want {
		t.Errorf("on paper: %+v, want %+v", got, want)
	}
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); pages < 5 {
		t.Errorf("%d bytes of PDF have %d pages", len(pdf), pages)
	}
	if n := value[int](t, b, unfolded); n != before {
		t.Errorf("%d folds are open after printing, %d before", n, before)
	}
	b.do(t, emulation.SetEmulatedMedia().WithMedia("print").WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme",
		Value: "dark"}}))
	if value[bool](t, b, `document.querySelector('nav').checkVisibility() || document.querySelector('.filters').checkVisibility()`) {
		t.Error("what can only be clicked is printed")
	}
	if paper := value[string](t, b, `getComputedStyle(document.body).backgroundColor`); paper != "rgb(255, 255, 255)" {
		t.Errorf("the paper of a dark screen is %s", paper)
	}
	b.quiet(t)
}
