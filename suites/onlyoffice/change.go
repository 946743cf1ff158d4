package onlyoffice

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
)

// renamed gives a change a name that says what is wrong with the value.
func renamed(name string, c conform.Change) conform.Change {
	c.Name = name
	return c
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// headerNames are the header fields of a response, without their values.
func headerNames(call *httpclient.Call) []string {
	var names []string
	for name := range call.Header {
		names = append(names, http.CanonicalHeaderKey(name))
	}
	slices.Sort(names)
	return names
}
