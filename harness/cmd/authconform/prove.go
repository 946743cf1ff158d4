package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/mutation"
	"authconform/harness/plain"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/schemas"
)

func proveCommand() *cobra.Command {
	var out string
	var procs int
	var o mutation.Options
	var sources mutantFlags
	cmd := &cobra.Command{
		Use:   "prove [EXCHANGE...]",
		Short: "Prove that a suite notices broken servers",
		Long: `Runs a suite against its pristine reference, which must pass every clause, and
then against the reference with one defect at a time: switches at its decision
points, and every answer of the contract broken on its way out. Every defect must
be noticed by a clause that names its operation or outcome, and every MUST clause
must notice some. Writes proof.json and prints the kill matrix.

With --mutants the defects are changes of the references' own source, made by rule:
conditions negated, guards and statements dropped, numbers off by one, and so on.
They are compiled into one binary as switches. Writes mutants.json and prints the
survivors and a score for each file.

Exit code 0: proven, or, of a part of the faults, each noticed. 1: a defect survived or a MUST clause is idle; with --mutants,
an entry of a list of equivalent mutants is stale.`,
		Example: `  authconform prove
  authconform prove onlyoffice --profile 3.7 --out reports/runs/proof
  authconform prove barong --faults 'otp-*'
  authconform prove --sample 100 --seed 7
  authconform prove barong --mutants --files 'barong/otp*.go'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := chooseSuites(args)
			if err != nil {
				return err
			}
			if procs < 1 {
				return fmt.Errorf("--procs %d: give a number of processes from 1 on", procs)
			}
			if out == "" {
				out = filepath.Join("reports", "runs", time.Now().UTC().Format("20060102-150405.000")+"-proof")
			}
			if _, err := path.Match(o.Faults, ""); err != nil || o.Sample < 0 {
				return fmt.Errorf("--faults %q, --sample %d: give a glob over fault ids, and a number of faults from 1 on", o.Faults, o.Sample)
			}
			if err := sources.check(o); err != nil {
				return err
			}
			if sources.on {
				return proveMutants(cmd, chosen, o, out, procs, sources)
			}
			return proveAll(cmd, chosen, o, out, procs)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Profile, "profile", "", "profile of the contract (default: all of them)")
	flags.StringVar(&o.Faults, "faults", "", "only the faults whose ids fit a `GLOB`")
	flags.IntVar(&o.Sample, "sample", 0, "draw at most `N` behaviour and N wire faults of each profile, or N mutants (default: all of them)")
	flags.Uint64Var(&o.Seed, "seed", 0, "seed `S` of the draw: the same seed draws the same faults or mutants")
	flags.StringVar(&out, "out", "", "`DIR` for proof.json (default: reports/runs/<time>-proof)")
	flags.IntVar(&procs, "procs", runtime.NumCPU(), "processes to spread the faults over")
	sources.add(cmd)
	cmd.AddCommand(shardCommand(), mutantsWorkerCommand())
	return cmd
}

func proveAll(cmd *cobra.Command, chosen []conform.Suite, o mutation.Options, out string, procs int) error {
	proven, tried := true, 0
	for _, st := range chosen {
		c, err := runner.Contract(st.Exchange)
		if err != nil {
			return err
		}
		profiles := c.Profiles
		if o.Profile != "" {
			profile, err := runner.Profile(c, o.Profile)
			if err != nil {
				return err
			}
			profiles = []string{profile}
		}
		exempt, err := mutation.Exemptions(schemas.FS, st.Exchange)
		if err != nil {
			return err
		}
		for _, profile := range profiles {
			dir := filepath.Join(out, st.Exchange, profile)
			if err := reports.CheckFolder(dir); err != nil {
				return err
			}
			here := o
			here.Profile, here.Shards = profile, procs
			shards, err := proveShards(cmd.Context(), st.Exchange, here, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			proof, err := mutation.Merge(st.Exchange, profile, shards, exempt)
			if err != nil {
				return err
			}
			if err := reports.WriteJSON(dir, reports.ProofFile, proof); err != nil {
				return err
			}
			if err := proof.Print(cmd.OutOrStdout()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "proof: %s\n", filepath.Join(dir, reports.ProofFile))
			proven, tried = proven && proof.Holds(), tried+len(proof.Faults)
		}
	}
	if tried == 0 {
		return fmt.Errorf("--faults %s fits no fault: `authconform list EXCHANGE --faults` prints those of behaviour, "+
			"and wire/OPERATION/OUTCOME are the others", plain.Line(o.Faults))
	}
	if !proven {
		return exit(verdict.ExitNotConformant)
	}
	return nil
}

// proveShards runs each shard in a process of its own: Ginkgo keeps one suite a
// process.
func proveShards(ctx context.Context, exchange string, o mutation.Options, log io.Writer) ([]*mutation.Shard, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot find this program to run it again: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	progress := &proofProgress{out: log, terminal: isTerminal(log), name: exchange + " " + o.Profile}
	shards, errs := make([]*mutation.Shard, o.Shards), make([]error, o.Shards)
	var group sync.WaitGroup
	for i := range o.Shards {
		group.Go(func() {
			mine := o
			mine.Shard = i
			shards[i], errs[i] = proveShard(ctx, self, exchange, mine, progress)
			if errs[i] != nil {
				cancel() // the others could not make up for it
			}
		})
	}
	group.Wait()
	progress.end()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	return shards, ctx.Err()
}

func proveShard(ctx context.Context, self, exchange string, o mutation.Options, progress *proofProgress) (*mutation.Shard, error) {
	cmd := exec.CommandContext(ctx, self, "prove", shardName, exchange, "--profile", o.Profile, "--shard", fmt.Sprint(o.Shard),
		"--shards", fmt.Sprint(o.Shards), "--faults", o.Faults, "--sample", fmt.Sprint(o.Sample), "--seed", fmt.Sprint(o.Seed))
	var said bytes.Buffer
	cmd.Stderr = &said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a process of the proof: %w", err)
	}
	var found *mutation.Shard
	decoder := json.NewDecoder(stdout)
	for {
		var line shardLine
		if decoder.Decode(&line) != nil {
			break
		}
		progress.add(line.Total)
		if line.Shard != nil {
			found = line.Shard
		}
	}
	if err := cmd.Wait(); err != nil || found == nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errors.New(strings.TrimPrefix(strings.TrimSpace(said.String()), "authconform: "))
	}
	return found, nil
}

// shardName is the hidden command of one process of a proof; it writes a line
// for each fault and one for the whole.
const shardName = "__shard"

type shardLine struct {
	Total int             `json:"total,omitempty"`
	Shard *mutation.Shard `json:"shard,omitempty"`
}

func shardCommand() *cobra.Command {
	var o mutation.Options
	cmd := &cobra.Command{
		Use: shardName, Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := findSuite(args[0])
			if err != nil {
				return err
			}
			enc := json.NewEncoder(cmd.OutOrStdout())
			o.Report = func(total int, _ mutation.Result) { _ = enc.Encode(shardLine{Total: total}) } // progress only
			shard, err := mutation.Prove(cmd.Context(), st, o)
			if err != nil {
				return err
			}
			return enc.Encode(shardLine{Shard: shard})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Profile, "profile", "", "")
	flags.IntVar(&o.Shard, "shard", 0, "")
	flags.IntVar(&o.Shards, "shards", 1, "")
	flags.StringVar(&o.Faults, "faults", "", "")
	flags.IntVar(&o.Sample, "sample", 0, "")
	flags.Uint64Var(&o.Seed, "seed", 0, "")
	return cmd
}

// proofProgress shows how many faults are done and how long the rest may take.
type proofProgress struct {
	out      io.Writer
	terminal bool
	name     string

	mu     sync.Mutex
	done   int
	recent []time.Time // when the last faults were done
	shown  time.Time
}

// recently is over how many faults the pace is taken: those that are put to the
// suite together are all done at once, and the others take far longer.
const recently = 20

// between is how far apart two plain lines of progress are.
const between = 10 * time.Second

func (p *proofProgress) add(total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if total == 0 {
		return
	}
	p.done++
	if p.recent = append(p.recent, time.Now()); len(p.recent) > recently {
		p.recent = p.recent[1:]
	}
	pause := between
	if p.terminal {
		pause = 200 * time.Millisecond
	}
	if time.Since(p.shown) < pause {
		return
	}
	p.shown = time.Now()
	text := fmt.Sprintf("%s: %d of %d faults", p.name, p.done, total)
	if n := len(p.recent); n == recently {
		pace := time.Since(p.recent[0]) / time.Duration(n)
		text += fmt.Sprintf(", about %s left", (pace * time.Duration(total-p.done)).Round(time.Second))
	}
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%s", text)
	} else {
		fmt.Fprintln(p.out, text)
	}
}

func (p *proofProgress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
