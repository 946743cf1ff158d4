package fault_test

import (
	"testing"

	"authconform/harness/fault"
	"authconform/suites/onlyoffice"
)

func BenchmarkShard(b *testing.B) {
	for b.Loop() {
		s, err := fault.Prove(b.Context(), onlyoffice.Suite, fault.Options{Profile: "documented", Shard: 0, Shards: 100})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(s.Results)), "faults")
	}
}
