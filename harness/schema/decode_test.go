package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"authconform/harness/schema"
)

func TestDecodeAccepts(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want any
	}{
		"object":       {`{"a":1,"b":[true,null,"x"]}`, map[string]any{"a": json.Number("1"), "b": []any{true, nil, "x"}}},
		"scalar":       {`false`, false},
		"null":         {"null\n", nil},
		"space around": {" \t\r\n{} \n", map[string]any{}},
		"empty array":  {`[]`, []any{}},
		"same name elsewhere": {`{"a":{"a":1},"b":{"a":2}}`, map[string]any{"a": map[string]any{"a": json.Number("1")},
			"b": map[string]any{"a": json.Number("2")}}},
		"number kept exactly":  {`12345678901234567890.10`, json.Number("12345678901234567890.10")},
		"escaped surrogates":   {`"\ud83d\ude00"`, "\U0001F600"},
		"escaped byte mark":    {`"\ufeff"`, "\ufeff"},
		"largest exponent":     {`1e400`, json.Number("1e400")},
		"case makes two names": {`{"a":1,"A":2}`, map[string]any{"a": json.Number("1"), "A": json.Number("2")}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := schema.Decode([]byte(test.body))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, %v; want %#v", got, err, test.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	for name, test := range map[string]struct {
		body, problem string
		pointer       string
		offset        int64
	}{
		"empty":               {"", "empty", "", 0},
		"white space only":    {" \n", "not JSON", "", 2},
		"byte order mark":     {"\xef\xbb\xbf{}", "byte order mark", "", 0},
		"invalid UTF-8":       {"{\"a\":\"\xff\"}", "not UTF-8", "", 6},
		"cut UTF-8":           {"\"\xe2\x82\"", "not UTF-8", "", 1},
		"encoded surrogate":   {"\"\xed\xa0\x80\"", "not UTF-8", "", 1},
		"trailing bytes":      {`{} garbage`, "follow", "", 2},
		"two values":          {"{}\n{}", "follow", "", 2},
		"cut off":             {`{"a":`, "not JSON", "", 5},
		"NaN":                 {`{"a":NaN}`, "not JSON", "", 6},
		"Infinity":            {`[-Infinity]`, "not JSON", "", 3},
		"single quotes":       {`{'a':1}`, "not JSON", "", 2},
		"trailing comma":      {`[1,]`, "not JSON", "", 4},
		"comment":             {`{}// x`, "follow", "", 2},
		"leading zero":        {`01`, "follow", "", 1},
		"control character":   {"\"\n\"", "not JSON", "", 2},
		"HTML":                {"<html></html>", "not JSON", "", 1},
		"deep":                {deep, "nested", "", 10001},
		"member twice":        {`{"a":1,"a":1}`, "given before", "/a", 10},
		"member twice nested": {`{"a":[{},{"b/c":1,"b/c":2}]}`, "given before", "/a/1/b~1c", 23},
		"twice by escape":     {`{"a":1,"\u0061":2}`, "given before", "/a", 15},
		"huge exponent":       {`{"n":[1e999999999]}`, "too long", "/n/0", 17},
		"tiny exponent":       {`1e-401`, "too long", "", 6},
		"endless digits":      {strings.Repeat("9", 401), "too long", "", 401},
		"overflowing power":   {`1E99999999999999999999`, "too long", "", 22},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Decode([]byte(test.body))
			var problem *schema.DecodeError
			if !errors.As(err, &problem) {
				t.Fatalf("got %v, want a DecodeError", err)
			}
			if !strings.Contains(problem.Problem, test.problem) || problem.Pointer != test.pointer || problem.Offset != test.offset {
				t.Errorf("got %+v, want %q at %q, byte %d", *problem, test.problem, test.pointer, test.offset)
			}
		})
	}
}

func TestDecodeErrorsShowNoValue(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, body := range []string{
		`{"password":"` + secret + `","password":"` + secret + `"}`,
		`{"password":"` + secret + `"} ` + secret,
		`{"password":` + secret + `}`,
		`{"password":"` + secret + "\xff\"}",
	} {
		_, err := schema.Decode([]byte(body))
		if err == nil {
			t.Errorf("a broken body was accepted")
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("the error repeats the body: %v", err)
		}
	}
}

// Decode accepts what encoding/json does, but for members named twice, long
// numbers and text that is not UTF-8; and then it reads the same value.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `"x"`, `-1.5e3`, `{"a":{"b":[1,2,{"c":null}]}}`, `{"a":1,"a":2}`, `{} {}`, `[1,]`, "\xef\xbb\xbf1",
		`"\ud800"`, `{"\ud800":1,"\ud801":2}`, `1e999`, `NaN`, `{"a"`, "\"\xff\"", `{"":{"":0}}`, `[[[[]]]]`, `{"a":"\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := schema.Decode(body)
		var plain any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		valid := json.Valid(body) && decoder.Decode(&plain) == nil
		if err == nil {
			if !valid {
				t.Fatalf("accepted what encoding/json refuses: %q", body)
			}
			if !reflect.DeepEqual(got, plain) {
				t.Fatalf("%q: read as %#v, encoding/json reads %#v", body, got, plain)
			}
			return
		}
		stricter := []string{"given before", "too long", "not UTF-8", "byte order mark"}
		for _, reason := range stricter {
			if strings.Contains(err.Error(), reason) {
				return
			}
		}
		if valid {
			t.Fatalf("refused %q: %v", body, err)
		}
	})
}
