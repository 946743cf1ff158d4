package mutants

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
)

// choose takes the mutants of the files asked for, and of these a sample: those
// whose names, mixed with the seed, come first.
func choose(all []Mutant, o Options) []Mutant {
	var chosen []Mutant
	for _, m := range all {
		if matched, _ := path.Match(o.Files, m.File); o.Files == "" || matched {
			chosen = append(chosen, m)
		}
	}
	if o.Sample == 0 || o.Sample >= len(chosen) {
		return chosen
	}
	slices.SortStableFunc(chosen, func(a, b Mutant) int { return cmp.Compare(a.mixed(o.Seed), b.mixed(o.Seed)) })
	return chosen[:o.Sample]
}

func (m Mutant) mixed(seed uint64) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s/%d/%d", seed, m.File, m.Line, m.ID)
	return h.Sum64()
}

func files(all []Mutant) []string {
	var names []string
	for _, m := range all {
		if !slices.Contains(names, m.File) {
			names = append(names, m.File)
		}
	}
	return names
}
