package otp

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHostile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		right := rapid.StringMatching(`[0-9]{6,8}`).Draw(t, "right")
		names := map[string]bool{}
		rows := map[string]int{}
		for _, v := range Hostile(right) {
			if names[v.Name] {
				t.Fatalf("name %q twice", v.Name)
			}
			names[v.Name] = true
			rows[v.Check]++
			if v.Value == right {
				t.Fatalf("%s is the right code itself", v.Name)
			}
			b, err := json.Marshal(map[string]any{"code": v.Value})
			if err != nil || !json.Valid(b) {
				t.Fatalf("%s is no JSON value: %v", v.Name, err)
			}
			if b2, _ := json.Marshal(map[string]any{"code": right}); string(b) == string(b2) {
				t.Fatalf("%s is sent as the right code", v.Name)
			}
		}
		for _, row := range []string{"I02", "I03", "I04", "I07", "I08", "I09", "I10", "I11", "I12", "I13", "I14", "I15"} {
			if rows[row] == 0 {
				t.Fatalf("no variant of row %s for %s", row, right)
			}
		}
		if rows["I05"]+rows["I06"] != 1 || (rows["I06"] == 1) != (right[0] == '0') {
			t.Fatalf("number forms of %s: %v", right, rows)
		}
	})
}

func TestHostileValues(t *testing.T) {
	values := map[string]any{}
	for _, v := range Hostile("287082") {
		values[v.Name] = v.Value
	}
	for name, want := range map[string]string{
		"null": `null`, "empty": `""`, "spaces only": `"      "`, "JSON number": `287082`, "magic zeros": `"000000"`, "magic 123456": `"123456"`,
		"array of guesses": `["111111","287082"]`, "object $ne": `{"$ne":""}`, "boolean true": `true`, "leading space": `" 287082"`,
		"inner space":       `"287 082"`,
		"full-width digits": `"２８７０８２"`, "Arabic-Indic digits": `"٢٨٧٠٨٢"`, "mathematical digits": `"𝟐𝟖𝟕𝟎𝟖𝟐"`,
		"last digit missing": `"28708"`, "one digit more": `"2870820"`,
		"plus sign": `"+287082"`, "exponent": `"2.87082e5"`, "hexadecimal": `"0x4616A"`, "JSON number with exponent": `287082e0`,
		"guesses joined by newline": `"111111\n287082"`, "NUL after the code": `"287082\u0000"`,
	} {
		if got, err := json.Marshal(values[name]); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, want)
		}
	}
	if Hostile("") != nil {
		t.Error("an empty code has no variants")
	}
	if slices.ContainsFunc(Hostile("000000"), func(v Variant) bool { return v.Name == "magic zeros" }) {
		t.Error("a magic value that is the right code must be left out")
	}
	if otherThan("111111") != "222222" {
		t.Error("the wrong guess is the right code")
	}
}
