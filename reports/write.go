package reports

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

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
	ScoresFile  = "mutants.md"   // its scores, for a page
	TargetFile  = "target.yaml"  // the target file as the run read it, redacted
)

// Claim creates a run folder, locks it and proves it writable, before a run spends
// anything on evidence it could not keep. A folder that another run writes to, or that
// holds the outputs or journals of an earlier one, is an error: were this run to die,
// they would be taken for its own. Call it once per run, before the first journal, and
// release when the run has ended.
func Claim(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("reports: cannot create the report folder %s: %w; name a folder you may write to with --out", dir, err)
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("reports: cannot open the report folder %s: %w; name another with --out", dir, err)
	}
	defer func() {
		if err != nil {
			folder.Close()
		}
	}()
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("reports: another run writes to the report folder %s: wait until it has ended, or name another folder with "+
			"--out", dir)
	}
	if err := CheckFolder(dir); err != nil {
		return nil, err
	}
	return func() { folder.Close() }, nil
}

// CheckFolder creates a run folder and proves it writable and free of another run's
// files, without locking it.
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
			return fmt.Errorf("reports: the report folder %s holds %s of an earlier run: move it away, or name another folder with --out", dir,
				e.Name())
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
	case JSONFile, JUnitFile, SummaryFile, HARFile, HARFile + ".gz", PageFile, CTRFFile, ProofFile, MutantsFile, ScoresFile, TargetFile:
		return true
	}
	isJournal, _ := filepath.Match("journal-*.ndjson", name)
	return isJournal
}

// File is one output of a run.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Outcome is what a run came to: a *Report, or *Several of them.
type Outcome interface {
	// Find adds a finding and what it does to the exit code.
	Find(journal.Finding)
	exit() int
	files() []File // with the verdicts; the one that counts comes first
}

func (r *Report) exit() int { return r.ExitCode }

func (r *Report) files() []File {
	return []File{
		{JSONFile, func(w io.Writer) error { return JSON(w, r) }},
		{JUnitFile, func(w io.Writer) error { return JUnit(w, r) }},
		{SummaryFile, func(w io.Writer) error { return Summary(w, r) }},
	}
}

func (s *Several) exit() int { return s.ExitCode }

func (s *Several) files() []File {
	return []File{
		{JSONFile, func(w io.Writer) error { return compact(w, s.listed()) }},
		{JUnitFile, func(w io.Writer) error { return JUnit(w, s.Runs...) }},
		{SummaryFile, func(w io.Writer) error { return SummarySeveral(w, s) }},
	}
}

// WriteVerdicts writes what a run has come to: every file of a run folder but the
// calls, those of more among them. All are written under temporary names and scanned for
// the secrets that the vault knows before the first gets its own name, so that a run
// that dies leaves the verdicts that were there before: those of a run that has not
// ended. commit is handed the renaming, and the exit code that the reports then hold.
func WriteVerdicts(dir string, o Outcome, vault Scanner, commit func(code int, rename func() error) error, more ...File) error {
	var staged []string
	defer func() {
		for _, name := range staged {
			os.Remove(filepath.Join(dir, temporary(name))) // what was renamed is not there any more
		}
	}()
	for found := false; ; found = true {
		staged = staged[:0]
		var parts []string
		for _, f := range append(o.files(), more...) {
			staged, parts = append(staged, f.Name), append(parts, temporary(f.Name))
			if err := stage(dir, f.Name, f.Write); err != nil {
				return err
			}
		}
		findings, err := Gate(dir, vault, parts...)
		if err != nil {
			return err
		}
		if found || len(findings) == 0 {
			break
		}
		for _, f := range findings {
			o.Find(f)
		}
	}
	return commit(o.exit(), func() error { return replace(dir, staged) })
}

// replace gives files their own names; the first is the one that counts. It is there at
// every moment, and no other is there that would contradict it: whoever is killed in
// between leaves less, and nothing wrong.
func replace(dir string, staged []string) error {
	for _, name := range staged[1:] {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reports: cannot replace %s: %w", filepath.Join(dir, name), err)
		}
	}
	for i, name := range staged {
		if err := os.Rename(filepath.Join(dir, temporary(name)), filepath.Join(dir, name)); err != nil {
			for _, done := range staged[:i] { // nothing may look whole
				os.Remove(filepath.Join(dir, done))
			}
			return fmt.Errorf("reports: cannot write %s: %w", filepath.Join(dir, name), err)
		}
	}
	return nil
}

// Withdraw takes back what a run wrote that had nothing to judge: its folder may serve
// the next.
func Withdraw(dir string) error {
	var wrong []error
	for _, name := range []string{JSONFile, JUnitFile, SummaryFile, PageFile, CTRFFile, TargetFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

// WriteHAR writes the calls of a run over one exchange, as HAR does.
func WriteHAR(dir string, r *Report, calls *journal.Reader, extent Extent) error {
	return writeFile(dir, HARFile, func(w io.Writer) error { return HAR(w, r, calls, extent) })
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

// temporary is the name under which a file is written.
func temporary(name string) string { return "." + strings.TrimPrefix(name, ".") + ".part" }

// writeFile writes beside the file and renames, so that a reader never sees half of it.
func writeFile(dir, name string, write func(io.Writer) error) error {
	if err := stage(dir, name, write); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, temporary(name)), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("reports: cannot write %s: %w", filepath.Join(dir, name), err)
	}
	return nil
}

// stage writes a file under its temporary name.
func stage(dir, name string, write func(io.Writer) error) (err error) {
	path := filepath.Join(dir, temporary(name))
	defer func() {
		if err != nil {
			os.Remove(path)
			err = fmt.Errorf("reports: cannot write %s: %w", filepath.Join(dir, name), err)
		}
	}()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<16)
	return errors.Join(write(out), out.Flush(), file.Close())
}

// WriteJSON writes one more output of ours beside those of a run, such as the
// proof's.
func WriteJSON(dir, name string, v any) error {
	return writeFile(dir, name, func(w io.Writer) error { return indented(w, v) })
}

// WriteText writes a file that write makes.
func WriteText(dir, name string, write func(io.Writer) error) error {
	return writeFile(dir, name, write)
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
func JSON(w io.Writer, r *Report) error { return compact(w, r.listed()) }

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
