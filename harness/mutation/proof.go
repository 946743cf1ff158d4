package mutation

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"authconform/harness/yamldoc"

	"authconform/harness/clause"
)

// SchemaVersion is the version of proof.json; its schema is
// schemas/report/proof.schema.json.
const SchemaVersion = 1

// Proof is what the proof of one suite in one profile found.
type Proof struct {
	SchemaVersion int           `json:"schema_version"`
	Exchange      string        `json:"exchange"`
	Profile       string        `json:"profile"`
	Proven        bool          `json:"proven"`
	Partial       bool          `json:"partial"` // only some faults were put to the suite: idle clauses are not known
	Counts        map[State]int `json:"counts"`  // of faults; every state has an entry
	Clauses       []ClauseKills `json:"clauses"`
	Faults        []Result      `json:"faults"`
	Survivors     []string      `json:"survivors"`      // faults that nobody noticed, or that could not be judged
	Idle          []string      `json:"idle"`           // MUST clauses that kill nothing
	AccidentProne []string      `json:"accident_prone"` // clauses that fail under many faults that are not theirs
	Stale         []string      `json:"stale"`          // entries of the list of equivalent faults that fit no survivor
}

// ClauseKills is a row of the kill matrix.
type ClauseKills struct {
	ID        string       `json:"id"`
	Level     clause.Level `json:"level"`
	Kills     []string     `json:"kills"`     // faults
	Accidents int          `json:"accidents"` // behaviour faults of other operations under which it fails
}

// accidentLimit is from how many accidents on a clause counts as prone to them.
const accidentLimit = 10

// Exemption lists faults that no client could notice, with the reason.
type Exemption struct {
	Fault    string   `yaml:"fault"` // glob over fault ids
	Profiles []string `yaml:"profiles"`
	Reason   string   `yaml:"reason"`
}

// Exemptions reads schemas/<exchange>/equivalent-faults.yaml. An exchange
// without one has none.
func Exemptions(fsys fs.FS, exchange string) ([]Exemption, error) {
	name := exchange + "/equivalent-faults.yaml"
	var list []Exemption
	if err := yamldoc.LoadIfAny(fsys, name, &list); err != nil {
		return nil, err
	}
	for i, e := range list {
		if _, err := path.Match(e.Fault, ""); err != nil || e.Fault == "" || e.Reason == "" {
			return nil, fmt.Errorf("%s: entry %d needs a fault (a glob over fault ids) and a reason", name, i+1)
		}
	}
	return list, nil
}

// Merge puts the shards of a proof together and judges the whole.
func Merge(exchange, profile string, shards []*Shard, exempt []Exemption) (*Proof, error) {
	p := &Proof{
		SchemaVersion: SchemaVersion, Exchange: exchange, Profile: profile, Counts: map[State]int{},
		Survivors: []string{}, Idle: []string{}, AccidentProne: []string{}, Stale: []string{},
	}
	for _, s := range []State{Killed, Survived, Broken, Unreached, Equivalent} {
		p.Counts[s] = 0
	}
	for _, s := range shards {
		p.Faults = append(p.Faults, s.Results...)
	}
	if want := shards[0].Total; len(p.Faults) != want {
		return nil, fmt.Errorf("the proof of %s is incomplete: %d of %d faults came back", exchange, len(p.Faults), want)
	}
	slices.SortFunc(p.Faults, func(a, b Result) int { return cmp.Compare(a.ID, b.ID) })
	p.Partial = shards[0].Partial
	p.exempt(exempt)
	p.matrix(shards[0])
	for _, s := range shards {
		p.addKills(s.Kills)
	}
	if p.Partial {
		p.Stale = []string{}
	} else {
		p.judgeClauses(shards[0].Idle)
	}
	p.Proven = !p.Partial && p.Holds()
	return p, nil
}

// Holds tells whether nothing was found against the suite. A part of the faults
// proves no suite, however well it holds.
func (p *Proof) Holds() bool {
	return len(p.Survivors) == 0 && len(p.Idle) == 0 && len(p.Stale) == 0 && len(p.Faults) > 0
}

// exempt marks the listed survivors. An entry that fits none is stale: what it
// excused is noticed by now.
func (p *Proof) exempt(list []Exemption) {
	used := map[int]bool{}
	for i := range p.Faults {
		f := &p.Faults[i]
		if f.State != Killed {
			for j, e := range list {
				matched, _ := path.Match(e.Fault, f.ID)
				if matched && (len(e.Profiles) == 0 || slices.Contains(e.Profiles, p.Profile)) {
					f.State, f.Reason = Equivalent, e.Reason
					used[j] = true
					break
				}
			}
		}
		p.Counts[f.State]++
		if f.State != Killed && f.State != Equivalent {
			p.Survivors = append(p.Survivors, f.ID)
		}
	}
	for j, e := range list {
		if !used[j] && (len(e.Profiles) == 0 || slices.Contains(e.Profiles, p.Profile)) {
			p.Stale = append(p.Stale, e.Fault)
		}
	}
}

func (p *Proof) matrix(s *Shard) {
	rows := map[string]*ClauseKills{}
	for _, info := range s.Clauses {
		p.Clauses = append(p.Clauses, ClauseKills{ID: info.ID, Level: info.Level, Kills: []string{}})
	}
	slices.SortFunc(p.Clauses, func(a, b ClauseKills) int { return strings.Compare(a.ID, b.ID) })
	for i := range p.Clauses {
		rows[p.Clauses[i].ID] = &p.Clauses[i]
	}
	for _, f := range p.Faults {
		for _, id := range f.KilledBy {
			rows[id].Kills = append(rows[id].Kills, f.ID)
		}
		for _, id := range f.Accidents {
			rows[id].Accidents++
		}
	}
}

func (p *Proof) addKills(kills []Kill) {
	for _, k := range kills {
		i := slices.IndexFunc(p.Clauses, func(c ClauseKills) bool { return c.ID == k.Clause })
		if i >= 0 && !slices.Contains(p.Clauses[i].Kills, k.Fault) {
			p.Clauses[i].Kills = append(p.Clauses[i].Kills, k.Fault)
		}
	}
}

// judgeClauses names the clauses that tell too little or too much. Those that do
// not apply to the reference cannot be judged.
func (p *Proof) judgeClauses(inapplicable []string) {
	for _, row := range p.Clauses {
		if row.Level == clause.MUST && len(row.Kills) == 0 && !slices.Contains(inapplicable, row.ID) {
			p.Idle = append(p.Idle, row.ID)
		}
		if row.Accidents > accidentLimit {
			p.AccidentProne = append(p.AccidentProne, row.ID)
		}
	}
}
