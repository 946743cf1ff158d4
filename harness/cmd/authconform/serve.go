package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"authconform/harness/runner"
)

func serveCommand() *cobra.Command {
	var o runner.ServeOptions
	cmd := &cobra.Command{
		Use:   "serve EXCHANGE",
		Short: "Serve the reference of an exchange by itself",
		Long: `Serves the embedded, correct back end of an exchange with identities drawn anew,
and writes a target file that is ready for "authconform run". Its secrets stand
in a second file beside it that only you can read. Ends with an interrupt.`,
		Example: `  authconform serve onlyoffice --addr 127.0.0.1:0 --target-out t.yaml
  authconform serve onlyoffice --profile 3.7 --target-out t.yaml
  authconform serve barong --set captcha=recaptcha,sign-up=closed --target-out t.yaml
  authconform serve onlyoffice --accounts 3 --latency 30ms --real-time --target-out t.yaml
  authconform serve onlyoffice --fault replayed-code-accepted --target-out t.yaml`,
		Args: oneExchange,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := findSuite(args[0])
			if err != nil {
				return err
			}
			if o.Accounts < 0 || o.Latency < 0 {
				return fmt.Errorf("--accounts %d, --latency %s: neither can be less than nothing", o.Accounts, o.Latency)
			}
			served, err := runner.ServeReference(st, o)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s reference on %s\n", st.Exchange, served.URL)
			if o.TargetOut != "" {
				fmt.Fprintf(cmd.OutOrStdout(), "target file: %s\ntry: authconform run %s --target %s\n", o.TargetOut, st.Exchange, o.TargetOut)
			}
			<-cmd.Context().Done()
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			return served.Shutdown(ctx)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Addr, "addr", "127.0.0.1:0", "`HOST:PORT` to listen on; port 0 picks a free one")
	flags.StringVar(&o.Profile, "profile", "", "profile of the contract (default: the contract's first)")
	flags.StringArrayVar(&o.Faults, "fault", nil, "switch a defect on by `NAME`; `authconform list EXCHANGE --faults` explains each")
	flags.StringToStringVar(&o.Set, "set", nil, "set the reference up otherwise, as `NAME=VALUE`; `authconform list EXCHANGE --settings` "+
		"explains each")
	flags.StringVar(&o.TargetOut, "target-out", "", "write a ready target `FILE`")
	flags.IntVar(&o.Accounts, "accounts", 0, "write only `N` identities of a role into the target file, as a deployment has them, but "+
		"all of roles that clauses use up (default: all)")
	flags.DurationVar(&o.Latency, "latency", 0, "answer each request later by this `DURATION`, as distance does, for example 30ms")
	flags.BoolVar(&o.RealTime, "real-time", false, "name no test clock in the target file, so that waiting takes real time")
	return cmd
}

func oneExchange(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes exactly one exchange, as in `authconform %s onlyoffice`", cmd.Name(), cmd.Name())
	}
	return nil
}
