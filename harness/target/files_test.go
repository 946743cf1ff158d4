package target

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestOnlyRegularFilesOfABoundedLengthAreRead: whatever a target file names, loading it
// ends, and says in a sentence why.
func TestOnlyRegularFilesOfABoundedLengthAreRead(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{"long": maxSecret + 1, "long.env": maxEntries + 1, "huge": 2 << 30} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	load := func(path string) error {
		_, err := Load(path, Options{Secret: func(string, string) {}, Exchanges: map[string]Exchange{"demo": {Roles: map[string]string{"user": ""}}}})
		return err
	}
	for _, named := range []string{"pipe", "pipe#A", "/dev/zero", "/dev/zero#A", "/dev/tty", ".", "long", "long.env#A", "huge#A", "absent"} {
		path := filepath.Join(dir, "t.yaml")
		text := "version: 1\nexchange: demo\nurl: http://127.0.0.1:1\nidentities:\n  - {name: a, roles: [user], login: a, password: \"file:" + named + "\"}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := load(path); err == nil || !strings.Contains(err.Error(), "t.yaml:5: identities[0].password: ") || !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v", named, err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s took %s", named, took)
		}
	}
	for _, path := range []string{filepath.Join(dir, "pipe"), "/dev/zero", dir, filepath.Join(dir, "huge")} {
		if err := load(path); err == nil || !strings.Contains(err.Error(), "cannot be read: it is ") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
