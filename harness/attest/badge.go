package attest

import (
	"fmt"

	"authconform/harness/verdict"
)

// badge is the result of a run as a picture, and as an endpoint that shields.io
// draws one from (https://shields.io/badges/endpoint-badge).
func badge(exitCode int) (svg, shields []byte) {
	message, colour, name := "incomplete", "#9f6c00", "yellow"
	switch exitCode {
	case verdict.ExitConformant:
		message, colour, name = "conformant", "#2a7a2a", "brightgreen"
	case verdict.ExitNotConformant:
		message, colour, name = "not conformant", "#b3261e", "red"
	}
	const label, left, right = "authconform", 84, 96
	svg = fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s: %s"><title>%s: %s</title>`+
		`<rect width="%d" height="20" rx="3" fill="#444"/><path d="M%d 0h%da3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-%dz" fill="%s"/>`+
		`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="%d" y="14">%s</text><text x="%d" y="14">%s</text></g></svg>`+"\n",
		left+right, label, message, label, message, left+right, left, right-3, right-3, colour, left/2, label, left+right/2, message)
	shields = fmt.Appendf(nil, "{\"schemaVersion\": 1, \"label\": %q, \"message\": %q, \"color\": %q}\n", label, message, name)
	return svg, shields
}
