package runner

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"authconform/harness/verdict"
)

// ending keeps what this process exits with in agreement with the reports on disk.
var ending = struct {
	sync.Mutex
	code int
}{code: verdict.ExitIncomplete}

// family is the process group of the specs' processes; 0 when there is none.
var family atomic.Int64

// commit renames reports whose exit code is code. An end at once waits for it.
func commit(code int, rename func() error) error {
	ending.Lock()
	defer ending.Unlock()
	err := rename()
	if err == nil {
		ending.code = code
	}
	return err
}

// commit is how the reports of a run get their names: those of a run that a command
// does on its way, such as a rehearsal, say nothing of how the command ends.
func (o Options) commit() func(int, func() error) error {
	if o.Sole {
		return commit
	}
	return func(_ int, rename func() error) error { return rename() }
}

// Committed is the exit code of the reports on disk; 3 where there are none.
func Committed() int {
	ending.Lock()
	defer ending.Unlock()
	return ending.code
}

// Abort ends this process and those of its specs at once, with the exit code of the
// reports on disk.
func Abort() {
	ending.Lock()
	if group := family.Load(); group != 0 {
		_ = syscall.Kill(-int(group), syscall.SIGKILL)
	}
	os.Exit(ending.code)
}
