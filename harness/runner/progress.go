package runner

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Progress shows how far a run is while it lasts.
type Progress struct {
	Out      io.Writer // nil shows nothing, and only counts
	Terminal bool      // one line that rewrites itself; plain lines otherwise
	Name     string
}

// follower counts results as they arrive in the journals, whichever process
// writes them.
type follower struct {
	Progress
	dir     string
	total   int
	done    int
	offsets map[string]int64
	last    int
	quit    chan struct{}
	ended   chan struct{}
}

// interval is how often the journals are looked at, and plainEvery how many
// looks apart plain lines are.
const (
	interval   = 200 * time.Millisecond
	plainEvery = 25
)

func (p Progress) follow(dir string, total int) *follower {
	f := &follower{Progress: p, dir: dir, total: total, offsets: map[string]int64{}, quit: make(chan struct{}), ended: make(chan struct{})}
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
		fmt.Fprintf(f.Out, "\r\x1b[K%s: %d of %d clauses", f.Name, f.done, f.total)
	case f.done != f.last:
		fmt.Fprintf(f.Out, "%s: %d of %d clauses\n", f.Name, f.done, f.total)
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
			if bytes.HasPrefix(line, []byte(`{"result"`)) {
				f.done++
			}
		}
	}
}
