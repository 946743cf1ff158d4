package journal

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reader reads the journals of one run folder as one. It holds the results and
// the place of each call, never the calls themselves: memory does not grow
// with what the calls carried.
type Reader struct {
	files   []*os.File
	calls   []place // by start time
	byID    map[callKey]place
	results map[string]Result
	finds   []Finding
	origin  map[string]string // clause -> where its result stands
	torn    []string
}

type place struct {
	started time.Time
	process int
	file    int // index into Reader.files
	offset  int64
	length  int
}

type callKey struct {
	process int
	id      string
}

// Open indexes all journals of a run folder. A torn last line, as a killed
// process leaves it, is passed over and named by Torn; any other line that is
// no record, two results for one clause, and two calls of one process with one
// id are errors. A folder without journals gives an empty Reader.
func Open(dir string) (*Reader, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: cannot read the run folder: %w", err)
	}
	r := &Reader{byID: map[callKey]place{}, results: map[string]Result{}, origin: map[string]string{}}
	for _, e := range entries {
		process, ok := processOf(e.Name())
		if !ok {
			continue
		}
		if err := r.index(filepath.Join(dir, e.Name()), process); err != nil {
			r.Close()
			return nil, err
		}
	}
	slices.SortFunc(r.calls, func(a, b place) int {
		return cmp.Or(a.started.Compare(b.started), cmp.Compare(a.process, b.process), cmp.Compare(a.offset, b.offset))
	})
	return r, nil
}

func processOf(name string) (int, bool) {
	number, isJournal := strings.CutPrefix(name, "journal-")
	number, isNDJSON := strings.CutSuffix(number, ".ndjson")
	if !isJournal || !isNDJSON {
		return 0, false
	}
	process, err := strconv.Atoi(number)
	return process, err == nil && FileName(process) == name
}

// line is a Record with no more of a call than its place in the run.
type line struct {
	Call *struct {
		ID      string    `json:"id"`
		Started time.Time `json:"started"`
	} `json:"call"`
	Result  *Result  `json:"result"`
	Finding *Finding `json:"finding"`
}

func (r *Reader) index(path string, process int) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	r.files = append(r.files, file)
	in := bufio.NewReaderSize(file, 1<<16)
	var buf []byte
	for offset, number := int64(0), 1; ; number++ {
		buf, err = readLine(in, buf[:0])
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("journal: reading %s: %w", path, err)
		}
		whole := err == nil // it ends in a newline
		if len(buf) > 0 {
			bad := r.add(buf, process, offset, fmt.Sprintf("%s:%d", path, number))
			var syntax *notARecord
			switch {
			case errors.As(bad, &syntax) && !whole:
				r.torn = append(r.torn, fmt.Sprintf("%s:%d", path, number))
			case bad != nil:
				return bad
			}
		}
		if !whole {
			return nil
		}
		offset += int64(len(buf))
	}
}

// readLine appends the next line, with its newline, to buf. A line may be as
// long as the largest body.
func readLine(in *bufio.Reader, buf []byte) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		buf = append(buf, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return buf, err
		}
	}
}

type notARecord struct{ where, why string }

func (e *notARecord) Error() string {
	return fmt.Sprintf("journal: %s: not a record (%s): the file was damaged or written by something else", e.where, e.why)
}

func (r *Reader) add(text []byte, process int, offset int64, where string) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		// The error of encoding/json may quote a piece of the line; its type says enough.
		return &notARecord{where, fmt.Sprintf("%T", err)}
	}
	switch {
	case l.Finding != nil && l.Call == nil && l.Result == nil:
		r.finds = append(r.finds, *l.Finding)
		return nil
	case (l.Call == nil) == (l.Result == nil) || l.Finding != nil:
		return &notARecord{where, "neither one call nor one result nor one finding"}
	case l.Result != nil:
		return r.addResult(*l.Result, where)
	}
	key := callKey{process, l.Call.ID}
	if _, twice := r.byID[key]; twice {
		return fmt.Errorf("journal: %s: call %q was recorded before in this process: evidence would be ambiguous", where, l.Call.ID)
	}
	p := place{started: l.Call.Started, process: process, file: len(r.files) - 1, offset: offset, length: len(text)}
	r.byID[key] = p
	r.calls = append(r.calls, p)
	return nil
}

func (r *Reader) addResult(result Result, where string) error {
	if result.Clause == "" {
		return &notARecord{where, "a result without a clause"}
	}
	if first, twice := r.origin[result.Clause]; twice {
		return fmt.Errorf("journal: clause %q has two results, at %s and %s: a clause is checked once in a run", result.Clause, first, where)
	}
	r.origin[result.Clause] = where
	r.results[result.Clause] = result
	return nil
}

// Results are the results of all processes by clause.
func (r *Reader) Results() map[string]Result { return r.results }

// Findings are those of all processes, each once.
func (r *Reader) Findings() []Finding {
	var list []Finding
	for _, f := range r.finds {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// Torn names (file and line) the last lines that a killed process left
// unfinished; what they held is lost.
func (r *Reader) Torn() []string { return r.torn }

// Len is the number of calls.
func (r *Reader) Len() int { return len(r.calls) }

// Calls visits the calls of all processes by start time, one at a time. It
// stops at the first error that visit returns, and returns it.
func (r *Reader) Calls(visit func(Call) error) error {
	var buf []byte
	for _, p := range r.calls {
		buf = slices.Grow(buf[:0], p.length)[:p.length]
		call, err := r.read(p, buf)
		if err != nil {
			return err
		}
		if err := visit(call); err != nil {
			return err
		}
	}
	return nil
}

// Call finds one call by the process that made it and its id.
func (r *Reader) Call(process int, id string) (Call, bool, error) {
	p, ok := r.byID[callKey{process, id}]
	if !ok {
		return Call{}, false, nil
	}
	call, err := r.read(p, make([]byte, p.length))
	return call, err == nil, err
}

func (r *Reader) read(p place, buf []byte) (Call, error) {
	where := fmt.Sprintf("%s at byte %d", r.files[p.file].Name(), p.offset)
	if _, err := r.files[p.file].ReadAt(buf, p.offset); err != nil {
		return Call{}, fmt.Errorf("journal: reading the call in %s: %w", where, err)
	}
	var rec Record
	if err := json.Unmarshal(buf, &rec); err != nil || rec.Call == nil {
		return Call{}, fmt.Errorf("journal: the call in %s has changed since the journal was opened", where)
	}
	rec.Call.Process = p.process
	return *rec.Call, nil
}

// Close closes the files. Calls must not be read after it.
func (r *Reader) Close() error {
	var all []error
	for _, f := range r.files {
		all = append(all, f.Close())
	}
	return errors.Join(all...)
}
