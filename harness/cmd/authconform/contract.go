package main

import (
	"github.com/spf13/cobra"

	"authconform/harness/runner"
)

func contractCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "contract EXCHANGE",
		Short:   "Print the contract of an exchange as plain OpenAPI 3.1",
		Example: `  authconform contract onlyoffice > onlyoffice.openapi.yaml`,
		Args:    oneExchange,
		RunE: func(cmd *cobra.Command, args []string) error {
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
}
