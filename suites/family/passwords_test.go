package family

import (
	"slices"
	"testing"
)

// Whatever a password is made of, the same variations are tried, in the same order: each
// account gets its share of them by place.
func TestNearPasswordsAreTheSameOfEach(t *testing.T) {
	names := func(password string) []string {
		var all []string
		for _, near := range NearPasswords(password) {
			if near.Value == password {
				t.Errorf("%s is the password", near.Name)
			}
			all = append(all, near.Name)
		}
		return all
	}
	want := names("Conf0rmance!")
	for _, other := range []string{"pa5sWord-of-many", "0a1B2c3D4e5F", "!!xY12345678"} {
		if got := names(other); !slices.Equal(got, want) {
			t.Errorf("%s: %q; want %q", other, got, want)
		}
	}
}

// No account gets what another got, and none is left over.
func TestSpreadDealsOutEverything(t *testing.T) {
	for perAccount := range 6 {
		var got []int
		Spread(perAccount, 0, func() ([]int, func([]int)) {
			return []int{1, 2, 3, 4, 5, 6, 7}, func(share []int) {
				if perAccount > 0 && len(share) > perAccount {
					t.Errorf("%d at most, and %v", perAccount, share)
				}
				got = append(got, share...)
			}
		})
		if !slices.Equal(got, []int{1, 2, 3, 4, 5, 6, 7}) {
			t.Errorf("%d to each: %v", perAccount, got)
		}
	}
}

// Few accounts get values from all over the list, and no more than they may send.
func TestSpreadMakesDoWithFewAccounts(t *testing.T) {
	var got []int
	accounts := 0
	Spread(2, 2, func() ([]int, func([]int)) {
		accounts++
		return []int{1, 2, 3, 4, 5, 6, 7, 8}, func(share []int) { got = append(got, share...) }
	})
	if !slices.Equal(got, []int{1, 3, 5, 7}) || accounts != 2 {
		t.Errorf("%d accounts got %v", accounts, got)
	}
}
