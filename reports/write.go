package reports

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"authconform/harness/journal"
)

// The files of a run folder, beside the journals.
const (
	JSONFile    = "report.json"
	JUnitFile   = "junit.xml"
	SummaryFile = "summary.md"
	HARFile     = "calls.har"
	ProofFile   = "proof.json" // of `authconform prove`
)

// CheckFolder creates a run folder and proves it writable, before a run spends
// anything on evidence it could not keep. A folder that holds the outputs or
// journals of another run is an error: were this run to die, they would be
// taken for its own. Call it once per run, before the first journal.
func CheckFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("reports: cannot create the report folder %s: %w; name a folder you may write to with --out", dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reports: cannot read the report folder %s: %w; name another with --out", dir, err)
	}
	for _, e := range entries {
		if ours(e.Name()) {
			return fmt.Errorf("reports: the report folder %s holds %s of an earlier run: move it away, or name another folder with --out", dir, e.Name())
		}
	}
	const probe = ".authconform-probe"
	err = writeFile(dir, probe, func(w io.Writer) error {
		_, err := io.WriteString(w, "may be deleted\n")
		return err
	})
	if err != nil {
		return fmt.Errorf("%w; name a folder you may write to with --out", err)
	}
	if err := os.Remove(filepath.Join(dir, probe)); err != nil {
		return fmt.Errorf("reports: cannot remove a file from the report folder: %w", err)
	}
	return nil
}

func ours(name string) bool {
	switch name {
	case JSONFile, JUnitFile, SummaryFile, HARFile, ProofFile:
		return true
	}
	isJournal, _ := filepath.Match("journal-*.ndjson", name)
	return isJournal
}

// Write writes every file of a run folder. Each appears whole or not at all,
// and one that cannot be written does not keep the others from being so.
func Write(dir string, r *Report, calls *journal.Reader) error {
	return errors.Join(
		writeFile(dir, JSONFile, func(w io.Writer) error { return JSON(w, r) }),
		writeFile(dir, JUnitFile, func(w io.Writer) error { return JUnit(w, r) }),
		writeFile(dir, SummaryFile, func(w io.Writer) error { return Summary(w, r) }),
		writeFile(dir, HARFile, func(w io.Writer) error { return HAR(w, r.Tool, calls) }),
	)
}

// writeFile writes beside the file and renames, so that a reader never sees
// half of it.
func writeFile(dir, name string, write func(io.Writer) error) (err error) {
	path := filepath.Join(dir, name)
	temporary := filepath.Join(dir, "."+strings.TrimPrefix(name, ".")+".part")
	defer func() {
		if err != nil {
			os.Remove(temporary)
			err = fmt.Errorf("reports: cannot write %s: %w", path, err)
		}
	}()
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<16)
	if err := errors.Join(write(out), out.Flush(), file.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// WriteJSON writes one more output of ours beside those of a run, such as the
// proof's.
func WriteJSON(dir, name string, v any) error {
	return writeFile(dir, name, func(w io.Writer) error { return indented(w, v) })
}

// JSON writes the report as report.json holds it.
func JSON(w io.Writer, r *Report) error { return indented(w, r) }

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
