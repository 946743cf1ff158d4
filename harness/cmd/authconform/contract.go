package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"authconform/harness/contract"
	"authconform/harness/runner"
	"authconform/schemas"
)

func contractCommand() *cobra.Command {
	var version bool
	cmd := &cobra.Command{
		Use:   "contract EXCHANGE | contract --version",
		Short: "Print the contract of an exchange as plain OpenAPI 3.1, or the version of all contracts",
		Example: `  authconform contract onlyoffice > onlyoffice.openapi.yaml
  authconform contract --version`,
		Args: func(cmd *cobra.Command, args []string) error {
			if version {
				return cobra.MaximumNArgs(1)(cmd, args)
			}
			return oneExchange(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if version {
				current, err := contract.Version(schemas.FS)
				fmt.Fprintln(cmd.OutOrStdout(), current)
				return err
			}
			st, err := findSuite(args[0])
			if err != nil {
				return err
			}
			text, err := runner.OpenAPI(st)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&version, "version", false, "print the version of the contracts and clause lists; schemas/CHANGELOG.md tells "+
		"what each changed")
	return cmd
}

// checkContractVersion refuses promises that are newer than what was asked for, so
// that a newer authconform does not turn a pipeline red unasked. 0 asks for nothing.
func checkContractVersion(most int) error {
	current, err := contract.Version(schemas.FS)
	switch {
	case err != nil || most == 0 || current == most:
		return err
	case most < 0 || most > current:
		return fmt.Errorf("--contract-version %d: this authconform has version %d of the promises", most, current)
	}
	return fmt.Errorf("--contract-version %d: this authconform has version %d of the promises, which is newer; read schemas/CHANGELOG.md, "+
		"and then ask for %d, or use the authconform of version %d", most, current, current, most)
}
