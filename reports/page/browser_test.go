package page_test

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium that remembers what went wrong in a page.
type browser struct {
	ctx context.Context

	mu       sync.Mutex
	errors   []string
	requests []string
}

func open(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("the page is tested in Chromium, which is missing: apt-get install -y chromium (%v)", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	allocated, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, end := chromedp.NewContext(allocated)
	t.Cleanup(end)
	ctx, end = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(end)
	b := &browser{ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.errors = append(b.errors, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			b.errors = append(b.errors, e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			b.errors = append(b.errors, string(e.Type))
		case *network.EventRequestWillBeSent:
			b.requests = append(b.requests, e.Request.URL)
		}
	})
	b.do(t, network.Enable(), log.Enable())
	return b
}

func (b *browser) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func (b *browser) open(t *testing.T, url string) {
	t.Helper()
	b.do(t, chromedp.Navigate("about:blank"), chromedp.Navigate(url), chromedp.WaitReady(`html[data-ready]`, chromedp.ByQuery))
}

// value asks the page.
func value[T any](t *testing.T, b *browser, script string) T {
	t.Helper()
	var v T
	b.do(t, chromedp.Evaluate(script, &v))
	return v
}

// drawNothingMore keeps pages from drawing while they are idle, so that what they draw
// because somebody asks for it can be told apart.
func (b *browser) drawNothingMore(t *testing.T) {
	t.Helper()
	b.do(t, chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdp.AddScriptToEvaluateOnNewDocument(`window.requestIdleCallback = () => 1`).Do(ctx)
		return err
	}))
}

// shown is how many clauses the list holds, once all that are found are drawn.
func (b *browser) shown(t *testing.T) (n int) {
	t.Helper()
	b.do(t, chromedp.Poll(`(() => { const n = document.querySelectorAll('#list > details').length;
		return document.getElementById('count').textContent.startsWith(n + ' of ') ? {n} : null; })()`, nil))
	return value[int](t, b, `document.querySelectorAll('#list > details').length`)
}

// worked is what the page's thread has used of a core since it was opened, however busy
// the machine is.
func (b *browser) worked(t *testing.T) (took time.Duration) {
	t.Helper()
	b.do(t, chromedp.ActionFunc(func(ctx context.Context) error {
		metrics, err := performance.GetMetrics().Do(ctx)
		for _, m := range metrics {
			if m.Name == "TaskDuration" {
				took = time.Duration(m.Value * float64(time.Second))
			}
		}
		return err
	}))
	return took
}

// quiet fails where the page reported an error or asked the network for anything.
func (b *browser) quiet(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.errors {
		t.Errorf("the console says %q", text)
	}
	for _, url := range b.requests {
		if !strings.HasPrefix(url, "file://") && url != "about:blank" {
			t.Errorf("the page asked for %s", url)
		}
	}
}
