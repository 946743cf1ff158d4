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
	for name, size := range map[string]int64{"long": 64<<10 + 1, "huge": 2 << 30} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	load := func(path string) error {
		_, err := Load(path, Options{Secret: func(string, string) {},
			Exchanges: map[string]Exchange{"demo": {Roles: map[string]string{"user": ""}}}})
		return err
	}
	named := func(field, lines string) {
		path := filepath.Join(dir, "t.yaml")
		if err := os.WriteFile(path, []byte("version: 1\nexchange: demo\nurl: http://127.0.0.1:1\n"+lines+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := load(path); err == nil || !strings.Contains(err.Error(), "t.yaml:5: "+field+": ") ||
			!strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v", lines, err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s took %s", lines, took)
		}
	}
	for _, file := range []string{"pipe", "pipe#A", "/dev/zero", "/dev/zero#A", "/dev/tty", ".", "long", "long#A", "huge#A", "absent"} {
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

// TestAFileIsFaultyOnce: what is wrong with a file is said once, however many accounts
// refer to it.
func TestAFileIsFaultyOnce(t *testing.T) {
	_, _, err := load(t, "version: 1\nexchange: onlyoffice\nurl: http://127.0.0.1:1\nidentities:\n"+
		"  - {name: a, roles: [user], login: a, password: \"file:absent#A\"}\n  - {name: b, roles: [user], login: b, password: "+
		"\"file:absent#B\"}\n", nil)
	wantProblems(t, err, []wantProblem{{5, "identities[0].password", "cannot be read: file does not exist"}})
}

// TestTextsOfOtherEditors: a byte order mark and the line ends of Windows belong to no
// secret, and UTF-16 is refused in a sentence.
func TestTextsOfOtherEditors(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"one": "\ufeffS3cret-word\r\n", "many.env": "\ufeffA=S3cret-word\r\nB=other-S3cret\r\n", "wide": "S\x003\x00c\x00r\x00e\x00t\x00-\x00",
		"latin.env": "A=S3cr\xe9t-word\n",
		"t.yaml": "\ufeffversion: 1\r\nexchange: demo\r\nurl: http://127.0.0.1:1\r\nidentities:\r\n" +
			"  - {name: a, roles: [user], login: a, password: \"file:one\"}\r\n  - {name: b, roles: [user], login: b, password: " +
			"\"file:many.env#A\"}\r\n",
		"bad.yaml": "version: 1\nexchange: demo\nurl: http://127.0.0.1:1\nidentities:\n" +
			"  - {name: a, roles: [user], login: a, password: \"file:wide\"}\n  - {name: b, roles: [user], login: b, password: " +
			"\"file:latin.env#A\"}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	options := Options{Secret: func(string, string) {}, Exchanges: map[string]Exchange{"demo": {Roles: map[string]string{"user": ""}}}}
	read, err := Load(filepath.Join(dir, "t.yaml"), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range read.Identities {
		if who.Password != "S3cret-word" {
			t.Errorf("%s has the password %q", who.Name, who.Password)
		}
	}
	_, err = Load(filepath.Join(dir, "bad.yaml"), options)
	for _, line := range []string{"bad.yaml:5: ", "bad.yaml:6: "} {
		if err == nil || !strings.Contains(err.Error(), line) || !strings.Contains(err.Error(), "it is no text in UTF-8") {
			t.Errorf("%s: %v", line, err)
		}
	}
}
