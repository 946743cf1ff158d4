package runner

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/ginkgo/command"
	"github.com/onsi/ginkgo/v2/ginkgo/run"
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/conform"
	"authconform/harness/journal"
	"authconform/harness/plain"
	"authconform/harness/verdict"
)

// planVariable hands the plan to child processes. It holds no secret.
const planVariable = "AUTHCONFORM_PLAN"

// ginkgoCommand is the hidden first argument under which the binary is Ginkgo's
// own command line.
const ginkgoCommand = "__ginkgo"

// children runs the specs in several processes: this binary, executed once as
// Ginkgo's command line, which executes it again as the suite, under the name
// ending in .test that Ginkgo insists on. No Go toolchain is needed for that.
func (r *runner) children(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find this program to run it again: %w", err)
	}
	dir, err := os.MkdirTemp("", "authconform-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, r.suite.Exchange+".test")
	if err := os.Symlink(self, binary); err != nil {
		return err
	}
	log := &tailWriter{}
	cmd := exec.CommandContext(ctx, self, ginkgoCommand, "run",
		"--procs="+strconv.Itoa(r.Plan.Procs), "--grace-period="+cleanup.String(), "--seed="+strconv.FormatInt(r.options.Seed, 10),
		"--randomize-all", "--no-color", binary)
	cmd.Env = append(os.Environ(), planVariable+"="+string(r.Plan.encode()))
	cmd.Stdout, cmd.Stderr = log, log
	// Ginkgo's processes expect an interrupt to reach all of them, as one from a
	// terminal does; in a group of their own it comes from here and only once.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = patience
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot run the specs in %d processes: %w", r.Plan.Procs, err)
	}
	family.Store(int64(cmd.Process.Pid))
	// Red or interrupted specs make Ginkgo exit 1; the journals say what that means.
	_ = cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever has not heeded the interrupt
	family.Store(0)
	if journals, _ := filepath.Glob(filepath.Join(r.Plan.Out, journal.FileName(1)[:len("journal-")]+"*")); len(journals) == 0 &&
		ctx.Err() == nil {
		return &noSpec{plain.Text(r.vault.Redact(string(log.text)))}
	}
	return nil
}

// noSpec says that no process came to its first spec.
type noSpec struct{ log string }

func (e *noSpec) Error() string { return "no process of the run came to its first spec:\n" + e.log }

// tailWriter keeps the last words of Ginkgo's processes. They repeat panics as they are,
// and only the process in which one happened knows every secret in it, so they stay in
// memory and are shown only when no spec has begun.
type tailWriter struct{ text []byte }

func (t *tailWriter) Write(p []byte) (int, error) {
	const most = 8 << 10
	t.text = append(t.text, p...)
	if len(t.text) > most {
		t.text = append(t.text[:0], t.text[len(t.text)-most:]...)
	}
	return len(p), nil
}

// IsGinkgo tells whether this process was started as Ginkgo's command line.
func IsGinkgo() bool { return len(os.Args) > 1 && os.Args[1] == ginkgoCommand }

// Ginkgo is Ginkgo's command line; it does not return.
func Ginkgo() {
	go endWithParent()
	args := append([]string{os.Args[0]}, os.Args[2:]...)
	command.Program{
		Name: "ginkgo", Heading: "Ginkgo Version " + types.VERSION,
		Commands: []command.Command{run.BuildRunCommand()}, DefaultCommand: run.BuildRunCommand(),
	}.RunAndExit(args)
}

// endWithParent ends this process and those it started when whoever started it is
// killed: nobody would report what they find. It polls, because no system but Linux
// tells a process of its parent's death.
func endWithParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(200 * time.Millisecond)
	}
	_ = syscall.Kill(0, syscall.SIGKILL)
}

// IsChild tells whether this process is the suite that Ginkgo's command line
// started.
func IsChild() bool {
	return os.Getenv(planVariable) != "" && filepath.Ext(os.Args[0]) == ".test"
}

// Child runs this process's share of the specs and returns its exit code.
func Child(find func(string) (conform.Suite, bool)) int {
	testing.Init() // Ginkgo passes -test flags too
	flag.Parse()
	plan, err := decodePlan([]byte(os.Getenv(planVariable)))
	if err != nil {
		fmt.Fprintf(os.Stderr, "authconform: %s is not a plan: %v\n", planVariable, err)
		return verdict.ExitUsage
	}
	st, ok := find(plan.Exchange)
	if !ok {
		fmt.Fprintf(os.Stderr, "authconform: there is no suite for %q\n", plan.Exchange)
		return verdict.ExitUsage
	}
	c, err := Contract(plan.Exchange)
	if err != nil {
		fmt.Fprintf(os.Stderr, "authconform: %v\n", err)
		return verdict.ExitUsage
	}
	plan.limitMemory()
	if err := RunHere(plan, st, c, nil, formatter.ColorableStdOut); err != nil {
		fmt.Fprintf(os.Stderr, "authconform: %v\n", err)
		return verdict.ExitUsage
	}
	return 0
}
