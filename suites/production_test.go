package suites_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/target"
	"authconform/suites"
)

// Every exchange's production is refused, whichever exchange the file names.
func TestProductionNeedsConsent(t *testing.T) {
	hosts := suites.ProductionHosts()
	if len(hosts) == 0 {
		t.Fatal("no suite names a production host")
	}
	for _, st := range suites.All() {
		for _, host := range hosts {
			file := filepath.Join(t.TempDir(), "t.yaml")
			text := "version: 1\nexchange: " + st.Exchange + "\nurl: https://" + host + "\nallow: {hosts: [" + host + "]}\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			tgt, err := target.Load(file, target.Options{
				Exchanges: map[string]target.Exchange{st.Exchange: {}}, ProductionHosts: hosts, Secret: func(string, string) {},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := tgt.Guard(); err == nil || !strings.Contains(err.Error(), "production system") {
				t.Errorf("%s as %s: got %v, want a refusal that names it production", host, st.Exchange, err)
			}
		}
	}
}
