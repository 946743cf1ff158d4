package mutants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

func readFile(name string) ([]byte, error) { return os.ReadFile(name) }

// Build compiles a command of the module with the rewritten sources in place of
// the real ones, which stay as they are. dir receives the sources and the binary.
func (g *Generated) Build(module, command, dir string) (binary string, err error) {
	replace := map[string]string{}
	n := 0
	for name, text := range g.Files {
		n++
		path := filepath.Join(dir, strconv.Itoa(n)+".go")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return "", err
		}
		replace[name] = path
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "mutants")
	cmd := exec.Command("go", "build", "-overlay", list, "-o", binary, command)
	cmd.Dir = module
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the mutants do not compile: %w\n%s", err, said.String())
	}
	return binary, nil
}

// ModuleOf finds the folder of the module that dir lies in.
func ModuleOf(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if text, err := os.ReadFile(filepath.Join(d, "go.mod")); err == nil && bytes.HasPrefix(text, []byte("module authconform")) {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("the sources of authconform are not found: neither %s nor a folder above it has its go.mod; "+
				"run this in a checkout", dir)
		}
	}
}
