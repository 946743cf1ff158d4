// Command authconform certifies the authentication and two-factor API of an
// exchange's deployment against what its documents promise.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"authconform/harness/plain"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // runs are short: memory is cheaper than collecting
	}
	// net/http logs the bytes of an answer that nobody waited for, past the redactor.
	log.SetOutput(io.Discard)
	switch {
	case runner.IsGinkgo():
		runner.Ginkgo()
	case runner.IsChild():
		os.Exit(runner.Child(suites.Find))
	}
	signal.Ignore(syscall.SIGPIPE) // whoever reads the output may go; the exit code stays
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is an error of the write, as a full disk is
	os.Exit(execute(interruptible(), os.Args[1:]))
}

// graceful is how long a command may take to end after a first interrupt.
const graceful = 4500 * time.Millisecond

// interruptible ends a command in good order with the first interrupt, and at once with
// the second or when it takes too long.
func interruptible() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		cancel()
		select {
		case <-signals:
		case <-time.After(graceful):
		}
		runner.Abort()
	}()
	return ctx
}

// exit is an exit code on its way out of a command that has said all there is
// to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// execute runs a command line and returns its exit code. Whatever was not
// carried out because of how it was asked for is a usage error: 2.
func execute(ctx context.Context, args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			// Its words may hold a secret; where it happened does not.
			fmt.Fprintf(os.Stderr, "authconform: a defect of authconform (%T), please report it:\n%s", p, debug.Stack())
			code = verdict.ExitIncomplete
		}
	}()
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var known exit
	switch {
	case err == nil:
		return verdict.ExitConformant
	case errors.As(err, &known):
		return int(known)
	case ctx.Err() != nil:
		code = verdict.ExitIncomplete
	default:
		code = verdict.ExitUsage
	}
	fmt.Fprintf(root.ErrOrStderr(), "authconform: %s\n", plain.Text(err.Error()))
	return code
}

// flagError is how the library words a flag whose value is of the wrong kind.
var flagError = regexp.MustCompile(`^(invalid argument ".*" for ".*" flag): strconv\.Parse\w+: .*$`)

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "authconform",
		Short: "Certify a deployment's authentication and two-factor API",
		Long: `authconform asks a deployment, promise by promise, whether it does what its
documents say about signing in, second factors, sessions and refusals.

Exit codes: 0 conformant, 1 not conformant, 2 usage or configuration,
3 incomplete (something that had to be judged could not be).`,
		Example: `  authconform run                                   # every suite against its embedded reference
  authconform run onlyoffice --target staging.yaml  # your deployment
  authconform serve onlyoffice --target-out t.yaml  # the reference by itself
  authconform list onlyoffice                       # what is promised`,
		Version:       runner.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return errors.New(flagError.ReplaceAllString(err.Error(), "$1: want a whole number"))
	})
	root.AddCommand(runCommand(), serveCommand(), listCommand(), contractCommand(), initCommand(), explainCommand(), doctorCommand(),
		proveCommand(),
		diffCommand(), keygenCommand(), certifyCommand(), verifyCommand(), evidenceCommand(), acceptCommand(), pruneCommand())
	return root
}
