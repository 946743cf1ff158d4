package target

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Write writes the target as a file Load reads back. Secrets go to sibling
// files, t.secrets.env for t.yaml and t.2.secrets.env and so on for what is past
// the length that Load allows, and are referred to from the target file. All are
// readable by their owner only and replace what was there whole.
// secretSettings names the settings that are secrets.
func (t *Target) Write(path string, secretSettings ...string) error {
	exchange := Exchange{Settings: map[string]Setting{}}
	for _, name := range secretSettings {
		exchange.Settings[name] = Setting{Secret: true}
	}
	s, err := newRules([]string{t.Exchange}, &exchange)
	if err != nil {
		return fmt.Errorf("target %s cannot be written: %w", path, err)
	}
	var tree yaml.Node
	if err := tree.Encode(document{Version, t}); err != nil {
		return fmt.Errorf("target %s cannot be written: %w", path, err)
	}
	w := &writer{rules: s, stem: strings.TrimSuffix(path, filepath.Ext(path)), taken: map[string]bool{}}
	if err := w.put(&spot{rule: s.root(), value: &tree}); err != nil {
		return fmt.Errorf("target %s cannot be written: %w", path, err)
	}
	content, err := yaml.Marshal(&tree)
	if err != nil {
		return fmt.Errorf("target %s cannot be written: %w", path, err)
	}
	// The secrets come first: a target file never refers to what is not there yet.
	for i, entries := range w.entries {
		if err := replace(w.file(i), string(entries)); err != nil {
			return err
		}
	}
	return replace(path, string(content))
}

// replace writes a new file of mode 0600 and renames it into place, so that no
// reader sees half of it and an older file's wider mode does not last.
func replace(path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return fmt.Errorf("cannot write %s: %s; choose a folder you may write to", path, reason(err))
	}
	_, err = f.WriteString(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("cannot write %s: %s", path, reason(err))
	}
	return nil
}

type writer struct {
	rules   *rules
	stem    string          // of the path of the target file
	entries [][]byte        // of the files of secrets
	taken   map[string]bool // entry names in use
}

// file is the path of a file of secrets, the first of which is 0.
func (w *writer) file(i int) string {
	if i == 0 {
		return w.stem + ".secrets.env"
	}
	return fmt.Sprintf("%s.%d.secrets.env", w.stem, i+1)
}

// put gives the tree of an encoded Target the form of a file: the way back from
// what reader.read does.
func (w *writer) put(s *spot) error {
	n := s.value
	if s.definition == "header" { // an http.Header holds lists
		*n = *n.Content[0]
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			next := &spot{rule: w.rules.below(s.rule, name), field: join(s.field, name), key: n.Content[i], parent: n, value: n.Content[i+1]}
			if err := w.put(next); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			field := s.field + "[" + strconv.Itoa(i) + "]"
			if err := w.put(&spot{rule: w.rules.below(s.rule, ""), field: field, parent: n, value: item}); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		text, err := w.text(s)
		if err != nil || n.ShortTag() == "!!int" && text == n.Value || n.ShortTag() == "!!bool" {
			return err
		}
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	}
	return nil
}

// text is a value as the file states it.
func (w *writer) text(s *spot) (string, error) {
	value := s.value.Value
	switch s.definition {
	case "secret", "totp-secret", "header":
		return w.secret(label(s), value), nil
	case "duration":
		d, err := time.ParseDuration(value)
		return durationText(d), err
	case "pace":
		perSecond, err := strconv.ParseFloat(value, 64)
		return paceText(perSecond), err
	case "size", "volume":
		bytes, err := strconv.ParseInt(value, 10, 64)
		return sizeText(bytes), err
	case "day":
		end, err := time.Parse(time.RFC3339, value)
		return end.AddDate(0, 0, -1).Format(time.DateOnly), err
	case "path", "key":
		// A relative one would be relative to the target file, which may go anywhere.
		absolute, err := filepath.Abs(value)
		return w.plain(s, absolute), err
	}
	return w.plain(s, value), nil
}

// plain writes a value so that nothing in it reads as a reference.
func (w *writer) plain(s *spot, value string) string {
	if strings.HasPrefix(value, "file:") {
		return w.secret(label(s), value)
	}
	return escapeReferences(value)
}

func escapeReferences(s string) string { return strings.ReplaceAll(s, "${", "$${") }

// secret moves a value to a file of secrets and returns what refers to it.
func (w *writer) secret(name, value string) string {
	if value == "" {
		return ""
	}
	base := strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '_'
	}, strings.ToUpper(name))
	if !variableName.MatchString(base) {
		base = "S_" + base
	}
	name = base
	for n := 2; w.taken[name]; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	w.taken[name] = true
	line, last := entry(name, value), len(w.entries)-1
	if last < 0 || len(w.entries[last])+len(line) > maxNamed*3/4 { // by hand a little may be added
		w.entries, last = append(w.entries, nil), last+1
	}
	w.entries[last] = append(w.entries[last], line...)
	return "file:" + escapeReferences(filepath.Base(w.file(last))) + "#" + name
}

// durationText avoids units Load does not take: time.Duration prints 90 µs so.
func durationText(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d%time.Second == 0:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	default:
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
	}
}

// paceText writes a pace per minute where that is the whole number.
func paceText(perSecond float64) string {
	if perSecond <= 0 {
		return ""
	}
	if perSecond == float64(int64(perSecond)) {
		return strconv.FormatInt(int64(perSecond), 10) + "/s"
	}
	return strconv.FormatInt(max(1, int64(perSecond*60+0.5)), 10) + "/m"
}

func sizeText(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + "MiB"
	default:
		return strconv.FormatInt((n+1023)>>10, 10) + "KiB"
	}
}
