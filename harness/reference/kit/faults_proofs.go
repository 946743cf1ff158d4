package kit

import (
	"slices"
	"strings"
)

// taking is a fault that takes another text for a proof that the server knows itself, such
// as a signature or the key of a link.
func taking(id, text string, same func(right, sent string) bool) commonFault {
	return commonFault{id: id, text: text, takes: same}
}

// proofFaults are careless comparisons of a proof.
var proofFaults = []commonFault{
	taking("proof-last-character-ignored", "The last character of a proof is not compared.", func(r, s string) bool {
		return len(s) == len(r) && s[:len(s)-1] == r[:len(r)-1]
	}),
	taking("proof-first-character-ignored", "The first character of a proof is not compared.", func(r, s string) bool {
		return len(s) == len(r) && s[1:] == r[1:]
	}),
	taking("proof-first-half-ignored", "The first half of a proof is not compared.", func(r, s string) bool {
		return len(s) == len(r) && s[len(s)/2:] == r[len(r)/2:]
	}),
	taking("proof-second-half-ignored", "The second half of a proof is not compared.", func(r, s string) bool {
		return len(s) == len(r) && s[:len(s)/2] == r[:len(r)/2]
	}),
	taking("proof-one-character-off", "A proof may have one wrong character.", func(r, s string) bool {
		return len(s) == len(r) && differences(r, s) <= 1
	}),
	taking("proof-by-beginning", "The first eight characters of a proof are enough.", func(r, s string) bool {
		return len(s) >= 8 && strings.HasPrefix(r, s)
	}),
	taking("proof-by-end", "The end of a proof is enough.", func(r, s string) bool { return len(s) >= 8 && strings.HasSuffix(r, s) }),
	taking("proof-by-part", "Any long part of a proof is enough.", func(r, s string) bool {
		return len(s) >= len(r)/2 && strings.Contains(r, s)
	}),
	taking("proof-made-longer", "What follows a right proof does not matter.", func(r, s string) bool { return strings.HasPrefix(s, r) }),
	taking("proof-behind-anything", "What precedes a right proof does not matter.", func(r, s string) bool { return strings.HasSuffix(s, r) }),
	taking("proof-twice", "A proof counts when it is written twice.", func(r, s string) bool { return s == r+r }),
	taking("proof-backwards", "A proof counts backwards.", func(r, s string) bool { return s == reversed(r) }),
	taking("proof-by-length", "Any proof of the right length counts.", func(r, s string) bool { return len(s) == len(r) && s != "" }),
	taking("proof-in-any-order", "The characters of a proof count in any order.", func(r, s string) bool { return sorted(r) == sorted(s) }),
}

// mistakenProof tells whether faults take one proof for another.
func (s *Server) mistakenProof(right, sent string) bool {
	return len(right) >= 8 && slices.ContainsFunc(s.common, func(f commonFault) bool { return f.takes != nil && f.takes(right, sent) })
}
