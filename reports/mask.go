package reports

import (
	"regexp"
	"strings"
)

// unsteady matches what differs from call to call without meaning anything.
// Numbers of up to four digits stay: a status, a limit or a length is what went
// wrong.
var unsteady = regexp.MustCompile(strings.Join([]string{
	`‹[^›]*›`,              // a redacted secret
	`[\w.+-]+@[\w.-]+\w`,   // an e-mail address
	`\bhttps?://[^\s"'/]+`, // the host of an address
	`[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT`, // a time, as HTTP has it
	`\d{4}-\d\d-\d\d[T ][\d:.]+\S*`,                        // a time, as JSON has it
	`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{22}\b`,   // a UUID
	`\b\d+(\.\d+)?(ns|µs|ms|s|m|h)\b`,                      // a duration
	`\b\d{5,}\b`,
	`/\d+\b`, // a place in an array, or an id in a path
}, "|"))

// long matches what is an id where a digit is in it.
var long = regexp.MustCompile(`\b[A-Za-z\d]{8,}\b`)

// mask puts "#" in the place of what differs from call to call.
func mask(text string) string {
	text = unsteady.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '/' {
			return "/#"
		}
		return "#"
	})
	return long.ReplaceAllStringFunc(text, func(found string) string {
		if strings.ContainsAny(found, "0123456789") {
			return "#"
		}
		return found
	})
}
