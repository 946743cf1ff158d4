package reports

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"authconform/harness/journal"
	"authconform/harness/plain"
)

// The files of a run folder, beside the journals.
const (
	JSONFile    = "report.json"
	JUnitFile   = "junit.xml"
	SummaryFile = "summary.md"
	HARFile     = "calls.har"
	PageFile    = "index.html"   // written by reports/page
	ProofFile   = "proof.json"   // of `authconform prove`
	MutantsFile = "mutants.json" // of `authconform prove --mutants`
	TargetFile  = "target.yaml"  // the target file as the run read it, redacted
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
	case JSONFile, JUnitFile, SummaryFile, HARFile, HARFile + ".gz", PageFile, CTRFFile, ProofFile, MutantsFile, TargetFile:
		return true
	}
	isJournal, _ := filepath.Match("journal-*.ndjson", name)
	return isJournal
}

// Write writes the files of a run folder that this package knows how to. Each appears
// whole or not at all, and one that cannot be written does not keep the others from
// being so. With every, calls.har holds every call.
func Write(dir string, r *Report, calls *journal.Reader, every bool) error {
	return errors.Join(
		writeFile(dir, HARFile, func(w io.Writer) error { return HAR(w, r, calls, every) }),
		writeFile(dir, JUnitFile, func(w io.Writer) error { return JUnit(w, r) }),
		writeFile(dir, SummaryFile, func(w io.Writer) error { return Summary(w, r) }),
		writeFile(dir, JSONFile, func(w io.Writer) error { return JSON(w, r) }),
	)
}

// Withdraw takes the verdicts of a run away whose evidence could not be written or
// scanned: nothing in its folder may look conformant.
func Withdraw(dir string) {
	for _, name := range []string{JSONFile, JUnitFile, SummaryFile, PageFile} {
		os.Remove(filepath.Join(dir, name)) // one that is not there looks like nothing
	}
}

// WriteFile writes one more output beside those of a run, whole or not at all.
func WriteFile(dir, name string, write func(io.Writer) error) error {
	return writeFile(dir, name, write)
}

// Compress packs the calls of a run folder, once they were scanned: no scan sees a
// secret in a packed file.
func Compress(dir string) error {
	loose := filepath.Join(dir, HARFile)
	in, err := os.Open(loose)
	if err != nil {
		return fmt.Errorf("reports: cannot pack %s: %w", loose, err)
	}
	defer in.Close()
	err = writeFile(dir, HARFile+".gz", func(w io.Writer) error {
		packer := gzip.NewWriter(w)
		_, err := io.Copy(packer, in)
		return errors.Join(err, packer.Close())
	})
	if err != nil {
		return err
	}
	return os.Remove(loose)
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

// WriteTarget keeps the target file of a run beside its reports: the deviations,
// features and limits that its verdicts rest on. The text is redacted.
func WriteTarget(dir, text string) error {
	return writeFile(dir, TargetFile, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// JSON writes the report as report.json holds it.
func JSON(w io.Writer, r *Report) error { return compact(w, r) }

// compact writes JSON without indentation, but each object with an id on a line of its
// own: the leak scan reads lines, and so do people who compare two files. The bytes
// that it breaks at cannot stand in a string, where quotes are escaped.
func compact(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(plain.JSON(b.Bytes()), []byte(`,{"id":"`), []byte(",\n{\"id\":\"")))
	return err
}

func indented(w io.Writer, v any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(plain.JSON(text.Bytes()))
	return err
}
