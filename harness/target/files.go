package target

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"
)

// The longest that a target file and a file named in one may be. Each is far beyond any
// real one, and stops a wrong path (a dump, a log, a device) before anything reads on.
const (
	maxFile  = 1 << 20
	maxNamed = 64 << 10 // one secret, NAME=value lines, a key, certificates
)

// readRegular reads a file that is one: a pipe or a device might never end, or never
// begin.
func readRegular(path string, most int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // the opening of a pipe waits for its writer
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is no regular file")
	}
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(content)) > most {
		err = fmt.Errorf("it is longer than the %d KiB that such a file may have", most>>10)
	}
	return content, err
}

// readFile gives the content of a file; each is read once.
func (r *reader) readFile(path string, most int64) ([]byte, error) {
	if content, known := r.files[path]; known {
		return content, nil
	}
	read := func(path string) ([]byte, error) { return readRegular(path, most) }
	if r.opt.ReadFile != nil {
		read = r.opt.ReadFile
	}
	content, err := read(path)
	if err == nil {
		r.files[path] = content
	}
	return content, err
}

// readText reads a file of text. An editor may have put a byte order mark before it; what is
// no UTF-8, or has NULs as UTF-16 does, would be sent as another secret than was meant.
func (r *reader) readText(path string, most int64) (string, error) {
	content, err := r.readFile(path, most)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return "", fmt.Errorf("it is no text in UTF-8")
	}
	return strings.TrimPrefix(string(content), "\ufeff"), nil
}

// ReadFile gives the content that a file named by the target file had when that was
// loaded.
func (t *Target) ReadFile(path string) ([]byte, error) {
	if content, known := t.files[path]; known {
		return content, nil
	}
	return readRegular(path, maxNamed)
}
