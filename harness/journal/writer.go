package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"authconform/harness/plain"
)

// Writer appends records to the journal of one process. It is safe for
// concurrent use.
type Writer struct {
	process int
	file    *os.File

	mu  sync.Mutex
	buf bytes.Buffer
	err error // the first write that failed; nothing is written after it

	whole  int64 // limits.max-evidence; 0: no bound
	most   int64 // bytes of the journals of the run folder together: their share of it
	since  int64 // bytes written since all of them were last looked at
	others int64 // bytes that there were then
	full   bool
}

// look is how much a journal may grow before those of the other processes are looked at
// anew.
const look = 256 << 10

// Bound keeps the journals of all processes of the run folder, together, below their
// share of the bytes that a run may write: calls beyond are written bare, and a finding
// says so. Results are always written whole.
func (w *Writer) Bound(whole int64) { w.whole, w.most = whole, whole*3/10 }

// Create starts the journal of one process (counted from 1, as Ginkgo does) in
// an existing run folder. A journal that is already there belongs to another
// run and is an error: two runs in one file could not be told apart.
func Create(dir string, process int) (*Writer, error) {
	path := filepath.Join(dir, FileName(process))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return nil, fmt.Errorf("journal: %s exists already: it belongs to another run; give this run a folder of its own", path)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: cannot start %s: %w", path, err)
	}
	return &Writer{process: process, file: file}, nil
}

// FileName is the name of the journal of one process.
func FileName(process int) string { return fmt.Sprintf("journal-%d.ndjson", process) }

// Call appends one call.
func (w *Writer) Call(c Call) error {
	c.Process = w.process
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.full {
		if err := w.encode(Record{Call: &c}); err != nil {
			return err
		}
		if w.fits(int64(w.buf.Len())) {
			return w.append()
		}
		w.full = true
		err := w.put(Record{Finding: &Finding{Kind: Evidence, Text: fmt.Sprintf("what the target answered filled limits.max-evidence"+
			" of the target file (%d MiB): later calls are kept without headers and bodies", w.whole>>20)}})
		if err != nil {
			return err
		}
	}
	c = c.Bare()
	return w.put(Record{Call: &c})
}

// fits tells whether so many bytes more stay below the bound. A folder that cannot be
// read is found out by the next write.
func (w *Writer) fits(n int64) bool {
	if w.most == 0 {
		return true
	}
	if w.since == 0 || w.since+n >= look {
		w.others, w.since = 0, 0
		journals, _ := filepath.Glob(filepath.Join(filepath.Dir(w.file.Name()), "journal-*.ndjson"))
		for _, name := range journals {
			if info, err := os.Stat(name); err == nil {
				w.others += info.Size()
			}
		}
	}
	w.since += n
	return w.others+w.since <= w.most
}

// Result appends one result.
func (w *Writer) Result(r Result) error {
	r.Process = w.process
	return w.write(Record{Result: &r})
}

// Finding appends one finding.
func (w *Writer) Finding(f Finding) error { return w.write(Record{Finding: &f}) }

// Append adds findings to the journal of a process that has been closed.
func Append(dir string, process int, findings []Finding) error {
	path := filepath.Join(dir, FileName(process))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("journal: cannot add to %s: %w", path, err)
	}
	w := &Writer{process: process, file: file}
	var all []error
	for _, f := range findings {
		all = append(all, w.Finding(f))
	}
	return errors.Join(append(all, w.Close())...)
}

// Withheld is the line of a record without whatever of it the target had a hand in:
// what stands for a line that a secret cannot be taken out of.
func Withheld(line []byte) ([]byte, error) {
	var rec Record
	if err := json.Unmarshal(line, &rec); err != nil {
		return nil, fmt.Errorf("journal: a line is no record")
	}
	const text = "‹withheld: it held a secret›"
	switch {
	case rec.Call != nil:
		rec.Call.URL, rec.Call.RequestBody, rec.Call.RequestBodyEncoding, rec.Call.Body, rec.Call.BodyEncoding = text, text, "", text, ""
		rec.Call.RequestHeader, rec.Call.Header = nil, nil
	case rec.Result != nil:
		rec.Result.Reason = text
		for _, list := range [][]Failure{rec.Result.Failures, rec.Result.Notes} {
			for i := range list {
				list[i] = Failure{Facet: list[i].Facet, Title: text, Text: text}
			}
		}
	}
	out, err := json.Marshal(rec)
	return append(out, '\n'), err
}

// write makes one line and hands it to the kernel in one append, so that a
// killed process loses at most the line it was at. After a failed write the
// file may end in a torn line; more lines behind it would make it unreadable.
func (w *Writer) write(r Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.put(r)
}

func (w *Writer) put(r Record) error {
	if err := w.encode(r); err != nil {
		return err
	}
	return w.append()
}

func (w *Writer) encode(r Record) error {
	w.buf.Reset()
	enc := json.NewEncoder(&w.buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("journal: cannot encode a record: %w", err)
	}
	return nil
}

func (w *Writer) append() error {
	if w.err != nil {
		return w.err
	}
	if _, err := w.file.Write(plain.JSON(w.buf.Bytes())); err != nil {
		w.err = fmt.Errorf("journal: cannot write the evidence of this run: %w", err)
	}
	return w.err
}

// Close closes the file.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("journal: closing: %w", err)
	}
	return nil
}
