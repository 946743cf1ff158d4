package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"authconform/harness/journal"
	"authconform/harness/secret"
)

// Scanner finds registered secrets in a text, and masks them; *secret.Vault is one.
type Scanner interface {
	Scan(name string, data []byte) []secret.Leak
	Redact(text string) string
}

// Gate scans the outputs of a run folder for every secret the run knew: the
// named files, or all regular files in the folder and below it when none is
// named. What it finds is masked, and the finding names file, label and offset, never
// the value: a target that repeats a secret in a spelling that was not foreseen, or
// before it issues it, takes no evidence away. A file that cannot be masked is deleted,
// and that is an error; so is one that cannot be scanned: nothing may be handed on
// unscanned. All files are seen to before it returns.
func Gate(dir string, vault Scanner, files ...string) ([]journal.Finding, error) {
	if len(files) == 0 {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				name, _ := filepath.Rel(dir, path) // path lies below dir
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reports: cannot list the run folder for the leak scan: %w", err)
		}
	}
	var findings []journal.Finding
	var failed []error
	for _, name := range files {
		leaks, err := gateFile(filepath.Join(dir, name), vault)
		failed = append(failed, err)
		// What only resembles a secret may equal a text that was written before: it is masked, and tells nothing of the target.
		leaks = slices.DeleteFunc(leaks, func(leak secret.Leak) bool { return leak.Sent })
		if err == nil && len(leaks) > 0 {
			findings = append(findings, journal.Finding{Kind: journal.Disclosure, Text: fmt.Sprintf(
				"%s held secrets, which are masked: %s; the target repeats what it was told to keep, in a way that was not foreseen",
				finalName(name), describe(leaks))})
		}
	}
	return findings, errors.Join(failed...)
}

// finalName is the name of a file that may have its temporary one.
func finalName(name string) string {
	if final, part := strings.CutSuffix(name, ".part"); part {
		return strings.TrimPrefix(final, ".")
	}
	return name
}

func gateFile(path string, vault Scanner) ([]secret.Leak, error) {
	leaks, err := scanFile(path, vault, chunkSize, overlapSize)
	if err == nil && len(leaks) == 0 {
		return nil, nil
	}
	var left []secret.Leak
	if err == nil {
		if err = maskFile(path, vault); err == nil {
			left, err = scanFile(path, vault, chunkSize, overlapSize)
		}
		if err == nil && len(left) == 0 {
			return leaks, nil
		}
		removed := "it was deleted"
		if err := os.Remove(path); err != nil {
			removed = fmt.Sprintf("IT COULD NOT BE DELETED (%v): delete it yourself", err)
		}
		return nil, fmt.Errorf("reports: %s held secrets that cannot be masked: %s; %s", path, describe(leaks), removed)
	}
	return nil, fmt.Errorf("reports: cannot scan %s for secrets: %w; do not hand it on", path, err)
}

// describe names each secret and where it was met first.
func describe(leaks []secret.Leak) string {
	var parts []string
	seen := map[string]bool{}
	for _, leak := range leaks {
		if !seen[leak.Label] {
			seen[leak.Label] = true
			parts = append(parts, fmt.Sprintf("‹%s› at byte %d", leak.Label, leak.Offset))
		}
	}
	return strings.Join(parts, ", ")
}

const (
	chunkSize   = 1 << 20
	overlapSize = 64 << 10 // the longest secret, in its longest form, that may lie across two chunks
)

// scanFile scans a file in chunks of whole lines, so that its size does not
// set the memory needed. Our outputs put every JSON member, call and XML
// element on a line of its own; the overlap is for secrets of several lines,
// such as keys, where a format keeps their newlines.
func scanFile(path string, vault Scanner, size, overlap int) ([]secret.Leak, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	var leaks []secret.Leak
	var chunk []byte
	seen := 0 // bytes at the start of the chunk that were scanned before
	for offset := 0; ; {
		part, err := in.ReadSlice('\n')
		chunk = append(chunk, part...)
		end := errors.Is(err, io.EOF)
		if err != nil && !end && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if !end && (err != nil || len(chunk)-seen < size) {
			continue
		}
		for _, leak := range vault.Scan(path, chunk) {
			leak.Offset += offset
			leaks = append(leaks, leak)
		}
		if end {
			return leaks, nil
		}
		keep := tail(chunk, overlap)
		offset += len(chunk) - len(keep)
		chunk = append(chunk[:0], keep...)
		seen = len(keep)
	}
}

// tail is the whole lines at the end of a chunk that fit into n bytes.
func tail(chunk []byte, n int) []byte {
	for i := max(0, len(chunk)-n); i < len(chunk); i++ {
		if i == 0 || chunk[i-1] == '\n' {
			return chunk[i:]
		}
	}
	return nil
}
