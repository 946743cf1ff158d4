package mutation

import (
	"fmt"
	"hash/fnv"
	"path"
)

// Options of a proof.
type Options struct {
	Profile string
	// Shard of Shards: the faults whose number leaves this remainder. Shards 0
	// and 1 mean all of them.
	Shard, Shards int
	// Faults is a glob over fault ids, or over the beginning of one up to a slash;
	// empty takes all.
	Faults string
	// Sample is how many behaviour faults and how many wire faults are drawn, by
	// Seed; 0 takes all.
	Sample int
	Seed   uint64
	// Report is told of each fault as it is done, and how many there are in all
	// shards; nil tells nobody.
	Report func(total int, r Result)
}

// partial tells whether some faults are left out, so that no clause can be called
// idle and no exemption stale.
func (o Options) partial() bool { return o.Faults != "" || o.Sample > 0 }

// names tells whether the glob fits a fault id or its beginning up to a slash.
func (o Options) names(id string) bool {
	for at, r := range id + "/" {
		if matched, _ := path.Match(o.Faults, id[:min(at, len(id))]); r == '/' && matched {
			return true
		}
	}
	return o.Faults == ""
}

// mix is the same for the same seed, and as good as random.
func (o Options) mix(id string) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, o.Seed, id)
	return h.Sum64()
}
