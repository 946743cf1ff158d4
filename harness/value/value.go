// Package value reads members out of decoded JSON. What is not there, or is of
// another type, reads as nothing: specs ask it of bodies that were already found
// to keep their promise.
package value

import (
	"encoding/json"

	"authconform/harness/httpclient"
)

// Of is the decoded JSON body of a response; nil where it is none.
func Of(call *httpclient.Call) any {
	var v any
	if call == nil || json.Unmarshal(call.Body, &v) != nil {
		return nil
	}
	return v
}

// At follows member names; nil where there is none.
func At(v any, members ...string) any {
	for _, m := range members {
		object, _ := v.(map[string]any)
		v = object[m]
	}
	return v
}

// Text is the string at the end of member names, or "".
func Text(v any, members ...string) string {
	s, _ := At(v, members...).(string)
	return s
}

// Flag is the truth value at the end of member names, or false.
func Flag(v any, members ...string) bool {
	b, _ := At(v, members...).(bool)
	return b
}

// Number is the number at the end of member names, without its fraction, or 0.
func Number(v any, members ...string) int {
	f, _ := At(v, members...).(float64)
	return int(f)
}

// List is the array at the end of member names, or nil.
func List(v any, members ...string) []any {
	l, _ := At(v, members...).([]any)
	return l
}
