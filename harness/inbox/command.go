package inbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"authconform/harness/program"
)

// Exec asks a command, which gets the address as its last argument and prints the messages to it as JSON objects, one a line:
// {"id", "from", "to": [], "subject", "text", "html", "at"}. All members are optional; "at" is RFC 3339. Without "id" a message
// is known by its content, without "to" it is taken to be to the address asked for.
func Exec(command []string) *Box { return newBox("exec", executable(command)) }

type executable []string

func (e executable) list(ctx context.Context, to string) ([]Message, error) {
	if len(e) == 0 {
		return nil, errors.New("no command is given: name the program and its arguments")
	}
	cmd := exec.CommandContext(ctx, e[0], append(e[1:len(e):len(e)], to)...)
	out, err := program.Output(cmd)
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			// Its error output may quote a mail or a password.
			return nil, fmt.Errorf("the command %s failed: %s; run it by hand to see why", e[0], exit.ProcessState)
		}
		return nil, fmt.Errorf("the command %s failed: %w", e[0], err)
	}
	return parseLines(out, to)
}

func parseLines(out []byte, to string) ([]Message, error) {
	var list []Message
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, program.MaxOutput)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		var m Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return nil, fmt.Errorf("line %d of the command's output is no message: expected one JSON object a line with text members and an "+
				"array \"to\"", number)
		}
		if m.ID == "" {
			sum := sha256.Sum256([]byte(line))
			m.ID = hex.EncodeToString(sum[:8])
		}
		if len(m.To) == 0 {
			m.To = []string{to}
		}
		for i, address := range m.To {
			m.To[i] = plainAddress(address)
		}
		list = append(list, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("the command's output cannot be read: %w", err)
	}
	return list, nil
}

func (e executable) load(_ context.Context, m Message) (Message, error) { return m, nil }
