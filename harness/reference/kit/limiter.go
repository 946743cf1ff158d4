package kit

import (
	"slices"
	"sync"
	"time"
)

// Rule is how many attempts a key has, and what follows when they are used up.
type Rule struct {
	Attempts int           // attempts accepted within Period
	Period   time.Duration // sliding
	Block    time.Duration // how long a key is blocked; 0: until an attempt leaves the window
}

// LimitFaults are the ids of the faults that every limit can have; "" where a
// reference knows none of the kind.
type LimitFaults struct {
	NeverReached  string
	NeverReleased string
	OneTooMany    string
	OneTooFew     string
}

// Limiter counts attempts per key in a sliding window. It is safe for
// concurrent use.
type Limiter struct {
	faults *Faults
	names  LimitFaults

	mu       sync.Mutex
	stuck    map[string]bool // keys that NeverReleased holds
	attempts map[string][]time.Time
	blocked  map[string]time.Time // until
	last     string               // key, for faults
}

// FaultLimitOfEverybody is the id of the fault that counts all attempts together.
const FaultLimitOfEverybody = "odd-limit-of-everybody"

// Faults that every Limiter can have.
const (
	faultOddBlockOnce          = "odd-limit-blocks-once"
	faultOddBlockHalf          = "odd-limit-blocks-half-as-long"
	faultOddPeriodHalf         = "odd-limit-counts-half-as-long"
	faultOddSuccessOfAnybody   = "odd-limit-reset-by-success-of-anybody"
	faultOddOnlyLastCounted    = "odd-limit-counts-only-the-last"
	faultOddEverySecondCounted = "odd-limit-counts-every-second"
	faultOddLastSecondOfBlock  = "odd-limit-open-in-last-seconds"
	faultOddBlockEndsElsewhere = "odd-limit-ends-with-another-key"
)

var limiterFaults = []Fault{
	{ID: faultOddBlockOnce, Text: "A block holds for one request."},
	{ID: faultOddBlockHalf, Text: "A block holds half as long as it says."},
	{ID: faultOddPeriodHalf, Text: "Attempts are forgotten in half the time."},
	{ID: faultOddSuccessOfAnybody, Text: "A success of anybody forgives everybody's attempts."},
	{ID: faultOddOnlyLastCounted, Text: "Only attempts at the account that was tried last are remembered."},
	{ID: FaultLimitOfEverybody, Text: "The attempts at all accounts are counted together."},
	{ID: faultOddEverySecondCounted, Text: "Only every second attempt is counted."},
	{ID: faultOddLastSecondOfBlock, Text: "A block ends ten seconds early."},
	{ID: faultOddBlockEndsElsewhere, Text: "An attempt at another account ends a block."},
}

// misjudge is where faults change what an attempt is counted by.
func (l *Limiter) misjudge(key string, rule Rule) (string, Rule) {
	switch {
	case l.faults.On(faultOddBlockHalf):
		rule.Block /= 2
	case l.faults.On(faultOddLastSecondOfBlock):
		rule.Block -= 10 * time.Second
	case l.faults.On(faultOddPeriodHalf):
		rule.Period /= 2
	case l.faults.On(FaultLimitOfEverybody):
		key = "everybody"
	case l.faults.On(faultOddEverySecondCounted):
		rule.Attempts *= 2
	case l.faults.On(faultOddOnlyLastCounted) && key != l.last:
		clear(l.attempts)
	case l.faults.On(faultOddBlockEndsElsewhere) && key != l.last:
		clear(l.blocked)
	}
	l.last = key
	return key, rule
}

// NewLimiter returns a limiter that has seen nothing and has no faults.
func NewLimiter() *Limiter { return NewFaultyLimiter(nil, LimitFaults{}) }

// NewFaultyLimiter returns a limiter that has seen nothing and whose defects are
// those of the named faults that are on.
func NewFaultyLimiter(faults *Faults, names LimitFaults) *Limiter {
	return &Limiter{
		faults: faults, names: names,
		stuck: map[string]bool{}, attempts: map[string][]time.Time{}, blocked: map[string]time.Time{},
	}
}

// Take counts an attempt. When the key has none left it is refused with the time
// to wait: with a Block the refused attempt starts it and clears the history,
// and attempts while blocked do not prolong it.
func (l *Limiter) Take(key string, rule Rule, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.faults.On(l.names.NeverReached):
		return 0, true
	case l.stuck[key]:
		return rule.Block, false
	case l.faults.On(l.names.OneTooMany):
		rule.Attempts++
	case l.faults.On(l.names.OneTooFew):
		rule.Attempts--
	}
	key, rule = l.misjudge(key, rule)
	wait, ok = l.take(key, rule, now)
	if !ok && l.faults.On(l.names.NeverReleased) {
		l.stuck[key] = true
	}
	if !ok && l.faults.On(faultOddBlockOnce) {
		delete(l.blocked, key)
	}
	return wait, ok
}

func (l *Limiter) take(key string, rule Rule, now time.Time) (wait time.Duration, ok bool) {
	if until := l.blocked[key]; until.After(now) {
		return until.Sub(now), false
	}
	delete(l.blocked, key)

	recent := slices.DeleteFunc(l.attempts[key], func(t time.Time) bool { return !t.Add(rule.Period).After(now) })
	if len(recent) < rule.Attempts {
		l.attempts[key] = append(recent, now)
		return 0, true
	}
	if rule.Block == 0 && len(recent) > 0 {
		l.attempts[key] = recent
		return recent[0].Add(rule.Period).Sub(now), false
	}
	delete(l.attempts, key)
	l.blocked[key] = now.Add(rule.Block)
	return rule.Block, false
}

// Forgive takes back the attempt counted at an instant, and only that one.
func (l *Limiter) Forgive(key string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.faults.On(faultOddSuccessOfAnybody) {
		clear(l.attempts)
	}
	if i := slices.Index(l.attempts[key], at); i >= 0 {
		l.attempts[key] = slices.Delete(l.attempts[key], i, i+1)
	}
}

// Reset forgets every key.
func (l *Limiter) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.attempts)
	clear(l.blocked)
}
