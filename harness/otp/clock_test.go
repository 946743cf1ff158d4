package otp

import (
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestClockFindsTheOffset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offset := time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "offset"))
		local := time.Unix(1_800_000_000, rapid.Int64Range(0, 999_999_999).Draw(t, "nanos"))
		c := NewClock(func() time.Time { return local })
		for i := range rapid.IntRange(1, 20).Draw(t, "answers") {
			sent := local
			local = local.Add(time.Duration(rapid.Int64Range(0, int64(300*time.Millisecond)).Draw(t, "there")))
			date := local.Add(offset).UTC().Format(http.TimeFormat) // whole seconds, cut off
			local = local.Add(time.Duration(rapid.Int64Range(0, int64(300*time.Millisecond)).Draw(t, "back")))
			if err := c.Observe(date, sent, local); err != nil {
				t.Fatal(err)
			}
			local = local.Add(time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, "pause")))
			if i == 0 && c.Uncertainty() > 800*time.Millisecond {
				t.Fatalf("one answer leaves ±%s", c.Uncertainty())
			}
		}
		wrong := (c.Offset() - offset).Abs()
		if limit := c.Uncertainty(); limit > 0 && wrong > limit || limit == 0 && wrong > 1300*time.Millisecond {
			t.Fatalf("offset %s estimated as %s ±%s", offset, c.Offset(), limit)
		}
	})
}

func TestClock(t *testing.T) {
	local := time.Date(2026, 1, 2, 3, 4, 5, 250e6, time.UTC)
	c := NewClock(func() time.Time { return local })
	if !c.Now().Equal(local) || c.Offset() != 0 || c.Uncertainty() != 0 {
		t.Error("without observations the local clock counts")
	}
	observe := func(ahead time.Duration) {
		if err := c.Observe(local.Add(ahead).UTC().Format(http.TimeFormat), local, local); err != nil {
			t.Fatal(err)
		}
	}
	observe(0)
	if c.Offset() != 0 || c.Uncertainty() != 0 {
		t.Errorf("clocks that may agree are taken to: %s ±%s", c.Offset(), c.Uncertainty())
	}
	observe(10 * time.Minute)
	if got := c.Offset(); got != 10*time.Minute+250*time.Millisecond || c.Uncertainty() != 500*time.Millisecond {
		t.Errorf("after a jump of 10m: %s ±%s", got, c.Uncertainty())
	}
	before := c.Now()
	c.Advance(time.Hour)
	if got := c.Now().Sub(before); got != time.Hour {
		t.Errorf("Advance(1h) moved the clock by %s", got)
	}
	observe(10*time.Minute + time.Hour)
	if got := c.Now().Sub(before); got != time.Hour {
		t.Errorf("a target advanced as well is %s ahead", got)
	}
	for _, date := range []string{"", "yesterday", "2026-01-02T03:04:05Z"} {
		if err := c.Observe(date, local, local); err == nil {
			t.Errorf("Date %q must be an error", date)
		}
	}
	if err := c.Observe(local.Format(http.TimeFormat), local, local.Add(-time.Hour)); err == nil {
		t.Error("an answer before its request must be an error")
	}
}
