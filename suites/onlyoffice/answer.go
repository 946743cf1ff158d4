package onlyoffice

import (
	"encoding/json"

	"authconform/harness/wire"
)

// body decodes a response that was already found to keep its promise.
func body(call *wire.Call) any {
	var v any
	if json.Unmarshal(call.Body, &v) != nil {
		return nil
	}
	return v
}

// at follows member names through a decoded body; nil where there is none.
func at(v any, members ...string) any {
	for _, m := range members {
		object, _ := v.(map[string]any)
		v = object[m]
	}
	return v
}

func str(v any, members ...string) string {
	s, _ := at(v, members...).(string)
	return s
}

func flag(v any, members ...string) bool {
	b, _ := at(v, members...).(bool)
	return b
}

func number(v any, members ...string) int {
	f, _ := at(v, members...).(float64)
	return int(f)
}

func list(v any, members ...string) []any {
	l, _ := at(v, members...).([]any)
	return l
}
