package harness_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOneGuardedClient: whatever sends, sends through httpclient, which follows no
// redirect, keeps cookies of nobody, asks no proxy of the environment and bounds what
// it reads. What else could send is named nowhere else; the references only answer.
func TestOneGuardedClient(t *testing.T) {
	sends := map[string][]string{
		"net/http":   {"Client", "DefaultClient", "DefaultTransport", "Transport", "Get", "Head", "Post", "PostForm"},
		"net":        {"Dial", "DialTimeout", "Dialer", "DialTCP"},
		"crypto/tls": {"Dial", "Dialer", "DialWithDialer"},
	}
	whole := []string{"github.com/go-resty/resty/v2", "net/http/httputil", "net/smtp"} // importing them is enough
	may := []string{"httpclient", "reference/kit/kittest"}
	seen := 0
	for _, root := range []string{".", "../suites", "../reports"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				slices.ContainsFunc(may, func(dir string) bool { return strings.HasPrefix(path, dir+"/") }) {
				return err
			}
			seen++
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			forbidden := map[string][]string{} // by the name that the package has in the file
			for _, spec := range file.Imports {
				name := strings.Trim(spec.Path.Value, `"`)
				if slices.Contains(whole, name) {
					t.Errorf("%s imports %s, which sends by itself", path, name)
				}
				local := name[strings.LastIndexByte(name, '/')+1:]
				if spec.Name != nil {
					local = spec.Name.Name
				}
				forbidden[local] = sends[name]
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Obj == nil && slices.Contains(forbidden[pkg.Name], selector.Sel.Name) {
						if at, field := files.Position(selector.Pos()), "inbox/web.go"; path != field { // it holds what Plain gave it
							t.Errorf("%s uses %s.%s: httpclient is the one way out", at, pkg.Name, selector.Sel.Name)
						}
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 200 {
		t.Errorf("%d files were looked at", seen)
	}
}
