package reports

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"authconform/harness/journal"
)

// maskFile rewrites a file without the secrets in it, line by line and beside the
// file first. A line of a journal that would be no record any more loses all that the
// target had a hand in; any other file that would be malformed is an error.
func maskFile(path string, vault Scanner) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	masked := filepath.Join(filepath.Dir(path), ".mask.part")
	out, err := os.OpenFile(masked, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		out.Close()
		os.Remove(masked)
	}()
	kind := filepath.Ext(finalName(filepath.Base(path)))
	reader, writer := bufio.NewReaderSize(in, 1<<16), bufio.NewWriterSize(out, 1<<16)
	for {
		line, readErr := reader.ReadBytes('\n')
		clean := []byte(vault.Redact(string(line)))
		if kind == ".ndjson" && len(line) > 0 && readErr == nil && (!json.Valid(clean) || len(vault.Scan("", clean)) > 0) {
			if clean, err = journal.Withheld(line); err != nil {
				return err
			}
		}
		if _, err := writer.Write(clean); err != nil {
			return err
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return readErr
		}
	}
	if err := writer.Flush(); err != nil {
		return err
	}
	if err := wellFormed(out, kind); err != nil {
		return err
	}
	return os.Rename(masked, path)
}

func wellFormed(file *os.File, kind string) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var next func() error
	switch {
	case kind == ".json" || kind == ".har":
		dec := json.NewDecoder(bufio.NewReader(file))
		next = func() error { _, err := dec.Token(); return err }
	case strings.HasSuffix(kind, "xml"):
		dec := xml.NewDecoder(bufio.NewReader(file))
		next = func() error { _, err := dec.RawToken(); return err }
	default:
		return nil
	}
	for {
		if err := next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
