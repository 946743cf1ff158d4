package schemas_test

import (
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"authconform/harness/contract"
	"authconform/schemas"
)

// Any OpenAPI tool must be able to read the contracts, as they lie here and as
// `authconform contract` prints them. This takes longer than loading one for
// a run, so it is done here and not at each start.
func TestContractsAreOpenAPI(t *testing.T) {
	names, err := contract.Exchanges(schemas.FS)
	if err != nil || len(names) == 0 {
		t.Fatalf("no contracts: %v", err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			text, err := schemas.FS.ReadFile(name + "/openapi.yaml")
			if err != nil {
				t.Fatal(err)
			}
			validate(t, name, text)
			c, err := contract.Load(schemas.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := c.OpenAPI()
			if err != nil {
				t.Fatal(err)
			}
			validate(t, name, plain)
		})
	}
}

func validate(t *testing.T, name string, text []byte) {
	t.Helper()
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, uri *url.URL) ([]byte, error) {
		return schemas.FS.ReadFile(uri.Path)
	}
	document, err := loader.LoadFromDataWithPath(text, &url.URL{Path: name + "/openapi.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(loader.Context); err != nil {
		t.Error(err)
	}
	if len(document.Paths.Map()) == 0 {
		t.Error("no paths were read")
	}
}
