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
	for name, size := range map[string]int64{"long": 64<<10 + 1, "long.env": 1<<20 + 1, "huge": 2 << 30} {
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
	named := func(field, lines string) {
		path := filepath.Join(dir, "t.yaml")
		if err := os.WriteFile(path, []byte("version: 1\nexchange: demo\nurl: http://127.0.0.1:1\n"+lines+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := load(path); err == nil || !strings.Contains(err.Error(), "t.yaml:5: "+field+": ") || !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v", lines, err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s took %s", lines, took)
		}
	}
	for _, file := range []string{"pipe", "pipe#A", "/dev/zero", "/dev/zero#A", "/dev/tty", ".", "long", "long.env#A", "huge#A", "absent"} {
		named("identities[0].password", "identities:\n  - {name: a, roles: [user], login: a, password: \"file:"+file+"\"}")
	}
	for _, file := range []string{"pipe", "/dev/zero", ".", "long", "huge", "absent"} {
		named("http.ca-file", "http:\n  ca-file: "+file)
		named("http.client-cert-file", "http:\n  client-cert-file: "+file+"\n  client-key-file: pipe")
		named("http.client-key-file", "http:\n  client-key-file: "+file+"\n  client-cert-file: pipe")
	}
	for _, path := range []string{filepath.Join(dir, "pipe"), "/dev/zero", dir, filepath.Join(dir, "huge")} {
		if err := load(path); err == nil || !strings.Contains(err.Error(), "cannot be read: it is ") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
