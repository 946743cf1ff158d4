package barong

import (
	"strings"

	"authconform/harness/reference/kit"
)

// numbering is the part of a country's numbering plan (ITU-T E.164) that tells a
// possible number: its calling code and how many digits may follow.
type numbering struct {
	country, code string
	least, most   int
	trunk         bool // a 0 in front of the national number is dropped
}

// numberings are the plans this server knows. Where countries share a code, the
// first stands for all.
var numberings = []numbering{
	{"US", "1", 10, 10, false}, {"RU", "7", 10, 10, false},
	{"EG", "20", 8, 10, true}, {"ZA", "27", 9, 9, true}, {"GR", "30", 10, 10, false}, {"NL", "31", 9, 9, true},
	{"BE", "32", 8, 9, true}, {"FR", "33", 9, 9, true}, {"ES", "34", 9, 9, false}, {"HU", "36", 8, 9, false},
	{"IT", "39", 6, 11, false}, {"RO", "40", 9, 9, true}, {"CH", "41", 9, 9, true}, {"AT", "43", 7, 13, true},
	{"GB", "44", 9, 10, true}, {"DK", "45", 8, 8, false}, {"SE", "46", 7, 10, true}, {"NO", "47", 8, 8, false},
	{"PL", "48", 9, 9, false}, {"DE", "49", 7, 12, true}, {"PE", "51", 8, 9, true}, {"MX", "52", 10, 10, false},
	{"AR", "54", 10, 11, true}, {"BR", "55", 10, 11, true}, {"CL", "56", 9, 9, false}, {"CO", "57", 10, 10, false},
	{"MY", "60", 8, 10, true}, {"AU", "61", 9, 9, true}, {"ID", "62", 8, 12, true}, {"PH", "63", 8, 10, true},
	{"NZ", "64", 8, 10, true}, {"SG", "65", 8, 8, false}, {"TH", "66", 8, 9, true}, {"JP", "81", 9, 10, true},
	{"KR", "82", 8, 10, true}, {"VN", "84", 9, 10, true}, {"CN", "86", 10, 11, true}, {"TR", "90", 10, 10, true},
	{"IN", "91", 10, 10, true}, {"PK", "92", 9, 10, true}, {"IR", "98", 10, 10, true}, {"MA", "212", 9, 9, true},
	{"NG", "234", 8, 10, true}, {"KE", "254", 9, 9, true}, {"PT", "351", 9, 9, false}, {"IE", "353", 7, 9, true},
	{"FI", "358", 6, 11, true}, {"BG", "359", 8, 9, true}, {"LT", "370", 8, 8, false}, {"LV", "371", 8, 8, false},
	{"EE", "372", 7, 8, false}, {"MD", "373", 8, 8, true}, {"BY", "375", 9, 9, false}, {"UA", "380", 9, 9, true},
	{"CZ", "420", 9, 9, false}, {"SK", "421", 9, 9, true}, {"HK", "852", 8, 8, false}, {"AE", "971", 8, 9, true},
	{"IL", "972", 8, 9, true}, {"GE", "995", 9, 9, true}, {"UZ", "998", 9, 9, false},
}

// parseNumber reads a phone number with its calling code, whatever stands between
// the digits. It is nil for what is no number.
func parseNumber(typed string) *phone {
	digits := kit.Digits(typed)
	for _, plan := range numberings {
		national, found := strings.CutPrefix(digits, plan.code)
		if !found {
			continue
		}
		if plan.trunk {
			national = strings.TrimPrefix(national, "0")
		}
		if len(national) < plan.least || len(national) > plan.most || national[0] == '0' && plan.country != "IT" {
			return nil
		}
		return &phone{country: plan.country, callingCode: plan.code, number: plan.code + national}
	}
	return nil
}
