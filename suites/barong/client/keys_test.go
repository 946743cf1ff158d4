package client

import "testing"

// TestSignature holds the signer against the vector that Barong publishes
// (docs/general/api-keys.md; barong#1.5).
func TestSignature(t *testing.T) {
	const want = "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d13"
	if got := Signature("2d0b4979c7fe6986daa8e21d1dc0644f", "1584524005143", "61d025b8573501c2"); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}
