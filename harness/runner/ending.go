package runner

import (
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"authconform/harness/verdict"
)

// cleanup is how long after an interrupt each part of a spec may take to end.
const cleanup = time.Second

// family is the process group of the specs' processes; 0 when there is none.
var family atomic.Int64

// Abort ends this process and those of its specs at once. A run that did not come to
// its end is incomplete.
func Abort() {
	if group := family.Load(); group != 0 {
		_ = syscall.Kill(-int(group), syscall.SIGKILL)
	}
	os.Exit(verdict.ExitIncomplete)
}
