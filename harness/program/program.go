// Package program runs the commands that a target file names.
package program

import (
	"bytes"
	"fmt"
	"os/exec"
	"time"
)

// MaxOutput bytes of what a command prints are read: as much as of an inbox's answer.
const MaxOutput = 8 << 20

// Output runs a command and gives what it printed. A command that prints without end is
// ended, and a child of it that keeps its output open outlives it by a second at most.
func Output(cmd *exec.Cmd) ([]byte, error) {
	var out bounded
	cmd.Stdout, cmd.WaitDelay = &out, time.Second
	err := cmd.Run()
	if out.long {
		return nil, fmt.Errorf("it printed more than %d MiB", MaxOutput>>20)
	}
	return out.text.Bytes(), err
}

// bounded takes so much, and no more.
type bounded struct {
	text bytes.Buffer
	long bool
}

// Write implements io.Writer. An error makes the command's next write one too.
func (b *bounded) Write(p []byte) (int, error) {
	if b.long = b.long || b.text.Len()+len(p) > MaxOutput; b.long {
		return 0, fmt.Errorf("more than %d bytes", MaxOutput)
	}
	return b.text.Write(p)
}
