package clause

import (
	"strings"
	"unicode"
)

// Slug turns an operationId into the words of a clause id: getTfaSettings becomes
// get-tfa-settings, and verifyOTP verify-otp.
func Slug(operationID string) string {
	var b strings.Builder
	letters := []rune(operationID)
	for i, r := range letters {
		startsWord := i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if startsWord {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
