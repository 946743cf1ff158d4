package attest

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// Key signs, where it has the private half, and verifies: ed25519, as PEM files of
// PKCS 8 and PKIX.
type Key struct {
	private ed25519.PrivateKey
	public  ed25519.PublicKey
}

// PublicSuffix makes the name of a public key's file out of the private one's.
const PublicSuffix = ".pub"

// NewKey makes a key pair and writes both halves: the private one, which only its
// owner can read, to path, and the public one beside it. Neither may exist.
func NewKey(path string) (*Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	k := &Key{private: private, public: public}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	if err := create(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	return k, create(path+PublicSuffix, k.pem(), 0o644)
}

// create writes a file that does not exist yet: an overwritten key is lost for good.
func create(path string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists already: name another file, so that no key is lost", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// ReadKey reads a private or a public key.
func ReadKey(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the key: %w; `authconform keygen FILE` makes one", err)
	}
	k, err := parseKey(text)
	if err != nil {
		return nil, fmt.Errorf("the key %s: %w", path, err)
	}
	return k, nil
}

func parseKey(text []byte) (*Key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is no PEM file; `authconform keygen FILE` makes one")
	}
	if private, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if k, ok := private.(ed25519.PrivateKey); ok {
			return &Key{private: k, public: k.Public().(ed25519.PublicKey)}, nil
		}
	}
	if public, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		if k, ok := public.(ed25519.PublicKey); ok {
			return &Key{public: k}, nil
		}
	}
	return nil, errors.New("it is no ed25519 key in PKCS 8 or PKIX")
}

func (k *Key) pem() []byte {
	der, _ := x509.MarshalPKIXPublicKey(k.public) // of an ed25519 key it cannot fail
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// Sign, Verify, KeyID and Public make a Key what package dsse signs and verifies with.
func (k *Key) Sign(_ context.Context, data []byte) ([]byte, error) {
	if k.private == nil {
		return nil, errors.New("a public key cannot sign: name the private one")
	}
	return ed25519.Sign(k.private, data), nil
}

func (k *Key) Verify(_ context.Context, data, signature []byte) error {
	if !ed25519.Verify(k.public, data, signature) {
		return errors.New("the signature is not of this key")
	}
	return nil
}

// KeyID is the SHA-256 of the public key in PKIX, in hexadecimal.
func (k *Key) KeyID() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(k.public)
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), err
}

func (k *Key) Public() crypto.PublicKey { return k.public }
