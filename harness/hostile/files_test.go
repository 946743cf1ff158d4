package hostile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"authconform/harness/runner"
)

// edits are target files that a run must refuse, made out of a right one.
var edits = map[string]func(text string) string{
	"no text":               func(string) string { return "" },
	"a list":                func(string) string { return "- a\n- b\n" },
	"NULs":                  func(text string) string { return text + "\x00\x00" },
	"no UTF-8":              func(text string) string { return text + "# \xff\xfe\n\xff: 1\n" },
	"UTF-16 without a mark": func(text string) string { return spread(text) },
	"2 MiB":                 func(text string) string { return text + strings.Repeat("# more\n", 300_000) },
	"a bomb of aliases":     func(text string) string { return text + bomb() },
	"deep lists":            func(text string) string { return text + "deep: " + strings.Repeat("[", 20_000) + "\n" },
	"an alias of itself":    func(text string) string { return text + "a: &a [*a]\n" },
	"two documents":         func(text string) string { return text + "---\nversion: 1\n" },
	"a key twice":           func(text string) string { return text + "version: 1\n" },
	"a key that is unknown": func(text string) string { return text + "colour: red\n" },
	"a key with commands":   func(text string) string { return text + "\"a\\n::error::b\": 1\n" },
	"a key with ESC":        func(text string) string { return text + "\"\\e[2J\": 1\n" },
	"a key with directions": func(text string) string { return text + "\"\u202eurl\": 1\n" },
	"a tag of code":         func(text string) string { return text + "a: !!python/object/apply:os.system [ls]\n" },
	"another version":       func(text string) string { return strings.Replace(text, "version: 1", "version: 99", 1) },
	"an unknown exchange": func(text string) string {
		return strings.Replace(text, "exchange: onlyoffice", "exchange: \u202eother", 1)
	},
	"an address of a file":         address("file:///etc/passwd"),
	"an address with a password":   address("http://user:Tr0ub4dorAndHorses@127.0.0.1:1"),
	"an address with commands":     address("\"http://127.0.0.1:1/\\n::error::a\""),
	"an address without a host":    address("http:///"),
	"an address that is a number":  address("17"),
	"a timeout before time":        setting("timeout: 400ms", "timeout: -1s"),
	"a timeout of ages":            setting("timeout: 400ms", "timeout: 9999999h"),
	"a body of exabytes":           setting("max-body: 64KiB", "max-body: 99999999999GiB"),
	"a secret in plain sight":      password("Tr0ub4dorAndHorses"),
	"a secret in no variable":      password("env:AUTHCONFORM_THERE_IS_NONE"),
	"a secret without end":         password("file:/dev/zero"),
	"a secret of a folder":         password("file:/etc"),
	"a secret of no file":          password("file:/no/such/file"),
	"a secret of a terminal":       password("file:/dev/stdin"),
	"a secret of a member too far": password("file:t.secrets.env#NO_SUCH_NAME"),
}

func address(to string) func(string) string {
	return func(text string) string {
		before, after, _ := strings.Cut(text, "\nurl: ")
		_, after, _ = strings.Cut(after, "\n")
		return before + "\nurl: " + to + "\n" + after
	}
}

func setting(from, to string) func(string) string {
	return func(text string) string { return strings.Replace(text, from, to, 1) }
}

// password puts another source of a secret in the place of the first.
func password(source string) func(string) string {
	return func(text string) string {
		before, after, _ := strings.Cut(text, "password: ")
		_, after, _ = strings.Cut(after, "\n")
		return before + "password: " + source + "\n" + after
	}
}

// bomb is a text of YAML that is 3^30 values when its aliases are followed.
func bomb() string {
	var b strings.Builder
	b.WriteString("z0: &z0 a\n")
	for i := range 30 {
		n := string(rune('A' + i))
		last := "z0"
		if i > 0 {
			last = string(rune('A' + i - 1))
		}
		b.WriteString(n + "x: &" + n + " [*" + last + ", *" + last + ", *" + last + "]\n")
	}
	return b.String()
}

// TestTargetFilesThatCannotBe: each is refused in a sentence, before any request.
func TestTargetFilesThatCannotBe(t *testing.T) {
	s := newStand(t)
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			var changed bool
			file := s.target(t, s.url, func(text string) string {
				after := edit(text)
				changed = after != text
				return after
			})
			if !changed {
				t.Fatal("the case changes nothing")
			}
			s.refused(t, file)
		})
	}
}

// TestPathsThatAreNoTargetFile: devices, pipes, folders and files of any size.
func TestPathsThatAreNoTargetFile(t *testing.T) {
	s := newStand(t)
	for name, path := range map[string]func(dir string) (string, error){
		"zeros without end": func(string) (string, error) { return "/dev/zero", nil },
		"a folder":          func(dir string) (string, error) { return dir, nil },
		"nothing":           func(dir string) (string, error) { return filepath.Join(dir, "\x1b[2J\n::error::a"), nil },
		"a pipe": func(dir string) (string, error) {
			path := filepath.Join(dir, "pipe")
			return path, syscall.Mkfifo(path, 0o600)
		},
		"a file of 2 GiB": func(dir string) (string, error) {
			path := filepath.Join(dir, "large")
			return path, errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 2<<30))
		},
		"a link to itself": func(dir string) (string, error) {
			path := filepath.Join(dir, "link")
			return path, os.Symlink(path, path)
		},
		"a socket": func(dir string) (string, error) {
			path := filepath.Join(dir, "socket")
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			if err != nil {
				return "", err
			}
			defer syscall.Close(fd)
			return path, syscall.Bind(fd, &syscall.SockaddrUnix{Name: path})
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, err := path(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			s.refused(t, path)
			s.refused(t, s.target(t, s.url, password("file:"+strings.ReplaceAll(path, "\x1b[2J\n", ""))))
		})
	}
}

// refused holds that a target file is a mistake of whoever wrote it.
func (s *stand) refused(t *testing.T, file string) {
	t.Helper()
	got := s.put(t, file, few)
	var usage *runner.UsageError
	if got.report != nil || !errors.As(got.err, &usage) {
		t.Errorf("a report: %v; the error is %v", got.report != nil, got.err)
	}
}
