package alphapoint

// errorCode is a row of the table of common error codes.
type errorCode struct {
	code  int
	texts []string
}

// errorCodes is the table of facts/kiiex.md section 3. Code 100 has the text that
// the wire shows and the one that newer documents misprint. The schema that both
// exchanges share holds the same table; a test keeps them together.
var errorCodes = []errorCode{
	{20, []string{"Not Authorized"}},
	{100, []string{"Invalid Request", "Invalid Response"}},
	{101, []string{"Operation Failed"}},
	{102, []string{"Server Error"}},
	{104, []string{"Resource Not Found"}},
	{106, []string{"Operation Not Supported"}},
	{107, []string{"Operation In Process"}},
}
