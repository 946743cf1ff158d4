package family

import (
	"slices"
	"strings"
)

// Near is a text that is nearly a right one, with a name for what is wrong with it. Whoever
// reads it could guess the right one: it is a secret too.
type Near struct{ Name, Value string }

// NearPasswords are texts that a careless server takes for a password: parts of it, other
// spellings of it, and more than it. Blanks around it are left out, which some trim, and
// what compatibility normalisation makes the same (NIST SP 800-63B).
func NearPasswords(password string) []Near {
	half, last := len(password)/2, len(password)-1
	letter := max(0, strings.IndexFunc(password, isLetter))
	middle := func(text string) string { return password[:half] + text + password[half:] }
	const hex = "0123456789ABCDEF"
	percent := "%" + string(hex[password[0]>>4]) + string(hex[password[0]&15])
	entity := "&#x" + percent[1:] + ";"
	all := []Near{
		{"its letters in the other case", swapCase(password)},
		{"its first letter in the other case", password[:letter] + swapCase(password[letter:letter+1]) + password[letter+1:]},
		{"its last character changed", password[:last] + other(password[last:])},
		{"its first character changed", other(password[:1]) + password[1:]},
		{"its second half changed", password[:half] + other(password[half:])},
		{"its first half changed", other(password[:half]) + password[half:]},
		{"all but its last character", password[:last]}, {"itself and a character", password + "x"},
		{"itself and a NUL", password + "\x00x"}, {"itself and a second line", password + "\nx"},
		{"a blank inside", middle(" ")}, {"a tab inside", middle("\t")},
		{"a mark that combines inside", middle("\u0301")}, {"an invisible space inside", middle("\u200b")},
		{"a letter beyond ASCII behind it", password + "é"}, {"a control character inside", middle("\x01")},
		{"its first character escaped by a per cent sign", percent + password[1:]}, {"its first character as an entity", entity + password[1:]},
		{"quotes around it", `"` + password + `"`}, {"itself twice", password + password}, {"itself backwards", backwards(password)},
	}
	return slices.DeleteFunc(all, func(near Near) bool { return near.Value == password })
}

// Thin leaves as many values as may be sent, from all over the list; 0 is any number.
func Thin[V any](values []V, most int) []V {
	if most == 0 || len(values) <= most {
		return values
	}
	thinned := make([]V, most)
	for i := range thinned {
		thinned[i] = values[i*len(values)/most]
	}
	return thinned
}

// Spread gives each account its share of the values that are made of its own secret: so
// many at most that no limit could be what rejects them; 0 is any number. Where there are
// too few accounts for all values, some are left out.
func Spread[V any](perAccount, accounts int, account func() (values []V, try func(share []V))) {
	for from, left := 0, 1; left > 0; {
		values, try := account()
		values = Thin(values, perAccount*accounts)
		upTo := len(values)
		if perAccount > 0 {
			upTo = min(upTo, from+perAccount)
		}
		if from >= upTo {
			return // this account has fewer values, by chance
		}
		try(values[from:upTo])
		from, left = upTo, len(values)-upTo
	}
}

// other is another text, of the same alphabet where it is one of letters and digits.
func other(text string) string {
	return strings.Map(func(r rune) rune {
		if o := otherCharacter(r); o != r {
			return o
		}
		return 'z'
	}, text)
}

// NearProofs are texts that a comparison which is not one of the whole would take for a
// proof, such as a signature.
func NearProofs(proof string) []Near {
	var all []Near
	for _, t := range nearMisses(proof) {
		all = append(all, Near{t.name, t.value})
	}
	return all
}
