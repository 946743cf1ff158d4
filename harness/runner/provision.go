package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"authconform/harness/identity"
	"authconform/harness/program"
	"authconform/harness/secret"
	"authconform/harness/target"
)

// provisionLog is the file of a run folder that says which accounts the target file's
// command made and removed. It holds no secret.
const provisionLog = "provision.log"

// source makes accounts while a run lasts, and takes them away at its end.
type source interface {
	identity.Provider
	remove()
}

// source is where accounts come from beside the target file; nil where from nowhere.
func (r *runner) source() source {
	log := r.accountLog()
	switch {
	case len(r.target.Provision.Command) > 0:
		return &provisioner{
			exchange: r.suite.Exchange, command: r.target.Provision.Command, patience: r.target.Limits.MaxWait, vault: r.vault, log: log,
		}
	case r.suite.Provide != nil:
		if _, can := r.suite.Provide(r.target, "", ""); can {
			return &asking{target: r.target, make: r.suite.Provide, run: r.Plan.RunID, log: log}
		}
	}
	return nil
}

// asking makes accounts that are there for whoever asks, as the target file says. The
// documents name no way to take them away again.
type asking struct {
	target *target.Target
	make   func(t *target.Target, role, n string) (target.Identity, bool)
	run    string
	log    *accountLog

	mu   sync.Mutex
	made int
}

// Provide implements identity.Provider.
func (a *asking) Provide(role string) (target.Identity, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	who, can := a.make(a.target, role, fmt.Sprintf("%s-%d", a.run, a.made+1))
	if !can {
		return who, fmt.Errorf("the target file tells of no way to make an account of the role %s", role)
	}
	a.made++
	who.Name, who.Roles = fmt.Sprintf("made-%s-%d", role, a.made), []string{role}
	a.log.note("create", role, who.Name, nil)
	return who, nil
}

func (*asking) remove() {}

func (a *asking) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.made
}

// provisioner makes accounts by the command of a target file: `COMMAND create
// EXCHANGE ROLE` prints one JSON object with the members of an identity, and
// `COMMAND remove EXCHANGE ROLE` reads the same object from its input.
type provisioner struct {
	exchange string
	command  []string
	patience time.Duration // for one call of the command
	vault    *secret.Vault
	log      *accountLog

	mu   sync.Mutex
	made []target.Identity
}

// Provide implements identity.Provider.
func (p *provisioner) Provide(role string) (target.Identity, error) {
	out, err := p.call("create", role, nil)
	var who target.Identity
	if err == nil {
		decoder := yaml.NewDecoder(bytes.NewReader(out)) // JSON is YAML
		decoder.KnownFields(true)
		if decoder.Decode(&who) != nil || who.Login == "" {
			err = errors.New("it printed no JSON object with the members of an identity (login, password, id, totp-secret and so on)")
		}
	}
	if err != nil {
		p.log.note("create", role, "", err)
		return who, fmt.Errorf("provision.command made none: %w", err)
	}
	for label, value := range map[string]string{"password": who.Password, "totp-secret": who.TOTPSecret, "api-key": who.APIKey,
		"api-secret": who.APISecret, "token": who.Token} {
		p.vault.Register(label, value)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	who.Name = fmt.Sprintf("made-%s-%d", role, len(p.made)+1)
	if !slices.Contains(who.Roles, role) {
		who.Roles = append(who.Roles, role)
	}
	p.made = append(p.made, who)
	p.log.note("create", role, who.Name, nil)
	return who, nil
}

// remove takes away all that was made.
func (p *provisioner) remove() {
	p.mu.Lock()
	defer p.mu.Unlock()
	var group sync.WaitGroup
	for _, who := range p.made {
		role := who.Roles[len(who.Roles)-1]
		group.Go(func() {
			_, err := p.call("remove", role, printed(who))
			p.log.note("remove", role, who.Name, err)
		})
	}
	group.Wait()
	p.made = nil
}

// printed is an identity as the command printed it.
func printed(who target.Identity) []byte {
	all := map[string]any{"name": who.Name, "roles": who.Roles}
	for name, value := range map[string]string{"login": who.Login, "password": who.Password, "id": who.ID, "phone": who.Phone,
		"totp-secret": who.TOTPSecret, "api-key": who.APIKey, "api-secret": who.APISecret, "token": who.Token} {
		if value != "" {
			all[name] = value
		}
	}
	text, _ := json.Marshal(all) // texts only: it cannot fail
	return text
}

func (p *provisioner) call(what, role string, input []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.command[0], append(slices.Clone(p.command[1:]), what, p.exchange, role)...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := program.Output(cmd)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s took longer than %s", p.command[0], p.patience)
	case errors.As(err, &exit): // its error output may quote a password
		return nil, fmt.Errorf("%s ended with %s; run it by hand to see why", p.command[0], exit.ProcessState)
	case err != nil:
		return nil, fmt.Errorf("%s failed: %w", p.command[0], err)
	}
	return out, nil
}

// accountLog says in the run folder which accounts were made and removed, and which
// limits were raised and put back.
type accountLog struct {
	file  string
	vault *secret.Vault
}

func (r *runner) accountLog() *accountLog {
	return &accountLog{file: filepath.Join(r.Plan.Out, provisionLog), vault: r.vault}
}

// note tells of an account.
func (l *accountLog) note(what, role, name string, err error) {
	l.line(fmt.Sprintf("%s role=%s account=%s", what, role, name), err)
}

// turned tells of the limits of the deployment.
func (l *accountLog) turned(raised bool, err error) {
	what := "put back the limits of the deployment"
	if raised {
		what = "raise the limits of the deployment"
	}
	l.line(what, err)
}

// line writes a line of the log; a log that cannot be written stops nothing.
func (l *accountLog) line(what string, err error) {
	file, failure := os.OpenFile(l.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if failure != nil {
		return
	}
	defer file.Close()
	result := "done"
	if err != nil {
		result = l.vault.Redact(err.Error())
	}
	fmt.Fprintf(file, "%s %s %s\n", time.Now().UTC().Format(time.RFC3339), what, result)
}
