package runner

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Progress shows how far a run is while it lasts.
type Progress struct {
	Out      io.Writer // nil shows nothing, and only counts
	Terminal bool      // one line that rewrites itself; plain lines otherwise
	Name     string

	waiting func() (clauses int, rest time.Duration) // for accounts; nil says nothing of them
	found   func(line []byte)                        // is told each result; nil is told none
	called  func(calls int)                          // is told how many calls there are; nil is not
}

// follower counts results as they arrive in the journals, whichever process
// writes them.
type follower struct {
	Progress
	dir     string
	total   int
	began   time.Time
	done    int
	calls   int
	offsets map[string]int64
	last    int
	quit    chan struct{}
	ended   chan struct{}
}

// interval is how often the journals are looked at, and plainEvery how many
// looks apart plain lines are: ten seconds.
const (
	interval   = 200 * time.Millisecond
	plainEvery = 50
)

func (f *follower) waits() bool {
	if f.waiting == nil {
		return false
	}
	clauses, _ := f.waiting()
	return clauses > 0
}

// line tells how far the run is, what it waits for, and how long it may still take,
// as far as what was done so far tells.
func (f *follower) line() string {
	text := fmt.Sprintf("%s: %d of %d clauses", f.Name, f.done, f.total)
	if f.waiting != nil {
		if clauses, rest := f.waiting(); clauses > 0 {
			text += fmt.Sprintf("; %d wait for accounts, the next %s", clauses, rest.Round(time.Second))
		}
	}
	if spent := time.Since(f.began); f.done > 0 && spent > 10*time.Second {
		left := spent * time.Duration(f.total-f.done) / time.Duration(f.done)
		text += fmt.Sprintf("; about %s left", left.Round(10*time.Second))
	}
	return text
}

// columns is how wide the terminal is, as shells tell it.
func columns() int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return 80
}

// clip keeps a line from being broken by the terminal, which no carriage return
// would take back.
func clip(line string, width int) string {
	if len(line) < width {
		return line
	}
	return line[:width-1]
}

func (p Progress) follow(dir string, total int) *follower {
	f := &follower{Progress: p, dir: dir, total: total, began: time.Now(), offsets: map[string]int64{}, quit: make(chan struct{}),
		ended: make(chan struct{})}
	go f.run()
	return f
}

func (f *follower) stop() {
	close(f.quit)
	<-f.ended
}

func (f *follower) run() {
	defer close(f.ended)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for looks := 1; ; looks++ {
		select {
		case <-f.quit:
			f.look()
			f.show(true)
			return
		case <-ticker.C:
			f.look()
			if f.Terminal || looks%plainEvery == 0 {
				f.show(false)
			}
		}
	}
}

func (f *follower) show(last bool) {
	switch {
	case f.Out == nil:
	case f.Terminal && last:
		fmt.Fprint(f.Out, "\r\x1b[K")
	case f.Terminal:
		fmt.Fprintf(f.Out, "\r\x1b[K%s", clip(f.line(), columns()))
	case f.done != f.last || f.waits():
		fmt.Fprintln(f.Out, f.line())
	}
	f.last = f.done
}

// look reads what the journals have grown by. A line that is not yet whole
// counts when it is.
func (f *follower) look() {
	journals, _ := filepath.Glob(filepath.Join(f.dir, "journal-*.ndjson"))
	for _, name := range journals {
		file, err := os.Open(name)
		if err != nil {
			continue
		}
		added, err := io.ReadAll(io.NewSectionReader(file, f.offsets[name], 1<<40))
		file.Close()
		if err != nil {
			continue
		}
		whole := bytes.LastIndexByte(added, '\n') + 1
		f.offsets[name] += int64(whole)
		for line := range bytes.Lines(added[:whole]) {
			if bytes.HasPrefix(line, []byte(`{"call"`)) {
				f.calls++
			}
			if bytes.HasPrefix(line, []byte(`{"result"`)) {
				f.done++
				if f.found != nil {
					f.found(line)
				}
			}
		}
	}
	if f.called != nil {
		f.called(f.calls)
	}
}
