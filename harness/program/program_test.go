package program

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestOutputIsBounded(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := Output(exec.CommandContext(ctx, "printf", "a\nb"))
	if err != nil || string(out) != "a\nb" {
		t.Errorf("%q, %v", out, err)
	}
	out, err = Output(exec.CommandContext(ctx, "yes"))
	if out != nil || err == nil || !strings.Contains(err.Error(), "it printed more than 8 MiB") || ctx.Err() != nil {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	if _, err = Output(exec.CommandContext(ctx, "false")); err == nil {
		t.Error("a command that fails does not")
	}
}
