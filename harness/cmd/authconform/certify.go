package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"authconform/harness/attest"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/verdict"
	"authconform/schemas"
	"authconform/suites"
)

func keygenCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "keygen FILE",
		Short:   "Make a key that signs certificates",
		Long:    `Writes an ed25519 key to FILE, readable by its owner alone, and its public half to FILE.pub. Give the public half to whoever verifies.`,
		Example: `  authconform keygen release.key`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := attest.NewKey(args[0])
			if err != nil {
				return err
			}
			id, err := key.KeyID()
			fmt.Fprintf(cmd.OutOrStdout(), "%s and %s%s: key %s\n", args[0], args[0], attest.PublicSuffix, id)
			return err
		},
	}
}

func certifyCommand() *cobra.Command {
	var about attest.About
	var keyFile, proof string
	cmd := &cobra.Command{
		Use:   "certify RUN",
		Short: "Sign a run folder, so that others can check it",
		Long: `Adds to a run folder the contract, a certificate, a badge and a signed attestation
over all its files. "authconform verify" then checks the folder from itself alone.
What the flags say may also stand in about.yaml in the folder.

A run is refused whose recorded calls do not carry its verdicts.`,
		Example: `  authconform keygen release.key
  authconform certify reports/runs/release --key release.key --product Barong --version 2.6.49 \
    --deployment staging --contact qa@example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keyFile == "" {
				return errors.New("--key FILE is required; `authconform keygen FILE` makes one")
			}
			key, err := attest.ReadKey(keyFile)
			if err != nil {
				return err
			}
			beside, err := aboutBeside(args[0])
			if err != nil {
				return err
			}
			about = attest.About{
				Product: cmp.Or(about.Product, beside.Product), Version: cmp.Or(about.Version, beside.Version),
				Deployment: cmp.Or(about.Deployment, beside.Deployment), Contact: cmp.Or(about.Contact, beside.Contact),
			}
			c, err := attest.Certify(cmd.Context(), args[0], attest.Options{
				About: about, Key: key, Proof: proof, Schemas: schemas.FS, Leaks: leaks, Now: time.Now(),
			})
			if err != nil {
				return err
			}
			id, _ := key.KeyID()
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s on %s: exit code %d; signed by key %s\n%s\n", c.Product, c.Version, c.Deployment, c.ExitCode,
				id, c.Scope)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&keyFile, "key", "", "private key `FILE`")
	flags.StringVar(&about.Product, "product", "", "what was examined")
	flags.StringVar(&about.Version, "version", "", "its version")
	flags.StringVar(&about.Deployment, "deployment", "", "which deployment of it")
	flags.StringVar(&about.Contact, "contact", "", "whom to ask")
	flags.StringVar(&proof, "proof", "", "`DIR` or proof.json of a proof of the suite, to go with it")
	return cmd
}

// aboutBeside reads what a file in the run folder says of the deployment.
func aboutBeside(dir string) (about attest.About, err error) {
	path := filepath.Join(dir, attest.AboutFile)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return about, nil
	} else if err != nil {
		return about, err
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&about); err != nil {
		return about, fmt.Errorf("%s: %w; it may hold product, version, deployment and contact", path, err)
	}
	return about, nil
}

func verifyCommand() *cobra.Command {
	var keyFile string
	cmd := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Check a certified run folder from itself alone",
		Long: `Checks the signature, the digest of every file, and every verdict, which is derived
anew from the recorded calls by the contract in the bundle. Needs no network.

Without --key the key in the bundle is used: that shows that nothing was altered
since the bundle was signed, but not by whom it was signed.

Exit codes: 0 the bundle is what it says, 1 it is not, 2 it is no bundle.`,
		Example: `  authconform verify reports/runs/release --key release.key.pub`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			var key *attest.Key
			if keyFile != "" {
				if key, err = attest.ReadKey(keyFile); err != nil {
					return err
				}
			}
			v, err := attest.Verify(cmd.Context(), args[0], key, leaks)
			if err != nil {
				return err
			}
			return printVerified(cmd, v)
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "public key `FILE` of whom you trust")
	return cmd
}

func printVerified(cmd *cobra.Command, v *attest.Verified) error {
	out := cmd.OutOrStdout()
	for _, problem := range v.Problems {
		fmt.Fprintln(out, "WRONG", problem)
	}
	if len(v.Problems) > 0 {
		fmt.Fprintf(out, "the bundle is not what it says: %d problems\n", len(v.Problems))
		return exit(verdict.ExitNotConformant)
	}
	c := v.Certificate
	fmt.Fprintf(out, "%s %s on %s, contact %s, issued %s\n", c.Product, c.Version, c.Deployment, c.Contact, c.Issued.Format(time.DateOnly))
	for _, f := range c.Exchanges {
		fmt.Fprintf(out, "%s, profile %s: exit code %d, %s\n", f.Exchange, f.Profile, f.ExitCode, f.Meaning)
	}
	fmt.Fprintf(out, "derived anew from recorded calls: %d comparisons\nbound by digest alone: %d comparisons that turn on a redacted value, "+
		"%d assertions that are no comparison with the contract, %d clauses that are not judged\n",
		v.Basis.Derived, v.Basis.Masked, v.Basis.Assertions, v.Basis.Stated)
	if v.Trusted {
		fmt.Fprintf(out, "signed by the key given, %s\n", v.KeyID)
	} else {
		fmt.Fprintf(out, "signed by the key in the bundle, %s: nobody vouches for it; compare it, or name a key with --key\n", v.KeyID)
	}
	fmt.Fprintln(out, c.Scope)
	return nil
}

// leaks is what names, on each exchange, the credential in a refusal.
func leaks(exchange string) func(*httpclient.Call, contract.Outcome) string {
	st, _ := suites.Find(exchange)
	return st.Leak
}
